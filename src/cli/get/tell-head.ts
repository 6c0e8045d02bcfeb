// Heads of messages as text: whole for `--include`, and with the secrets left out for `-vv`. Pure.
import type { SessionResponse } from '../../client/index.ts';

/** Fields whose values are secrets, whatever they are. */
const SECRET = /^(?:authorization|proxy-authorization|cookie|set-cookie)$|token|secret|password|api-?key|session-?id/;

/** The head of a response as it is printed in front of its body: one field a line, names in lower case, an empty line. */
export function formatHead(
  response: Pick<SessionResponse, 'httpVersion' | 'status' | 'statusText' | 'headers'>,
): string {
  const lines = Array.from(response.headers, ([name, value]) => `${name}: ${value}\n`);
  const status = `HTTP/${response.httpVersion} ${response.status} ${response.statusText}`.trimEnd();
  return `${status}\n${lines.join('')}\n`;
}

/** The value of a field as it may be shown to whoever looks over one's shoulder. */
export function redactField(name: string, value: string): string {
  if (!SECRET.test(name)) return value;
  if (name === 'set-cookie') return value.replace(/^([^=;]*=)?[^;]*/, '$1…');
  if (name === 'cookie') return value.replaceAll(/(=)[^;]*/g, '$1…').replace(/^[^=]*$/, '…');
  // The scheme of credentials is no secret: Basic, Bearer.
  const [scheme = '', ...rest] = value.split(' ');
  return name.endsWith('authorization') && rest.length > 0 ? `${scheme} …` : '…';
}

/** A head line by line, marked with its direction as curl does, without its secrets. */
export function tellFields(mark: '>' | '<', firstLine: string, fields: Iterable<readonly [string, string]>): string[] {
  return [
    `${mark} ${firstLine}`,
    ...Array.from(fields, ([name, value]) => `${mark} ${name}: ${redactField(name, value)}`),
  ];
}
