// What the site asks of the file system. Synchronous, as each of Apache's threads asks: a look at a local disc takes microseconds.

/** A name of a folder and what it is, without following links. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** What stat says of a file. */
export interface FileStats {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Whole microseconds since 1970: the ETag has them. */
  readonly modifiedUs: number;
  /** When anything about it changed last, also its time or who may read it (ctime). Undefined: not known, so nothing is kept of it. */
  readonly changedUs?: number;
  readonly device: number;
  readonly inode: number;
  readonly owner: number;
  readonly group: number;
  readonly mode: number;
}

/** Why a path cannot be used. */
export interface FileFailure {
  /** `EACCES` and its kin. */
  readonly code: string;
  /** As Apache's error log has it: `(13)Permission denied`. */
  readonly words: string;
}

/** Paths are byte strings. Nothing throws for what is not there. */
export interface FileLookup {
  /** Follows links. Undefined: not there. `denied`: it cannot be known, such as where a folder above may not be searched. */
  stat(path: string): FileStats | undefined | 'denied';
  /** Does not follow a link at the end. */
  linkStat(path: string): FileStats | undefined | 'denied';
  /** For the error log, after something failed: why the path cannot be opened for reading. Undefined: it can. */
  explain(path: string): FileFailure | undefined;
  /** Undefined: not there or not readable. @throws RangeError above `maxBytes` */
  readSmall(path: string, maxBytes: number): string | undefined;
  list(path: string): readonly FolderEntry[] | undefined;
  /** Whether the process may read it. */
  readable(path: string): boolean;
  /** Bytes of a small file at once, for bodies; undefined where it is not readable. */
  readBytes(path: string, startByte: number, lengthBytes: number): Uint8Array | undefined;
  /** Chunks of a file. Fails where it got shorter meanwhile. */
  stream(path: string, startByte: number, lengthBytes: number): AsyncIterable<Uint8Array>;
}
