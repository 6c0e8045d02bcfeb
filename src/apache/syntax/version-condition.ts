// <IfVersion>: compares with the version of the httpd that is answered for.
import { MatchBudget } from '../regex/match-budget.ts';
import { compilePattern } from '../regex/index.ts';
import { ConfigurationError } from './configuration-error.ts';

/** The httpd that this is measured against. */
export const APACHE_VERSION = '2.4.71';

const OPERATORS: ReadonlyMap<string, (difference: number) => boolean> = new Map([
  ['=', (difference: number) => difference === 0],
  ['==', (difference: number) => difference === 0],
  ['>', (difference: number) => difference > 0],
  ['>=', (difference: number) => difference >= 0],
  ['<', (difference: number) => difference < 0],
  ['<=', (difference: number) => difference <= 0],
]);

/** For a subject of six bytes: more than any pattern needs that is no trap. */
const PATTERN_STEPS = 100_000;

function parseVersion(text: string): readonly number[] {
  if (!/^\d+(?:\.\d*){0,2}$/.test(text)) {
    throw new ConfigurationError(
      'Version appears to be invalid. It must have the format major[.minor[.patch]] where major, minor and patch are numbers.',
    );
  }
  return text.split('.').map(Number);
}

/** What is not said counts as 0. */
function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function matchesPattern(source: string): boolean {
  let pattern;
  try {
    pattern = compilePattern(source, {});
  } catch {
    throw new ConfigurationError('Unable to compile regular expression');
  }
  return pattern.match(APACHE_VERSION, new MatchBudget(PATTERN_STEPS)) !== undefined;
}

/** Without operator it is `=`. The bracket is a part of the last word, or a word of its own. */
function splitCondition(words: readonly string[]): { readonly operator: string; readonly version: string } {
  const [first = '', second, third] = words;
  if (second === undefined || (second === '>' && third === undefined)) {
    return { operator: '=', version: second === undefined ? cutBracket(first) : first };
  }
  if (third === undefined) return { operator: first, version: cutBracket(second) };
  if (third !== '>' || second === '') cutBracket('');
  return { operator: first, version: second };
}

function cutBracket(word: string): string {
  if (!word.endsWith('>')) throw new ConfigurationError("<IfVersion> directive missing closing '>'");
  return word.slice(0, -1);
}

/**
 * Whether the version is as the words say.
 *
 * @throws ConfigurationError
 */
export function evaluateVersionCondition(words: readonly string[]): boolean {
  const { operator: written, version } = splitCondition(words);
  const isNegated = written.startsWith('!');
  const operator = isNegated ? written.slice(1) : written;
  if (operator === '~') return matchesPattern(version) !== isNegated;
  const compare = OPERATORS.get(operator);
  if (compare === undefined) throw new ConfigurationError(`unrecognized operator '${written}'`);
  if ((operator === '=' || operator === '==') && version.startsWith('/')) {
    if (version.length < 2 || !version.endsWith('/')) {
      throw new ConfigurationError('Missing delimiting / of regular expression.');
    }
    return matchesPattern(version.slice(1, -1)) !== isNegated;
  }
  return compare(compareVersions(parseVersion(APACHE_VERSION), parseVersion(version))) !== isNegated;
}
