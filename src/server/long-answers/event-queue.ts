// Text on its way to a client that may be slow: a body of bounded memory. It knows nothing of events.

/** Who is told that the body was given up by its reader. */
export interface EventQueueOwner {
  /** The body is wanted: the head of the answer is about to go out. */
  onBegin(): void;
  /** Nobody will read any more: the client is gone. */
  onCancelled(): void;
}

interface Waiter {
  resolve(result: IteratorResult<Uint8Array>): void;
  reject(error: Error): void;
}

/** An async iterable that is pulled once for each write to the peer; what has come up meanwhile is given out in one piece. */
export class EventQueue implements AsyncIterableIterator<Uint8Array> {
  #owner: EventQueueOwner | undefined;
  readonly #limitBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: Error | undefined;
  #waiter: Waiter | undefined;
  #drained: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** To be called once, before it is read. */
  attach(owner: EventQueueOwner): void {
    this.#owner = owner;
  }

  /** What the transport has not asked for yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts text behind the rest. False where the limit would be passed; then nothing is added. */
  push(text: string): boolean {
    const piece = Buffer.from(text);
    const waiter = this.#waiter;
    if (waiter !== undefined) {
      this.#waiter = undefined;
      waiter.resolve({ done: false, value: piece });
      return true;
    }
    if (this.#bytes + piece.length > this.#limitBytes) return false;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    return true;
  }

  /** Resolves when everything has been asked for, or it is over. */
  whenDrained(): Promise<void> {
    if (this.#bytes === 0) return Promise.resolve();
    if (this.#drained === undefined) {
      let resolve = (): void => {};
      const promise = new Promise<void>((fulfil) => {
        resolve = fulfil;
      });
      this.#drained = { promise, resolve };
    }
    return this.#drained.promise;
  }

  /** What is queued still goes out, then the body ends. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#waiter?.resolve({ done: true, value: undefined });
    this.#waiter = undefined;
  }

  /** What is queued is thrown away, and the body breaks off. */
  fail(error: Error): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#error = error;
    this.#waiter?.reject(error);
    this.#waiter = undefined;
    this.#clear();
  }

  [Symbol.asyncIterator](): this {
    this.#owner?.onBegin();
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#pieces.length > 0) {
      const value = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
      this.#clear();
      return Promise.resolve({ done: false, value });
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#state !== 'open') return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#state = 'ended';
    this.#waiter?.resolve({ done: true, value: undefined });
    this.#waiter = undefined;
    this.#clear();
    this.#owner?.onCancelled();
    return Promise.resolve({ done: true, value: undefined });
  }

  #clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
