// One exchange as one line: Apache's combined log format, then what Apache's format does not tell about the connection.
// No file, no clock: the record brings its own time. Escaping as mod_log_config does it, so that no peer can forge a line.
import type { ExchangeRecord, TraceSink } from '../trace.ts';

/** What mod_log_config writes in the notation of C; every other unprintable byte becomes `\xhh`. */
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

const NEEDS_ESCAPE = /["\\]|[^\x20-\x7e]/u;
const EACH_ESCAPE = /["\\]|[^\x20-\x7e]/gu;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const hexEscape = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

const escapeCharacter = (character: string): string => {
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  // Field values and targets come from the wire with one character a byte; anything wider was decoded, so its UTF-8 is shown.
  if (code <= 0xff) return hexEscape(code);
  return Array.from(Buffer.from(character, 'utf8'), hexEscape).join('');
};

/** Text as mod_log_config writes it: printable ASCII only, no bare quote, `-` where there is nothing. */
export function escapeLogText(text: string | undefined): string {
  if (text === undefined || text === '') return '-';
  return NEEDS_ESCAPE.test(text) ? text.replace(EACH_ESCAPE, escapeCharacter) : text;
}

let formattedSecond = Number.NaN;
let formattedTime = '';

/** `[10/Oct/2000:13:55:36 -0700]`: local time with its distance from UTC. Kept for one second: busy servers ask thousands of times. */
export function formatLogTime(wallMs: number): string {
  const second = Math.floor(wallMs / 1_000);
  if (second === formattedSecond) return formattedTime;
  const date = new Date(second * 1_000);
  // JavaScript counts minutes that must be added to reach UTC; people count those that were added to it.
  const eastMinutes = -date.getTimezoneOffset();
  const distance = Math.abs(eastMinutes);
  const day = `${twoDigits(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
  const zone = `${eastMinutes < 0 ? '-' : '+'}${twoDigits(Math.floor(distance / 60))}${twoDigits(distance % 60)}`;
  formattedTime = `[${day}:${time} ${zone}]`;
  formattedSecond = second;
  return formattedTime;
}

/** `address:port` without its port, and IPv6 without brackets, as `%h` shows it. */
const remoteHost = (remote: string): string => {
  const colon = remote.lastIndexOf(':');
  const host = colon === -1 || remote.endsWith(']') ? remote : remote.slice(0, colon);
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
};

/**
 * One line, without its end, in Apache's combined format followed by the connection:
 *
 * `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" conn=12 req=3 + 512us`
 *
 * - `conn` is the connection's id within this server, behind the number of the worker and a point where there are several (`2.12`); `req` the number of the request on it (Apache's `%k` counts from 0);
 * - `+` says that the connection stays open after the answer, `-` that it does not (Apache's `%X`);
 * - the duration is in microseconds (Apache's `%D`).
 *
 * `%h` is the client behind trusted proxies, where the server trusts some (Apache's mod_remoteip).
 * Combined comes first and unchanged, so that tools that read it find what they know and ignore the rest.
 * `%l` and `%u` are always `-`: nobody asks identd, and the server authenticates no one. `%b` is `-` for no bytes.
 * Everything that a peer can choose is escaped: the line is printable ASCII whatever was sent.
 */
export function formatAccessLine(record: ExchangeRecord, worker?: number): string {
  const { request, connection } = record;
  const requestLine =
    request === undefined ? '-' : escapeLogText(`${request.method} ${request.target} HTTP/${request.version}`);
  const bytes = record.bodyBytes === 0 ? '-' : String(record.bodyBytes);
  const referer = escapeLogText(record.requestField('referer'));
  const userAgent = escapeLogText(record.requestField('user-agent'));
  const durationMicroseconds = Math.max(0, Math.round(record.durationMs * 1_000));
  return (
    `${escapeLogText(record.client?.address ?? remoteHost(connection.remote))} - - ${formatLogTime(record.startedAtMs)} ` +
    `"${requestLine}" ${record.status} ${bytes} "${referer}" "${userAgent}" ` +
    `conn=${worker === undefined ? '' : `${worker}.`}${connection.id} req=${record.requestNumber} ${record.persistent ? '+' : '-'} ${durationMicroseconds}us`
  );
}

/**
 * Writes one line for every finished exchange. Give the result to `serve({ trace })`.
 *
 * @param write Is called synchronously with each line, without its end. It must be quick and must not throw;
 *   `LogFile.write` is made for it.
 * @param worker The number of this process among several that write to the same log.
 */
export function accessLog(write: (line: string) => void, worker?: number): TraceSink {
  return (event) => {
    if (event.type === 'exchange') write(formatAccessLine(event.exchange, worker));
  };
}
