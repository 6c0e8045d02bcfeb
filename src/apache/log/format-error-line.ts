// One line of the error log, in the format that Apache has without ErrorLogFormat.
import type { ErrorLogLevel } from './error-log-level.ts';
import { escapeLogItem } from './escape-item.ts';
import { formatErrorTime } from './format-time.ts';

/** What is told. */
export interface ErrorLine {
  readonly atMs: number;
  readonly level: ErrorLogLevel;
  /** `core`, `rewrite`. */
  readonly module: string;
  readonly processId: number;
  /** `address:port` of the client; undefined outside of requests. */
  readonly client: string | undefined;
  readonly message: string;
  /** The Referer field, which Apache appends. */
  readonly referer: string | undefined;
}

/** `[Sun Nov 22 13:07:47.170027 2026] [core:error] [pid 1:tid 1] [client 127.0.0.1:5] AH00037: …`, without the end of the line. */
export function formatErrorLine(line: ErrorLine): string {
  const client = line.client === undefined ? '' : `[client ${line.client}] `;
  const referer = line.referer === undefined ? '' : `, referer: ${escapeLogItem(line.referer)}`;
  const head = `[${formatErrorTime(line.atMs)}] [${line.module}:${line.level}] [pid ${line.processId}:tid ${line.processId}]`;
  // What a message repeats of a request is escaped, but its quotation marks are its own.
  const message = escapeLogItem(line.message).replaceAll(String.raw`\"`, '"');
  // The words of the system stand before the client.
  const [failure = ''] = /^\(\d+\)[^:]+: /.exec(message) ?? [];
  return `${head} ${failure}${client}${message.slice(failure.length)}${referer}`;
}
