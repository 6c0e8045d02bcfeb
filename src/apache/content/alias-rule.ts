// One Alias or Redirect: what of a path it takes, and what it makes of that.
import type { MatchBudget, Pattern } from '../regex/index.ts';
import { substitute } from '../regex/index.ts';
import { escapePath } from '../request/escape-path.ts';
import { matchPrefix } from './alias-prefix.ts';
import { escapeUrl } from './escape-url.ts';

/** See the head of the file. */
export interface AliasRule {
  /** Undefined: the pattern decides. */
  readonly prefix: string | undefined;
  readonly pattern: Pattern | undefined;
  /** Empty for answers that lead nowhere, such as 410. */
  readonly target: string;
  /** Of a redirect; 0 for an alias. */
  readonly status: number;
  /** Of ScriptAlias. */
  readonly handler: string | undefined;
}

/** What a rule made of a path. */
export interface AliasOutcome {
  readonly rule: AliasRule;
  readonly target: string;
}

/** The first rule that takes the path. @throws MatchLimitError where a match or its result is too large */
export function findAlias(rules: readonly AliasRule[], path: string, budget: MatchBudget): AliasOutcome | undefined {
  for (const rule of rules) {
    const target = applyRule(rule, path, budget);
    if (target !== undefined) return { rule, target };
  }
  return undefined;
}

function applyRule(rule: AliasRule, path: string, budget: MatchBudget): string | undefined {
  const isRedirect = rule.status !== 0;
  if (rule.pattern !== undefined) {
    const match = rule.pattern.match(path, budget);
    if (match === undefined) return undefined;
    const result = substitute(rule.target, match);
    return isRedirect ? escapeUrl(result) : result;
  }
  const taken = matchPrefix(path, rule.prefix!);
  if (taken === 0) return undefined;
  if (rule.target === '') return '';
  const rest = path.slice(taken);
  return rule.target + (isRedirect ? escapePath(rest) : rest);
}
