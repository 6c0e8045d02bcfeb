// Rewriting that costs more than a request may cost ends the request. To go on without the rules that are left would let in whom they keep out:
// in Apache each match has a limit of its own, and the rules behind it still hold.
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { tellMatchLimit } from '../request/close-at-match-limit.ts';
import { MatchLimitError } from '../regex/index.ts';
import type { RewriteSteps } from './look-ahead.ts';

/** 500 and a line of the error log where the budget is used up. */
export function* withinBudget(request: ApacheRequest, steps: RewriteSteps<HookResult>): RewriteSteps<HookResult> {
  try {
    return yield* steps;
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    tellMatchLimit(request, 'rewrite', `rewriting of ${request.path} was given up: ${error.message}`);
    return 500;
  }
}
