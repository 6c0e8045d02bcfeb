// What work beside regular expressions takes from what a request may cost: .htaccess may ask for any amount of it.
import { MatchLimitError } from '../regex/index.ts';
import type { ApacheRequest } from './apache-request.ts';

/**
 * Takes steps from what the request has left: the budget of its regular expressions.
 *
 * @throws MatchLimitError where there are none left.
 */
export function spend({ budget }: ApacheRequest, steps: number): void {
  const remaining = budget.remaining - steps;
  budget.settle(remaining);
  if (remaining < 0)
    throw new MatchLimitError('steps', `the limit of ${budget.steps} steps for one request is used up`);
}
