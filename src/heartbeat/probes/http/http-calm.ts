// Whether an answer asks for fewer requests, and for how long (RFC 9110 §10.2.3, RFC 6585 §4). Pure.
import { parseRetryAfter } from '../../../http/index.ts';

/** An answer that asks for calm. */
export interface CalmRequest {
  readonly reason: string;
  /** How far apart requests should be; undefined where the answer does not say. */
  readonly retryAfterMs: number | undefined;
}

/** RFC 6585 §4. */
const TOO_MANY_REQUESTS = 429;

/** What Twitter's first API said instead of 429 before that was registered; some services still do. */
const ENHANCE_YOUR_CALM = 420;

const SERVICE_UNAVAILABLE = 503;

/**
 * 429 is about us and always asks for calm. 503 is about the server: only with Retry-After does it say anything of when to ask again.
 * Other statuses with Retry-After (3xx, 413) are about the one request.
 */
export function decideCalm(status: number, retryAfter: string | undefined, wallMs: number): CalmRequest | undefined {
  const isTooMany = status === TOO_MANY_REQUESTS || status === ENHANCE_YOUR_CALM;
  if (!isTooMany && (status !== SERVICE_UNAVAILABLE || retryAfter === undefined)) return undefined;
  const retryAfterMs = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, wallMs);
  if (!isTooMany && retryAfterMs === undefined) return undefined;
  const said = retryAfterMs === undefined ? '' : ` with Retry-After: ${retryAfter}`;
  return { reason: `answered ${status}${said}`, retryAfterMs };
}
