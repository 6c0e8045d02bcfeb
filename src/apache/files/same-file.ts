// Whether a file is what it was when it was looked at before.
import type { FileStats } from './file-lookup.ts';

/** The time of the last change tells of writing, of rights, and of times that were set back. */
export function isSameFile(before: FileStats, now: FileStats): boolean {
  return (
    before.changedUs === now.changedUs &&
    before.modifiedUs === now.modifiedUs &&
    before.sizeBytes === now.sizeBytes &&
    before.inode === now.inode &&
    before.device === now.device
  );
}
