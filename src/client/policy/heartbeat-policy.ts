// When an idle connection of a session is asked for a sign of life, and when it had better not be. Pure: the times are arguments.
import type { CloseReason } from '../../http/close-reason.ts';

/** A server that ends connections after less than twice this time does not want idle ones, and signals would be most of its work. */
const SHORTEST_INTERVAL_MS = 500;

/** For how long a request waits for the answer to a signal that has its place: the scheduling of both machines is what is measured. */
const SHORTEST_PATIENCE_MS = 250;
const PATIENCE_ROUND_TRIPS = 4;

/** Bad Request, Not Found, Method Not Allowed, Not Implemented (RFC 9110 §15.5, §15.6). */
const NOT_UNDERSTOOD: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** How long a refusal holds, as long as an idle timeout that was learned: servers are replaced, and some were only restarted. */
export const REFUSAL_HOLDS_MS: number = 10 * 60_000;

/** How often in a row a server may end the connection over a signal, before it gets none of that kind any more. */
const REFUSALS = 2;

/** What limits the silence before a signal. `Infinity` where something does not. */
export interface SignalDelayFacts {
  /** The option. */
  readonly intervalMs: number;
  /** The interval that the server asked for by refusing to be asked so often; 0 where it did not. */
  readonly calmMs: number;
  /** The smaller of the server's `timeout=` and what was learned of its idle timeout. */
  readonly knownLimitMs: number;
  /** The session's option: how long a connection may be without a sign of life. */
  readonly idleTimeoutMs: number;
}

/** How long a connection is idle before it is asked; Infinity: it is not. */
export function decideSignalDelayMs({ intervalMs, calmMs, knownLimitMs, idleTimeoutMs }: SignalDelayFacts): number {
  // Half: a signal that is lost, or late, can still be noticed before the limit.
  const halfMs = Math.min(knownLimitMs, idleTimeoutMs) / 2;
  if (halfMs < Math.min(intervalMs, SHORTEST_INTERVAL_MS)) return Infinity;
  return Math.max(Math.min(intervalMs, halfMs), calmMs);
}

/** What is known of an idle connection that could be asked. */
export interface SignalFacts {
  /** The server ends connections over signals. */
  readonly isRefused: boolean;
  /** How long no caller has used its origin. */
  readonly unusedMs: number;
  readonly maxIdleMs: number;
  /** Connections of the origin that the next requests would get before this one, or that are in use. */
  readonly ahead: number;
  readonly connectionsPerOrigin: number;
  /** Requests that may still be sent on it, by the server's `max=` and our own limit. */
  readonly requestsLeft: number;
}

/** `send` the signal, or why none is sent. */
export type SignalDecision = 'send' | 'unused' | 'refused' | 'surplus' | 'lastRequest';

/** Whether a connection is asked whose time for a signal has come. */
export function decideSignal(facts: SignalFacts): SignalDecision {
  if (facts.unusedMs >= facts.maxIdleMs) return 'unused';
  if (facts.isRefused) return 'refused';
  if (facts.ahead >= facts.connectionsPerOrigin) return 'surplus';
  // The last answer that the server has announced is for a caller.
  return facts.requestsLeft <= 1 ? 'lastRequest' : 'send';
}

/** How long a signal may stay unanswered where a request waits for the place of its connection. */
export function decidePatienceMs(roundTripMs: number, timeoutMs: number): number {
  return Math.min(Math.max(SHORTEST_PATIENCE_MS, PATIENCE_ROUND_TRIPS * roundTripMs), timeoutMs);
}

/** Ends of a connection that have nothing to do with the answer before them. */
const OUR_WISH: ReadonlySet<CloseReason> = new Set<CloseReason>([
  'addressGone',
  'destroyed',
  'draining',
  'hintExpired',
  'idleTimeout',
  'maxAge',
  'maxRequests',
  'shed',
]);

/** Whether a connection ended over the signal on it, answered or not: by an announced end, or without a word. */
export function decideClosedOver(reason: CloseReason, isAnswered: boolean): boolean {
  return isAnswered ? !OUR_WISH.has(reason) : reason === 'peerClosed' || reason === 'peerReset';
}

/** Whether a server that ended the connection over so many signals in a row is asked in another way from now on. */
export function decideRefused(status: number | undefined, closings: number): boolean {
  // Who does not understand the question says so; else it may have been a limit of requests, an idle timeout, a restart.
  return (status !== undefined && NOT_UNDERSTOOD.has(status)) || closings >= REFUSALS;
}

/** Ends of a kept connection after which another one is opened: none of them is our wish, or the server's to have none at all. */
const REPLACED: ReadonlySet<CloseReason> = new Set<CloseReason>([
  'heartbeatLost',
  'peerClosed',
  'peerReset',
  'peerSentClose',
  'aborted',
  'addressGone',
  'maxAge',
  'maxRequests',
]);

/** What is known when an idle connection has ended. */
export interface ReplacementFacts {
  readonly reason: CloseReason;
  /** It was one of those that are kept. */
  readonly wasKept: boolean;
  /** It answered something: who ends connections that never carried anything would be connected to for ever. */
  readonly hasAnswered: boolean;
}

/** Whether another connection is opened in its place, ahead of need. */
export function decideReplacement({ reason, wasKept, hasAnswered }: ReplacementFacts): boolean {
  return wasKept && hasAnswered && REPLACED.has(reason);
}
