// The look at the files of this machine. Every call asks the file system anew: what it answers is never kept.
import {
  accessSync,
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import type { BigIntStats, Dirent } from 'node:fs';
import type { FileFailure, FileLookup, FileStats, FolderEntry } from './file-lookup.ts';

/** Of each chunk of a body: what node:fs reads ahead by default for streams of files. */
const CHUNK_BYTES = 64 * 1024;

// The ETag holds whole microseconds, and a double of milliseconds is wrong about one time in eight: hence bigint, for 1 µs more.
const EXACT = { bigint: true, throwIfNoEntry: false } as const;

/** Not blocking: a FIFO that is put in the place of a file must not stop the process. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** A string of ASCII is the same in UTF-8, and costs a third of a buffer. */
function encodePath(path: string): string | Buffer {
  for (let at = 0; at < path.length; at += 1) if (path.charCodeAt(at) > 0x7f) return Buffer.from(path, 'latin1');
  return path;
}

function isCallable(path: string): boolean {
  return path !== '' && !path.includes('\0');
}

/** As much as is there of what is asked for; undefined where that is no file, or cannot be read. */
function readFile(path: string, startByte: number, lengthFor: (sizeBytes: number) => number): Buffer | undefined {
  if (!isCallable(path)) return undefined;
  let descriptor: number;
  try {
    descriptor = openSync(encodePath(path), OPEN_FLAGS);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.allocUnsafe(lengthFor(stats.size));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, startByte + length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? '';
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function kindOfEntry(entry: Dirent): FolderEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** The bits of the mode say it cheaper than the methods of bigint stats. */
function kindOfMode(mode: number): FolderEntry['kind'] {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return 'file';
    case constants.S_IFDIR:
      return 'folder';
    case constants.S_IFLNK:
      return 'link';
    default:
      return 'other';
  }
}

function statsOf(stats: BigIntStats): FileStats {
  const mode = Number(stats.mode);
  return {
    kind: kindOfMode(mode),
    sizeBytes: Number(stats.size),
    modifiedUs: Number(stats.mtimeNs / 1000n),
    changedUs: Number(stats.ctimeNs / 1000n),
    device: Number(stats.dev),
    inode: Number(stats.ino),
    owner: Number(stats.uid),
    group: Number(stats.gid),
    mode,
  };
}

/** The words of strerror(3) for what a path can end in, as Apache's error log has them. */
const FAILURES: Readonly<Record<string, string>> = {
  EACCES: '(13)Permission denied',
  EPERM: '(1)Operation not permitted',
  ENAMETOOLONG: '(36)File name too long',
  ELOOP: '(40)Too many levels of symbolic links',
  ENOTDIR: '(20)Not a directory',
  ENOENT: '(2)No such file or directory',
  EIO: '(5)Input/output error',
  EMFILE: '(24)Too many open files',
  ENFILE: '(23)Too many open files in system',
  ENOMEM: '(12)Cannot allocate memory',
};

/** The files of this machine. Every call asks the file system anew. Paths are byte strings; one with a NUL names nothing. */
export class NodeFileLookup implements FileLookup {
  stat(path: string): FileStats | undefined | 'denied' {
    if (!isCallable(path)) return undefined;
    try {
      const stats = statSync(encodePath(path), EXACT);
      return stats === undefined ? undefined : statsOf(stats);
    } catch (error) {
      return isMissing(error) ? undefined : 'denied';
    }
  }

  linkStat(path: string): FileStats | undefined | 'denied' {
    if (!isCallable(path)) return undefined;
    try {
      const stats = lstatSync(encodePath(path), EXACT);
      return stats === undefined ? undefined : statsOf(stats);
    } catch (error) {
      return isMissing(error) ? undefined : 'denied';
    }
  }

  explain(path: string): FileFailure | undefined {
    if (!isCallable(path)) return { code: 'ENOENT', words: FAILURES['ENOENT']! };
    try {
      closeSync(openSync(encodePath(path), OPEN_FLAGS));
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      return { code, words: FAILURES[code] ?? code };
    }
  }

  readSmall(path: string, maxBytes: number): string | undefined {
    // One byte more than the size, to see a file that grew since.
    const bytes = readFile(path, 0, (sizeBytes) => Math.min(sizeBytes, maxBytes) + 1);
    if (bytes === undefined) return undefined;
    if (bytes.length > maxBytes) throw new RangeError(`${path} is larger than the limit of ${maxBytes} bytes`);
    return bytes.toString('latin1');
  }

  list(path: string): readonly FolderEntry[] | undefined {
    if (!isCallable(path)) return undefined;
    try {
      const entries = readdirSync(encodePath(path), { withFileTypes: true, encoding: 'latin1' });
      return entries.map((entry) => ({ name: entry.name, kind: kindOfEntry(entry) }));
    } catch {
      return undefined;
    }
  }

  readable(path: string): boolean {
    if (!isCallable(path)) return false;
    try {
      accessSync(encodePath(path), constants.R_OK);
      return true;
    } catch {
      return false;
    }
  }

  readBytes(path: string, startByte: number, lengthBytes: number): Uint8Array | undefined {
    return readFile(path, startByte, () => lengthBytes);
  }

  async *stream(path: string, startByte: number, lengthBytes: number): AsyncIterable<Uint8Array> {
    if (lengthBytes === 0) return;
    const source = createReadStream(encodePath(path), {
      start: startByte,
      end: startByte + lengthBytes - 1,
      highWaterMark: CHUNK_BYTES,
      flags: OPEN_FLAGS as unknown as string,
    });
    let sent = 0;
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent < lengthBytes) throw new Error(`${path} got shorter while it was sent: ${sent} of ${lengthBytes} bytes`);
  }
}
