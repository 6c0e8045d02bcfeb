// Bodies that come in pieces: streams, iterables and blobs, pulled one piece at a time. Nothing is touched before the first pull.
import { MisuseError } from '../../errors.ts';
import type { PieceSource } from './outgoing-request.ts';

/** What pieces are read from. */
interface RawPieces {
  next(): Promise<IteratorResult<unknown>>;
  /** Nobody will ask again. Errors of the clean-up are its own. */
  cancel(): void;
}

/** A source that can be opened any number of times; `start` is called when the first piece is asked for. */
export class ReplayableSource implements PieceSource {
  readonly replayable = true;
  readonly #start: () => unknown;

  constructor(start: () => unknown) {
    this.#start = start;
  }

  open(): AsyncIterator<Uint8Array> {
    return new PieceIterator(this.#start);
  }
}

/**
 * A stream or iterable that can be read once. Whoever opens it and gives up before asking for a piece leaves it to the next
 * attempt; `cancel` says that there is none.
 */
export class OneShotSource implements PieceSource {
  readonly replayable = false;
  readonly #body: unknown;
  #begun: PieceIterator | undefined;
  #cancelled = false;

  constructor(body: unknown) {
    this.#body = body;
    outliveErrors(body);
  }

  open(): AsyncIterator<Uint8Array> {
    let pieces: PieceIterator | undefined;
    return {
      next: () => {
        if (pieces === undefined) {
          // A piece that another attempt has asked for would be missing from this one.
          if (this.#begun !== undefined || this.#cancelled) {
            return Promise.reject(new MisuseError('the body was read before and cannot be sent again'));
          }
          pieces = new PieceIterator(() => this.#body);
          this.#begun = pieces;
        }
        return pieces.next();
      },
      return: () => pieces?.return() ?? Promise.resolve(END),
    };
  }

  /** Nobody will ask for it any more: lets go of what is behind it. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (this.#begun === undefined) cancelRaw(() => openRaw(this.#body));
    else void this.#begun.return();
  }
}

/**
 * A stream of Node.js may fail before it is read, e.g. because there is no such file. Without a listener that would end the
 * process; whoever reads the stream later is told nevertheless.
 */
function outliveErrors(body: unknown): void {
  const { on } = body as { on?: unknown };
  if (typeof on === 'function') on.call(body, 'error', () => {});
}

/** The caller's code runs in there, and its errors are its own. */
function cancelRaw(open: () => RawPieces | undefined): void {
  try {
    open()?.cancel();
  } catch {
    // Nobody waits for it.
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Reads pieces and makes bytes of them. */
class PieceIterator implements AsyncIterator<Uint8Array> {
  readonly #start: () => unknown;
  #raw: RawPieces | undefined;
  #done = false;

  constructor(start: () => unknown) {
    this.#start = start;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#done) return END;
    // Within the promise, so that what a caller's function throws arrives as the body's error.
    this.#raw ??= openRaw(this.#start());
    const { done, value } = await this.#raw.next();
    if (done !== true) return { done: false, value: toBytes(value) };
    this.#done = true;
    return END;
  }

  /** At once, even while a piece is being waited for: it may never come. */
  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#done) cancelRaw(() => this.#raw);
    this.#done = true;
    return Promise.resolve(END);
  }
}

/** Reads whatever a body may consist of. Throws a MisuseError for what it may not. */
function openRaw(body: unknown): RawPieces {
  if (body instanceof ReadableStream) return new StreamPieces(body);
  if (body instanceof Blob) return new StreamPieces(body.stream());
  if (typeof body === 'string' || body instanceof Uint8Array)
    return new IteratorPieces([body][Symbol.iterator](), body);
  if (typeof body === 'object' && body !== null) {
    if (Symbol.asyncIterator in body) return openIterable(body, Symbol.asyncIterator);
    if (Symbol.iterator in body) return openIterable(body, Symbol.iterator);
  }
  throw new MisuseError(`a body cannot be read from ${body === null ? 'null' : typeof body}`);
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

function openIterable(body: object, key: typeof Symbol.asyncIterator | typeof Symbol.iterator): RawPieces {
  return new IteratorPieces((body as Record<typeof key, () => AnyIterator>)[key](), body);
}

class StreamPieces implements RawPieces {
  readonly #stream: ReadableStream<unknown>;
  #reader: ReadableStreamDefaultReader<unknown> | undefined;

  constructor(stream: ReadableStream<unknown>) {
    this.#stream = stream;
  }

  async next(): Promise<IteratorResult<unknown>> {
    this.#reader ??= this.#stream.getReader();
    return (await this.#reader.read()) as IteratorResult<unknown>;
  }

  cancel(): void {
    (this.#reader ?? this.#stream).cancel().catch(() => {});
  }
}

class IteratorPieces implements RawPieces {
  readonly #iterator: AnyIterator;
  readonly #body: unknown;

  constructor(iterator: AnyIterator, body: unknown) {
    this.#iterator = iterator;
    this.#body = body;
  }

  async next(): Promise<IteratorResult<unknown>> {
    return this.#iterator.next();
  }

  cancel(): void {
    // A stream of Node.js hears of the end of its iterator only behind the piece that is waited for.
    const { destroy } = this.#body as { destroy?: unknown };
    if (typeof destroy === 'function') destroy.call(this.#body);
    this.#finish().catch(() => {});
  }

  /** Async, so that an iterator written by hand may throw, or return something else than a promise. */
  async #finish(): Promise<void> {
    await this.#iterator.return?.();
  }
}

/** Pieces of parts one after the other: what stands between the files of a form, and the files. */
export async function* joinParts(parts: readonly (Uint8Array | Blob)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part.stream();
  }
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === 'string') return Buffer.from(piece);
  throw new MisuseError(`a piece of a body must be bytes or text, not ${piece === null ? 'null' : typeof piece}`);
}
