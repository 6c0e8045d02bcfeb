// When an answer expires: `A3600`, `M86400`, or in words, `access plus 1 month 2 days`.
import { readInteger } from '../config/leading-number.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { takeWord } from '../syntax/words.ts';

/** How long after the request, or after the last change of the file. */
export interface ExpiryCode {
  readonly base: 'access' | 'modification';
  /** Negative values count as none at all in the end. */
  readonly seconds: number;
}

/** Enough letters to tell the units apart, and how many seconds each has: a month is 30 days. */
const UNITS: ReadonlyArray<readonly [letters: string, seconds: number]> = [
  ['y', 365 * 86_400],
  ['mo', 30 * 86_400],
  ['w', 7 * 86_400],
  ['d', 86_400],
  ['h', 3_600],
  ['mi', 60],
  ['s', 1],
];

/** @throws ConfigurationError in Apache's words, without the line in front. */
export function parseExpiryCode(text: string): ExpiryCode {
  if (text.startsWith('A') || text.startsWith('M')) {
    return { base: text.startsWith('A') ? 'access' : 'modification', seconds: readInteger(text.slice(1)) };
  }
  let { word, rest } = takeWord(text);
  const base = readBase(word);
  ({ word, rest } = takeWord(rest));
  if (/^p/i.test(word)) ({ word, rest } = takeWord(rest));
  let seconds = 0;
  while (word !== '') {
    if (!/^\d/.test(word)) {
      throw new ConfigurationError(`bad expires code, numeric value expected <num> '${word}'`);
    }
    const count = readInteger(word);
    ({ word, rest } = takeWord(rest));
    if (word === '') throw new ConfigurationError('bad expires code, missing <type>');
    seconds = (seconds + Math.imul(count, readUnit(word))) | 0;
    ({ word, rest } = takeWord(rest));
  }
  return { base, seconds };
}

function readBase(word: string): ExpiryCode['base'] {
  if (/^[an]/i.test(word)) return 'access';
  if (/^m/i.test(word)) return 'modification';
  throw new ConfigurationError(`bad expires code, unrecognised <base> '${word}'`);
}

function readUnit(word: string): number {
  const lower = word.toLowerCase();
  const unit = UNITS.find(([letters]) => lower.startsWith(letters));
  if (unit === undefined) throw new ConfigurationError(`bad expires code, unrecognised <type>'${word}'`);
  return unit[1];
}
