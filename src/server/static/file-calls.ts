// The few calls to the file system that serving takes, as promises. Nothing here decides; tests give their own.
// Descriptors are plain numbers: the FileHandle of node:fs/promises costs half as much again for every file.
import fs from 'node:fs';

/** What a file is and which edition of it. */
export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other';
  readonly sizeBytes: number;
  /** Modification and status change, milliseconds since 1970 with their fractions. */
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly inode: number;
  readonly device: number;
}

/** Every promise rejects with the system's error (`code`). */
export interface FileCalls {
  open(path: string): Promise<number>;
  factsOf(descriptor: number): Promise<FileFacts>;
  /** Undefined where there is nothing that could be looked at, for whatever reason. */
  factsAt(path: string): Promise<FileFacts | undefined>;
  /** The path without symbolic links under which the kernel knows an open file; undefined where the path no longer leads to it. */
  realPathOf(descriptor: number, path: string): Promise<string | undefined>;
  realPathAt(path: string): Promise<string>;
  /** Resolves to the number of bytes that were read into the buffer from its start, 0 at the end of the file. */
  read(
    descriptor: number,
    buffer: Uint8Array,
    startByte: number,
    lengthBytes: number,
    position: number,
  ): Promise<number>;
  /** Never fails: there is nothing to be done about it. */
  close(descriptor: number): void;
}

/**
 * Without O_NONBLOCK a FIFO would hold a thread of the pool until somebody writes; with it the call returns and the type can be
 * looked at. O_NOCTTY: a terminal must not become ours. O_NOFOLLOW is no help: it only looks at the last name, and links
 * that stay inside are welcome. Windows knows none of them.
 */
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK || 0) | (fs.constants.O_NOCTTY || 0);

/** The file system of the machine. `procfs`: whether `/proc/self/fd` tells where an open file really is. */
export function nodeFileCalls(procfs: boolean): FileCalls {
  return {
    open: (path) => settle((done) => fs.open(path, OPEN_FLAGS, done)),
    factsOf: async (descriptor) => toFacts(await settle<fs.Stats>((done) => fs.fstat(descriptor, done))),
    factsAt: (path) =>
      new Promise((resolve) => fs.stat(path, (error, stats) => resolve(error ? undefined : toFacts(stats)))),
    // One cheap call, and no race at all: it names what was opened, whatever the path leads to by now.
    realPathOf: procfs
      ? (descriptor) => settle((done) => fs.readlink(`/proc/self/fd/${descriptor}`, done))
      : findRealPath,
    realPathAt: (path) => settle((done) => fs.realpath.native(path, done)),
    read: (descriptor, buffer, startByte, lengthBytes, position) =>
      settle((done) => fs.read(descriptor, buffer, startByte, lengthBytes, position, done)),
    close: (descriptor) => fs.close(descriptor, () => {}),
  };
}

/**
 * Whether `/proc/self/fd` can be trusted here, tried on a folder whose real path is known. There is none outside Linux, and
 * sandboxes exist that show other paths in it.
 */
export function detectProcfs(folder: string, realFolder: string): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(folder, OPEN_FLAGS);
    return fs.readlinkSync(`/proc/self/fd/${descriptor}`) === realFolder;
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** The portable way: the real path of the name, if it is still that of the file that was opened. */
async function findRealPath(descriptor: number, path: string): Promise<string | undefined> {
  const realPath = await settle<string>((done) => fs.realpath.native(path, done));
  const [opened, named] = await Promise.all([
    settle<fs.BigIntStats>((done) => fs.fstat(descriptor, { bigint: true }, done)),
    settle<fs.BigIntStats>((done) => fs.lstat(realPath, { bigint: true }, done)),
  ]);
  // In 64 bits: Windows and some network file systems number their files beyond 2^53.
  return opened.ino === named.ino && opened.dev === named.dev ? realPath : undefined;
}

function toFacts(stats: fs.Stats): FileFacts {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
    inode: stats.ino,
    device: stats.dev,
  };
}

function settle<T>(call: (done: (error: Error | null, result: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, result) => (error ? reject(error) : resolve(result))));
}
