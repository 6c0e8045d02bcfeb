// Remembers files as they are once compressed: httpd compresses anew each time, on several processors, and here there is one.
import { BoundedCache } from '../config/bounded-cache.ts';
import type { FileStats } from '../files/file-lookup.ts';
import type { FileSlice } from '../request/content.ts';
import type { DeflateSettings } from './deflater.ts';
import type { CompressionCount } from './gzip-content.ts';

/** See the head of the file. */
export interface CompressedFile extends CompressionCount {
  readonly bytes: Uint8Array;
}

/** A site has hundreds of pages and style sheets; those that are asked for are kept. */
const MAX_FILES = 1024;
const MAX_BYTES = 16 * 1024 * 1024;

/** A file that was just written may be written again within what its time can tell. */
const SETTLED_MS = 2000;

/** One for each loaded configuration. */
export class CompressedFiles {
  readonly #files: BoundedCache<CompressedFile> = new BoundedCache(MAX_FILES, MAX_BYTES);

  get(key: string): CompressedFile | undefined {
    return this.#files.get(key);
  }

  keep(key: string, file: CompressedFile): void {
    this.#files.set(key, file, file.bytes.length + key.length);
  }
}

/** What a part of a file is remembered by; undefined where nobody can tell whether the file is still the same next time. */
export function compressedFileKey(
  slice: FileSlice,
  stats: FileStats,
  settings: DeflateSettings,
  nowMs: number,
): string | undefined {
  const { device, inode, modifiedUs, changedUs, sizeBytes } = stats;
  // The time of the last change tells of writing, too, where the file was given another time after it.
  if (changedUs === undefined || nowMs - Math.max(modifiedUs, changedUs) / 1000 < SETTLED_MS) return undefined;
  const how = `${settings.level} ${settings.memoryLevel} ${settings.windowBits} ${settings.bufferBytes}`;
  return `${device} ${inode} ${modifiedUs} ${changedUs} ${sizeBytes} ${slice.startByte} ${slice.lengthBytes} ${how} ${slice.path}`;
}
