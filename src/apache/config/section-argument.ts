// What stands between the name of a section and its bracket.
import { compilePattern } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { takeWord } from '../syntax/words.ts';
import type { GroupVariable, SectionMatch } from './section-match.ts';

/** Whatever stands before the last `>`. @throws ConfigurationError in Apache's words: no bracket. */
export function textOfSection(section: string, text: string): string {
  const bracket = text.lastIndexOf('>');
  if (bracket === -1) throw new ConfigurationError(`${section}> directive missing closing '>'`);
  return text.slice(0, bracket);
}

/** The same where something has to stand there. */
export function argumentOfSection(section: string, text: string): string {
  const argument = textOfSection(section, text);
  if (argument === '') throw new ConfigurationError(`${section}> directive requires additional arguments`);
  return argument;
}

/** What a section is about, before it is known how it is compared. */
export interface SectionSubject {
  readonly word: string;
  readonly pattern: (SectionMatch & { readonly kind: 'pattern' }) | undefined;
  /** Something stands behind it, which Apache says only after it has read what the section holds. */
  readonly hasMore: boolean;
}

function compile(source: string): Pattern {
  try {
    return compilePattern(source);
  } catch {
    throw new ConfigurationError('Regex could not be compiled');
  }
}

/** Named groups as variables, as Apache writes them: MATCH_ and the name in upper case. */
function variablesOf(pattern: Pattern): GroupVariable[] {
  const variables: GroupVariable[] = [];
  for (const [name, groups] of pattern.groupNames) {
    for (const group of groups) variables.push({ group, variable: `MATCH_${name.toUpperCase()}` });
  }
  return variables.toSorted((one, other) => one.group - other.group);
}

/**
 * Reads the subject of `<Directory>`, `<Location>`, `<Files>` and their kin.
 * @param section its name as Apache repeats it: `<Files`
 * @param isPattern of the forms ending in Match; for the others `~` says so
 * @throws ConfigurationError in Apache's words.
 */
export function parseSectionSubject(section: string, text: string, isPattern: boolean): SectionSubject {
  let { word, rest } = takeWord(argumentOfSection(section, text));
  let source: string | undefined;
  if (isPattern) {
    source = word;
  } else if (word === '~') {
    ({ word, rest } = takeWord(rest));
    source = word;
  }
  if (source === undefined) return { word, pattern: undefined, hasMore: rest !== '' };
  const pattern = compile(source);
  return { word, pattern: { kind: 'pattern', pattern, variables: variablesOf(pattern) }, hasMore: rest !== '' };
}

/** @throws ConfigurationError in Apache's words. */
export function refuseMore(section: string, hasMore: boolean): void {
  if (hasMore) throw new ConfigurationError(`Multiple ${section}> arguments not (yet) supported.`);
}
