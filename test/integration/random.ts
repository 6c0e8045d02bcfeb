// Random numbers that a seed repeats.

/** xorshift32 (Marsaglia 2003). */
export class Random {
  #state: number;

  constructor(seed: number) {
    // 0 would stay 0 for ever.
    this.#state = seed >>> 0 === 0 ? 1 : seed >>> 0;
    // Seeds that are near each other begin alike; a few rounds drive them apart.
    for (let round = 0; round < 8; round += 1) this.#next();
  }

  /** A whole number from 0 to one less than `limit`. */
  below(limit: number): number {
    return this.#next() % limit;
  }

  /** True `percent` times of a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state;
  }
}
