// The events of a heartbeat as an async iterable. Whoever reads slowly loses acknowledgements first, and changes
// only where a thousand of them wait.
import type { HeartbeatEvent } from './event.ts';

/** Events that may wait for a reader. Above it the oldest acknowledgement is dropped, or the oldest event where there is none. */
const MOST_WAITING = 1_024;

/** One reader's events. */
export class EventFeed implements AsyncIterableIterator<HeartbeatEvent> {
  readonly #onReturned: (feed: EventFeed) => void;
  #waiting: HeartbeatEvent[] = [];
  #readers: ((result: IteratorResult<HeartbeatEvent>) => void)[] = [];
  #hasEnded = false;

  constructor(onReturned: (feed: EventFeed) => void) {
    this.#onReturned = onReturned;
  }

  push(event: HeartbeatEvent): void {
    if (this.#hasEnded) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ done: false, value: event });
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length <= MOST_WAITING) return;
    const oldestAck = this.#waiting.findIndex(({ type }) => type === 'ack');
    this.#waiting.splice(Math.max(oldestAck, 0), 1);
  }

  /** What waits can still be read, then it is over. */
  end(): void {
    this.#hasEnded = true;
    for (const reader of this.#readers) reader({ done: true, value: undefined });
    this.#readers = [];
  }

  next(): Promise<IteratorResult<HeartbeatEvent>> {
    const event = this.#waiting.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  return(): Promise<IteratorResult<HeartbeatEvent>> {
    this.#waiting = [];
    this.end();
    this.#onReturned(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
