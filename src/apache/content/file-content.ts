// How a file becomes the content of an answer: small ones at once, larger ones when they are sent.
import type { FileLookup, FileStats } from '../files/file-lookup.ts';
import type { Content } from '../request/content.ts';
import type { SmallFiles } from './small-files.ts';

/**
 * Reading so much at once costs less than the promises that a stream of it takes, and the event loop hardly notices:
 * some 20 microseconds for 64 KiB from the page cache.
 */
const WHOLE_FILE_BYTES = 64 * 1024;

/** What the look at a file takes. */
export interface FileSource {
  readonly files: FileLookup;
  /** Undefined: every file is read anew. */
  readonly smallFiles?: SmallFiles;
  wallMs(): number;
}

/** Undefined: the process may not read the file. `needsBytes`: somebody will look at the body, not only at its length. */
export function takeFile(source: FileSource, path: string, stats: FileStats, needsBytes: boolean): Content | undefined {
  const { files, smallFiles } = source;
  const { sizeBytes } = stats;
  if (sizeBytes > WHOLE_FILE_BYTES || !needsBytes) {
    return files.readable(path) ? { kind: 'file', slice: { path, startByte: 0, lengthBytes: sizeBytes } } : undefined;
  }
  if (sizeBytes === 0) return files.readable(path) ? { kind: 'bytes', bytes: new Uint8Array(0) } : undefined;
  const known = smallFiles?.get(path, stats);
  const bytes = known ?? files.readBytes(path, 0, sizeBytes);
  if (known === undefined && bytes !== undefined) smallFiles?.keep(path, stats, bytes, source.wallMs());
  return bytes === undefined
    ? undefined
    : { kind: 'bytes', bytes, slice: { path, startByte: 0, lengthBytes: sizeBytes } };
}
