// Digests of files: read once, by chunks, for as long as the file is the same.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { FileDigests } from '#src/apache/content/file-digests.js';
import type { FileLookup, FileStats } from '#src/apache/files/file-lookup.js';
import { LONG_AGO_US, statsOf } from '../modules/support/memory-files.js';

const LATER_MS = LONG_AGO_US / 1000 + 2001;

/** A file that comes in two chunks, and counts how often it is read. Nothing of it can be read at once. */
class CountedFile {
  text = 'some text';
  reads = 0;
  readonly files = {
    stream: (path: string) => this.#stream(path),
  } as unknown as FileLookup;

  async *#stream(path: string): AsyncIterable<Uint8Array> {
    this.reads += 1;
    await Promise.resolve();
    if (path === '/short') throw new Error('/short got shorter');
    yield Buffer.from(this.text.slice(0, 3));
    yield Buffer.from(this.text.slice(3));
  }
}

const stats = (over: Partial<FileStats> = {}): FileStats => ({
  ...statsOf({ text: 'some text' }),
  changedUs: LONG_AGO_US,
  ...over,
});

const sha1 = (text: string): string => createHash('sha1').update(text).digest('base64');

describe('the digest of a file', () => {
  test('is that of all of its chunks, read once, also for those who ask meanwhile', async () => {
    const file = new CountedFile();
    const digests = new FileDigests();
    const ask = (): Promise<string | undefined> => digests.digest(file.files, '/a', stats(), LATER_MS);
    assert.deepEqual(await Promise.all([ask(), ask()]), [sha1('some text'), sha1('some text')]);
    assert.equal(await ask(), sha1('some text'));
    assert.equal(file.reads, 1);
  });

  test('is read anew where anything about the file has changed', async () => {
    const file = new CountedFile();
    const digests = new FileDigests();
    await digests.digest(file.files, '/a', stats(), LATER_MS);
    file.text = 'some more';
    for (const over of [
      { modifiedUs: 1 },
      { changedUs: LONG_AGO_US - 1 },
      { inode: 1 },
      { device: 2 },
      { sizeBytes: 8 },
    ]) {
      assert.equal(await digests.digest(file.files, '/a', stats(over), LATER_MS), sha1('some more'));
    }
    assert.equal(file.reads, 6);
  });

  test('is not kept where the file changed just now, or nobody knows when', async () => {
    const file = new CountedFile();
    const digests = new FileDigests();
    const { changedUs: _, ...unknown } = stats();
    for (const [known, nowMs] of [
      [stats(), LATER_MS - 1],
      [unknown, LATER_MS],
    ] as const) {
      file.reads = 0;
      await digests.digest(file.files, '/a', known, nowMs);
      await digests.digest(file.files, '/a', known, nowMs);
      assert.equal(file.reads, 2);
    }
  });

  test('is unknown where the file cannot be read, which is not kept', async () => {
    const file = new CountedFile();
    const digests = new FileDigests();
    assert.equal(await digests.digest(file.files, '/short', stats(), LATER_MS), undefined);
    assert.equal(await digests.digest(file.files, '/a', stats(), LATER_MS), sha1('some text'));
  });

  test('goes when there are more than are kept', async () => {
    const file = new CountedFile();
    const digests = new FileDigests(1);
    for (const inode of [1, 2, 2, 1]) await digests.digest(file.files, '/a', stats({ inode }), LATER_MS);
    assert.equal(file.reads, 3);
  });
});
