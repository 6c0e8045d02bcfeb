// The bytes of a large file as a body: pulled chunk by chunk, closed on every way out.
import { BodyError } from '../../errors.ts';
import type { OpenFile } from './open-file.ts';

/**
 * One part of an open file, to be iterated once. It owns the file: closed after the last chunk, after an error, when the
 * consumer stops early, and when one that never began calls `return()`. At most one chunk is in memory.
 */
export class FileBody implements AsyncIterableIterator<Uint8Array> {
  readonly #file: OpenFile;
  readonly #chunks: AsyncGenerator<Uint8Array, undefined>;
  #started = false;

  /** Bytes from `firstByte` up to, but without, `endByte`. */
  constructor(file: OpenFile, firstByte: number, endByte: number, chunkBytes: number) {
    this.#file = file;
    this.#chunks = readChunks(file, firstByte, endByte, chunkBytes);
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#started = true;
    return this.#chunks.next();
  }

  /** Waits for a read that is under way, then closes. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    // A generator that never began has not reached its `finally` and would leave the file open.
    if (!this.#started) this.#file.close();
    this.#started = true;
    return this.#chunks.return(undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** A file that grows is cut at the announced end. One that shrinks is an error: the peer must never take the rest for the whole. */
async function* readChunks(
  file: OpenFile,
  firstByte: number,
  endByte: number,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    for (let position = firstByte; position < endByte;) {
      const lengthBytes = Math.min(chunkBytes, endByte - position);
      // A fresh one each time: the consumer may still be sending the last.
      const chunk = Buffer.allocUnsafeSlow(lengthBytes);
      const readBytes = await file.read(chunk, lengthBytes, position);
      if (readBytes < lengthBytes) {
        throw new BodyError(
          `The file ended at byte ${position + readBytes} while it was sent, ${endByte} were announced: it was cut meanwhile.`,
        );
      }
      position += lengthBytes;
      // Before the last chunk is handed over: a consumer that counts may not come back for the end.
      if (position >= endByte) file.close();
      yield chunk;
    }
    return undefined;
  } finally {
    file.close();
  }
}
