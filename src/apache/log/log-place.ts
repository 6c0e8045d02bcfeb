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

/** A log and its folder in Apache's words. */
export interface DescribedLog {
  readonly file: string;
  readonly describe: (folder: string) => string;
}

/** Every log needs a folder to be in; all that have none are told of. @throws ConfigurationError with the system's words before Apache's */
export function checkLogFolders(logs: readonly DescribedLog[], files: FileLookup): void {
  const faults = logs.flatMap(({ file, describe }) => {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    const stats = files.stat(folder);
    if (typeof stats === 'object' && stats.kind === 'folder') return [];
    const words = files.explain(folder)?.words ?? '(20)Not a directory';
    return [`${words}: ${describe(folder)}`];
  });
  const last = faults.pop();
  if (last !== undefined) throw new ConfigurationError(last, faults);
}

/** The main server, then the hosts from the last to the first, as Apache goes through them while it checks. */
export function inOrderOfCheck<Host>(hosts: readonly Host[]): readonly Host[] {
  return [...hosts.slice(0, 1), ...hosts.slice(1).toReversed()];
}
