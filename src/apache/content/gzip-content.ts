// Compresses the content of an answer. What is small or gets small has a length that is known; the rest is sent as it is compressed.
import type { FileLookup } from '../files/file-lookup.ts';
import type { Content } from '../request/content.ts';
import { Deflater } from './deflater.ts';
import type { DeflateSettings } from './deflater.ts';

/** How much of a file is read at once, and how much httpd holds before it begins to send. */
const WHOLE_BODY_BYTES = 65_536;

/** How much went in and came out. */
export interface CompressionCount {
  readonly inputBytes: number;
  readonly outputBytes: number;
}

/** A body to be compressed, and who wants to know how that went. */
export interface GzipTask {
  readonly content: Exclude<Content, { kind: 'none' }>;
  readonly settings: DeflateSettings;
  readonly files: FileLookup;
  readonly onDone?: ((count: CompressionCount) => void) | undefined;
}

/**
 * `bytes` for what fits into one piece, or comes out so small that nothing is ready to be sent before the end; `stream` otherwise.
 * Undefined: a file that cannot be read any more.
 */
export async function gzipContent(task: GzipTask): Promise<Content | undefined> {
  const source = openSource(task);
  if (source === undefined) return undefined;
  const stream = new GzipStream(source, task);
  const whole = await stream.begin();
  return whole === undefined ? { kind: 'stream', chunks: stream } : { kind: 'bytes', bytes: whole };
}

interface Source {
  readonly pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  /** Nothing is sent before all of it was read. */
  readonly isSmall: boolean;
}

function openSource({ content, files }: GzipTask): Source | undefined {
  if (content.kind === 'stream') return { pieces: content.chunks[Symbol.asyncIterator](), isSmall: false };
  if (content.kind === 'bytes') return cutBytes(content.bytes);
  const { path, startByte, lengthBytes } = content.slice;
  if (lengthBytes > WHOLE_BODY_BYTES) {
    return { pieces: files.stream(path, startByte, lengthBytes)[Symbol.asyncIterator](), isSmall: false };
  }
  const bytes = files.readBytes(path, startByte, lengthBytes);
  return bytes === undefined ? undefined : cutBytes(bytes);
}

function cutBytes(bytes: Uint8Array): Source {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += WHOLE_BODY_BYTES) pieces.push(bytes.subarray(at, at + WHOLE_BODY_BYTES));
  return { pieces: pieces.values(), isSmall: bytes.length <= WHOLE_BODY_BYTES };
}

class GzipStream implements AsyncIterableIterator<Uint8Array> {
  readonly #source: Source;
  readonly #deflater: Deflater;
  readonly #bufferBytes: number;
  readonly #onDone: GzipTask['onDone'];
  #ready: Uint8Array[] = [];
  #state: 'reading' | 'ended' | 'closed' = 'reading';

  constructor(source: Source, { settings, onDone }: GzipTask) {
    this.#source = source;
    this.#deflater = new Deflater(settings);
    this.#bufferBytes = settings.bufferBytes;
    this.#onDone = onDone;
  }

  /** The whole, if there is nothing to be sent before the end. */
  async begin(): Promise<Uint8Array | undefined> {
    try {
      while (this.#state === 'reading') {
        if (!this.#source.isSmall && this.#deflater.outputBytes >= this.#bufferBytes) return undefined;
        await this.#step();
      }
      return Buffer.concat(this.#ready);
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      while (this.#state === 'reading' && this.#ready.length === 0) await this.#step();
    } catch (error) {
      await this.return();
      throw error;
    }
    if (this.#ready.length === 0) return { done: true, value: undefined };
    const value = this.#ready.length === 1 ? this.#ready[0]! : Buffer.concat(this.#ready);
    this.#ready = [];
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const before = this.#state;
    this.#state = 'closed';
    this.#ready = [];
    if (before === 'reading') {
      this.#deflater.close();
      await this.#source.pieces.return?.();
    }
    return { done: true, value: undefined };
  }

  async #step(): Promise<void> {
    const { done, value } = await this.#source.pieces.next();
    const pieces = done === true ? await this.#deflater.finish() : await this.#deflater.write(value);
    if (this.#state === 'closed') return;
    this.#ready.push(...pieces);
    if (done !== true) return;
    this.#state = 'ended';
    this.#onDone?.(this.#deflater);
  }
}
