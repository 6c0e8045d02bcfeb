// What one phase of a shutdown came to, counted from its beginning to its end.
import type { PhaseReport } from '../server.ts';

/** The server at one moment. */
export interface PhaseMoment {
  readonly nowMs: number;
  /** Open connections. */
  readonly open: number;
  /** Requests that have begun since the shutdown did. */
  readonly requests: number;
}

/** Of a phase that never began. */
export const NO_PHASE: PhaseReport = { durationMs: 0, open: 0, opened: 0, closed: 0, requests: 0 };

/** See the head of the file. */
export class PhaseCount {
  readonly #start: PhaseMoment;
  /** Connections that ended meanwhile. */
  closed = 0;

  constructor(start: PhaseMoment) {
    this.#start = start;
  }

  end(end: PhaseMoment): PhaseReport {
    const { nowMs, open, requests } = this.#start;
    return {
      durationMs: end.nowMs - nowMs,
      open,
      opened: end.open + this.closed - open,
      closed: this.closed,
      requests: end.requests - requests,
    };
  }
}
