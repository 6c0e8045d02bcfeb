// Who may come in: by address, by who they are, or by either (Satisfy). The order of the questions is Apache's.
import type { ApacheRequest } from './apache-request.ts';
import type { Steps } from './steps.ts';

/** `ok`, or the status that the request ends with. A promise only where somebody is asked for a password. */
export function checkAccess(steps: Steps, request: ApacheRequest): 'ok' | number | Promise<'ok' | number> {
  const before = request.main ?? request.previous;
  // What was allowed for the same folder is not asked again, nor is the password.
  if (before !== undefined && before.directoryConfig === request.directoryConfig) {
    request.user = before.user;
    request.authType = before.authType;
    return 'ok';
  }
  const byAddress = steps.runAll('accessChecker', request);
  if (steps.satisfies(request) === 'any') {
    if (byAddress === 'ok') return 'ok';
    const byAnybody = steps.runFirstNow('userlessChecker', request);
    if (byAnybody === 'ok') return 'ok';
    if (typeof byAnybody === 'number') return byAddress;
    return checkUser(steps, request, byAddress);
  }
  if (byAddress !== 'ok') return byAddress;
  const byAnybody = steps.runFirstNow('userlessChecker', request);
  if (byAnybody !== undefined) return byAnybody;
  return checkUser(steps, request, 500);
}

/** `otherwise`: where nobody asks who it is. */
async function checkUser(steps: Steps, request: ApacheRequest, otherwise: number): Promise<'ok' | number> {
  const user = await steps.runFirst('checkUser', request);
  if (user === undefined) return otherwise;
  if (user !== 'ok') return user;
  return steps.runFirstNow('authChecker', request) ?? otherwise;
}
