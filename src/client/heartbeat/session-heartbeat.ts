// The heartbeat of a session as a whole: which origins have one, what its signals look like, and whether the machine has slept.
// A connection of HTTP/1 that missed one signal is lost, and each of them has a deadline anyhow: so a Heartbeat of the engine with a
// timer for each would be paid for and not used. Its clocks and its memory of peers that ask for calm are.
import { ClockWatch } from '../../heartbeat/engine/clock-watch.ts';
import type { OriginParts } from '../../http/origin.ts';
import type { ResolvedSessionHeartbeat, SignalKind } from '../heartbeat-options.ts';
import type { RequestEncoder } from '../request/encode-request.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import type { SessionCore } from '../session-core.ts';

/** An origin whose idle connections can be doubted all at once. */
export interface SuspectOrigin {
  /** Its idle connections are asked, or given up, before they are used again. */
  suspectAll(): void;
}

/** See the head of the file. */
export class SessionHeartbeat {
  readonly core: SessionCore;
  readonly options: ResolvedSessionHeartbeat;
  /** Origins that have connections. */
  readonly origins: Set<SuspectOrigin> = new Set();
  readonly #encoder: RequestEncoder;
  readonly #watch: ClockWatch;

  constructor(core: SessionCore, options: ResolvedSessionHeartbeat, encoder: RequestEncoder) {
    this.core = core;
    this.options = options;
    this.#encoder = encoder;
    this.#watch = new ClockWatch(core.clock);
  }

  /** A request as any of the session, with its fields: some servers end the connection of who does not say who he is. */
  encode({ origin }: OriginParts, { method, target }: SignalKind): OutgoingRequest {
    if (target !== '*') return this.#encoder.encode(origin + target, { method });
    // RFC 9112 §3.3: the URI of this form has no path.
    return { ...this.#encoder.encode(origin, { method }), target, url: origin };
  }

  /**
   * Whether the machine slept, or the process did not run, for longer than a signal would have waited: then all idle connections are
   * suspect. `lateMs` is by how much the first signal is overdue.
   */
  noticeSleep(): void {
    const first = this.core.deadlines.heartbeat.first;
    this.wasLate(first === undefined ? 0 : this.core.clock.nowMs() - first.atMs);
  }

  /** The same, where the timer came so late. Whether it was sleep. */
  wasLate(lateMs: number): boolean {
    if (this.#watch.sleptMs(lateMs) <= this.options.intervalMs) return false;
    for (const origin of this.origins) origin.suspectAll();
    return true;
  }
}
