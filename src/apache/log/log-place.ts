// Where a log is: a file below ServerRoot or anywhere; programs and the system's log are refused.
import type { FileLookup } from '../files/file-lookup.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** The absolute path. @throws ConfigurationError */
export function placeOfLog(name: string, serverRoot: string): string {
  if (name.startsWith('|')) {
    throw new ConfigurationError(
      `logs to programs (${name}) are not supported by perdura: name a file, and let logrotate send SIGHUP`,
    );
  }
  if (/^syslog(?::|$)/i.test(name)) {
    throw new ConfigurationError('the log of the system is not supported by perdura: name a file');
  }
  if (name.startsWith('/')) return name;
  return `${serverRoot.replace(/\/$/, '')}/${name}`;
}

/** `describe` has Apache's words for a folder that is not there. @throws ConfigurationError with the system's words before them */
export function checkLogFolder(file: string, files: FileLookup, describe: (folder: string) => string): void {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const stats = files.stat(folder);
  if (typeof stats === 'object' && stats.kind === 'folder') return;
  const reason =
    stats === undefined
      ? '(2)No such file or directory'
      : stats === 'denied'
        ? '(13)Permission denied'
        : '(20)Not a directory';
  throw new ConfigurationError(`${reason}: ${describe(folder)}`);
}
