// Whether an event stream is opened again, and when (HTML standard, §9.2.3). Pure.
import { ConnectError, PerduraError } from '../../errors.ts';
import { parseRetryAfter } from '../../http/retry-after.ts';

/** What an answer means for a stream. `later`: a failure that may be over next time. */
export type AnswerVerdict =
  | { readonly verdict: 'open' }
  /** 204: the server wants the client to stay away. */
  | { readonly verdict: 'over' }
  | { readonly verdict: 'later'; readonly reason: string }
  | { readonly verdict: 'refused'; readonly reason: string };

/** Statuses of a client's fault that time mends (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4). */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

const MEDIA_TYPE = 'text/event-stream';

/** The answer to a request for a stream. `contentType` is the field, null where there is none. */
export function judgeAnswer(status: number, contentType: string | null): AnswerVerdict {
  if (status === 204) return { verdict: 'over' };
  if (status >= 500 || LATER.has(status)) return { verdict: 'later', reason: `the server answered ${status}` };
  if (status !== 200)
    return { verdict: 'refused', reason: `the server answered ${status}, and an event stream is a 200` };
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === MEDIA_TYPE) return { verdict: 'open' };
  const given = type === '' ? 'without a content-type' : `with the content-type ${type}`;
  return { verdict: 'refused', reason: `the server answered ${given}, and an event stream is ${MEDIA_TYPE}` };
}

/** Codes of failures of the connection, as the standard calls them: "network error". */
const OF_THE_NETWORK: ReadonlySet<string> = new Set([
  'ERR_PERDURA_CONNECT',
  'ERR_PERDURA_CONNECTION_LOST',
  'ERR_PERDURA_TIMEOUT',
  'ERR_PERDURA_PROTOCOL',
  'ERR_PERDURA_POOL',
]);

/** Whether time may mend what a request failed with. A proxy that refused (RFC 9110 §15.5.8) refuses the next time as well. */
export function isNetworkFailure(error: unknown): boolean {
  if (!(error instanceof PerduraError)) return false;
  if (error instanceof ConnectError && error.status !== undefined && error.status < 500) return false;
  return OF_THE_NETWORK.has(error.code);
}

/**
 * What a server may ask for at least: `retry: 0` and an end behind each event would have its clients open connections without a pause. Firefox
 * takes no less either, and whoever has events more often than that keeps the stream open, which is what it is for.
 */
const LEAST_TOLD_RETRY_MS = 500;

/** The wait that a server has asked for, as far as it is obeyed: a client that itself wants to come back sooner may be told so. */
export function acceptRetryMs(toldMs: number, ownMs: number): number {
  return Math.max(toldMs, Math.min(ownMs, LEAST_TOLD_RETRY_MS));
}

/** What has become of a stream that was opened. */
export interface StreamOutcome {
  /** Whether any byte of it came. */
  readonly hasProgressed: boolean;
  /** Whether an event came, and the server ended it in good order. */
  readonly hasServed: boolean;
  readonly lastedMs: number;
  /** How long was waited before it was opened. */
  readonly waitedMs: number;
}

/**
 * Whether an attempt came to nothing. A byte alone proves little: a server that ends or loses each stream behind its first comment is
 * overloaded or broken. But one that ends it behind an event, in good order, is polled on purpose.
 */
export function hasFailed({ hasProgressed, hasServed, lastedMs, waitedMs }: StreamOutcome): boolean {
  return !hasServed && !(hasProgressed && lastedMs >= waitedMs);
}

/** What the wait before a reconnection rests on. */
export interface ReconnectFacts {
  /** What the server asked for, or the option. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** `Retry-After` of the answer that refused; 0 where there is none. */
  readonly retryAfterMs: number;
  /** Attempts in a row that came to nothing, see {@link hasFailed}. */
  readonly failures: number;
  /** By what share the wait may be longer. */
  readonly jitter: number;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * The wait. Never shorter than the server asked for: jitter and back-off (doubled with each failure in a row) only make it longer, as the
 * standard allows. `maxRetryMs` bounds the back-off, not the server.
 */
export function reconnectDelayMs(facts: ReconnectFacts): number {
  const { retryMs, maxRetryMs, retryAfterMs, failures, jitter, random } = facts;
  const backedOffMs = Math.min(Math.max(retryMs, failures > 0 ? 1 : 0) * 2 ** Math.max(0, failures - 1), maxRetryMs);
  return Math.max(retryMs, backedOffMs, retryAfterMs) * (1 + jitter * random);
}

/** `Retry-After` of an answer, at most an hour: a stream that stays away for longer has been forgotten. 0 where it says nothing. */
export function readRetryAfterMs(value: string | null, wallMs: number): number {
  return value === null ? 0 : Math.min(parseRetryAfter(value, wallMs) ?? 0, LONGEST_RETRY_AFTER_MS);
}

const LONGEST_RETRY_AFTER_MS = 3_600_000;
