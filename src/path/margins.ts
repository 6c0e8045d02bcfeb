// By how much one timeout has to differ from another for a request never to meet the end of its connection. Pure.

/** More than a slow network and a busy process delay anything; the round number that vendors of balancers advise as well. */
export const SERVER_MARGIN_MS = 5_000;

/** Of the way to the limit: a heartbeat may be lost or late once without harm. */
const HEARTBEAT_SHARE = 0.5;

/** The shortest idle timeout of a server behind a sender that keeps idle connections for `senderIdleMs`: the sender has to close first. */
export function idleAbove(senderIdleMs: number): number {
  return senderIdleMs + SERVER_MARGIN_MS;
}

/**
 * The longest idle timeout of a sender before somebody who ends or forgets the connection after `limitMs`: a tenth less, at least 1 s
 * and at most 5 s less, and never less than half of it, so that short timeouts are still of use.
 */
export function idleBelow(limitMs: number): number {
  return limitMs - Math.min(Math.max(limitMs * 0.1, 1_000), SERVER_MARGIN_MS, limitMs / 2);
}

/** The longest pause between signs of life on a connection that is dropped after `limitMs` without one. */
export function heartbeatWithin(limitMs: number): number {
  return limitMs * HEARTBEAT_SHARE;
}

/** In whole seconds, as most configurations want them; upwards for what has to last, downwards for what has to end. */
export function roundToSeconds(durationMs: number, bound: 'at least' | 'at most'): number {
  if (bound === 'at least') return Math.ceil(durationMs / 1_000) * 1_000;
  return durationMs < 1_000 ? Math.floor(durationMs) : Math.floor(durationMs / 1_000) * 1_000;
}
