// What httpd 2.4.71 compresses.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideCompression } from '#src/apache/filters/decide-compression.js';
import type { CompressionFacts } from '#src/apache/filters/decide-compression.js';

const USUAL: CompressionFacts = {
  status: 200,
  isSubrequest: false,
  bodyBytes: 1900,
  contentType: 'text/html; charset=utf-8',
  contentEncoding: undefined,
  hasContentRange: false,
  acceptEncoding: 'gzip',
  noGzip: false,
  onlyHtml: false,
  forceGzip: false,
};

const decide = (facts: Partial<CompressionFacts>): string => {
  const decision = decideCompression({ ...USUAL, ...facts });
  return decision.kind === 'plain' ? decision.reason : decision.kind;
};

/** Accept-Encoding, and whether it lets httpd compress. */
const ACCEPTED: ReadonlyArray<readonly [field: string | undefined, accepted: boolean]> = [
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP', true],
  ['x-gzip', false],
  ['*', false],
  ['deflate', false],
  ['gzip, deflate, br', true],
  ['deflate, gzip', true],
  ['deflate;q=1,gzip', true],
  ['br;q=0, gzip;q=0.5', true],
  ['identity;q=1, gzip;q=0.1', true],
  ['gzip;q=0', false],
  ['gzip;q=0.', false],
  ['gzip;q=0.0', false],
  ['gzip; q=0.000', false],
  ['gzip;q=0, x', false],
  ['gzip;;q=0', false],
  ['gzip;q=0, gzip', false],
  ['gzip,x;q=0', true],
  ['gzip;q=0.0001', true],
  ['gzip;q=0.001', true],
  ['gzip;q=00', true],
  ['gzip;q=', true],
  ['gzip;Q=0', true],
  ['gzip ; q = 0', true],
  ['gzip;foo;q=0', true],
  ['gzip deflate', true],
  ['deflate gzip', true],
  [',gzip', false],
  ['br,,gzip', false],
  ['br, gzip', true],
  ['br;q=1;gzip', false],
  ['"gzip"', false],
  ['gzip/deflate', false],
];

describe('compression', () => {
  for (const [field, accepted] of ACCEPTED) {
    it(`is ${accepted ? '' : 'not '}accepted by Accept-Encoding: ${field}`, () => {
      assert.equal(decide({ acceptEncoding: field }), accepted ? 'compress' : 'vary');
    });
  }

  it('begins at 69 bytes, or where nobody knows how many there will be', () => {
    assert.equal(decide({ bodyBytes: 0 }), 'small');
    assert.equal(decide({ bodyBytes: 68 }), 'small');
    assert.equal(decide({ bodyBytes: 69 }), 'compress');
    assert.equal(decide({ bodyBytes: undefined }), 'compress');
  });

  it('leaves parts and nothing at all as they are, and errors are as good as any answer', () => {
    assert.equal(decide({ isSubrequest: true }), 'notWhole');
    assert.equal(decide({ status: 204 }), 'notWhole');
    assert.equal(decide({ hasContentRange: true }), 'notWhole');
    assert.equal(decide({ status: 404 }), 'compress');
  });

  it('heeds no-gzip, gzip-only-text/html and force-gzip, the later less', () => {
    assert.equal(decide({ noGzip: true, forceGzip: true }), 'variable');
    assert.equal(decide({ onlyHtml: true }), 'compress');
    assert.equal(decide({ onlyHtml: true, contentType: 'text/plain', forceGzip: true }), 'type');
    assert.equal(decide({ onlyHtml: true, contentType: undefined }), 'type');
    assert.equal(decide({ forceGzip: true, acceptEncoding: undefined }), 'compress');
  });

  it('is not done twice', () => {
    assert.equal(decide({ contentEncoding: 'x-gzip' }), 'coded');
    assert.equal(decide({ contentEncoding: 'identity, br' }), 'coded');
    assert.equal(decide({ contentEncoding: 'Identity' }), 'coded');
    assert.equal(decide({ contentEncoding: 'identity' }), 'compress');
    assert.equal(decide({ contentEncoding: '8bit,binary' }), 'compress');
    assert.equal(decide({ contentEncoding: 'foo', forceGzip: true }), 'coded');
  });

  it('is decided whatever Accept-Encoding says, and never without the word gzip', () => {
    const part = fc.constantFrom('gzip', 'br', ';', ',', ' ', 'q=0', '=', '"', '\t', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const field = parts.join('');
        const decision = decide({ acceptEncoding: field });
        assert.ok(decision === 'vary' || (decision === 'compress' && field.includes('gzip')));
      }),
    );
  });
});
