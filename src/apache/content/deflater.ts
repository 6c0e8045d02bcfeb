// One gzip stream (RFC 1952), piece by piece: zlib with the head that httpd writes, whatever the level.
import { crc32, createDeflateRaw } from 'node:zlib';
import type { DeflateRaw } from 'node:zlib';

/** Of DeflateCompressionLevel and its kin. */
export interface DeflateSettings {
  /** 1 to 9; -1 is what zlib takes for the best. */
  readonly level: number;
  /** 1 to 9 */
  readonly memoryLevel: number;
  /** 9 to 15 */
  readonly windowBits: number;
  /** Output is handed on in pieces of this size. */
  readonly bufferBytes: number;
}

/** No time, no name; the system is Unix. */
const GZIP_HEAD: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

/** Node.js waits for whoever reads above that. Here everything is taken after each piece of input, so that it never has to. */
const HIGH_WATER_BYTES = 0x4000_0000;

/** Node.js allows no smaller pieces. */
const MIN_CHUNK_BYTES = 64;

/** See the head of the file. `close` it where it is not brought to its end. */
export class Deflater {
  readonly #engine: DeflateRaw;
  #checksum = 0;
  #head: Uint8Array | undefined = GZIP_HEAD;
  inputBytes = 0;
  /** Without head and checksum, as mod_deflate notes it. */
  outputBytes = 0;

  constructor(settings: DeflateSettings) {
    this.#engine = createDeflateRaw({
      level: settings.level,
      memLevel: settings.memoryLevel,
      windowBits: settings.windowBits,
      chunkSize: Math.max(MIN_CHUNK_BYTES, settings.bufferBytes),
      readableHighWaterMark: HIGH_WATER_BYTES,
    } as Parameters<typeof createDeflateRaw>[0]);
  }

  /** What came out of it so far and was not taken yet; often nothing. */
  async write(input: Uint8Array): Promise<Uint8Array[]> {
    this.#checksum = crc32(input, this.#checksum);
    this.inputBytes += input.length;
    await this.#settled((done) => this.#engine.write(input, done));
    return this.#take();
  }

  /** The rest. */
  async finish(): Promise<Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    await this.#settled((done) => {
      this.#engine.on('readable', () => pieces.push(...this.#take()));
      this.#engine.once('end', done);
      this.#engine.end();
    });
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(this.#checksum, 0);
    tail.writeUInt32LE(this.inputBytes % 0x1_0000_0000, 4);
    return [...pieces, tail];
  }

  /** What is under way comes to nothing. */
  close(): void {
    this.#engine.destroy();
  }

  /** An engine that is closed meanwhile never says that it is done. */
  #settled(begin: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const onClose = (): void => resolve();
      this.#engine.once('close', onClose);
      this.#engine.once('error', reject);
      begin((error) => {
        this.#engine.off('close', onClose);
        this.#engine.off('error', reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  #take(): Uint8Array[] {
    const piece = this.#engine.read() as Uint8Array | null;
    if (piece === null) return [];
    this.outputBytes += piece.length;
    const head = this.#head;
    this.#head = undefined;
    return head === undefined ? [piece] : [head, piece];
  }
}
