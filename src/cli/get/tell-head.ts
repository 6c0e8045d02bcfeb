// Heads of messages as text: whole for `--include`, and with the secrets left out for `-vv`. Pure.
import { redactField } from '../../http/index.ts';
import type { SessionResponse } from '../../client/index.ts';

/** The head of a response as it is printed in front of its body: one field a line, names in lower case, an empty line. */
export function formatHead(
  response: Pick<SessionResponse, 'httpVersion' | 'status' | 'statusText' | 'headers'>,
): string {
  const lines = Array.from(response.headers, ([name, value]) => `${name}: ${value}\n`);
  const status = `HTTP/${response.httpVersion} ${response.status} ${response.statusText}`.trimEnd();
  return `${status}\n${lines.join('')}\n`;
}

/** A head line by line, marked with its direction as curl does, without its secrets. */
export function tellFields(mark: '>' | '<', firstLine: string, fields: Iterable<readonly [string, string]>): string[] {
  return [
    `${mark} ${firstLine}`,
    ...Array.from(fields, ([name, value]) => `${mark} ${name}: ${redactField(name, value)}`),
  ];
}
