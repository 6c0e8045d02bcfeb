// Writes a site into a folder: files with fixed dates, so that entity tags and Last-Modified are the same wherever and whenever it is written.
import { lutimesSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Site } from './site.ts';

/** Paths are bytes to a server; names are told to the file system as such. */
function bytesOf(file: string): Buffer {
  return Buffer.from(file, 'latin1');
}

/** Of folders that the site does not name, and of links: a date of their own in listings. */
const FOLDER_MODIFIED = new Date('2024-02-03T04:05:06Z');

export function layOutSite(site: Site, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const folders = new Map<string, Date>();
  for (const entry of site.entries) {
    const file = bytesOf(path.join(folder, entry.path));
    if (entry.kind === 'folder') {
      mkdirSync(file, { recursive: true });
      folders.set(entry.path, entry.modified);
      continue;
    }
    mkdirSync(bytesOf(path.join(folder, path.dirname(entry.path))), { recursive: true });
    for (let above = path.dirname(entry.path); above !== '.'; above = path.dirname(above)) {
      if (!folders.has(above)) folders.set(above, FOLDER_MODIFIED);
    }
    if (entry.kind === 'link') {
      symlinkSync(bytesOf(entry.target), file);
      lutimesSync(file, FOLDER_MODIFIED, FOLDER_MODIFIED);
    } else {
      writeFileSync(file, entry.bytes, { mode: 0o644 });
      utimesSync(file, entry.modified, entry.modified);
    }
  }
  // Last, because what is written into a folder changes its date.
  for (const [name, modified] of folders) utimesSync(bytesOf(path.join(folder, name)), modified, modified);
}
