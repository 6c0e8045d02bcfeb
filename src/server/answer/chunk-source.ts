// A response body that comes in pieces, whatever it was given as: pulled one piece at a time, cancelled once.
import { MisuseError } from '../../errors.ts';

/** A source of pieces. `next` is called again only after the last promise was settled. */
export interface ChunkSource {
  /** The next piece; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Nobody will ask again. Errors of the clean-up are the source's own. */
  cancel(): void;
}

/** Makes a source of a stream or an async iterable. Neither is touched before the first `next` or `cancel`. */
export function openChunkSource(body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>): ChunkSource {
  if (body instanceof ReadableStream) return new StreamSource(body);
  if (typeof body === 'object' && Symbol.asyncIterator in body) return new IterableSource(body);
  throw new MisuseError('a body must be a string, bytes, a ReadableStream, an async iterable, or null');
}

class StreamSource implements ChunkSource {
  readonly #stream: ReadableStream<Uint8Array>;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#stream = stream;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.#reader ??= this.#stream.getReader();
    const { done, value } = await this.#reader.read();
    return done ? undefined : toBytes(value);
  }

  cancel(): void {
    const cancelled = this.#reader === undefined ? this.#stream.cancel() : this.#reader.cancel();
    cancelled.catch(() => {});
  }
}

class IterableSource implements ChunkSource {
  readonly #iterable: AsyncIterable<Uint8Array | string>;
  #iterator: AsyncIterator<Uint8Array | string> | undefined;

  constructor(iterable: AsyncIterable<Uint8Array | string>) {
    this.#iterable = iterable;
  }

  async next(): Promise<Uint8Array | undefined> {
    this.#iterator ??= this.#iterable[Symbol.asyncIterator]();
    const { done, value } = await this.#iterator.next();
    return done === true ? undefined : toBytes(value);
  }

  cancel(): void {
    this.#finish().catch(() => {});
  }

  /** Async, so that an iterator written by hand may throw, or return something else than a promise. */
  async #finish(): Promise<void> {
    this.#iterator ??= this.#iterable[Symbol.asyncIterator]();
    // A generator that was never started runs nothing of its body; one that was runs its finally blocks.
    await this.#iterator.return?.();
  }
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (typeof piece === 'string') return Buffer.from(piece);
  throw new MisuseError(`a piece of a body must be bytes or text, not ${piece === null ? 'null' : typeof piece}`);
}

/** Bytes that go out between two looks at the back-pressure. */
const SLICE_BYTES = 65_536;

/** A body that is wholly at hand, given out in slices. Text has one byte for each character. */
export class SliceSource implements ChunkSource {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(body: Uint8Array | string) {
    this.#bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  }

  next(): Promise<Uint8Array | undefined> {
    if (this.#position === this.#bytes.length) return Promise.resolve(undefined);
    const slice = this.#bytes.subarray(this.#position, this.#position + SLICE_BYTES);
    this.#position += slice.length;
    return Promise.resolve(slice);
  }

  cancel(): void {
    this.#position = this.#bytes.length;
  }
}
