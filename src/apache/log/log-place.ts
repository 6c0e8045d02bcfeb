// Where a log is: a file below ServerRoot or anywhere; programs and the system's log are refused.
import { belowServerRoot } from '../config/server-root-path.ts';
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
  return belowServerRoot(name, serverRoot);
}
