// Content codings (RFC 9110 §8.4.1): which of them we know, and how to undo one. The only file that knows node:zlib.
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { AbortedError, BodyError } from '../../errors.ts';

/** A coding that we can undo. `x-gzip` is `gzip` (RFC 9110 §8.4.1.3). */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** zstd, which only newer versions of Node.js have. */
interface ZstdDecompression {
  createZstdDecompress(): Transform;
  zstdDecompressSync(bytes: Buffer, options?: { maxOutputLength: number }): Buffer;
}

const zstd: ZstdDecompression | undefined = findZstd(zlib as unknown as Partial<ZstdDecompression>);

/** That of Node.js 22 takes data that are cut off for complete ones, so there it is as if it were missing. */
function findZstd(candidate: Partial<ZstdDecompression>): ZstdDecompression | undefined {
  if (candidate.zstdDecompressSync === undefined || candidate.createZstdDecompress === undefined) return undefined;
  const startOfFrame = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);
  try {
    candidate.zstdDecompressSync(startOfFrame);
    return undefined;
  } catch {
    return candidate as ZstdDecompression;
  }
}

/** What we accept, for the field of that name: what every browser and curl offer, in the order in which Chromium does. */
export const ACCEPT_ENCODING: string = zstd === undefined ? 'gzip, deflate, br' : 'gzip, deflate, br, zstd';

/** Codings applied one after another. Real servers apply one; each more multiplies what a few bytes can cost. As in urllib3. */
const MAX_CODINGS = 5;

const GZIP: readonly Coding[] = Object.freeze(['gzip'] as const);
const BROTLI: readonly Coding[] = Object.freeze(['br'] as const);

/**
 * What to undo, in the order in which it was applied. `unsupported` where one coding is unknown or there are too many of them:
 * then the body is delivered as it came, as the runtime's own fetch does, and Content-Encoding says what it is.
 */
export function decideDecoding(contentEncoding: string | null): readonly Coding[] | 'identity' | 'unsupported' {
  if (contentEncoding === null) return 'identity';
  if (contentEncoding === 'gzip') return GZIP;
  if (contentEncoding === 'br') return BROTLI;
  const codings: Coding[] = [];
  for (const element of contentEncoding.toLowerCase().split(',')) {
    const name = element.trim();
    // RFC 9110 §5.6.1.2: empty elements of a list count for nothing. §12.5.3: identity is no coding.
    if (name === '' || name === 'identity') continue;
    if (name === 'gzip' || name === 'x-gzip') codings.push('gzip');
    else if (name === 'deflate' || name === 'br') codings.push(name);
    else if (name === 'zstd' && zstd !== undefined) codings.push(name);
    else return 'unsupported';
  }
  if (codings.length > MAX_CODINGS) return 'unsupported';
  return codings.length === 0 ? 'identity' : codings;
}

/** Undoes one coding of bytes that are all at hand. Undefined where more than `maxBytes` would come out. Throws BodyError. */
export function decodeWhole(coding: Coding, bytes: Buffer, maxBytes: number): Buffer | undefined {
  // An empty body was not encoded, whatever the field says: answers to conditional requests and to some proxies are like that.
  if (bytes.length === 0) return bytes;
  const options = { maxOutputLength: maxBytes };
  try {
    switch (coding) {
      case 'gzip':
        return zlib.gunzipSync(bytes, options);
      case 'deflate':
        return hasZlibHeader(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
      case 'br':
        return zlib.brotliDecompressSync(bytes, options);
      case 'zstd':
        return zstd!.zstdDecompressSync(bytes, options);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw decodingError(coding, error);
  }
}

/** Where bytes come from, one piece for each call; undefined at the end. A ResponseBody is one. */
export interface PieceReader {
  read(): Promise<Buffer | undefined>;
}

/**
 * Undoes one coding of what it reads from another reader, which is asked for a piece only when the piece before it is used up
 * and everything that came out of it was taken. Whatever a piece expands to, no more than one buffer of it exists.
 *
 * How it treats what follows the encoded data is that of node:zlib, so that of every client on Node.js: gzip goes on with a
 * further member (RFC 1952 §2.2), ignores zeros, and takes anything else for a broken member; the others ignore it. In any case
 * the source is read to its end, so that a body which is cut off there is not taken for a whole one.
 */
export class DecodingReader implements PieceReader {
  readonly #coding: Coding;
  readonly #source: PieceReader;
  #stream: Transform | undefined;
  #isWriting = false;
  #hasEnded = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(coding: Coding, source: PieceReader) {
    this.#coding = coding;
    this.#source = source;
  }

  /** The next decoded piece; undefined at the end. One call at a time. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const piece = this.#stream?.read() as Buffer | null | undefined;
      if (piece !== null && piece !== undefined) return piece;
      if (this.#hasEnded) {
        this.#stream?.destroy();
        while ((await this.#source.read()) !== undefined);
        return undefined;
      }
      if (this.#isWriting) await this.#nextEvent();
      else this.#write(await this.#source.read());
    }
  }

  /** Gives up: what is being read rejects, and the memory of the decoder is freed. */
  destroy(): void {
    this.#error ??= new AbortedError('the decoding of the response body was given up');
    this.#stream?.destroy();
    this.#signal();
  }

  #write(piece: Buffer | undefined): void {
    if (piece?.length === 0) return;
    this.#isWriting = true;
    if (piece === undefined) {
      if (this.#stream === undefined) this.#hasEnded = true;
      else this.#stream.end();
      return;
    }
    this.#stream ??= this.#open(piece);
    this.#stream.write(piece, () => {
      this.#isWriting = false;
      this.#signal();
    });
  }

  #open(first: Buffer): Transform {
    const stream = createDecoder(this.#coding, first);
    stream.on('readable', () => this.#signal());
    stream.on('end', () => {
      this.#hasEnded = true;
      this.#signal();
    });
    stream.on('error', (error) => {
      this.#error ??= decodingError(this.#coding, error);
      this.#signal();
    });
    return stream;
  }

  #nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function createDecoder(coding: Coding, first: Buffer): Transform {
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip();
    case 'deflate':
      return hasZlibHeader(first) ? zlib.createInflate() : zlib.createInflateRaw();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return zstd!.createZstdDecompress();
  }
}

/**
 * RFC 9110 §8.4.1.2: "deflate" is the zlib format, but some send bare deflate data. The low half of zlib's first byte is 8;
 * as bare data that would be a stored block with a bit set in its padding.
 */
function hasZlibHeader(bytes: Buffer): boolean {
  return (bytes[0]! & 0x0f) === 8;
}

function decodingError(coding: Coding, cause: unknown): BodyError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new BodyError(`the response body is not valid ${coding} data: ${what}`, { cause });
}
