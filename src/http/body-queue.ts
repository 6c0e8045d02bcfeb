// A message body between the connection that receives it and the one consumer that reads it, whichever side that is: a bounded
// queue of pieces with back-pressure. What a consumer wants to have made of the bytes (text, JSON …) is not known here.
import { AbortedError, BodyError } from '../errors.ts';

/** Received but unread bytes above which reading from the connection stops. As the high-water mark of Node.js sockets. */
const HIGH_WATER_BYTES = 65_536;

/** Pieces up to this size are gathered while they wait: each one costs a hundred bytes of its own, and a chunk may hold one byte. */
const SMALL_PIECE_BYTES = 1_024;

/** Pieces that wait as they arrived before any are gathered: many bodies are no more, and the room would cost more than they do. */
const UNGATHERED_PIECES = 2;

/** Room to gather small pieces in. */
const GATHER_BYTES = 8_192;

const EMPTY = Buffer.alloc(0);

/** What a body asks of its connection. */
export interface BodyQueueOwner {
  pauseBody(): void;
  resumeBody(): void;
  /** Somebody begins to consume a body that is still to come. */
  bodyWanted?(): void;
  /** Nobody wants what is still to come. Where the body was paused, `resumeBody` follows unless the body ends within this call. */
  abandonBody?(): void;
}

/** Whose body it is, for messages. */
export type BodyKind = 'request' | 'response';

interface Waiter {
  /** Whether it waits for everything that is still to come, not for the next piece. */
  readonly whole: boolean;
  resolve(bytes: Buffer | undefined): void;
  reject(error: Error): void;
}

/** The bytes of one body, in order, each one delivered once. */
export class BodyQueue {
  readonly #owner: BodyQueueOwner;
  readonly #kind: BodyKind;
  /** Undefined until a piece has to wait: most small bodies are one piece. */
  #pieces: Buffer[] | undefined;
  #queuedBytes = 0;
  /** The room of which the last piece that waits is the beginning; undefined where that piece is as it arrived. */
  #room: Buffer | undefined;
  #waiter: Waiter | undefined;
  #state: 'open' | 'complete' | 'failed' | 'discarded' = 'open';
  #error: Error | undefined;
  #used = false;
  #paused = false;
  /** Bytes that arrived so far. */
  receivedBytes = 0;

  constructor(owner: BodyQueueOwner, kind: BodyKind) {
    this.#owner = owner;
    this.#kind = kind;
  }

  /** Whether somebody has begun to consume it; as `bodyUsed` of the Fetch standard. */
  get used(): boolean {
    return this.#used;
  }

  /** Whether reading from the connection stopped because nobody takes what has arrived. */
  get paused(): boolean {
    return this.#paused;
  }

  /** `discarded` and `open` while more may come, the others at the end. */
  get state(): 'open' | 'complete' | 'failed' | 'discarded' {
    return this.#state;
  }

  /** Marks the body as consumed; a body is consumed once (Fetch standard). */
  claim(): void {
    if (this.#used) throw new TypeError(`the body of this ${this.#kind} was already read`);
    this.#used = true;
    if (this.#state === 'open') this.#owner.bodyWanted?.();
  }

  /** The connection has a piece for the consumer. */
  push(piece: Buffer): void {
    this.receivedBytes += piece.length;
    // An empty piece says nothing, and a byte stream takes none.
    if (this.#state !== 'open' || piece.length === 0) return;
    const waiter = this.#waiter;
    if (waiter !== undefined && !waiter.whole) {
      this.#waiter = undefined;
      waiter.resolve(piece);
      return;
    }
    this.#enqueue(piece);
    this.#queuedBytes += piece.length;
    // Who waits for all of it can only be served by reading on.
    if (this.#queuedBytes < HIGH_WATER_BYTES || this.#paused || waiter !== undefined) return;
    this.#paused = true;
    this.#owner.pauseBody();
  }

  /** The last byte has arrived. */
  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'complete';
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.resolve(waiter.whole ? this.#takeAll() : undefined);
  }

  /** No more will come. What has arrived is not delivered either: nobody must take a part for the whole. */
  fail(error: Error): void {
    if (this.#state === 'complete' || this.#state === 'failed') return;
    this.#state = 'failed';
    this.#error = error;
    this.#pieces = undefined;
    this.#waiter?.reject(error);
    this.#waiter = undefined;
  }

  /**
   * Nobody will read it any more: what still comes is thrown away, so that the connection can go on. A body that has arrived
   * whole stays readable: were its pieces dropped, whoever is in the middle of it would take a part for the whole.
   */
  discard(): void {
    if (this.#state === 'open') {
      this.#state = 'discarded';
      this.#pieces = undefined;
      this.#queuedBytes = 0;
      const waiter = this.#waiter;
      this.#waiter = undefined;
      waiter?.reject(this.#discardedError());
      this.#owner.abandonBody?.();
    }
    this.endPause();
  }

  /** The next piece; undefined at the end. Rejects where the body ended early. One call at a time. */
  read(): Promise<Buffer | undefined> {
    const piece = this.#pieces?.shift();
    if (piece !== undefined) {
      this.#queuedBytes -= piece.length;
      if (this.#queuedBytes === 0) this.endPause();
      return Promise.resolve(piece);
    }
    return this.#state === 'complete' ? Promise.resolve(undefined) : this.#wait(false);
  }

  /** All that is not read yet, where the end has arrived; undefined where it is still to come, or never will. */
  takeWhole(): Buffer | undefined {
    return this.#state === 'complete' ? this.#takeAll() : undefined;
  }

  /** All that is not read yet, once the end has arrived. Rejects where the body ended early. */
  readWhole(): Promise<Buffer> {
    if (this.#state === 'complete') return Promise.resolve(this.#takeAll());
    const whole = this.#wait(true) as Promise<Buffer>;
    if (this.#waiter !== undefined) this.endPause();
    return whole;
  }

  /** As a stream that pulls only as fast as it is read. Cancelling it discards the rest. */
  stream(): ReadableStream<Uint8Array> {
    let claimed = false;
    return new ReadableStream(
      {
        type: 'bytes',
        pull: async (controller) => {
          if (!claimed) this.claim();
          claimed = true;
          const piece = await this.read();
          if (piece !== undefined) {
            controller.enqueue(new Uint8Array(piece));
            return;
          }
          controller.close();
          controller.byobRequest?.respond(0);
        },
        cancel: () => {
          // Somebody else consumes it: what was never begun here has nothing to give up.
          if (this.#used && !claimed) return;
          this.#used = true;
          this.discard();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Marks it as consumed without consuming it. */
  protected markUsed(): void {
    this.#used = true;
  }

  /** Lets the connection read on, where it does not. */
  protected endPause(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#owner.resumeBody();
  }

  #wait(whole: boolean): Promise<Buffer | undefined> {
    if (this.#state === 'failed') return Promise.reject(this.#error!);
    if (this.#state === 'discarded') return Promise.reject(this.#discardedError());
    if (this.#waiter !== undefined) {
      return Promise.reject(new BodyError(`the ${this.#kind} body is already being read`));
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { whole, resolve, reject };
    });
  }

  #enqueue(piece: Buffer): void {
    const pieces = this.#pieces;
    if (pieces === undefined) {
      this.#pieces = [piece];
      return;
    }
    const last = pieces.length < UNGATHERED_PIECES ? undefined : pieces.at(-1);
    if (last === undefined || last.length + piece.length > GATHER_BYTES || piece.length > SMALL_PIECE_BYTES) {
      pieces.push(piece);
      this.#room = undefined;
      return;
    }
    if (this.#room === undefined) {
      this.#room = Buffer.allocUnsafeSlow(GATHER_BYTES);
      this.#room.set(last);
    }
    this.#room.set(piece, last.length);
    pieces[pieces.length - 1] = this.#room.subarray(0, last.length + piece.length);
  }

  #takeAll(): Buffer {
    const pieces = this.#pieces;
    this.#pieces = undefined;
    this.#room = undefined;
    this.#queuedBytes = 0;
    this.endPause();
    if (pieces === undefined) return EMPTY;
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  #discardedError(): AbortedError {
    return new AbortedError(`the rest of the ${this.#kind} body was discarded`);
  }
}
