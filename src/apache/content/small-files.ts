// Bodies of small files, kept as long as the file is the same. Each request looks at the file; it is read again where anything about it has changed.
import { BoundedCache } from '../config/bounded-cache.ts';
import type { FileStats } from '../files/file-lookup.ts';
import { isSameFile } from '../files/same-file.ts';

/** What the pages, scripts and style sheets of a site come to; larger sites keep what is asked for. */
export const MAX_KEPT_BYTES: number = 16 * 1024 * 1024;
const MAX_KEPT_FILES = 4096;

/** How long after its last change a file may change again without another time: 2 s in FAT, a tick of the kernel elsewhere. */
const TIME_STEP_MS = 2000;

interface KeptBody {
  readonly stats: FileStats;
  readonly bytes: Uint8Array;
}

/** See the head of the file. One for each loaded configuration. */
export class SmallFiles {
  readonly #kept: BoundedCache<KeptBody>;

  constructor(maxBytes: number = MAX_KEPT_BYTES) {
    this.#kept = new BoundedCache(MAX_KEPT_FILES, maxBytes);
  }

  /** `stats`: what the file is now. The bytes are shared: nobody changes them. */
  get(path: string, stats: FileStats): Uint8Array | undefined {
    const kept = this.#kept.get(path);
    return kept !== undefined && isSameFile(kept.stats, stats) ? kept.bytes : undefined;
  }

  /** `stats`: what the file was before it was read. A file that changed just now is not kept: it may change again, and show the same time. */
  keep(path: string, stats: FileStats, bytes: Uint8Array, nowMs: number): void {
    const { changedUs } = stats;
    if (changedUs === undefined || nowMs - changedUs / 1000 <= TIME_STEP_MS) return;
    if (bytes.length !== stats.sizeBytes) return;
    // Node.js cuts small buffers out of larger ones, which would be kept with them.
    const own = bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
    this.#kept.set(path, { stats, bytes: own }, own.length + path.length);
  }
}
