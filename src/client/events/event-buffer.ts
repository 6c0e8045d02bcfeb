// Events between the stream that finds them and the caller who takes them, one at a time. It has no limit of its own: whoever fills it waits
// until it is empty.
import type { ServerSentEvent } from './server-sent-event.ts';

interface Reader {
  readonly resolve: (result: IteratorResult<ServerSentEvent, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** See the head of the file. */
export class EventBuffer {
  #events: ServerSentEvent[] = [];
  #taken = 0;
  #readers: Reader[] = [];
  #end: { readonly error?: unknown; readonly hasFailed: boolean } | undefined;
  #onEmpty: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.#taken === this.#events.length;
  }

  push(event: ServerSentEvent): void {
    if (this.#end !== undefined) return;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#events.push(event);
    else reader.resolve({ done: false, value: event });
  }

  /** Resolves when everything was taken, or nobody will take it. */
  whenEmpty(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  next(): Promise<IteratorResult<ServerSentEvent, undefined>> {
    const event = this.#events[this.#taken];
    if (event !== undefined) {
      this.#taken += 1;
      if (this.isEmpty) this.#clear();
      return Promise.resolve({ done: false, value: event });
    }
    const end = this.#end;
    if (end === undefined) {
      return new Promise((resolve, reject) => {
        this.#readers.push({ resolve, reject });
      });
    }
    if (!end.hasFailed) return Promise.resolve({ done: true, value: undefined });
    // An error is told once, as a generator tells it.
    this.#end = { hasFailed: false };
    return Promise.reject(end.error);
  }

  /** What is here can still be taken, then it is over. */
  finish(): void {
    this.#finish({ hasFailed: false });
  }

  /** What is here can still be taken, then `error` is told. */
  fail(error: unknown): void {
    this.#finish({ error, hasFailed: true });
  }

  /** Nobody wants what is here. */
  discard(): void {
    this.#clear();
  }

  #finish(end: { readonly error?: unknown; readonly hasFailed: boolean }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const [first, ...others] = this.#readers;
    this.#readers = [];
    if (first === undefined) return;
    if (end.hasFailed) {
      this.#end = { hasFailed: false };
      first.reject(end.error);
    } else first.resolve({ done: true, value: undefined });
    for (const reader of others) reader.resolve({ done: true, value: undefined });
  }

  #clear(): void {
    this.#events = [];
    this.#taken = 0;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }
}
