// Options that cannot be are found at the start, with a message that names them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { OptionError } from '#src/errors.js';
import { DEFAULT_STATIC_OPTIONS, staticFiles, type StaticOptions } from '#src/server/static/index.js';
import { resolveStaticOptions } from '#src/server/static/options.js';
import { makeSite } from './temporary-site.js';

const wrong: [option: string, options: StaticOptions][] = [
  ['index', { index: 'a/b.html' }],
  ['index', { index: ['index.html', '..'] }],
  ['index', { index: '' }],
  ['notFound', { notFound: '../404.html' }],
  ['notFound', { notFound: '/404.html' }],
  ['notFound', { notFound: '.hidden.html' }],
  ['smallFileBytes', { smallFileBytes: -1 }],
  ['smallFileBytes', { smallFileBytes: Number.NaN }],
  ['chunkBytes', { chunkBytes: 0 }],
  ['chunkBytes', { chunkBytes: Infinity }],
  ['memory.entries', { memory: { entries: 1.5 } }],
  ['memory.bytes', { memory: { bytes: -1 } }],
  ['memory.maxAgeMs', { memory: { maxAgeMs: Number.NaN } }],
  ['headers', { headers: { 'a b': 'c' } }],
  ['headers', { headers: { a: 'b\r\nset-cookie: c' } }],
  ['cacheControl', { cacheControl: 'no-cache\n' }],
];

describe('staticFiles', () => {
  for (const [option, options] of wrong) {
    it(`refuses ${inspect(options)} and names ${option}`, () => {
      assert.throws(
        () => resolveStaticOptions(options),
        (error: unknown) => error instanceof OptionError && error.option === option,
      );
    });
  }

  it('refuses a root that is not there, or no folder, when it is made', async (test) => {
    const site = await makeSite(test, { 'a.txt': 'x' });
    for (const root of [join(site.root, 'none'), join(site.root, 'a.txt')]) {
      assert.throws(
        () => staticFiles(root),
        (error: unknown) => error instanceof OptionError && error.option === 'root',
      );
    }
  });

  it('takes an edit at the latest after a second, unless told otherwise', () => {
    assert.equal(DEFAULT_STATIC_OPTIONS.memory.maxAgeMs, 1_000);
    assert.deepEqual(resolveStaticOptions({ memory: { entries: 7 } }).memory, {
      ...DEFAULT_STATIC_OPTIONS.memory,
      entries: 7,
    });
    assert.equal(resolveStaticOptions({ memory: { bytes: Infinity } }).memory?.bytes, Infinity);
  });
});
