// What `FileETag Digest` puts into the tag: SHA-1 of the file in base64. Read without holding up other requests, and kept as long as the file is the same.
import { createHash } from 'node:crypto';
import { BoundedCache } from '../config/bounded-cache.ts';
import type { FileLookup, FileStats } from '../files/file-lookup.ts';

/** Some 200 bytes each. */
const MAX_KEPT_DIGESTS = 4096;

/** How long after its last change a file may change again without another time: 2 s in FAT, a tick of the kernel elsewhere. */
const TIME_STEP_MS = 2000;

/** See the head of the file. One for each loaded configuration. */
export class FileDigests {
  /** What is being read is there, too: whoever asks meanwhile waits for the same reading. */
  readonly #kept: BoundedCache<Promise<string | undefined>>;

  constructor(maxDigests: number = MAX_KEPT_DIGESTS) {
    this.#kept = new BoundedCache(maxDigests, Infinity);
  }

  /** `stats`: what the file is now. Undefined: it could not be read. A file that changed just now is read anew, as its time may not show it. */
  digest(files: FileLookup, path: string, stats: FileStats, nowMs: number): Promise<string | undefined> {
    const { changedUs } = stats;
    if (changedUs === undefined || nowMs - changedUs / 1000 <= TIME_STEP_MS) return digestFile(files, path, stats);
    const key = `${stats.device} ${stats.inode} ${stats.sizeBytes} ${stats.modifiedUs} ${changedUs}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(files, path, stats, key);
    this.#kept.set(key, reading, 1);
    return reading;
  }

  async #read(files: FileLookup, path: string, stats: FileStats, key: string): Promise<string | undefined> {
    const digest = await digestFile(files, path, stats);
    if (digest === undefined) this.#kept.delete(key);
    return digest;
  }
}

/** Undefined: it cannot be read, or got shorter meanwhile. */
async function digestFile(files: FileLookup, path: string, { sizeBytes }: FileStats): Promise<string | undefined> {
  const hash = createHash('sha1');
  try {
    for await (const chunk of files.stream(path, 0, sizeBytes)) hash.update(chunk);
  } catch {
    return undefined;
  }
  return hash.digest('base64');
}
