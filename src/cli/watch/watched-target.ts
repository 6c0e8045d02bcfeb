// One target under watch: its heartbeat, and what the table and the summary want to know of it. Nothing is printed here.
import type { Heartbeat, HeartbeatEvent } from '../../heartbeat/index.ts';
import { survivesNothing } from './event-words.ts';
import type { SearchResult } from './event-words.ts';
import { SignalTrail } from './signal-trail.ts';

/** What is believed of a target. 'starting': nothing is known yet; 'held': signals are held back. */
export type Belief = 'starting' | 'up' | 'suspect' | 'down' | 'held';

/** See the head of the file. */
export class WatchedTarget {
  readonly target: string;
  readonly heartbeat: Heartbeat;
  /** What became of the latest signals; undefined where nobody looks at it. */
  readonly trail: SignalTrail | undefined;
  /** Signals that were acknowledged or missed. */
  signals = 0;
  /** Whether it ever gave a sign of life. */
  wasReached = false;
  /** Why it is suspect or down, or was last. */
  lastReason = '';
  adapted: SearchResult | undefined;
  #longestDownMs = 0;
  #downSinceMs: number | undefined;
  /** Once the watch of it has ended; a heartbeat that was stopped believes nothing. */
  #finalBelief: Belief | undefined;

  constructor(heartbeat: Heartbeat, trail: SignalTrail | undefined) {
    this.target = heartbeat.target;
    this.heartbeat = heartbeat;
    this.trail = trail;
  }

  get belief(): Belief {
    if (this.#finalBelief !== undefined) return this.#finalBelief;
    const { state } = this.heartbeat;
    if (state === 'down' || state === 'suspect') return state;
    if (state === 'suspended') return 'held';
    return this.wasReached ? 'up' : 'starting';
  }

  /** How often it went down. */
  get downs(): number {
    return this.heartbeat.stats().downs;
  }

  /** Whether its path was found to lose connections however often signals go out. */
  get keepsNothing(): boolean {
    return this.adapted !== undefined && survivesNothing(this.adapted);
  }

  get isEnded(): boolean {
    return this.#finalBelief !== undefined;
  }

  /** True where it is the first sign of life of all, and no 'up' follows. */
  observe(event: HeartbeatEvent, nowMs: number): boolean {
    const isFirst = event.type === 'ack' && !this.wasReached && this.#downSinceMs === undefined;
    switch (event.type) {
      case 'ack':
        this.signals += 1;
        this.wasReached = true;
        this.trail?.add(event.rttMs ?? Number.NaN);
        break;
      case 'missed':
        this.signals += 1;
        this.lastReason = event.reason ?? '';
        this.trail?.add(Infinity);
        break;
      case 'down':
        this.#downSinceMs = nowMs;
        break;
      case 'up':
        this.wasReached = true;
        this.#endDown(nowMs);
        break;
      case 'adapted': {
        const { survivedMs, diedMs, isHolding } = event;
        this.adapted = { survivedMs, diedMs, isHolding };
        break;
      }
      case 'resumed':
      case 'calmed':
    }
    return isFirst;
  }

  /** The longest time that it was down, one that lasts included. */
  longestDownMs(nowMs: number): number {
    return Math.max(this.#longestDownMs, this.#downSinceMs === undefined ? 0 : nowMs - this.#downSinceMs);
  }

  /** Stops the heartbeat for good. */
  end(nowMs: number): void {
    if (this.#finalBelief !== undefined) return;
    this.#finalBelief = this.belief;
    this.#endDown(nowMs);
    this.heartbeat.stop();
  }

  #endDown(nowMs: number): void {
    this.#longestDownMs = this.longestDownMs(nowMs);
    this.#downSinceMs = undefined;
  }
}
