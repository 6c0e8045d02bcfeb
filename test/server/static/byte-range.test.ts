// Range fields (RFC 9110 §14.1.2, §14.2): properties against an independent reckoning, then the table.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideByteRange, formatContentRange, formatUnsatisfiedRange } from '#src/server/static/byte-range.js';

const size = fc.nat({ max: 40 });
const position = fc.oneof(fc.bigInt({ min: 0n, max: 45n }), fc.bigInt({ min: 0n, max: 1n << 80n }));

/** The bytes that §14.1.2 selects, by trying every one of them. */
function selectBytes(sizeBytes: number, holds: (at: bigint) => boolean): number[] {
  return Array.from({ length: sizeBytes }, (_, at) => at).filter((at) => holds(BigInt(at)));
}

function selectedBy(field: string, sizeBytes: number): number[] | 'whole' | 'unsatisfiable' {
  const decision = decideByteRange(field, sizeBytes);
  if (decision.kind !== 'part') return decision.kind;
  return selectBytes(sizeBytes, (at) => at >= decision.firstByte && at < decision.endByte);
}

describe('decideByteRange', () => {
  it('never selects bytes that are not there, nor none, whatever the field', () => {
    const pieces = fc.constantFrom(
      'bytes',
      'Bytes',
      '=',
      '-',
      ',',
      ' ',
      '\t',
      '0',
      '1',
      '9',
      '99999999999999999999',
      'x',
      '+',
      '.',
      '"',
    );
    const field = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join('')),
      fc.array(pieces).map((parts) => `bytes=${parts.join('')}`),
    );
    fc.assert(
      fc.property(field, size, (text, sizeBytes) => {
        const decision = decideByteRange(text, sizeBytes);
        if (decision.kind !== 'part') return;
        assert.ok(Number.isSafeInteger(decision.firstByte) && Number.isSafeInteger(decision.endByte));
        assert.ok(decision.firstByte >= 0 && decision.firstByte < decision.endByte && decision.endByte <= sizeBytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it('selects the bytes from the first to the last position', () => {
    fc.assert(
      fc.property(position, position, size, (first, last, sizeBytes) => {
        const expected = selectBytes(sizeBytes, (at) => at >= first && at <= last);
        const whole = last < first;
        assert.deepEqual(
          selectedBy(`bytes=${first}-${last}`, sizeBytes),
          whole ? 'whole' : expected.length > 0 ? expected : 'unsatisfiable',
        );
      }),
    );
  });

  it('selects the bytes from a position to the end', () => {
    fc.assert(
      fc.property(position, size, (first, sizeBytes) => {
        const expected = selectBytes(sizeBytes, (at) => at >= first);
        assert.deepEqual(selectedBy(`bytes=${first}-`, sizeBytes), expected.length > 0 ? expected : 'unsatisfiable');
      }),
    );
  });

  it('selects the last bytes, all of them where there are fewer', () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 40 }), (length, sizeBytes) => {
        const expected = selectBytes(sizeBytes, (at) => at >= BigInt(sizeBytes) - length);
        assert.deepEqual(selectedBy(`bytes=-${length}`, sizeBytes), length > 0n ? expected : 'unsatisfiable');
      }),
    );
  });

  it('sends the whole for several ranges, whichever they are', () => {
    const range = fc.tuple(fc.nat(50), fc.nat(50)).map(([first, more]) => `${first}-${first + more}`);
    fc.assert(
      fc.property(fc.array(range, { minLength: 2, maxLength: 200 }), size, (ranges, sizeBytes) => {
        const decision = decideByteRange(`bytes=${ranges.join(', ')}`, sizeBytes);
        assert.deepEqual(decision, { kind: 'whole', reason: 'severalRanges' });
      }),
    );
  });

  const table: [field: string | null, sizeBytes: number, expected: string][] = [
    [null, 10, 'whole noRange'],
    ['bytes=0-0', 10, '0 to 1'],
    ['bytes=0-9', 10, '0 to 10'],
    ['bytes=0-99', 10, '0 to 10'],
    ['bytes=9-', 10, '9 to 10'],
    ['bytes=-3', 10, '7 to 10'],
    ['bytes=-10', 10, '0 to 10'],
    ['bytes=-11', 10, '0 to 10'],
    ['BYTES=1-2', 10, '1 to 3'],
    ['bytes= 1-2 ', 10, '1 to 3'],
    ['bytes=,1-2,,', 10, '1 to 3'],
    ['bytes=0001-0002', 10, '1 to 3'],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=10-20', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=99999999999999999999999-', 10, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=0-0', 0, 'unsatisfiable'],
    ['bytes=-1', 0, 'whole empty'],
    ['bytes=5-2', 10, 'whole malformed'],
    ['bytes=9007199254740993-9007199254740992', 10, 'whole malformed'],
    ['bytes=', 10, 'whole malformed'],
    ['bytes=,', 10, 'whole malformed'],
    ['bytes=-', 10, 'whole malformed'],
    ['bytes=a-b', 10, 'whole malformed'],
    ['bytes=1', 10, 'whole malformed'],
    ['bytes=1 -2', 10, 'whole malformed'],
    ['bytes=1-2-3', 10, 'whole malformed'],
    ['bytes=+1-2', 10, 'whole malformed'],
    ['bytes=--1', 10, 'whole malformed'],
    ['bytes=0x1-2', 10, 'whole malformed'],
    ['bytes=1-2;x', 10, 'whole malformed'],
    ['bytes=0-1,x', 10, 'whole malformed'],
    ['bytes 0-1', 10, 'whole malformed'],
    ['bytes =0-1', 10, 'whole malformed'],
    ['0-1', 10, 'whole malformed'],
    ['', 10, 'whole malformed'],
    ['bytes=0-1,3-4', 10, 'whole severalRanges'],
    ['items=0-1', 10, 'whole otherUnit'],
    ['none=', 10, 'whole otherUnit'],
  ];
  for (const [field, sizeBytes, expected] of table) {
    it(`takes ${JSON.stringify(field)} of ${sizeBytes} bytes as ${expected}`, () => {
      const decision = decideByteRange(field, sizeBytes);
      const seen =
        decision.kind === 'part'
          ? `${decision.firstByte} to ${decision.endByte}`
          : decision.kind === 'whole'
            ? `whole ${decision.reason}`
            : decision.kind;
      assert.equal(seen, expected);
    });
  }
});

describe('Content-Range', () => {
  it('names the last byte, not the one after it', () => assert.equal(formatContentRange(0, 5, 10), 'bytes 0-4/10'));
  it('names only the size where nothing could be selected', () =>
    assert.equal(formatUnsatisfiedRange(10), 'bytes */10'));
});
