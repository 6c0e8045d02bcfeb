// How long an idle connection is trusted, and whether it is taken for the next request. Pure: the times are arguments.
// The hints come from the Keep-Alive field (RFC 2068 §19.7.1); RFC 9112 §9.3.1 leaves idempotence and reuse to the client.
//
// The facts are asked for once each and only where they matter, so whoever measures something may do it in a getter.
import type { CloseReason } from '../../http/close-reason.ts';
import type { IdleLimit } from '../../trace.ts';
import type { NonIdempotentPolicy } from '../options.ts';

/**
 * Work without a look at the sockets after which a look comes first. An end that is on its way cannot be seen in any case for half
 * a round trip, some milliseconds on most paths; up to that the loop adds little. A turn of a service that is well takes less.
 */
export const DOUBT_MS = 5;

/** Idle time for which a connection of which nothing is known is trusted with any request: timeouts are counted in seconds, by servers and middleboxes alike. */
export const ALWAYS_TRUSTED_MS = 1_000;

/** What both clocks and timers of a machine that is well are wrong by. */
const MARGIN_FLOOR_MS = 10;
/** More than any path on earth: beyond it a measurement tells of a load that passes. */
const MARGIN_CAP_MS = 2_000;

/**
 * How long before the server's deadline an idle connection is given up. The server counts from when it had sent its response until
 * our request arrives: one round trip more than we see. Another one is for its variation, the lag for our own delay.
 * Never more than half of the deadline, so that `timeout=1` is still of use on a slow path.
 */
export function decideMarginMs(deadlineMs: number, roundTripMs: number, loopLagMs: number): number {
  return Math.min(MARGIN_FLOOR_MS + 2 * roundTripMs + loopLagMs, MARGIN_CAP_MS, deadlineMs / 2);
}

/** What limits the idle time of a connection. `Infinity` where something does not. */
export interface IdleDeadlineFacts {
  /** The session's option. */
  readonly idleTimeoutMs: number;
  /** `timeout=` of the server's last Keep-Alive field. 0: it is not to be reused. */
  readonly hintMs: number;
  /** What was learned of the origin. */
  readonly learnedMs: number;
  /** Measured when the connection was opened. */
  readonly roundTripMs: number;
  /** By how much the event loop was late lately. */
  readonly loopLagMs: number;
}

/** How long it may be idle from now on, and which limit is the smallest. */
export interface IdleDeadline {
  readonly deadlineMs: number;
  readonly because: IdleLimit;
}

/** The smallest limit. A deadline of 0 means: close it now. */
export function decideIdleDeadline(facts: IdleDeadlineFacts): IdleDeadline {
  const { hintMs, learnedMs, roundTripMs, loopLagMs } = facts;
  const peerMs = Math.min(hintMs, learnedMs);
  const untilPeerMs = peerMs === Infinity ? Infinity : peerMs - decideMarginMs(peerMs, roundTripMs, loopLagMs);
  if (facts.idleTimeoutMs <= untilPeerMs) return { deadlineMs: facts.idleTimeoutMs, because: 'option' };
  return { deadlineMs: untilPeerMs, because: hintMs <= learnedMs ? 'serverHint' : 'learned' };
}

/**
 * What is left of the server's `max=` after a response: what it says, but one less than before at least. Node.js says the same
 * number in every response and means the first.
 */
export function countDownSlots(slots: number, hintMax: number | undefined): number {
  return Math.min(slots - 1, hintMax ?? Infinity);
}

/**
 * Whether the server will answer another request. Servers differ by one in what they count (Apache answers one more than it says,
 * others one less), so the last slot is not for a request that cannot be repeated.
 */
export function decideSlots(slots: number, idempotent: boolean): 'use' | 'fresh' | 'maxRequests' {
  if (slots <= 0) return 'maxRequests';
  return slots <= 1 && !idempotent ? 'fresh' : 'use';
}

/** Why an idle connection is closed instead of taken. */
export type IdleCloseReason = Extract<CloseReason, 'idleTimeout' | 'hintExpired' | 'maxAge' | 'maxRequests'>;

/**
 * `use` it; `poll`: look at the sockets once, and use it if it is still there; `fresh`: this request wants another connection, which
 * may be a new one, and this one stays for others; otherwise close it for the reason.
 */
export type ReuseDecision = 'use' | 'poll' | 'fresh' | IdleCloseReason;

/** What is known of an idle connection and of the request that could take it. `Infinity` means no limit. */
export interface ReuseFacts {
  /** How long it has been idle by the monotonic clock, which stands still while the machine sleeps. */
  readonly idleMs: number;
  /** The same by the wall clock. Negative after that was set back, which tells nothing. */
  readonly idleWallMs: number;
  /** From {@link decideIdleDeadline}. */
  readonly deadlineMs: number;
  readonly because: IdleLimit;
  readonly ageMs: number;
  /** With its jitter. */
  readonly maxAgeMs: number;
  /** Requests it has served. */
  readonly requests: number;
  /** With its jitter. */
  readonly maxRequests: number;
  /** From {@link countDownSlots}. */
  readonly slots: number;
  readonly idempotent: boolean;
  readonly policy: NonIdempotentPolicy;
  /** Sockets were certainly looked at since it became idle. */
  readonly polledSinceIdle: boolean;
  /** Work since sockets were last looked at. */
  readonly unpolledMs: number;
  /** The smaller of the server's `timeout=` and what was learned, without margins; `Infinity` where neither is known. */
  readonly knownLimitMs: number;
  /** The longest idle time after which a connection to this origin still answered; 0 where none did. */
  readonly longestSurvivedMs: number;
}

/** Whether the connection is taken for the request. */
export function decideReuse(facts: ReuseFacts): ReuseDecision {
  if (facts.ageMs >= facts.maxAgeMs) return 'maxAge';
  if (facts.requests >= facts.maxRequests) return 'maxRequests';
  // After sleep or a thaw one of the clocks tells how long it really was.
  const idleMs = Math.max(facts.idleMs, facts.idleWallMs);
  if (idleMs >= facts.deadlineMs) return facts.because === 'serverHint' ? 'hintExpired' : 'idleTimeout';
  const isRepeatable = facts.idempotent || facts.policy === 'reuse';
  const slots = decideSlots(facts.slots, isRepeatable);
  if (slots !== 'use') return slots;
  // What ended since the last look costs such a request a retry, no more.
  if (isRepeatable) return facts.unpolledMs > DOUBT_MS ? 'poll' : 'use';
  if (facts.policy === 'fresh') return 'fresh';
  if (!decideVouched(idleMs, facts.knownLimitMs, facts.longestSurvivedMs)) return 'fresh';
  return !facts.polledSinceIdle || facts.unpolledMs > DOUBT_MS ? 'poll' : 'use';
}

/**
 * Whether an idle time is far from every end that could meet a request on its way: at most half of the limit, where one is known.
 * A known limit is a promise or was seen, so what survived is asked only where there is none.
 */
export function decideVouched(idleMs: number, knownLimitMs: number, longestSurvivedMs: number): boolean {
  if (knownLimitMs !== Infinity) return idleMs <= knownLimitMs / 2;
  return idleMs <= ALWAYS_TRUSTED_MS || idleMs <= longestSurvivedMs / 2;
}

/**
 * A limit of age or of requests, up to a tenth less by chance, so that connections that were opened together do not end together.
 * A whole number stays one, Infinity stays, and 1 is not made 0. `random` gives numbers from 0 to 1.
 */
export function jitter(value: number, random: () => number): number {
  return value === Infinity ? Infinity : value - Math.floor((value / 10) * random());
}
