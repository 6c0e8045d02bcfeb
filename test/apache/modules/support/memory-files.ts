// Files that are only in memory, for what asks FileLookup.
import type { FileLookup, FileStats, FolderEntry } from '#src/apache/files/file-lookup.js';

/** A file with what stat says of it. `text` undefined: a folder. */
export interface MemoryFile {
  readonly text?: string;
  readonly modifiedUs?: number;
  readonly inode?: number;
  readonly kind?: FileStats['kind'];
  readonly unreadable?: true;
}

/** When files were changed that say nothing of it: Tue, 14 Nov 2023 22:13:20 GMT. */
export const LONG_AGO_US = 1_700_000_000_000_000;

export function statsOf(file: MemoryFile): FileStats {
  return {
    kind: file.kind ?? (file.text === undefined ? 'folder' : 'file'),
    sizeBytes: file.text?.length ?? 4096,
    modifiedUs: file.modifiedUs ?? LONG_AGO_US,
    changedUs: file.modifiedUs ?? LONG_AGO_US,
    device: 1,
    inode: file.inode ?? 0x2123b5,
    owner: 0,
    group: 0,
    mode: 0o100644,
  };
}

/** By absolute path, folders without a slash at the end. */
export function memoryFiles(files: Readonly<Record<string, MemoryFile>>): FileLookup {
  const find = (path: string): MemoryFile | undefined => files[path.length > 1 ? path.replace(/\/$/, '') : path];
  const stat = (path: string): FileStats | undefined => {
    const file = find(path);
    return file === undefined ? undefined : statsOf(file);
  };
  const read = (path: string): string | undefined => {
    const file = find(path);
    return file?.unreadable === true ? undefined : file?.text;
  };
  const slice = (path: string, startByte: number, lengthBytes: number): Uint8Array | undefined => {
    const text = read(path);
    return text === undefined ? undefined : Buffer.from(text.slice(startByte, startByte + lengthBytes), 'latin1');
  };
  return {
    stat,
    linkStat: stat,
    explain: (path) => (read(path) === undefined ? { code: 'EACCES', words: '(13)Permission denied' } : undefined),
    readSmall: read,
    list: (path) => {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const entries: FolderEntry[] = [];
      for (const [name, file] of Object.entries(files)) {
        const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
        if (rest !== '' && !rest.includes('/')) entries.push({ name: rest, kind: statsOf(file).kind });
      }
      return entries;
    },
    readable: (path) => read(path) !== undefined,
    readBytes: slice,
    // oxlint-disable-next-line require-await -- what is in memory is there at once
    stream: async function* stream(path, startByte, lengthBytes) {
      yield slice(path, startByte, lengthBytes) ?? new Uint8Array(0);
    },
  };
}
