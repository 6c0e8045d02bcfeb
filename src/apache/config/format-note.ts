// What is said of a configuration that holds, as Apache writes it to standard error when it starts.
import { formatErrorLine } from '../log/format-error-line.ts';
import { cutLogLine, escapeForLog } from './format-refusal.ts';
import type { ConfigurationNote } from './process-configuration.ts';

/** One line without its end: with time and module as in the error log, or plain. */
export function formatNote({ level, module, message }: ConfigurationNote, atMs: number, processId: number): string {
  if (module === undefined) return cutLogLine(escapeForLog(message));
  return cutLogLine(
    formatErrorLine({ atMs, level, module, processId, client: undefined, message, referer: undefined }),
  );
}
