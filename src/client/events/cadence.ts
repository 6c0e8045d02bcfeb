// How long an event stream may be silent before it counts as dead: from how often its server gives a sign of life. Pure.

/** Intervals that a stream may be silent: one sign may be lost on the way, and half an interval is for the path. */
const INTERVALS = 2.5;

/** However often there are signs: a lost packet is repeated three times in it (RFC 6298 §2, from 1 s on). */
const LEAST_MS = 5_000;

/**
 * Where nothing is known of the server: what forgets silent connections on the way does so after 350 s as often as not (balancers and
 * NATs of AWS), and what comes behind that is lost anyway.
 */
const UNKNOWN_MS = 300_000;

/** Signs that follow each other faster are no heartbeat: padding at the beginning of a stream, several lines at once. */
const SHORTEST_OBSERVED_MS = 1_000;

/** What was only observed is not believed below this: the HTML standard advises a comment every 15 s. */
const LEAST_OBSERVED_MS = 15_000;

/** So many intervals between signs are an observation; of the latest four, the longest counts. */
const ENOUGH = 3;
const REMEMBERED = 4;

/** What one server has shown. */
export class Cadence {
  #toldMs: number | undefined;
  #observed: readonly number[] = [];
  #lastSignMs: number | undefined;

  /** The server said how often there will be something at least. */
  told(intervalMs: number): void {
    this.#toldMs = intervalMs;
  }

  /** A comment came, or a heartbeat. From one to the next is the server's interval, or more where events put one off. */
  signed(nowMs: number): void {
    const intervalMs = this.#lastSignMs === undefined ? 0 : nowMs - this.#lastSignMs;
    this.#lastSignMs = nowMs;
    if (intervalMs >= SHORTEST_OBSERVED_MS) this.#observed = [...this.#observed, intervalMs].slice(-REMEMBERED);
  }

  /** The stream was cut off: how long that took is no interval of the server. */
  interrupted(): void {
    this.#lastSignMs = undefined;
  }

  /** The longest silence that means nothing. */
  get livenessMs(): number {
    if (this.#toldMs !== undefined) return Math.max(LEAST_MS, this.#toldMs * INTERVALS);
    if (this.#observed.length < ENOUGH) return UNKNOWN_MS;
    return Math.min(UNKNOWN_MS, Math.max(LEAST_OBSERVED_MS, ...this.#observed) * INTERVALS);
  }
}
