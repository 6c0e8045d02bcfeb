// Files that are not there: a FileLookup over a table of texts.
import type { FileLookup, FileStats, FolderEntry } from '#src/apache/files/file-lookup.js';

const UNCHANGED = { modifiedUs: 0, device: 1, inode: 1, owner: 0, group: 0, mode: 0o644 };

/** Paths are absolute. Folders are there where something is in them. */
export class MemoryFiles implements FileLookup {
  readonly #texts: ReadonlyMap<string, string>;

  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(texts));
  }

  stat(path: string): FileStats | undefined {
    const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
    const text = this.#texts.get(clean);
    if (text !== undefined) return { ...UNCHANGED, kind: 'file', sizeBytes: text.length };
    return this.list(clean) === undefined ? undefined : { ...UNCHANGED, kind: 'folder', sizeBytes: 0 };
  }

  linkStat(path: string): FileStats | undefined {
    return this.stat(path);
  }

  explain(path: string): { readonly code: string; readonly words: string } | undefined {
    return this.readable(path) ? undefined : { code: 'ENOENT', words: '(2)No such file or directory' };
  }

  readSmall(path: string, maxBytes: number): string | undefined {
    const text = this.#texts.get(path);
    if (text !== undefined && text.length > maxBytes) throw new RangeError('too large');
    return text;
  }

  list(path: string): readonly FolderEntry[] | undefined {
    const start = path.endsWith('/') ? path : `${path}/`;
    const inside = [...this.#texts.keys()].filter((name) => name.startsWith(start));
    if (inside.length === 0 && path !== '/') return undefined;
    const names = new Set(inside.map((name) => name.slice(start.length).split('/', 1)[0] ?? ''));
    return [...names].map((name) => ({ name, kind: this.#texts.has(start + name) ? 'file' : 'folder' }));
  }

  readable(path: string): boolean {
    return this.stat(path) !== undefined;
  }

  readBytes(): Uint8Array | undefined {
    return undefined;
  }

  async *stream(): AsyncIterable<Uint8Array> {
    // Nothing of a configuration is read in chunks.
  }
}
