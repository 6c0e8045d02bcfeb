// In which rhythm many heartbeats begin: spread over an interval, and never more of them waiting for their first answer than allowed.
// Where they would all begin at once, they would open all their connections at once, and go on beating in step.
import type { Clock, ClockTimer } from '../../io/index.ts';

/** So many begin at once: a person who watches a handful does not want to wait. */
export const AT_ONCE = 10;

/** Between two that follow. A hundred new connections a second are nothing to anybody; an interval is filled only by thousands. */
const SPACING_MS = 10;

/** When the first signal of each may go out, in milliseconds after the first of all: the time between two of them. */
export function planSpacing(targets: number, rampMs: number): number {
  const later = targets - AT_ONCE;
  return later <= 0 ? 0 : Math.min(SPACING_MS, rampMs / later);
}

/** See the head of the file. */
export class StartQueue<Item> {
  readonly #items: readonly Item[];
  readonly #spacingMs: number;
  readonly #concurrency: number;
  readonly #clock: Clock;
  readonly #start: (item: Item) => void;
  #begunMs = 0;
  #next = 0;
  #underWay = 0;
  #timer: ClockTimer | undefined;
  #isOver = false;

  constructor(options: {
    readonly items: readonly Item[];
    readonly spacingMs: number;
    /** Most that have begun and not been `answered` yet. */
    readonly concurrency: number;
    readonly clock: Clock;
    readonly start: (item: Item) => void;
  }) {
    this.#items = options.items;
    this.#spacingMs = options.spacingMs;
    this.#concurrency = options.concurrency;
    this.#clock = options.clock;
    this.#start = options.start;
  }

  /** How many have begun. */
  get started(): number {
    return this.#next;
  }

  begin(): void {
    this.#begunMs = this.#clock.nowMs();
    this.#startDue();
  }

  /** One of those that have begun knows whether its target answers. */
  answered(): void {
    this.#underWay -= 1;
    if (this.#timer === undefined) this.#startDue();
  }

  /** No further one begins. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.stop();
  }

  #startDue(): void {
    const elapsedMs = this.#clock.nowMs() - this.#begunMs;
    while (this.#next < this.#items.length && this.#underWay < this.#concurrency && !this.#isOver) {
      const dueMs = Math.max(0, this.#next + 1 - AT_ONCE) * this.#spacingMs;
      if (dueMs > elapsedMs) {
        this.#timer = this.#clock.startTimer(dueMs - elapsedMs, () => {
          this.#timer = undefined;
          this.#startDue();
        });
        return;
      }
      const item = this.#items[this.#next]!;
      this.#next += 1;
      this.#underWay += 1;
      this.#start(item);
    }
  }
}
