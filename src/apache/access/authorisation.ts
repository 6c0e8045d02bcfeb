// Who may: the tree of Require lines and its sections, and what it comes to. Pure; how one line is checked comes from outside.
import { includesMethod } from '../config/limited-methods.ts';
import type { LimitedMethods } from '../config/limited-methods.ts';

/** `unknownUser`: it would depend on who the user is, and nobody has been asked yet. */
export type Verdict = 'granted' | 'denied' | 'unknownUser' | 'neutral';

/** `all`: every one must agree. `any`: one is enough. */
export type Logic = 'all' | 'any';

/** One Require line, or a section. */
export type Rule<Request> =
  | {
      readonly kind: 'line';
      readonly negated: boolean;
      readonly limit: LimitedMethods | undefined;
      readonly check: (request: Request) => Verdict;
    }
  | {
      readonly kind: 'section';
      readonly negated: boolean;
      readonly logic: Logic;
      readonly rules: readonly Rule<Request>[];
    };

/** What a list of rules comes to. */
export function authorise<Request>(
  rules: readonly Rule<Request>[],
  logic: Logic,
  request: Request,
  method: string,
): Verdict {
  let verdict: Verdict = 'neutral';
  for (const rule of rules) {
    if (rule.kind === 'line' && !includesMethod(rule.limit, method)) continue;
    const own = judge(rule, request, method);
    if (own === (logic === 'all' ? 'denied' : 'granted')) return own;
    const yields = logic === 'all' ? verdict !== 'denied' : verdict === 'denied';
    if (verdict === 'neutral' || (own === 'unknownUser' && yields)) verdict = own;
  }
  return verdict;
}

/** What is negated can only refuse: that somebody is not of the wrong kind lets nobody in. */
function judge<Request>(rule: Rule<Request>, request: Request, method: string): Verdict {
  const verdict = rule.kind === 'line' ? rule.check(request) : authorise(rule.rules, rule.logic, request, method);
  if (!rule.negated) return verdict;
  return verdict === 'granted' ? 'denied' : 'neutral';
}

/** Whether a rule has anything to say about a method. */
export function appliesTo<Request>(rule: Rule<Request>, method: string): boolean {
  if (rule.kind === 'line') return includesMethod(rule.limit, method);
  return rule.rules.some((inner) => appliesTo(inner, method));
}
