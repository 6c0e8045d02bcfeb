// What else would be answered: conditions -U and -F, variables LA-U and LA-F. Looking there takes time, so the engine hands a wish out and is given the request.
import type { ApacheRequest } from '../request/apache-request.ts';

/** What the engine waits for. */
export interface LookUpWish {
  readonly by: 'path' | 'file';
  readonly target: string;
}

/** Steps of rewriting: they stop where another request has to be looked at, and mostly do not stop at all. */
export type RewriteSteps<Result> = Generator<LookUpWish, Result, ApacheRequest>;

/** A request that looks at itself would never end. */
export function mayLookAhead(request: ApacheRequest): boolean {
  return request.main === undefined || request.main.path !== request.path;
}

/** Runs steps to their end: at once unless one of them waits. */
export function runSteps<Result>(steps: RewriteSteps<Result>, request: ApacheRequest): Result | Promise<Result> {
  const first = steps.next();
  return first.done === true ? first.value : runLater(steps, first.value, request);
}

async function runLater<Result>(
  steps: RewriteSteps<Result>,
  firstWish: LookUpWish,
  request: ApacheRequest,
): Promise<Result> {
  const { services } = request;
  let wish = firstWish;
  for (;;) {
    const { by, target } = wish;
    // eslint-disable-next-line no-await-in-loop -- each step needs what the one before it found
    const found = await (by === 'path' ? services.lookUpPath(target, request) : services.lookUpFile(target, request));
    const next = steps.next(found);
    if (next.done === true) return next.value;
    wish = next.value;
  }
}
