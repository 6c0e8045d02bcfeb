// Which parts a Range field asks for: examples that the real httpd was seen to answer, and what holds for every field.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideRanges } from '#src/apache/content/byte-ranges.js';
import type { RangeLimits } from '#src/apache/content/byte-ranges.js';

const USUAL: RangeLimits = { maxRanges: 200, maxOverlaps: 20, maxReversals: 20 };

/** `0-3 5-6`, `whole` or `none`. */
function ask(field: string, sizeBytes = 100, limits = USUAL): string {
  const decision = decideRanges(field, sizeBytes, limits);
  if (decision.kind !== 'parts') return decision.kind;
  return decision.parts.map(({ firstByte, lastByte }) => `${firstByte}-${lastByte}`).join(' ');
}

describe('decideRanges', () => {
  test('whatever the field, parts lie within the body and are not longer than it together', () => {
    const specifier = fc.oneof(
      fc.tuple(fc.nat(120), fc.nat(120)).map(([first, last]) => `${first}-${last}`),
      fc.nat(120).map((first) => `${first}-`),
      fc.nat(120).map((count) => `-${count}`),
    );
    fc.assert(
      fc.property(fc.array(specifier, { minLength: 1, maxLength: 12 }), fc.nat(110), (specifiers, sizeBytes) => {
        const decision = decideRanges(`bytes=${specifiers.join(',')}`, sizeBytes, USUAL);
        if (decision.kind !== 'parts') return;
        let sumBytes = 0;
        for (const { firstByte, lastByte } of decision.parts) {
          assert.ok(firstByte >= 0 && firstByte <= lastByte && lastByte < sizeBytes);
          sumBytes += lastByte - firstByte + 1;
        }
        assert.ok(sumBytes <= sizeBytes);
      }),
    );
  });

  test('whatever the field, parts hold exactly the bytes that it asks for', () => {
    const range = fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        (ranges, sizeBytes) => {
          const asked = new Set<number>();
          for (const [first, last] of ranges) for (let at = first; at <= last && at < sizeBytes; at += 1) asked.add(at);
          const field = `bytes=${ranges.map(([first, last]) => `${first}-${last}`).join(',')}`;
          const decision = decideRanges(field, sizeBytes, USUAL);
          if (decision.kind === 'unsatisfiable') assert.equal(asked.size, 0);
          if (decision.kind !== 'parts') return;
          const sent = new Set<number>();
          for (const { firstByte, lastByte } of decision.parts) {
            for (let at = firstByte; at <= lastByte; at += 1) sent.add(at);
          }
          assert.deepEqual(sent, asked);
        },
      ),
    );
  });

  test('no text makes it fail', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0 1 2 9 - , b = + x'.split(' '), ' ') }),
        fc.nat(50),
        (text, sizeBytes) => {
          decideRanges(text, sizeBytes, USUAL);
          decideRanges(`bytes=${text}`, sizeBytes, USUAL);
        },
      ),
    );
  });

  test('a part, an end and a beginning are understood', () => {
    assert.equal(ask('bytes=0-3'), '0-3');
    assert.equal(ask('BYTES=99-200'), '99-99');
    assert.equal(ask('bytes=-5'), '95-99');
    assert.equal(ask('bytes=-500'), '0-99');
    assert.equal(ask('bytes=0-9223372036854775807'), '0-99');
  });

  test('what is not a range in the strictest spelling is the whole', () => {
    const malformed = [
      '5-2',
      '-0',
      '-',
      'x',
      '',
      ',0-3',
      ' 0-3',
      '0-3, 5-6',
      '0-3 ,5-6',
      '+1-3',
      '0--1',
      '1-2-3',
      '0-3,x',
    ];
    for (const specifier of malformed) assert.equal(ask(`bytes=${specifier}`), 'whole', specifier);
    for (const field of ['items=0-3', 'bytes =0-3', 'bytes', 'bytes:0-3']) assert.equal(ask(field), 'whole', field);
    assert.equal(ask('bytes=0-9223372036854775808'), 'whole');
  });

  test('commas more than needed do no harm behind a range', () => {
    assert.equal(ask('bytes=0-3,'), '0-3');
    assert.equal(ask('bytes=0-3,,5-6'), '0-3 5-6');
  });

  test('ranges that overlap or touch the one before are one', () => {
    assert.equal(ask('bytes=0-3,4-5'), '0-5');
    assert.equal(ask('bytes=2-5,0-3'), '0-5');
    assert.equal(ask('bytes=0-50,40-99,10-20'), '0-99');
    assert.equal(ask('bytes=0-9,20-29,10-19'), '0-9 10-29');
    assert.equal(ask('bytes=0-9,20-29,5-8'), '0-9 20-29 5-8');
    assert.equal(ask('bytes=50-60,0-3,58-70'), '50-60 0-3 58-70');
  });

  test('what lies behind the end is left out, and alone it is unsatisfiable', () => {
    assert.equal(ask('bytes=0-3,200-300'), '0-3');
    assert.equal(ask('bytes=100-'), 'unsatisfiable');
    assert.equal(ask('bytes=200-300,300-'), 'unsatisfiable');
    assert.equal(ask('bytes=0-', 0), 'whole');
  });

  test('parts that are more than the whole are not sent', () => {
    assert.equal(ask('bytes=0-1,3-4,0-99'), 'whole');
    assert.equal(ask('bytes=0-60,90-99,50-80'), 'whole');
    assert.equal(ask('bytes=0-49,51-99'), '0-49 51-99');
  });

  test('limits let pass what reaches them, and nothing beyond', () => {
    const parts = (count: number): string => Array.from({ length: count }, (_, at) => `${at * 2}-${at * 2}`).join(',');
    assert.equal(ask(`bytes=${parts(3)}`, 100, { ...USUAL, maxRanges: 3 }), '0-0 2-2 4-4');
    assert.equal(ask(`bytes=${parts(4)}`, 100, { ...USUAL, maxRanges: 3 }), 'whole');
    assert.equal(ask('bytes=0-1,1-2,6-7,9-10', 100, { ...USUAL, maxRanges: 3 }), '0-2 6-7 9-10');
    const overlapping = (count: number): string => Array.from({ length: count }, () => '0-3').join(',');
    assert.equal(ask(`bytes=${overlapping(21)}`), '0-3');
    assert.equal(ask(`bytes=${overlapping(22)}`), 'whole');
    const reversed = (count: number): string =>
      Array.from({ length: count }, (_, at) => `${98 - at}-${99 - at}`).join(',');
    assert.equal(ask(`bytes=${reversed(21)}`, 100, { ...USUAL, maxOverlaps: Infinity }), '78-99');
    assert.equal(ask(`bytes=${reversed(22)}`, 100, { ...USUAL, maxOverlaps: Infinity }), 'whole');
    assert.equal(ask('bytes=4-4,0-1', 100, { ...USUAL, maxReversals: 0 }), '4-4 0-1');
    assert.equal(ask('bytes=4-8,0-5', 100, { ...USUAL, maxReversals: 0 }), 'whole');
  });
});
