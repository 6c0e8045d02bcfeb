// The body of a response between the application that writes it and the connection that takes it: pieces with their callbacks.
import type { Callback } from './message-internals.ts';

type Piece = string | Uint8Array;

const NO_CALLBACKS: readonly Callback[] = [];

/** Whose pieces they are. */
export interface PiecesOwner {
  /** Everything that waited was taken. Called in a turn of its own. */
  piecesTaken(): void;
  /** The reader has them all, or (`whole` false) wants no more. */
  piecesRead(whole: boolean): void;
}

/** A source of the pieces that are written to it; one reader. */
export class OutgoingPieces implements AsyncIterable<Piece>, AsyncIterator<Piece, undefined> {
  readonly #owner: PiecesOwner;
  /** Most bodies are one piece, and need no list. */
  #first: Piece | undefined;
  #rest: Piece[] | undefined;
  waitingBytes = 0;
  /** Something was pushed, even if it was empty. */
  begun = false;
  /** Of pieces that wait. */
  #callbacks: Callback[] | undefined;
  /** Of the piece that was taken last: it is written when the next one is asked for. */
  #takenCallbacks: Callback[] | undefined;
  #ended = false;
  #error: { cause: unknown } | undefined;
  #waiter: { resolve(result: IteratorResult<Piece, undefined>): void; reject(error: unknown): void } | undefined;

  constructor(owner: PiecesOwner) {
    this.#owner = owner;
  }

  /** Returns how many bytes wait now. */
  push(data: Piece, encoding: string | null | undefined, callback: Callback | null | undefined): number {
    this.begun = true;
    if (typeof callback === 'function') {
      this.#callbacks ??= [];
      this.#callbacks.push(callback);
    }
    if (data.length > 0) {
      const piece = typeof data === 'string' ? toPiece(data, encoding) : data;
      this.waitingBytes += piece.length;
      if (this.#first === undefined) {
        this.#first = piece;
      } else {
        this.#rest ??= [];
        this.#rest.push(piece);
      }
      this.#giveToWaiter();
    }
    return this.waitingBytes;
  }

  /** Nothing more will be pushed. */
  end(): void {
    this.#ended = true;
    this.#giveToWaiter();
  }

  fail(error: unknown): void {
    this.#error = { cause: error };
    this.#waiter?.reject(error);
    this.#waiter = undefined;
    const reason = error instanceof Error ? error : new Error('the response failed');
    for (const callback of this.#takeCallbacks()) callback(reason);
  }

  /** All of it at once, where it is whole and nobody has read of it; null where there is nothing. */
  takeWhole(): Piece | null {
    return this.#take() ?? null;
  }

  /** Everything that was taken has been written. */
  delivered(): void {
    for (const callback of this.#takeCallbacks()) callback(null);
  }

  next(): Promise<IteratorResult<Piece, undefined>> {
    const taken = this.#takenCallbacks;
    if (taken !== undefined) {
      this.#takenCallbacks = undefined;
      process.nextTick(callAll, taken);
    }
    if (this.#error !== undefined) return Promise.reject(this.#error.cause);
    if (this.#first !== undefined) return Promise.resolve({ done: false, value: this.#takeNext() });
    if (this.#ended) return Promise.resolve(this.#finish());
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** Of an iterator: its reader gives up. */
  return(): Promise<IteratorResult<Piece, undefined>> {
    this.#owner.piecesRead(false);
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #giveToWaiter(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    if (this.#first === undefined && !this.#ended) return;
    this.#waiter = undefined;
    waiter.resolve(this.#first === undefined ? this.#finish() : { done: false, value: this.#takeNext() });
  }

  #finish(): IteratorResult<Piece, undefined> {
    this.#owner.piecesRead(true);
    return { done: true, value: undefined };
  }

  #takeNext(): Piece {
    const piece = this.#take()!;
    this.#takenCallbacks = this.#callbacks;
    this.#callbacks = undefined;
    process.nextTick(tellTaken, this.#owner);
    return piece;
  }

  #take(): Piece | undefined {
    const first = this.#first;
    const rest = this.#rest;
    this.#first = undefined;
    this.#rest = undefined;
    this.waitingBytes = 0;
    if (first === undefined || rest === undefined) return first;
    return Buffer.concat([first, ...rest].map(toBytes));
  }

  #takeCallbacks(): readonly Callback[] {
    const taken = this.#takenCallbacks;
    const waiting = this.#callbacks ?? NO_CALLBACKS;
    this.#takenCallbacks = undefined;
    this.#callbacks = undefined;
    return taken === undefined ? waiting : [...taken, ...waiting];
  }
}

function tellTaken(owner: PiecesOwner): void {
  owner.piecesTaken();
}

function callAll(callbacks: readonly Callback[]): void {
  for (const callback of callbacks) callback(null);
}

function toBytes(piece: Piece): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** Text in UTF-8 stays text: whole, it can leave in one write with its head. */
function toPiece(text: string, encoding: string | null | undefined): Piece {
  switch (encoding) {
    case undefined:
    case null:
    case 'utf8':
    case 'utf-8':
      return text;
    default:
      return Buffer.from(text, encoding as BufferEncoding);
  }
}
