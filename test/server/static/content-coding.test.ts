// Which precompressed sibling is sent (RFC 9110 §12.5.3), and when one is too old.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CodingNegotiator, isOutdatedSibling, type ContentCoding } from '#src/server/static/content-coding.js';

const ALL: readonly ContentCoding[] = ['identity', 'br', 'gzip'];

describe('CodingNegotiator', () => {
  const table: [
    acceptEncoding: string | null,
    available: readonly ContentCoding[],
    expected: ContentCoding | undefined,
  ][] = [
    [null, ALL, 'identity'],
    ['', ALL, 'identity'],
    ['gzip, deflate, br, zstd', ALL, 'br'],
    ['gzip, deflate', ALL, 'gzip'],
    ['GZIP', ALL, 'gzip'],
    ['br;q=0.5, gzip', ALL, 'gzip'],
    ['br;q=0, gzip;q=0.1', ALL, 'gzip'],
    ['gzip;q=0', ALL, 'identity'],
    ['gzip;q=0, *', ALL, 'br'],
    ['*', ALL, 'br'],
    ['*;q=0', ALL, undefined],
    ['*;q=0, identity', ALL, 'identity'],
    ['*;q=0, gzip', ALL, 'gzip'],
    ['identity;q=0', ALL, undefined],
    ['identity;q=0, gzip', ALL, 'gzip'],
    ['identity;q=0, *;q=0.1', ALL, 'br'],
    ['identity, gzip;q=0.5', ALL, 'identity'],
    ['deflate', ALL, 'identity'],
    ['br', ['identity', 'gzip'], 'identity'],
    ['br, gzip', ['identity', 'gzip'], 'gzip'],
    ['gzip', ['identity'], 'identity'],
    ['identity;q=0', ['identity'], undefined],
    ['*;q=0.000', ['identity'], undefined],
    ['identity ; q=0', ['identity'], undefined],
    ['gzip;q=1', ['identity'], 'identity'],
  ];
  for (const [acceptEncoding, available, expected] of table) {
    it(`answers ${JSON.stringify(acceptEncoding)} among ${available.join()} with ${expected ?? 'none'}`, () => {
      const negotiator = new CodingNegotiator();
      assert.equal(negotiator.choose(acceptEncoding, available), expected);
      assert.equal(negotiator.choose(acceptEncoding, available), expected, 'remembered');
    });
  }

  it('remembers the right answer among thousands, and only chooses what there is', () => {
    const negotiator = new CodingNegotiator();
    const element = fc.tuple(
      fc.constantFrom('br', 'gzip', 'identity', '*', 'zstd'),
      fc.constantFrom('', ';q=0', ';q=0.5', ';q=1'),
    );
    const field = fc
      .array(
        element.map((parts) => parts.join('')),
        { maxLength: 4 },
      )
      .map((elements) => elements.join(', '));
    fc.assert(
      fc.property(field, fc.subarray(['br', 'gzip'] as ContentCoding[]), (acceptEncoding, siblings) => {
        const available: ContentCoding[] = ['identity', ...siblings];
        const chosen = negotiator.choose(acceptEncoding, available);
        assert.equal(chosen, new CodingNegotiator().choose(acceptEncoding, available));
        assert.ok(chosen === undefined || available.includes(chosen));
        if (chosen === undefined) assert.ok(acceptEncoding.includes(';q=0'));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('isOutdatedSibling', () => {
  const table: [what: string, siblingMs: number, originalMs: number, outdated: boolean][] = [
    ['newer', 2_000, 1_000, false],
    ['of the same time', 1_234.5, 1_234.5, false],
    ['with the time of its file cut to seconds', 1_000, 1_234.5, false],
    ['older by a fraction of its own', 1_234.4, 1_234.5, true],
    ['of the second before', 0, 1_234.5, true],
  ];
  for (const [what, siblingMs, originalMs, outdated] of table) {
    it(`says ${outdated} of one that is ${what}`, () =>
      assert.equal(isOutdatedSibling(siblingMs, originalMs), outdated));
  }
});
