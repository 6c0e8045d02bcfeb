// What the signals of one heartbeat tell of the silence that its path survives, and what they do not: the search for the longest
// interval is only as good as its evidence. No time and no I/O; the engine says when things happened.
import { ConnectError } from '../../errors.ts';
import { IntervalSearch } from './interval-search.ts';
import type { IntervalSearchOptions, SearchPhase } from './interval-search.ts';
import type { Acknowledgement } from './probe.ts';

/** What the adaptive search has come to. */
export interface AdaptiveStats {
  /** Where the search is. */
  readonly phase: SearchPhase;
  /** Longest silence that a connection survived. */
  readonly survivedMs: number;
  /** Shortest silence that it did not survive; Infinity where none is known. */
  readonly diedMs: number;
}

/** See the head of the file. */
export class PathLearning {
  readonly #search: IntervalSearch;
  /** The last byte in either direction; undefined where that is not known of the connection that is there now. */
  #lastByteMs: number | undefined;
  /** Longest silence since the peer was last heard: what we sent meanwhile proves nothing, it may all have been swallowed. */
  #longestMs = 0;
  /** The silence before the first signal that is not acknowledged yet; undefined where there is none, or it is no evidence. */
  #testedMs: number | undefined;
  #isTesting = false;

  constructor(options: IntervalSearchOptions) {
    this.#search = new IntervalSearch(options);
  }

  get intervalMs(): number {
    return this.#search.intervalMs;
  }

  stats(): AdaptiveStats {
    const { phase, survivedMs, diedMs } = this.#search;
    return { phase, survivedMs, diedMs };
  }

  /** Bytes of the peer. `isAwaiting`: a signal is under way, so that they may be the greeting of a new connection. */
  received(nowMs: number, isAwaiting: boolean): void {
    this.#lastByteMs = nowMs;
    this.#longestMs = 0;
    // A connection that speaks between two signals has survived the first of them, but nobody knows on which side of it.
    if (!isAwaiting) this.#isTesting = false;
  }

  /** Bytes to the peer that are no signal. */
  sent(nowMs: number): void {
    this.#longestMs = this.#silenceMs(nowMs) ?? 0;
    if (this.#lastByteMs !== undefined) this.#lastByteMs = nowMs;
  }

  /** A signal goes out. Those behind one that was missed test nothing: they follow at once. */
  signalled(nowMs: number): void {
    if (!this.#isTesting) this.#testedMs = this.#silenceMs(nowMs);
    this.#isTesting = true;
    this.sent(nowMs);
  }

  /** A signal was not acknowledged. Where nobody can be connected to, the peer is to blame and not the path. */
  missed(error: Error | undefined): void {
    if (error instanceof ConnectError) this.#testedMs = undefined;
  }

  /** The peer counts as gone: that its connection died with it says nothing of the path. */
  peerWentDown(): void {
    this.#testedMs = undefined;
  }

  /** Returns whether the search goes another way now. */
  acknowledged(nowMs: number, { connection = 'kept', endedAfterMs }: Acknowledgement): boolean {
    const testedMs = this.#testedMs;
    this.#lastByteMs = nowMs;
    this.#longestMs = 0;
    this.#testedMs = undefined;
    this.#isTesting = false;
    if (testedMs === undefined) return false;
    const { intervalMs, phase } = this.#search;
    // A miss before it was a hiccup: the same connection works, so it has survived.
    if (connection === 'kept') this.#search.survived(testedMs);
    else this.#search.died(Math.min(endedAfterMs ?? testedMs, testedMs));
    return this.#search.intervalMs !== intervalMs || this.#search.phase !== phase;
  }

  /** The program did not run, or the heartbeat was stopped: for how long it was silent is not known. */
  interrupted(): void {
    this.#lastByteMs = undefined;
    this.#longestMs = 0;
    this.#testedMs = undefined;
    this.#isTesting = false;
  }

  #silenceMs(nowMs: number): number | undefined {
    return this.#lastByteMs === undefined ? undefined : Math.max(this.#longestMs, nowMs - this.#lastByteMs);
  }
}
