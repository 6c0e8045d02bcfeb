// A file system of a test: folders, files and links in memory, and a record of what was asked of it.
import type { FileFailure, FileLookup, FileStats, FolderEntry } from '#src/apache/files/file-lookup.js';

interface MemoryFile {
  kind: 'file' | 'folder' | 'link' | 'other';
  text: string;
  owner: number;
  modifiedUs: number;
  changedUs: number;
  inode: number;
  /** Nobody may read it, or look into it. */
  closed: boolean;
}

/** What a path comes to: the entry, or why there is none. */
type Found =
  | { readonly path: string; readonly file: MemoryFile }
  | 'ENOENT'
  | 'ENOTDIR'
  | 'EACCES'
  | 'ELOOP'
  | 'ENAMETOOLONG';

const MOST_LINKS = 40;
const LONGEST_NAME = 255;

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: '(2)No such file or directory',
  ENOTDIR: '(20)Not a directory',
  EACCES: '(13)Permission denied',
  ELOOP: '(40)Too many levels of symbolic links',
  ENAMETOOLONG: '(36)File name too long',
};

/** See the head of the file. Paths are absolute; the folders above a file come with it. */
export class MemoryFileLookup implements FileLookup {
  /** Every path that was asked for, with what was asked: `stat /a`, `linkStat /a`, `readSmall /a` … */
  readonly asked: string[] = [];
  readonly #entries = new Map<string, MemoryFile>();
  #inodes = 1;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.#put('/', 'folder', '', 0);
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  #put(path: string, kind: MemoryFile['kind'], text: string, modifiedUs: number): void {
    this.#inodes += 1;
    this.#entries.set(path, {
      kind,
      text,
      owner: 0,
      modifiedUs,
      changedUs: modifiedUs,
      inode: this.#inodes,
      closed: false,
    });
  }

  #above(path: string): void {
    for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (!this.#entries.has(folder)) this.#put(folder, 'folder', '', 0);
    }
  }

  /** A file that is there keeps its inode. */
  write(path: string, text: string, modifiedUs = 1_600_000_000_000_000, changedUs = modifiedUs): void {
    this.#above(path);
    const known = this.#entries.get(path);
    if (known === undefined) this.#put(path, 'file', text, modifiedUs);
    else Object.assign(known, { text, modifiedUs, changedUs });
  }

  makeFolder(path: string): void {
    this.#above(`${path}/`);
  }

  link(path: string, target: string): void {
    this.#above(path);
    this.#put(path, 'link', target, 0);
  }

  makeSpecial(path: string): void {
    this.#above(path);
    this.#put(path, 'other', '', 0);
  }

  remove(path: string): void {
    this.#entries.delete(path);
  }

  own(path: string, owner: number): void {
    this.#entries.get(path)!.owner = owner;
  }

  close(path: string): void {
    this.#entries.get(path)!.closed = true;
  }

  #find(path: string, followLast: boolean, links = 0): Found {
    if (links > MOST_LINKS) return 'ELOOP';
    const names = path.split('/').filter((name) => name !== '');
    const mustBeFolder = path.endsWith('/');
    let folder = '';
    let file = this.#entries.get('/')!;
    for (const [index, name] of names.entries()) {
      if (file.kind !== 'folder') return 'ENOTDIR';
      if (file.closed) return 'EACCES';
      if (name.length > LONGEST_NAME) return 'ENAMETOOLONG';
      if (name === '.') continue;
      if (name === '..') {
        folder = folder.slice(0, folder.lastIndexOf('/'));
        file = this.#entries.get(folder === '' ? '/' : folder)!;
        continue;
      }
      const entry = this.#entries.get(`${folder}/${name}`);
      if (entry === undefined) return 'ENOENT';
      const isLast = index === names.length - 1;
      if (entry.kind === 'link' && (!isLast || followLast || mustBeFolder)) {
        const target = entry.text.startsWith('/') ? entry.text : `${folder}/${entry.text}`;
        const found = this.#find(target, true, links + 1);
        if (typeof found === 'string') return found;
        folder = found.path === '/' ? '' : found.path;
        file = found.file;
      } else {
        folder = `${folder}/${name}`;
        file = entry;
      }
    }
    if (mustBeFolder && file.kind !== 'folder') return 'ENOTDIR';
    return { path: folder === '' ? '/' : folder, file };
  }

  #stats(path: string, follow: boolean): FileStats | undefined | 'denied' {
    const found = this.#find(path, follow);
    if (found === 'ENOENT' || found === 'ENOTDIR') return undefined;
    if (typeof found === 'string') return 'denied';
    const { kind, text, modifiedUs, changedUs, inode, owner } = found.file;
    return { kind, sizeBytes: text.length, modifiedUs, changedUs, device: 1, inode, owner, group: 0, mode: 0o644 };
  }

  stat(path: string): FileStats | undefined | 'denied' {
    this.asked.push(`stat ${path}`);
    return this.#stats(path, true);
  }

  linkStat(path: string): FileStats | undefined | 'denied' {
    this.asked.push(`linkStat ${path}`);
    return this.#stats(path, false);
  }

  explain(path: string): FileFailure | undefined {
    const found = this.#find(path, true);
    const code = typeof found === 'string' ? found : found.file.closed ? 'EACCES' : undefined;
    return code === undefined ? undefined : { code, words: WORDS[code]! };
  }

  #open(path: string): MemoryFile | undefined {
    const found = this.#find(path, true);
    return typeof found === 'string' || found.file.kind !== 'file' || found.file.closed ? undefined : found.file;
  }

  readSmall(path: string, maxBytes: number): string | undefined {
    this.asked.push(`readSmall ${path}`);
    const text = this.#open(path)?.text;
    if (text !== undefined && text.length > maxBytes) throw new RangeError(`${path} is larger than ${maxBytes} bytes`);
    return text;
  }

  list(path: string): readonly FolderEntry[] | undefined {
    this.asked.push(`list ${path}`);
    const found = this.#find(path, true);
    if (typeof found === 'string' || found.file.kind !== 'folder' || found.file.closed) return undefined;
    const prefix = found.path === '/' ? '/' : `${found.path}/`;
    return [...this.#entries]
      .filter(([entry]) => entry.startsWith(prefix) && entry !== '/' && !entry.slice(prefix.length).includes('/'))
      .map(([entry, { kind }]) => ({ name: entry.slice(prefix.length), kind }));
  }

  readable(path: string): boolean {
    const found = this.#find(path, true);
    return typeof found !== 'string' && !found.file.closed;
  }

  readBytes(path: string, startByte: number, lengthBytes: number): Uint8Array | undefined {
    this.asked.push(`readBytes ${path}`);
    const text = this.#open(path)?.text;
    return text === undefined ? undefined : Buffer.from(text.slice(startByte, startByte + lengthBytes), 'latin1');
  }

  async *stream(path: string, startByte: number, lengthBytes: number): AsyncIterable<Uint8Array> {
    const bytes = this.readBytes(path, startByte, lengthBytes);
    if (bytes === undefined || bytes.length < lengthBytes) throw new Error(`${path} got shorter`);
    yield await Promise.resolve(bytes);
  }
}
