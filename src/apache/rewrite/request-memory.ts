// What rewriting remembers of a request and of all that it was redirected from within the server: that [END] was met, which cookies were sent.
import type { ApacheRequest } from '../request/apache-request.ts';
import type { RewriteCookie } from './cookie.ts';

const ENDED = new WeakSet<ApacheRequest>();
const COOKIES = new WeakMap<ApacheRequest, Set<string>>();

/** The request that the others were redirected from; sub-requests are their own. */
function originOf(request: ApacheRequest): ApacheRequest {
  let origin = request;
  while (origin.previous !== undefined) origin = origin.previous;
  return origin;
}

/** [END]: no rules are applied any more. */
export function markEnd(request: ApacheRequest): void {
  ENDED.add(originOf(request));
}

export function hasEnded(request: ApacheRequest): boolean {
  return ENDED.has(originOf(request));
}

/** Puts the cookie among the fields that errors have, too; once for each name. Those of sub-requests go to the request itself. */
export function rememberCookie(request: ApacheRequest, cookie: RewriteCookie): void {
  let outer = request;
  while (outer.main !== undefined) outer = outer.main;
  const origin = originOf(outer);
  let names = COOKIES.get(origin);
  if (names === undefined) {
    names = new Set();
    COOKIES.set(origin, names);
  }
  if (names.has(cookie.name)) return;
  names.add(cookie.name);
  outer.errorHeadersOut.add('Set-Cookie', cookie.field);
}
