// Flat lists of fields, [name, value, name, value, …], and the rules of the Fetch standard for what may go into one.
// Headers is the class around such a list.
import { lowerCaseToken } from './tokens.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** The one field whose lines must never be combined: its values contain commas (RFC 6265 §3). */
export const SET_COOKIE = 'set-cookie';

/** Names that were found valid, with their lower case: a program uses few, and a look-up is cheaper than a look at every character. */
const knownNames = new Map<string, string>();
const MAX_KNOWN_NAMES = 256;

/** A field name in lower case. Throws TypeError where it is no token, as the Fetch standard wants it. */
export function toFieldName(name: unknown): string {
  const text = typeof name === 'string' ? name : toText(name);
  const known = knownNames.get(text);
  if (known !== undefined) return known;
  const lowerCase = lowerCaseToken(text);
  if (lowerCase === undefined) throw new TypeError(`Headers: ${JSON.stringify(text)} is not a valid field name`);
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.set(text, lowerCase);
  return lowerCase;
}

/**
 * A field value without white space at its ends. Throws TypeError for NUL, CR, LF and code units above 0xFF.
 * The Fetch standard lets other control characters pass, which RFC 9110 §5.5 does not: see `isFieldValue`.
 */
export function toFieldValue(value: unknown): string {
  const text = typeof value === 'string' ? value : toText(value);
  let start = 0;
  let end = text.length;
  while (start < end && isHttpWhitespace(text.charCodeAt(start))) start++;
  while (end > start && isHttpWhitespace(text.charCodeAt(end - 1))) end--;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code === LINE_FEED || code === CARRIAGE_RETURN || code > 0xff) {
      // Not the value itself: it may be a secret, and errors end up in logs.
      throw new TypeError(`Headers: a field value has the character U+${toHex(code)} at position ${i}`);
    }
  }
  return end - start === text.length ? text : text.slice(start, end);
}

/** The list of a plain object. Only its own string keys count. */
export function listFromRecord(record: Readonly<Record<string, unknown>>): string[] {
  const list: string[] = [];
  for (const name of Object.keys(record)) list.push(toFieldName(name), toFieldValue(record[name]));
  return list;
}

/** The list of an iterable of pairs; a pair may itself be any iterable of two. */
export function listFromPairs(pairs: Iterable<unknown>): string[] {
  const list: string[] = [];
  for (const pair of pairs) {
    const [name, value] = toPair(pair);
    list.push(toFieldName(name), toFieldValue(value));
  }
  return list;
}

/**
 * The list as iteration shows it ("sort and combine" in the Fetch standard): ordered by name, values of one name joined by
 * ", " in order of arrival, but every `set-cookie` on its own.
 */
export function sortAndCombine(list: readonly string[]): string[] {
  const order: number[] = [];
  for (let i = 0; i < list.length; i += 2) order.push(i);
  // Sorted, not searched: a hostile head may have thousands of lines. The sort is stable, so lines of one name keep their order.
  order.sort((left, right) => compareText(list[left] ?? '', list[right] ?? ''));
  const sorted: string[] = [];
  for (const i of order) {
    const name = list[i] ?? '';
    const value = list[i + 1] ?? '';
    if (name !== SET_COOKIE && sorted.at(-2) === name) sorted[sorted.length - 1] += `, ${value}`;
    else sorted.push(name, value);
  }
  return sorted;
}

function toPair(pair: unknown): readonly unknown[] {
  const iterable = typeof pair === 'object' && pair !== null && Symbol.iterator in pair;
  const items: unknown[] = iterable ? [...(pair as Iterable<unknown>)] : [];
  if (items.length !== 2) throw new TypeError('Headers: every element of a list must be a pair of a name and a value');
  return items;
}

/** As Web IDL converts to a string: a symbol throws TypeError, which `String()` alone would not. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'symbol') throw new TypeError('Headers: a symbol cannot be the text of a field');
  return String(value);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isHttpWhitespace(code: number): boolean {
  return code === SPACE || code === TAB || code === LINE_FEED || code === CARRIAGE_RETURN;
}

function toHex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}
