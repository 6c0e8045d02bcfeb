// What Apache checks of directives that are without effect here: a configuration that it refuses is refused.
import { readInteger, readLeadingNumber } from '../config/leading-number.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';

/** Of one call of a directive; throws what is wrong. */
export type InertCheck = (words: readonly string[], name: string) => void;

/** One of some words, in any case. */
export function checkWord(allowed: readonly string[], message: string): InertCheck {
  return ([word = '']) => {
    if (!allowed.includes(word.toLowerCase())) throw new ConfigurationError(message);
  };
}

export const checkPositive: InertCheck = ([word = ''], name) => {
  if (readInteger(word) <= 0) throw new ConfigurationError(`${name} must be > 0`);
};

export const checkBufferSize: InertCheck = ([word = ''], name) => {
  const size = readInteger(word);
  if (size < 512 && size !== 0) {
    throw new ConfigurationError(`${name} must be >= 512 bytes, or 0 for system default.`);
  }
};

/** A whole number and nothing behind it. */
export function checkRange(least: bigint, most: bigint, words: string): InertCheck {
  return ([word = '']) => {
    const found = readLeadingNumber(word);
    if (found === undefined || found.rest !== '' || found.value < least || found.value > most) {
      throw new ConfigurationError(`parameter must be a number between ${words}: ${word}`);
    }
  };
}

export const checkWorkerFactor: InertCheck = ([word = ''], name) => {
  const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.exec(word);
  if (number === null || number[0].length < word.length) throw new ConfigurationError('error parsing value');
  if (Number(word) <= 0) throw new ConfigurationError(`${name} argument must be a positive number`);
};

const MECHANISMS =
  "(Mutex mechanisms are: 'none', 'default', 'flock:/path/to/file', 'fcntl:/path/to/file', 'file:/path/to/file', 'pthread', 'sysvsem', 'posixsem', 'sem')";

const MECHANISM = /^(?:none|default|pthread|sysvsem|posixsem|sem|(?:flock|fcntl|file)(?::.*)?)$/is;

export const checkMutex: InertCheck = ([text = '']) => {
  const [mechanism] = splitWords(text);
  if (mechanism === undefined) {
    throw new ConfigurationError(`Mutex requires at least a mechanism argument ${MECHANISMS}`);
  }
  if (!MECHANISM.test(mechanism)) throw new ConfigurationError(`Invalid Mutex argument ${mechanism} ${MECHANISMS}`);
};

export const refusePort: InertCheck = () => {
  throw new ConfigurationError('Port was replaced with Listen in Apache 2.0');
};
