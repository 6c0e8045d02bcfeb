import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { matchesWildcard } from '#src/apache/files/wildcard.js';

/** The same by trying everything. */
function matchesSlowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    for (let length = 0; length <= text.length && !text.slice(0, length).includes('/'); length += 1) {
      if (matchesSlowly(pattern.slice(1), text.slice(length))) return true;
    }
    return false;
  }
  if (text === '') return false;
  if (pattern.startsWith('?')) return !text.startsWith('/') && matchesSlowly(pattern.slice(1), text.slice(1));
  return pattern[0] === text[0] && matchesSlowly(pattern.slice(1), text.slice(1));
}

describe('a wildcard', () => {
  test('matches what trying everything matches', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wild, plain) => {
        assert.equal(matchesWildcard(wild, plain), matchesSlowly(wild, plain));
      }),
      { numRuns: 2000 },
    );
  });

  test('has classes, which may be negated and never take a slash', () => {
    const cases: ReadonlyArray<readonly [string, string, boolean]> = [
      ['[abc]', 'b', true],
      ['[abc]', 'd', false],
      ['[a-c]x', 'bx', true],
      ['[!a-c]', 'b', false],
      ['[!a-c]', 'd', true],
      ['[^a]', 'a', false],
      ['[]]', ']', true],
      ['[a-]', '-', true],
      ['[\\]]', ']', true],
      ['[!a]', '/', false],
      ['a[b/c]', 'ab/c]', false],
      ['[abc', '[abc', true],
      ['\\*', '*', true],
      ['\\*', 'a', false],
      ['\\', '\\', true],
      ['*.htm[l]', 'x.html', true],
      ['.*', '.x', true],
      ['*', '.x', true],
      ['*', '', true],
      ['?', '', false],
    ];
    for (const [pattern, text, matches] of cases)
      assert.equal(matchesWildcard(pattern, text), matches, `${pattern} ${text}`);
  });

  test('takes no more steps than both lengths allow', () => {
    const pattern = `${'*a'.repeat(200)}b`;
    assert.equal(matchesWildcard(pattern, 'a'.repeat(5000)), false);
    assert.equal(matchesWildcard(pattern, `${'a'.repeat(5000)}b`), true);
  });
});
