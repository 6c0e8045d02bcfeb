// The median of a few measurements.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { medianOf } from '#src/inspect/steps/median.js';

describe('the median', () => {
  test('is the one in the middle, or the mean of both, in hundredths', () => {
    assert.deepEqual(
      [[3], [9, 1, 2], [1, 2], [4, 1, 3, 100], [0.123, 0.126, 0.129]].map(medianOf),
      [3, 2, 1.5, 3.5, 0.13],
    );
    assert.ok(Number.isNaN(medianOf([])));
  });

  test('has as many above as below, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }), (values) => {
        const median = medianOf(values);
        const half = values.length / 2;
        assert.ok(values.filter((value) => value < median).length <= half);
        assert.ok(values.filter((value) => value > median).length <= half);
        assert.equal(medianOf(values.toReversed()), median);
      }),
    );
  });
});
