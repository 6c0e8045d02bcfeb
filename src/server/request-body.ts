// The body of a request on its way to the handler: a bounded queue with back-pressure, and the ways to consume it.
import { AbortedError, BodyError } from '../errors.ts';

/** Received but unread bytes above which reading from the connection stops. As the high-water mark of Node.js sockets. */
const HIGH_WATER_BYTES = 65_536;

/** Pieces up to this size are gathered while they wait: each one costs a hundred bytes of its own, and a chunk may hold one byte. */
const SMALL_PIECE_BYTES = 1_024;

/** Room to gather small pieces in. */
const GATHER_BYTES = 8_192;

/** What the body asks of its connection. */
export interface RequestBodyOwner {
  /** The handler wants the body: `100 Continue` is due, where the client waits for one. */
  bodyWanted(): void;
  pauseBody(): void;
  resumeBody(): void;
}

interface Waiter {
  resolve(piece: Buffer | undefined): void;
  reject(error: Error): void;
}

/** The bytes of one request body, in order, each one delivered once. */
export class RequestBody {
  readonly #owner: RequestBodyOwner;
  #pieces: Buffer[] = [];
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

  constructor(owner: RequestBodyOwner) {
    this.#owner = owner;
  }

  /** Whether somebody has begun to consume it; as `Request.bodyUsed`. */
  get used(): boolean {
    return this.#used;
  }

  /** Whether a consumer has begun and not given up, so that it may be left to it to read the rest. */
  get beingRead(): boolean {
    return this.#used && this.#state !== 'discarded';
  }

  /** Whether reading from the connection stopped because nobody takes what has arrived. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Marks the body as consumed; a body is consumed once (Fetch standard). */
  claim(): void {
    if (this.#used) throw new TypeError('the body of this request was already read');
    this.#used = true;
    if (this.#state === 'open') this.#owner.bodyWanted();
  }

  /** The connection has a piece for the handler. */
  push(piece: Buffer): void {
    this.receivedBytes += piece.length;
    if (this.#state === 'discarded') return;
    if (this.#waiter !== undefined) {
      const waiter = this.#waiter;
      this.#waiter = undefined;
      waiter.resolve(piece);
      return;
    }
    this.#enqueue(piece);
    this.#queuedBytes += piece.length;
    if (this.#queuedBytes < HIGH_WATER_BYTES || this.#paused) return;
    this.#paused = true;
    this.#owner.pauseBody();
  }

  /** The last byte has arrived. */
  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'complete';
    this.#waiter?.resolve(undefined);
    this.#waiter = undefined;
  }

  /** No more will come. What has arrived is not delivered either: a handler must not take a part for the whole. */
  fail(error: Error): void {
    if (this.#state === 'complete' || this.#state === 'failed') return;
    this.#state = 'failed';
    this.#error = error;
    this.#pieces = [];
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
      this.#pieces = [];
      this.#queuedBytes = 0;
      this.#waiter?.reject(new AbortedError('the rest of the request body was discarded'));
      this.#waiter = undefined;
    }
    this.#unpause();
  }

  /** The next piece; undefined at the end. Rejects where the body ended early. One call at a time. */
  read(): Promise<Buffer | undefined> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#queuedBytes -= piece.length;
      if (this.#queuedBytes === 0) this.#unpause();
      return Promise.resolve(piece);
    }
    if (this.#state === 'complete') return Promise.resolve(undefined);
    if (this.#state === 'failed') return Promise.reject(this.#error!);
    if (this.#state === 'discarded')
      return Promise.reject(new AbortedError('the rest of the request body was discarded'));
    if (this.#waiter !== undefined) return Promise.reject(new BodyError('the request body is already being read'));
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** All of it. */
  async bytes(): Promise<Buffer> {
    this.claim();
    const first = await this.read();
    if (first === undefined) return Buffer.alloc(0);
    const pieces = [first];
    for (let piece = await this.read(); piece !== undefined; piece = await this.read()) pieces.push(piece);
    return pieces.length === 1 ? first : Buffer.concat(pieces);
  }

  /** As a stream that pulls only as fast as it is read. Cancelling it discards the rest. */
  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        type: 'bytes',
        pull: async (controller) => {
          if (!this.#used) this.claim();
          const piece = await this.read();
          if (piece !== undefined) {
            controller.enqueue(new Uint8Array(piece));
            return;
          }
          controller.close();
          controller.byobRequest?.respond(0);
        },
        cancel: () => {
          this.#used = true;
          this.discard();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #enqueue(piece: Buffer): void {
    const last = this.#pieces.at(-1);
    if (last === undefined || last.length + piece.length > GATHER_BYTES || piece.length > SMALL_PIECE_BYTES) {
      this.#pieces.push(piece);
      this.#room = undefined;
      return;
    }
    if (this.#room === undefined) {
      this.#room = Buffer.allocUnsafeSlow(GATHER_BYTES);
      this.#room.set(last);
    }
    this.#room.set(piece, last.length);
    this.#pieces[this.#pieces.length - 1] = this.#room.subarray(0, last.length + piece.length);
  }

  #unpause(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#owner.resumeBody();
  }
}
