// File name patterns, in bounded time. What they match is compared with httpd by the conditions with -strmatch and -fnmatch.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchesWildcards } from '#src/apache/expression/index.js';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });

describe('a pattern with wildcards', () => {
  test('without any matches itself alone', () => {
    fc.assert(fc.property(text, text, (one, other) => assert.equal(matchesWildcards(one, other), one === other)));
  });

  test('matches what a star was put into, slashes aside where they count', () => {
    fc.assert(
      fc.property(text, text, text, (before, middle, after) => {
        assert.equal(matchesWildcards(`${before}*${after}`, before + middle + after), true);
        if (!middle.includes('/'))
          assert.equal(matchesWildcards(`${before}*${after}`, before + middle + after, { pathname: true }), true);
      }),
    );
  });

  test('does not take longer than its length times that of the text', () => {
    const started = process.cpuUsage();
    assert.equal(matchesWildcards(`${'*a'.repeat(200)}b`, 'a'.repeat(8000)), false);
    assert.ok(process.cpuUsage(started).user < 5_000_000);
  });
});
