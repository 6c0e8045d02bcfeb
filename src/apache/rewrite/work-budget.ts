// What rewriting may cost a request: rules may come from .htaccess, [N] repeats them, and one server answers everybody.
import type { ApacheRequest } from '../request/apache-request.ts';
import { spend } from '../request/work-budget.ts';

export { spend } from '../request/work-budget.ts';

/** Steps, as those of regular expressions, for one rule or condition: what a match that fails at once costs. */
export const RULE_STEPS = 4;
/** For a look at a file: two to five microseconds, of which a request may have some thousands. */
export const FILE_STEPS = 250;
/** For a request that is looked at. */
export const LOOK_UP_STEPS = 10_000;
/** One for so many bytes of a text that is filled in. */
const BYTES_PER_STEP = 16;

export function spendBytes(request: ApacheRequest, text: string): void {
  if (text.length >= BYTES_PER_STEP) spend(request, Math.floor(text.length / BYTES_PER_STEP));
}
