// Whether a post that was not accepted is tried again, and when. Pure.
import { parseRetryAfter } from '../../../http/index.ts';
import { systemClock } from '../../../io/index.ts';

/** How often and how fast a webhook is tried again. */
export interface WebhookRetryLimits {
  /** Default 6: with the pauses between them half a minute, which a service that is restarted needs. */
  readonly mostAttempts?: number;
  /** Pause after the first attempt, doubled after each. Default 1,000. */
  readonly firstPauseMs?: number;
  /** Longest pause, whatever the service asks for. Default 60,000. */
  readonly longestPauseMs?: number;
  /** Wall clock, for a Retry-After that names a time. Default: the machine's. */
  readonly clock?: { wallMs(): number };
  readonly random?: () => number;
}

/** An attempt that was not accepted. */
export interface WebhookAttempt {
  /** Counts from 1. */
  readonly attempt: number;
  /** Whether there is no time for another. */
  readonly isLast: boolean;
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  /** What happened, for people. */
  readonly what: string;
}

export type WebhookVerdict =
  | { readonly retry: true; readonly afterMs: number; readonly reason: string }
  | { readonly retry: false; readonly reason: string };

/** 408, 425 and 429 ask for another time; whatever else blames the request stays as it is (RFC 9110 §15.5). */
const ANOTHER_TIME: readonly number[] = [408, 425, 429];

/** See the head of the file. */
export function decideWebhookRetry(failed: WebhookAttempt, limits: WebhookRetryLimits = {}): WebhookVerdict {
  const { attempt, isLast, status, retryAfter, what } = failed;
  const { mostAttempts = 6, firstPauseMs = 1_000, longestPauseMs = 60_000, random = Math.random } = limits;
  const { clock = systemClock } = limits;
  if (status !== undefined && status >= 300 && status < 400) {
    return { retry: false, reason: `${what}: redirects are not followed, give the URL that it leads to` };
  }
  if (status !== undefined && status < 500 && !ANOTHER_TIME.includes(status)) return { retry: false, reason: what };
  if (attempt >= mostAttempts || isLast) {
    return { retry: false, reason: `${what}, given up after ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}` };
  }
  const pauseMs = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  // Half of it by chance: a service that comes back should not be met by everybody at once.
  const ownMs = pauseMs * (0.5 + 0.5 * random());
  const askedMs = retryAfter === undefined ? 0 : (parseRetryAfter(retryAfter, clock.wallMs()) ?? 0);
  return { retry: true, afterMs: Math.max(ownMs, Math.min(askedMs, longestPauseMs)), reason: what };
}
