// What the server decides about persistence, and what it says about it in its responses. Pure.
// Apache's three knobs (KeepAlive, MaxKeepAliveRequests, KeepAliveTimeout) and our age and drain rules meet here.
import type { CloseReason } from '../../http/close-reason.ts';
import { formatKeepAlive } from '../../http/keep-alive-field.ts';

/** Longer than the 60 s of common load balancers, so that they close first. */
export const DEFAULT_KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** How long an idle connection is to be kept. */
export interface IdleKnobs {
  readonly keepAliveTimeoutMs: number;
  readonly keepAliveGraceMs: number;
}

/** The knobs, resolved. */
export interface KeepAliveKnobs extends IdleKnobs {
  readonly keepAlive: boolean;
  readonly maxKeepAliveRequests: number;
  readonly maxAgeMs: number;
}

/** How much longer than advertised a connection is kept unless the owner says otherwise: enough for a slow network's round trip. */
export function defaultGraceMs(keepAliveTimeoutMs: number): number {
  return Math.max(1_000, 0.05 * keepAliveTimeoutMs);
}

/** What is known when a response is about to be sent. */
export interface PolicyFacts {
  readonly draining: boolean;
  /** The server is short of room (pressure-plan.ts). Default false. */
  readonly isPressureHigh?: boolean;
  /** 1 for the first answer on the connection. */
  readonly answerNumber: number;
  readonly ageMs: number;
  /** The peer has ended its side and this answers the last of what it asked. */
  readonly lastAsked: boolean;
}

/** The server's own reason to end the connection with this answer, if it has one. */
export function decidePolicyClose(knobs: KeepAliveKnobs, facts: PolicyFacts): CloseReason | undefined {
  if (facts.draining) return 'draining';
  if (facts.isPressureHigh === true) return 'shed';
  if (!knobs.keepAlive) return 'weSentClose';
  if (facts.answerNumber >= knobs.maxKeepAliveRequests) return 'maxRequests';
  if (facts.ageMs >= knobs.maxAgeMs) return 'maxAge';
  if (facts.lastAsked) return 'peerClosed';
  return undefined;
}

/** The advertised idle time in whole seconds, rounded down and never 0; Infinity where none is advertised. */
export function advertisedSeconds(knobs: IdleKnobs): number {
  return knobs.keepAliveTimeoutMs === Infinity ? Infinity : Math.max(1, Math.floor(knobs.keepAliveTimeoutMs / 1000));
}

/**
 * How long an idle connection is really kept: longer than advertised, so that a client which obeys the hint
 * never meets the close on its way.
 */
export function realIdleTimeoutMs(knobs: IdleKnobs): number {
  return Math.max(knobs.keepAliveTimeoutMs, advertisedSeconds(knobs) * 1000) + knobs.keepAliveGraceMs;
}

/** The Connection and Keep-Alive lines of a response. Keep-Alive is hop-by-hop, so it is named in Connection (RFC 9110 §7.6.1). */
export class PersistenceLines {
  readonly #seconds: number;
  readonly #maxRequests: number;
  readonly #unlimited: string;

  constructor(knobs: KeepAliveKnobs) {
    this.#seconds = advertisedSeconds(knobs);
    this.#maxRequests = knobs.maxKeepAliveRequests;
    this.#unlimited = formatPersistent(this.#seconds, undefined);
  }

  /** Whether each answer of a connection has lines of its own, because they count down. */
  get counting(): boolean {
    return this.#maxRequests !== Infinity;
  }

  /** The lines for an answer; `closeReason` undefined means that the connection persists. */
  format(closeReason: CloseReason | undefined, answerNumber: number): string {
    if (closeReason !== undefined) return 'Connection: close\r\n';
    if (this.#maxRequests === Infinity) return this.#unlimited;
    return formatPersistent(this.#seconds, this.#maxRequests - answerNumber);
  }
}

function formatPersistent(seconds: number, max: number | undefined): string {
  const hint = formatKeepAlive(seconds, max);
  return hint === '' ? 'Connection: keep-alive\r\n' : `Connection: keep-alive\r\nKeep-Alive: ${hint}\r\n`;
}
