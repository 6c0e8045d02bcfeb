// `-H 'Name: value'`, and the fields that are sent unless it says otherwise.
import { isFieldValue, isToken } from '../http/index.ts';
import { CommandError, EXIT_CODES } from './exit-code.ts';

/** A name in lower case and a value, one character for each byte. An empty value takes the field out. */
export type RequestField = readonly [name: string, value: string];

/** @throws CommandError that does not repeat the value, as commander's would: it may be a secret. */
export function parseRequestField(text: string): RequestField {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (!isToken(name)) throw usage("-H: write a field as 'Name: value', e.g. -H 'Accept: text/html'.");
  // As curl: what a terminal types is UTF-8 and goes out as it is.
  const value = Buffer.from(text.slice(colon + 1).trim(), 'utf8').toString('latin1');
  if (!isFieldValue(value)) throw usage(`-H ${name}: the value has a control character in it.`);
  return [name, value];
}

/** The defaults with what was given in their place, and without what was given empty. */
export function joinFields(defaults: readonly RequestField[], given: readonly RequestField[]): RequestField[] {
  const names = new Set(given.map(([name]) => name));
  return [...defaults.filter(([name]) => !names.has(name)), ...given.filter(([, value]) => value !== '')];
}

function usage(message: string): CommandError {
  return new CommandError(EXIT_CODES.usage, message);
}
