// LogFormat: from its text to what writes a line. The letters themselves are in log-items.ts.
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { LOG_ITEMS } from './log-items.ts';
import type { LogEntry, LogItem } from './log-items.ts';

/** Writes one line, without its end. */
export type LogFormat = (entry: LogEntry) => string;

/** @throws ConfigurationError in Apache's words */
export function parseLogFormat(text: string): LogFormat {
  const parts: ((entry: LogEntry) => string)[] = [];
  let at = 0;
  while (at < text.length) {
    const percent = text.indexOf('%', at);
    const end = percent === -1 ? text.length : percent;
    if (end > at) {
      const plain = unescape(text.slice(at, end));
      parts.push(() => plain);
    }
    if (percent === -1) break;
    const item = parseItem(text, percent + 1);
    parts.push(item.write);
    at = item.end;
  }
  return (entry) => {
    let line = '';
    for (const part of parts) line += part(entry);
    return line;
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', r: '\r', n: '\n', t: '\t' };

/** `\n`, `\t`, `\r`, `\\`; a backslash before anything else stays. */
function unescape(text: string): string {
  return text.replace(/\\([^])/g, (whole, character: string) => ESCAPES[character] ?? whole);
}

interface ParsedItem {
  readonly write: (entry: LogEntry) => string;
  readonly end: number;
}

/** One item: which request, for which statuses, with which argument. `start` is behind the percent sign. */
function parseItem(text: string, start: number): ParsedItem {
  if (text[start] === '%') return { write: () => '%', end: start + 1 };
  let original: boolean | undefined;
  let argument = '';
  let negated = false;
  const statuses: number[] = [];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '<') original = true;
    else if (character === '>') original = false;
    else if (character === '!') negated = true;
    else if (character === ',') continue;
    else if (/\d/.test(character)) {
      const digits = /^\d+/.exec(text.slice(at))![0];
      statuses.push(Number(digits));
      at += digits.length - 1;
    } else if (character === '{') {
      const close = text.indexOf('}', at);
      if (close === -1) break;
      argument = text.slice(at + 1, close);
      at = close;
    } else {
      const name = character === '^' ? text.slice(at, at + 3) : character;
      const item = Object.hasOwn(LOG_ITEMS, name) ? LOG_ITEMS[name]! : undefined;
      if (item === undefined) throw new ConfigurationError(`Unrecognized LogFormat directive %${character}`);
      return { write: writer(item, argument, original, statuses, negated), end: at + name.length };
    }
  }
  throw new ConfigurationError('Ran off end of LogFormat parsing args to some directive');
}

function writer(
  item: LogItem,
  argument: string,
  original: boolean | undefined,
  statuses: readonly number[],
  negated: boolean,
): (entry: LogEntry) => string {
  const ofOriginal = original ?? item.ofOriginal === true;
  return (entry) => {
    if (statuses.length > 0 && statuses.includes(entry.final.status) === negated) return '-';
    return item.write(entry, ofOriginal ? entry.original : entry.final, argument) ?? '-';
  };
}
