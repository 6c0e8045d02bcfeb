// The request that a response leads to, by the rules of Fetch: fields that speak of what was left behind do not come along.
import { BODY_FIELDS, ORIGIN_FIELDS, REDIRECT_REFUSALS, decideRedirect } from '../../client/internal/index.ts';
import type { SessionResponse } from '../../client/index.ts';
import { RedirectError } from '../../errors.ts';
import type { RequestData } from './request-data.ts';
import type { RequestField } from '../request-field.ts';

/** A request of the command, ready to be given to the session. */
export interface GetRequest {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly RequestField[];
  readonly data: RequestData | undefined;
}

/** The next request, or undefined where the response is the answer. @throws RedirectError where it cannot be followed. */
export function nextRequest(
  request: GetRequest,
  { status, headers }: Pick<SessionResponse, 'status' | 'headers'>,
  redirects: number,
): GetRequest | undefined {
  const { data } = request;
  const decision = decideRedirect({
    status,
    location: headers.get('location') ?? undefined,
    method: request.method,
    url: request.url,
    body: data === undefined ? 'none' : data.replayable ? 'replayable' : 'oneShot',
    mode: 'follow',
    redirects,
  });
  if (decision.action === 'stop') return undefined;
  if (decision.action === 'error') {
    const reason = REDIRECT_REFUSALS[decision.reason];
    throw new RedirectError(`cannot follow the redirect from ${request.url}: ${reason}; --no-follow shows it`);
  }
  const dropped = new Set([
    ...(decision.dropBody ? BODY_FIELDS : []),
    ...(decision.dropCredentials ? ORIGIN_FIELDS : []),
  ]);
  return {
    method: decision.method,
    url: decision.url.href.split('#', 1)[0]!,
    fields: request.fields.filter(([name]) => !dropped.has(name)),
    data: decision.dropBody ? undefined : data,
  };
}
