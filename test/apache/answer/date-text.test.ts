import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDateAgain } from '#src/apache/answer/date-text.js';
import { formatHttpDate } from '#src/http/index.js';

test('a date that is formatted again is the same text, however many others were asked for between', () => {
  const moment = fc.integer({ min: -1_000_000, max: 3_000_000 });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 3_000 }), (moments) => {
      for (const ms of moments) assert.equal(formatDateAgain(ms), formatHttpDate(ms));
    }),
    { numRuns: 20 },
  );
});
