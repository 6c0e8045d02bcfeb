// What else would be answered: conditions -U and -F, variables LA-U and LA-F.
import type { ApacheRequest } from '../request/apache-request.ts';
import type { LookUpSteps } from '../request/look-up-steps.ts';

/** Steps of rewriting: they stop where another request has to be looked at. */
export type RewriteSteps<Result> = LookUpSteps<Result>;

/** A request that looks at itself would never end. */
export function mayLookAhead(request: ApacheRequest): boolean {
  return request.main === undefined || request.main.path !== request.path;
}
