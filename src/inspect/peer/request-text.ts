// Requests as text. Checks say what they vary; the rest is the same in all of them.
import type { Headers } from '../../http/index.ts';
import type { Field } from '../http2/field-block.ts';
import type { InspectTarget } from '../target.ts';

/** Who asks: operators find it in their logs. */
const USER_AGENT = 'perdura-check (measures persistent connections)';

/** What a request may vary. */
export interface RequestShape {
  readonly method?: string;
  /** Path and query. Default: those of the URL. */
  readonly path?: string;
  readonly version?: '1.0' | '1.1';
  /** Complete field lines behind those that every request has, each with CR LF. */
  readonly fieldLines?: string;
  /** Behind the head, as it is. */
  readonly body?: string;
}

/** Field lines that every request has. */
export function commonFieldLines(target: InspectTarget, headers: Headers): string {
  const lines = [`Host: ${target.authority}\r\n`];
  if (!headers.has('user-agent')) lines.push(`User-Agent: ${USER_AGENT}\r\n`);
  if (!headers.has('accept')) lines.push('Accept: */*\r\n');
  for (const [name, value] of headers) lines.push(`${name}: ${value}\r\n`);
  return lines.join('');
}

/** Fields that belong to one HTTP/1 connection, and that HTTP/2 must not have (RFC 9113 §8.2.2). */
const CONNECTION_FIELDS: readonly string[] = ['upgrade', 'proxy-connection', 'te'];

/** The same request for HTTP/2, with its pseudo-fields first (RFC 9113 §8.3.1). */
export function http2Fields(target: InspectTarget, headers: Headers, method: string): Field[] {
  const fields: Field[] = [
    [':method', method],
    [':scheme', target.scheme],
    [':authority', target.authority],
    [':path', target.path],
  ];
  if (!headers.has('user-agent')) fields.push(['user-agent', USER_AGENT]);
  if (!headers.has('accept')) fields.push(['accept', '*/*']);
  for (const [name, value] of headers) if (!CONNECTION_FIELDS.includes(name)) fields.push([name, value]);
  return fields;
}

/** One request, as bytes are characters. */
export function formatRequest(target: InspectTarget, headers: Headers, shape: RequestShape = {}): string {
  const { method = 'GET', path = target.path, version = '1.1', fieldLines = '', body = '' } = shape;
  return `${method} ${path} HTTP/${version}\r\n${commonFieldLines(target, headers)}${fieldLines}\r\n${body}`;
}
