import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { SectionMerger } from '#src/apache/config/section-merger.js';

describe('the merger of sections', () => {
  test('gives the same object for the same two, and never changes them', () => {
    let merges = 0;
    const merger = new SectionMerger((base, over) => {
      merges += 1;
      return [...base, ...over];
    });
    const base = ['a'];
    const over = ['b'];
    const merged = merger.merge(base, over);
    assert.deepEqual(merged, ['a', 'b']);
    assert.equal(merger.merge(base, over), merged);
    assert.notEqual(merger.merge(over, base), merged);
    assert.equal(merger.join(undefined, over), over);
    assert.equal(merger.join(base, over), merged);
    assert.equal(merges, 2);
  });

  test('merges anew what it had to forget, with the same outcome', () => {
    const parts = ['a', 'b', 'c', 'd', 'e'].map((name) => [name]);
    fc.assert(
      fc.property(fc.nat({ max: 6 }), fc.array(fc.subarray(parts), { maxLength: 12 }), (most, rows) => {
        const merger = new SectionMerger((base, over) => [...base, ...over], most);
        for (const row of rows) {
          let merged: unknown[] | undefined;
          for (const part of row) merged = merger.join(merged, part);
          assert.deepEqual(merged ?? [], row.flat());
        }
      }),
    );
  });
});
