// What follows a directive, cut into what the directive is called with, and Apache's words where it does not fit.
import type { ArgumentKind } from '../module/directive.ts';
import { ConfigurationError } from './configuration-error.ts';
import { splitWords, takeWord } from './words.ts';

/** The words of one call of a directive; several for `each` and `pairs`. */
export interface ArgumentWords {
  readonly words: readonly string[];
  /** For `flag`. */
  readonly on: boolean;
}

/** How many words may stand there, and how Apache says so. */
const COUNTS: Partial<
  Readonly<Record<ArgumentKind, { readonly allowed: readonly number[]; readonly phrase: string }>>
> = {
  one: { allowed: [1], phrase: 'takes one argument' },
  two: { allowed: [2], phrase: 'takes two arguments' },
  three: { allowed: [3], phrase: 'takes three arguments' },
  oneOrTwo: { allowed: [1, 2], phrase: 'takes 1-2 arguments' },
  oneOrThree: { allowed: [1, 3], phrase: 'takes one or three arguments' },
  twoOrThree: { allowed: [2, 3], phrase: 'takes two or three arguments' },
  oneToThree: { allowed: [1, 2, 3], phrase: 'takes one, two or three arguments' },
};

function complain(name: string, phrase: string, usage: string): never {
  throw new ConfigurationError(`${name} ${phrase}${usage === '' ? '' : `, ${usage}`}`);
}

/** Up to `most` words; an empty one does not count where the rest shows that it stands there. */
function takeWords(text: string, most: number): { readonly words: string[]; readonly rest: string } {
  const words: string[] = [];
  let rest = text;
  while (words.length < most && rest !== '') {
    const taken = takeWord(rest);
    words.push(taken.word);
    rest = taken.rest;
  }
  return { words, rest };
}

function cutCounted(kind: ArgumentKind, name: string, text: string, usage: string): ArgumentWords {
  const count = COUNTS[kind];
  if (count === undefined) return { words: splitWords(text), on: false };
  const { words, rest } = takeWords(text, count.allowed.at(-1) ?? 1);
  // Apache takes an empty first word for none at all, and so the words that must be there.
  const needed = count.allowed[0] ?? 1;
  const isMissing = words.slice(0, needed).includes('') || !count.allowed.includes(words.length);
  if (isMissing || rest !== '') complain(name, count.phrase, usage);
  return { words, on: false };
}

function cutFlag(name: string, text: string): ArgumentWords {
  const { word } = takeWord(text);
  const lower = word.toLowerCase();
  if (lower !== 'on' && lower !== 'off') throw new ConfigurationError(`${name} must be On or Off`);
  return { words: [word], on: lower === 'on' };
}

function cutPairs(name: string, text: string, usage: string): ArgumentWords[] {
  const { word: first, rest } = takeWord(text);
  if (first === '' || rest === '') complain(name, 'requires at least two arguments', usage);
  return splitWords(rest).map((word) => ({ words: [first, word], on: false }));
}

/**
 * The calls that a line makes of its directive.
 *
 * @param name as the directive was declared
 * @throws ConfigurationError
 */
export function cutArguments(kind: ArgumentKind, name: string, text: string, usage: string): ArgumentWords[] {
  switch (kind) {
    case 'raw': {
      return [{ words: [text], on: false }];
    }
    case 'none': {
      if (text !== '') throw new ConfigurationError(`${name} takes no arguments`);
      return [{ words: [], on: false }];
    }
    case 'flag': {
      return [cutFlag(name, text)];
    }
    case 'each': {
      const words = splitWords(text);
      if (words.length === 0) complain(name, 'requires at least one argument', usage);
      return words.map((word) => ({ words: [word], on: false }));
    }
    case 'pairs': {
      return cutPairs(name, text, usage);
    }
    default: {
      return [cutCounted(kind, name, text, usage)];
    }
  }
}
