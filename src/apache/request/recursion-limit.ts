// How far a request may go on within the server (LimitInternalRecursion): redirects to other paths, and requests that modules ask for.
import { REQUEST_DEFAULTS, coreRequest } from '../modules/core-request.ts';
import type { ApacheRequest } from './apache-request.ts';

/** Whether nothing further may come of a request. The error log has it then, in Apache's words. */
export function isRecursionExceeded(request: ApacheRequest): boolean {
  const set = coreRequest.ofServer(request.host.server);
  const redirectLimit = set.maxInternalRedirects ?? REQUEST_DEFAULTS.maxInternalRedirects;
  const subrequestLimit = set.maxSubrequests ?? REQUEST_DEFAULTS.maxSubrequests;
  let redirects = 0;
  let subrequests = 0;
  let current = request;
  for (;;) {
    const { previous, main } = current;
    const before = previous ?? main;
    if (before === undefined) return false;
    if (previous === undefined) subrequests += 1;
    else redirects += 1;
    current = before;
    if (redirects >= redirectLimit) return tell(request, 'AH00124', `${redirectLimit} internal redirects`);
    if (subrequests >= subrequestLimit) return tell(request, 'AH00125', `${subrequestLimit} subrequest nesting levels`);
  }
}

function tell(request: ApacheRequest, code: string, limit: string): true {
  request.services.log(
    request,
    'error',
    'core',
    `${code}: Request exceeded the limit of ${limit} due to probable configuration error. Use 'LimitInternalRecursion' to increase the limit if necessary. Use 'LogLevel debug' to get a backtrace.`,
  );
  return true;
}
