// What becomes of a request whose regular expressions take too much work: sections may protect something, so it is closed, not let through.
import { MatchLimitError } from '../regex/index.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from './apache-request.ts';

const INTERNAL_SERVER_ERROR = 500;

/** For what a walk has thrown. PCRE2 gives up, too, and Apache takes that as no match; whatever is no such limit is thrown again. */
export function closeAtMatchLimit(error: unknown, request: ApacheRequest): HookResult {
  if (!(error instanceof MatchLimitError)) throw error;
  request.directoryConfig = request.host.directory;
  tellMatchLimit(request, 'core', `cannot tell which sections apply to ${request.path}: ${error.message}`);
  return INTERNAL_SERVER_ERROR;
}

/** The same for expressions, which take a limit as no match: nothing is left to match with then. */
export function isAtMatchLimit(request: ApacheRequest): boolean {
  return request.budget.remaining <= 0;
}

/** One line for a request and all that comes of it: after the first limit, every match is one. */
export function tellMatchLimit(request: ApacheRequest, module: string, message: string): void {
  if (request.initial.isMatchLimitTold) return;
  request.initial.isMatchLimitTold = true;
  request.services.log(request, 'error', module, message);
}
