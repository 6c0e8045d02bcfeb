// The rules came to a URL: the Location field and the status of the answer.
import type { ApacheRequest } from '../request/apache-request.ts';
import { escapeUrl } from './absolute-url.ts';
import { escapePath } from '../request/escape-path.ts';
import { hasControls } from './escaping.ts';
import { isRedirect } from './rule-flags.ts';

/** A query that nobody is going to escape must not hold what ends a line or a word. `code`: which of the two contexts says so. */
export function refusesQuery(request: ApacheRequest, willEscape: boolean, code: 'AH10410' | 'AH10411'): boolean {
  if (request.query === undefined || willEscape || !hasControls(request.query)) return false;
  request.services.log(
    request,
    'error',
    'rewrite',
    `${code}: Rewritten query string contains control characters or spaces`,
  );
  return true;
}

/** `queryBefore`: the one that the client sent stays as it was sent. */
export function answerRedirect(
  request: ApacheRequest,
  schemeLength: number,
  noEscape: boolean,
  queryBefore: string | undefined,
): number {
  const url = request.filename ?? '';
  let location = noEscape ? url : escapeUrl(url, schemeLength);
  const { query } = request;
  if (query !== undefined) location += `?${noEscape || query === queryBefore ? query : escapePath(query)}`;
  request.filename = location;
  const status = isRedirect(request.status) ? request.status : 302;
  request.status = 200;
  request.headersOut.set('Location', location);
  return status;
}
