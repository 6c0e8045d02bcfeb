// Retry-After: seconds or a date, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHttpDate } from '#src/http/date.js';
import { parseRetryAfter } from '#src/http/retry-after.js';

const WALL_MS = Date.parse('1994-11-06T08:49:30Z');
const YEAR_MS = 31_536_000_000;

test('seconds and the date that is so many seconds ahead mean the same, a year at most', () => {
  fc.assert(
    fc.property(fc.nat(100_000_000), (seconds) => {
      const expectedMs = Math.min(seconds * 1_000, YEAR_MS);
      assert.equal(parseRetryAfter(String(seconds), WALL_MS), expectedMs);
      assert.equal(parseRetryAfter(formatHttpDate(WALL_MS + seconds * 1_000), WALL_MS), expectedMs);
    }),
  );
  assert.equal(parseRetryAfter('9'.repeat(400), WALL_MS), YEAR_MS);
});

test('a date that has passed is now', () => {
  assert.equal(parseRetryAfter('Sun, 06 Nov 1994 08:49:29 GMT', WALL_MS), 0);
  assert.equal(parseRetryAfter('Sunday, 06-Nov-94 08:49:37 GMT', WALL_MS), 7_000);
});

test('everything else says nothing', () => {
  for (const value of ['', '-1', '1.5', '1e3', '+1', ' 5', '5 s', 'soon', '1994-11-06T08:49:37Z']) {
    assert.equal(parseRetryAfter(value, WALL_MS), undefined, value);
  }
});
