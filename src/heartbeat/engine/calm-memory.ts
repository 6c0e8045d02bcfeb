// Which peers asked for fewer signals, and how long the interval is that they put up with.

/** How many origins are remembered; above it the one that was asked about longest ago is forgotten. */
const REMEMBERED = 1_024;

/** Intervals by origin. One for the whole program, unless a heartbeat is given its own. */
export class CalmMemory {
  readonly #intervals = new Map<string, number>();

  /** The interval that the origin puts up with, as far as known; 0 where it never asked for fewer signals. */
  intervalMs(origin: string): number {
    const known = this.#intervals.get(origin);
    if (known === undefined) return 0;
    this.#intervals.delete(origin);
    this.#intervals.set(origin, known);
    return known;
  }

  /** The origin asked for fewer signals than one in `intervalMs`. Returns the doubled interval, at most `highestMs`. */
  calm(origin: string, intervalMs: number, highestMs: number): number {
    const doubled = Math.max(Math.min(intervalMs * 2, highestMs), this.intervalMs(origin));
    this.#intervals.delete(origin);
    this.#intervals.set(origin, doubled);
    if (this.#intervals.size > REMEMBERED) {
      const [oldest] = this.#intervals.keys();
      if (oldest !== undefined) this.#intervals.delete(oldest);
    }
    return doubled;
  }

  /** Forgets one origin, or all. */
  forget(origin?: string): void {
    if (origin === undefined) this.#intervals.clear();
    else this.#intervals.delete(origin);
  }
}

/** What heartbeats share where they are not given a memory of their own. */
export const sharedCalm: CalmMemory = new CalmMemory();
