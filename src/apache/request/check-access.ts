// Who may come in: by address, by who they are, or by either (Satisfy). The order of the questions is Apache's.
import { isThenable } from '../../thenable.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from './apache-request.ts';
import type { Steps } from './steps.ts';

/** `ok`, or the status that the request ends with. A promise only where a password takes its time. */
export function checkAccess(steps: Steps, request: ApacheRequest): 'ok' | number | Promise<'ok' | number> {
  const before = request.main ?? request.previous;
  // What was allowed for the same place is not asked again, nor is the password.
  if (before !== undefined && isSamePlace(before, request)) {
    request.user = before.user;
    request.authType = before.authType;
    return 'ok';
  }
  const byAddress = steps.runAll('accessChecker', request);
  if (steps.satisfies(request) === 'any') {
    if (byAddress === 'ok') return 'ok';
    const byAnybody = steps.runFirstNow('userlessChecker', request);
    return byAnybody ?? checkUser(steps, request, 'AH00028');
  }
  if (byAddress !== 'ok') return byAddress;
  const byAnybody = steps.runFirstNow('userlessChecker', request);
  if (byAnybody !== undefined) return byAnybody;
  return checkUser(steps, request, 'AH00027');
}

/**
 * Apache knows a configuration by how it came about: by the same folder, for which only a file that is there or its name with a slash sets
 * out, by the same URL where `<Location>` has a say, by the same name where `<Files>` has. An error page within what is closed is closed.
 */
function isSamePlace(before: ApacheRequest, request: ApacheRequest): boolean {
  const { walked } = request;
  return (
    before.directoryConfig === request.directoryConfig &&
    (walked.merged === undefined || before.walked.folder === walked.towards) &&
    before.walked.location === walked.location &&
    before.walked.file === walked.file
  );
}

/** `nobodyAsks`: the number of the line that tells that a user is needed and nobody asks who it is. */
function checkUser(steps: Steps, request: ApacheRequest, nobodyAsks: string): 'ok' | number | Promise<'ok' | number> {
  const user = steps.runFirst('checkUser', request);
  if (isThenable(user)) return user.then((late) => checkRights(steps, request, late, nobodyAsks));
  return checkRights(steps, request, user, nobodyAsks);
}

function checkRights(steps: Steps, request: ApacheRequest, user: HookResult, nobodyAsks: string): 'ok' | number {
  if (user === undefined) {
    const message = `${nobodyAsks}: No authentication done but request not allowed without authentication for ${request.path}. Authentication not configured?`;
    request.services.log(request, 'error', 'core', message);
    return 500;
  }
  if (user !== 'ok') return user;
  return steps.runFirstNow('authChecker', request) ?? 500;
}
