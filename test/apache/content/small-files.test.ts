import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { takeFile } from '#src/apache/content/file-content.js';
import { MAX_KEPT_BYTES, SmallFiles } from '#src/apache/content/small-files.js';
import type { FileStats } from '#src/apache/files/file-lookup.js';
import { NodeFileLookup } from '#src/apache/files/node-file-lookup.js';

const stats = (changes: Partial<FileStats> = {}): FileStats => ({
  kind: 'file',
  sizeBytes: 3,
  modifiedUs: 1_000_000,
  changedUs: 1_000_000,
  device: 1,
  inode: 2,
  owner: 0,
  group: 0,
  mode: 0o644,
  ...changes,
});

const BODY = new Uint8Array([1, 2, 3]);
const LATER_MS = 1_000_000;

describe('bodies of small files', () => {
  test('are kept while the file is the same, and forgotten with any change of it', () => {
    const kept = new SmallFiles();
    kept.keep('/a', stats(), BODY, LATER_MS);
    assert.deepEqual(kept.get('/a', stats()), BODY);
    assert.equal(kept.get('/b', stats()), undefined);
    const changed = fc.constantFrom('sizeBytes', 'modifiedUs', 'changedUs', 'device', 'inode');
    fc.assert(
      fc.property(changed, fc.integer({ min: 3 }), (name, value) => {
        fc.pre(stats()[name] !== value);
        assert.equal(kept.get('/a', stats({ [name]: value })), undefined);
      }),
    );
  });

  test('are not kept where a later change could go unseen', () => {
    const kept = new SmallFiles();
    kept.keep('/new', stats(), BODY, 1_000 + 2_000);
    kept.keep('/unknown', stats({ changedUs: undefined as never }), BODY, LATER_MS);
    kept.keep('/cut', stats(), BODY.subarray(1), LATER_MS);
    for (const file of ['/new', '/unknown', '/cut']) assert.equal(kept.get(file, stats()), undefined);
    kept.keep('/new', stats(), BODY, 1_000 + 2_001);
    assert.deepEqual(kept.get('/new', stats()), BODY);
  });

  test('do not hold on to a larger buffer that they were cut from', () => {
    const kept = new SmallFiles();
    kept.keep('/a', stats(), new Uint8Array(8192).subarray(0, 3), LATER_MS);
    assert.equal(kept.get('/a', stats())?.buffer.byteLength, 3);
  });

  test('give way where they are more than may be kept', () => {
    assert.equal(MAX_KEPT_BYTES, 16_777_216);
    const kept = new SmallFiles(8);
    kept.keep('/a', stats(), BODY, LATER_MS);
    kept.keep('/b', stats(), BODY, LATER_MS);
    assert.equal(kept.get('/a', stats()), undefined);
    assert.deepEqual(kept.get('/b', stats()), BODY);
  });
});

describe('a file that is answered again and again', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'perdura-small-files-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is sent as it is now, also where its size and time were made the same again', () => {
    const file = path.join(folder, 'page.html');
    const long = new Date(Date.now() - 86_400_000);
    const files = new NodeFileLookup();
    const source = { files, smallFiles: new SmallFiles(), wallMs: () => Date.now() + 60_000 };
    const read = (): string => {
      const found = files.stat(file) as FileStats;
      const content = takeFile(source, file, found, true);
      assert(content?.kind === 'bytes');
      return Buffer.from(content.bytes).toString();
    };
    writeFileSync(file, 'one');
    utimesSync(file, long, long);
    assert.equal(read(), 'one');
    // Asked twice, the second answer is the kept one.
    assert.equal(read(), 'one');
    writeFileSync(file, 'two');
    utimesSync(file, long, long);
    assert.equal(read(), 'two');
    appendFileSync(file, '!');
    assert.equal(read(), 'two!');
    chmodSync(file, 0o640);
    assert.equal(read(), 'two!');
  });
});
