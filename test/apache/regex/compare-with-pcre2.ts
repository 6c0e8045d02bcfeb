// Puts the same questions to PCRE2 and to our own matcher, and tells where they differ.
import { compilePattern, MatchBudget, MatchLimitError, PatternError } from '#src/apache/regex/index.js';
import type { OracleAnswer, OracleCase } from './pcre2-oracle.js';
import { askPcre2 } from './pcre2-oracle.js';

function ownAnswer({ pattern, options, subjects, from }: OracleCase): OracleAnswer & { readonly unsupported?: true } {
  try {
    const compiled = compilePattern(pattern, options);
    const matches = subjects.map((subject) => {
      try {
        const match = compiled.match(subject, new MatchBudget(), from);
        if (match === undefined) return null;
        const places: number[] = [];
        for (let group = 0; group <= match.groups; group += 1) places.push(match.start(group), match.endOf(group));
        return places;
      } catch (error) {
        if (error instanceof MatchLimitError) return -47;
        throw error;
      }
    });
    return { groups: compiled.groups, matches };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const { message, offset, isUnsupported } = error;
    return { error: message, offset, ...(isUnsupported ? { unsupported: true as const } : {}) };
  }
}

/** Where one of them gave up, the other one may know more. */
function sameMatches(theirs: OracleAnswer, ours: OracleAnswer): boolean {
  if (theirs.error !== undefined || ours.error !== undefined) return theirs.error === ours.error;
  return (
    theirs.groups === ours.groups &&
    theirs.matches.every((match, index) => {
      const own = ours.matches[index];
      if (typeof match === 'number' || typeof own === 'number') return true;
      return JSON.stringify(match) === JSON.stringify(own);
    })
  );
}

export interface Comparison {
  /** One text for each case that differs. */
  readonly differences: readonly string[];
  readonly matched: number;
  readonly refused: number;
  /** Refused by us alone, in words that say so. */
  readonly unsupported: number;
}

export function compareWithPcre2(cases: readonly OracleCase[]): Comparison {
  const answers = askPcre2(cases);
  const differences: string[] = [];
  let matched = 0;
  let refused = 0;
  let unsupported = 0;
  for (const [index, one] of cases.entries()) {
    const theirs = answers[index]!;
    const ours = ownAnswer(one);
    if (ours.unsupported === true && theirs.error === undefined) unsupported += 1;
    else if (!sameMatches(theirs, ours))
      differences.push(`${JSON.stringify(one)}\n  PCRE2 ${JSON.stringify(theirs)}\n  ours  ${JSON.stringify(ours)}`);
    else if (theirs.error === undefined) matched += theirs.matches.filter((match) => Array.isArray(match)).length;
    else refused += 1;
  }
  return { differences, matched, refused, unsupported };
}
