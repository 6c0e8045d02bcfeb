// The body of a response with its content codings undone: a ResponseBody behind another one. Nothing is decoded before somebody reads.
import { decodeWhole, DecodingReader } from './decompression.ts';
import type { Coding, PieceReader } from './decompression.ts';
import { ResponseBody } from './response-body.ts';
import type { BodyOwner } from './response-body.ts';

/**
 * Bodies up to this size that are at hand are decoded in one go, within the call that reads them: a stream of node:zlib costs
 * tens of microseconds and several turns of the loop. At the speed of zlib this much is decoded in less than a millisecond.
 */
const WHOLE_ENCODED_BYTES = 65_536;
const WHOLE_DECODED_BYTES = 262_144;

/** `body` with `codings`, in the order in which they were applied, undone. `body` itself must not be read any more. */
export function decode(body: ResponseBody, codings: readonly Coding[]): ResponseBody {
  return new BodyDecoder(body, codings).decoded;
}

class BodyDecoder implements BodyOwner {
  readonly #source: ResponseBody;
  readonly #codings: readonly Coding[];
  readonly decoded: ResponseBody;
  readonly #readers: DecodingReader[] = [];
  #abandoned = false;
  #paused = false;
  #onResume: (() => void) | undefined;

  constructor(source: ResponseBody, codings: readonly Coding[]) {
    this.#source = source;
    this.#codings = codings.toReversed();
    this.decoded = new ResponseBody(this);
  }

  bodyWanted(): void {
    this.#source.claim();
    const whole = this.#source.takeWhole();
    if (whole === undefined || !this.#decodeWhole(whole)) void this.#decodePieces(whole);
  }

  pauseBody(): void {
    this.#paused = true;
  }

  resumeBody(): void {
    this.#paused = false;
    this.#onResume?.();
    this.#onResume = undefined;
  }

  abandonBody(): void {
    this.#abandoned = true;
    for (const reader of this.#readers) reader.destroy();
    this.#source.discard();
    void this.#source.dump().then(() => this.decoded.finish());
  }

  /** Returns false where it is too much for one go. */
  #decodeWhole(encoded: Buffer): boolean {
    if (encoded.length > WHOLE_ENCODED_BYTES) return false;
    try {
      let bytes: Buffer | undefined = encoded;
      for (const coding of this.#codings) {
        bytes = decodeWhole(coding, bytes, WHOLE_DECODED_BYTES);
        if (bytes === undefined) return false;
      }
      if (bytes.length > 0) this.decoded.push(bytes);
      this.decoded.finish(this.#source.trailers);
    } catch (error) {
      this.decoded.fail(error as Error);
    }
    return true;
  }

  async #decodePieces(whole: Buffer | undefined): Promise<void> {
    let reader: PieceReader = whole === undefined ? this.#source : new WholeReader(whole);
    for (const coding of this.#codings) {
      const decoding = new DecodingReader(coding, reader);
      this.#readers.push(decoding);
      reader = decoding;
    }
    try {
      for (let piece = await reader.read(); piece !== undefined; piece = await reader.read()) {
        this.decoded.push(piece);
        if (this.#paused) await this.#resumed();
      }
      this.decoded.finish(this.#source.trailers);
    } catch (error) {
      // Given up: `abandonBody` tells the end, once the connection has dealt with the rest.
      if (this.#abandoned) return;
      this.decoded.fail(error as Error);
      for (const each of this.#readers) each.destroy();
      // Where the encoded data are broken, the connection still holds the rest of them.
      this.#source.discard();
    }
  }

  #resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onResume = resolve;
    });
  }
}

/** Bytes that are all at hand, as one piece. */
class WholeReader implements PieceReader {
  #bytes: Buffer | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(): Promise<Buffer | undefined> {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    return Promise.resolve(bytes);
  }
}
