// What is decided by other requests: whoever looks there hands a wish out and is given the request. Most are there at once; one that
// asks for a password takes its time.
import { isThenable } from '../../thenable.ts';
import type { ApacheRequest } from './apache-request.ts';

/** A request that is looked at: of a URL path, or of a file. */
export interface LookUpWish {
  readonly by: 'path' | 'file';
  readonly target: string;
}

/** Steps that stop where another request has to be looked at, and mostly do not stop at all. */
export type LookUpSteps<Result> = Generator<LookUpWish, Result, ApacheRequest>;

/** Runs steps to their end: at once unless one of the requests takes its time. */
export function runLookUps<Result>(steps: LookUpSteps<Result>, request: ApacheRequest): Result | Promise<Result> {
  return goOn(steps, steps.next(), request);
}

function goOn<Result>(
  steps: LookUpSteps<Result>,
  first: IteratorResult<LookUpWish, Result>,
  request: ApacheRequest,
): Result | Promise<Result> {
  let next = first;
  while (next.done !== true) {
    const found = grant(next.value, request);
    if (isThenable(found)) return found.then((late) => goOn(steps, steps.next(late), request));
    next = steps.next(found);
  }
  return next.value;
}

function grant({ by, target }: LookUpWish, request: ApacheRequest): ApacheRequest | Promise<ApacheRequest> {
  const { services } = request;
  return by === 'path' ? services.lookUpPath(target, request) : services.lookUpFile(target, request);
}
