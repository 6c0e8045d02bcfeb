// When a section applies: its text as it stands, as a wildcard or as a regular expression. Named groups become variables.
import { matchesWildcard } from '../files/wildcard.ts';
import type { MatchBudget } from '../regex/match-budget.ts';
import type { ConfigVector } from '../module/config-vector.ts';

/** What a section needs of a regular expression. */
export interface SectionPattern {
  match(subject: string, budget: MatchBudget): { group(number: number): string | undefined } | undefined;
}

/** A group that was given a name: `(?<id>…)` is MATCH_ID. */
export interface GroupVariable {
  readonly group: number;
  readonly variable: string;
}

/** See the head of the file. */
export type SectionMatch =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: SectionPattern; readonly variables: readonly GroupVariable[] };

/** A section with what it says. */
export interface MatchedSection {
  readonly match: SectionMatch;
  readonly config: ConfigVector;
}

/** Whom a match tells its named groups. */
export interface VariableTable {
  set(name: string, value: string): void;
}

/**
 * Whether all of a text matches; a regular expression may match anywhere.
 * @throws MatchLimitError A section that protects something must not be passed by for want of steps.
 */
export function matchesSection(match: SectionMatch, text: string, budget: MatchBudget, env: VariableTable): boolean {
  if (match.kind === 'exact') return match.text === text;
  if (match.kind === 'wildcard') return matchesWildcard(match.text, text);
  const found = match.pattern.match(text, budget);
  if (found === undefined) return false;
  for (const { group, variable } of match.variables) {
    const value = found.group(group);
    if (value !== undefined) env.set(variable, value);
  }
  return true;
}
