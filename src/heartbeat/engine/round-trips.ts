// What is known of round trips: the last, the shortest, the smoothed one of RFC 6298 §2, and percentiles of the recent ones.

/** Round trips in figures, milliseconds; undefined where none was measured. */
export interface RoundTripStats {
  readonly count: number;
  readonly lastMs: number | undefined;
  readonly minMs: number | undefined;
  /** Moves by an eighth towards each new one (RFC 6298 §2). */
  readonly smoothedMs: number | undefined;
  /** How far they lie from the smoothed one, smoothed itself by a quarter (RFC 6298 §2). */
  readonly variationMs: number | undefined;
  /** Of the recent ones. */
  readonly p50Ms: number | undefined;
  readonly p90Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/** How many are remembered: enough for a percentile of 99, and 512 bytes for each of ten thousand peers. */
const REMEMBERED = 128;

/** Places that are made at first; most heartbeats of a short run need no more. */
const FIRST_PLACES = 16;

/** See the head of the file. */
export class RoundTrips {
  #recent = new Float32Array(FIRST_PLACES);
  #count = 0;
  #lastMs = Number.NaN;
  #minMs = Infinity;
  #smoothedMs = Number.NaN;
  #variationMs = Number.NaN;

  add(rttMs: number): void {
    if (this.#count === this.#recent.length && this.#count < REMEMBERED) this.#grow();
    this.#recent[this.#count % this.#recent.length] = rttMs;
    this.#lastMs = rttMs;
    if (rttMs < this.#minMs) this.#minMs = rttMs;
    if (this.#count === 0) {
      this.#smoothedMs = rttMs;
      this.#variationMs = rttMs / 2;
    } else {
      this.#variationMs += (Math.abs(this.#smoothedMs - rttMs) - this.#variationMs) / 4;
      this.#smoothedMs += (rttMs - this.#smoothedMs) / 8;
    }
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  get lastMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#lastMs;
  }

  /** The latest ones, oldest first, at most so many. */
  recent(most: number = REMEMBERED): number[] {
    const known = Math.min(this.#count, this.#recent.length, most);
    return Array.from({ length: known }, (_, index) => {
      return this.#recent[(this.#count - known + index) % this.#recent.length]!;
    });
  }

  stats(): RoundTripStats {
    const count = this.#count;
    const sorted = this.#recent.slice(0, Math.min(count, this.#recent.length)).toSorted();
    const known = (value: number): number | undefined => (count === 0 ? undefined : value);
    return {
      count,
      lastMs: known(this.#lastMs),
      minMs: known(this.#minMs),
      smoothedMs: known(this.#smoothedMs),
      variationMs: known(this.#variationMs),
      p50Ms: percentile(sorted, 0.5),
      p90Ms: percentile(sorted, 0.9),
      p99Ms: percentile(sorted, 0.99),
    };
  }

  #grow(): void {
    const larger = new Float32Array(REMEMBERED);
    larger.set(this.#recent);
    this.#recent = larger;
  }
}

/** The smallest value that so large a share of all does not exceed. */
function percentile(sorted: Float32Array, share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
