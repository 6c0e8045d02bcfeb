// Changes where a stream of bytes is cut without changing the bytes: joins pieces, then cuts them. Pure.

/** How the pieces of a stream are cut anew. */
export interface RechunkOptions {
  /** Pieces are held until this many bytes have come together, then they leave as one. Default 1: nothing is held. */
  readonly coalesceBytes: number;
  /** Lengths of the pieces, one after the other from the start of the stream; the last one repeats. Empty: no cuts. */
  readonly pieceBytes: readonly number[];
}

/** Cuts one stream anew. */
export class Rechunker {
  readonly #options: RechunkOptions;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #piece = 0;
  /** What is still missing in the piece that is being cut. */
  #missingBytes: number;

  constructor(options: RechunkOptions) {
    this.#options = options;
    this.#missingBytes = options.pieceBytes[0] ?? Infinity;
  }

  /** Takes the next bytes of the stream and returns the pieces that are complete enough to leave. */
  push(bytes: Buffer): Buffer[] {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return this.#heldBytes >= this.#options.coalesceBytes ? this.flush() : [];
  }

  /** Lets everything go that is held. */
  flush(): Buffer[] {
    const [first] = this.#held;
    if (first === undefined) return [];
    const bytes = this.#held.length === 1 ? first : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return this.#cut(bytes);
  }

  #cut(bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    let start = 0;
    // A cut is a place in the stream: a piece that ends early because the bytes do goes on in the next ones.
    while (bytes.length - start >= this.#missingBytes) {
      pieces.push(bytes.subarray(start, start + this.#missingBytes));
      start += this.#missingBytes;
      this.#piece = Math.min(this.#piece + 1, this.#options.pieceBytes.length - 1);
      this.#missingBytes = this.#options.pieceBytes[this.#piece] ?? Infinity;
    }
    if (start < bytes.length) {
      pieces.push(bytes.subarray(start));
      this.#missingBytes -= bytes.length - start;
    }
    return pieces;
  }
}
