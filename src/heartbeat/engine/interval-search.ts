// The search for the longest silence that a path survives: grow while connections live, halve the doubt once one died, then hold. Pure.

/** Where the search may go. */
export interface IntervalSearchOptions {
  /** Where it begins. Default 1,000: shorter than what any middlebox is known to forget after. */
  readonly lowestMs?: number;
  /** Where it stops to grow. Default 7,200,000: the two hours that RFC 5382 asks of NATs at least, and of TCP keepalive. */
  readonly highestMs?: number;
  /** How near the found interval must lie to the limit, as a share of it. Default 0.05. */
  readonly precision?: number;
}

/** See the head of the file. */
export class IntervalSearch {
  readonly #lowestMs: number;
  readonly #highestMs: number;
  readonly #precision: number;
  #survivedMs = 0;
  #diedMs = Infinity;

  constructor({ lowestMs = 1_000, highestMs = 7_200_000, precision = 0.05 }: IntervalSearchOptions = {}) {
    this.#lowestMs = lowestMs;
    this.#highestMs = highestMs;
    this.#precision = precision;
  }

  /** Longest silence that a connection survived. */
  get survivedMs(): number {
    return this.#survivedMs;
  }

  /** Shortest silence that a connection did not survive; Infinity where none is known. */
  get diedMs(): number {
    return this.#diedMs;
  }

  /** Whether the search is over and its result is held. */
  get isHolding(): boolean {
    const edgeMs = Math.min(this.#diedMs, this.#highestMs);
    return edgeMs - this.#survivedMs <= edgeMs * this.#precision;
  }

  /** How long to be silent next. */
  get intervalMs(): number {
    if (this.isHolding) return Math.max(this.#survivedMs, 1);
    if (this.#diedMs < Infinity) return (this.#survivedMs + this.#diedMs) / 2;
    return Math.min(Math.max(this.#survivedMs * 2, this.#lowestMs), this.#highestMs);
  }

  /** A connection lived through so long a silence. */
  survived(silenceMs: number): void {
    if (silenceMs <= this.#survivedMs) return;
    this.#survivedMs = silenceMs;
    // The path, or what was believed of it, has changed.
    if (silenceMs >= this.#diedMs) this.#diedMs = Infinity;
  }

  /** A connection was found dead after so long a silence, although the peer lives. */
  died(silenceMs: number): void {
    this.#diedMs = Math.min(this.#diedMs, silenceMs);
    if (this.#survivedMs >= silenceMs) this.#survivedMs = 0;
  }
}
