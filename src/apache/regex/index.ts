// Regular expressions of PCRE2, as Apache uses them: byte strings, its options, and a budget for what comes from the network.
export { DEFAULT_MATCH_STEPS, MatchBudget, MatchLimitError } from './match-budget.ts';
export { PatternError } from './pattern-error.ts';
export type { PatternFlags } from './pattern-flags.ts';
export { compilePattern } from './pattern.ts';
export type { Match, Pattern } from './pattern.ts';
export { MAX_SUBSTITUTION_BYTES, substitute } from './substitute.ts';
