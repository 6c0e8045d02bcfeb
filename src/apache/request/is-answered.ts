// Whether a request of the same client would be answered: -U, -A and -F of expressions, which must be told at once.
import { isThenable } from '../../thenable.ts';
import { EvaluationError } from '../expression/index.ts';
import type { ApacheRequest } from './apache-request.ts';
import type { LookUpWish } from './look-up-steps.ts';
import { spend } from './work-budget.ts';

/** Steps for a request that is looked at, as those of mod_dir: a request has more than a hundred, and each may look at others. */
const LOOK_UP_STEPS = 2_000;

/** What the expression at hand of a request looks at. */
const LOOKING = new WeakMap<ApacheRequest, string>();

/**
 * What is looked at already is not answered: what holds for it may look at it again. Apache goes on until it has ten requests in one
 * another, and has asked most of them over and over by then.
 *
 * @throws MatchLimitError where the work for one request is used up; EvaluationError where a password has to be hashed first, which takes time
 */
export function isAnswered(wish: LookUpWish, request: ApacheRequest): boolean {
  // The folder without its slash: a redirect.
  if (wish.by === 'file' && wish.target === '') return false;
  const key = keyOf(wish, request);
  if (isLookedAt(key, request)) return false;
  spend(request, LOOK_UP_STEPS);
  LOOKING.set(request, key);
  try {
    return judge(wish, lookUp(wish, request));
  } finally {
    LOOKING.delete(request);
  }
}

/** Relative names are those of the folder. */
function keyOf({ by, target }: LookUpWish, { path, filename = '' }: ApacheRequest): string {
  if (target.startsWith('/')) return `${by} ${target}`;
  const from = by === 'path' ? path : filename;
  return `${by} ${from.slice(0, from.lastIndexOf('/') + 1)}${target}`;
}

function isLookedAt(key: string, request: ApacheRequest): boolean {
  for (let outer = before(request); outer !== undefined; outer = before(outer)) {
    if (LOOKING.get(outer) === key) return true;
  }
  return false;
}

function before({ previous, main }: ApacheRequest): ApacheRequest | undefined {
  return previous ?? main;
}

function lookUp({ by, target }: LookUpWish, request: ApacheRequest): ApacheRequest {
  const { services } = request;
  const found = by === 'path' ? services.lookUpPath(target, request) : services.lookUpFile(target, request);
  if (!isThenable(found)) return found;
  // Once the password fits it is remembered, and the next request is told at once.
  void found.then(undefined, () => {});
  throw new EvaluationError(`${target} has a password, which is being checked`);
}

function judge({ by }: LookUpWish, found: ApacheRequest): boolean {
  if (by === 'path') return found.status < 400;
  // 200 is what a request begins with: the file has to be there, too.
  if (found.status >= 300 || found.filename === undefined) return false;
  const stats = found.services.files.stat(found.filename);
  return stats !== undefined && stats !== 'denied';
}
