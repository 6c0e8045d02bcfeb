// The Keep-Alive field: what servers promise and how little of its syntax can be relied on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatKeepAlive, parseKeepAlive } from '#src/http/keep-alive-field.js';

const BOUND = 2 ** 31 - 1;

describe('formatKeepAlive', () => {
  test('is read back as what it says', () => {
    const seconds = fc.integer({ min: 1, max: 2_000_000 });
    const max = fc.option(fc.integer({ min: 0, max: BOUND }), { nil: undefined });
    fc.assert(
      fc.property(seconds, max, (timeout, requests) => {
        const expected =
          requests === undefined ? { timeoutMs: timeout * 1000 } : { timeoutMs: timeout * 1000, max: requests };
        assert.deepEqual(parseKeepAlive(formatKeepAlive(timeout, requests)), expected);
      }),
    );
  });

  test('never promises more than it was given, nor 0 seconds', () => {
    assert.equal(formatKeepAlive(5, 100), 'timeout=5, max=100');
    assert.equal(formatKeepAlive(5.999, undefined), 'timeout=5');
    assert.equal(formatKeepAlive(0.2, undefined), 'timeout=1');
  });

  test('leaves out what is unlimited', () => {
    assert.equal(formatKeepAlive(Infinity, 3), 'max=3');
    assert.equal(formatKeepAlive(5, Infinity), 'timeout=5');
    assert.equal(formatKeepAlive(Infinity, undefined), '');
  });
});

describe('parseKeepAlive', () => {
  test('never throws, and what it reads from any string is bounded', () => {
    const likely = fc
      .array(
        fc.constantFrom('timeout', 'max', 'MAX', '=', '"', ',', ';', ' ', '\t', '5', '99999999999', '\\', '-', 'x'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), likely), (value) => {
        const hint = parseKeepAlive(value);
        for (const [name, number] of Object.entries(hint)) {
          assert.ok(name === 'timeoutMs' || name === 'max');
          assert.ok(Number.isSafeInteger(number) && number >= 0 && number <= BOUND, `${name}=${number}`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('reads the same whatever the order, the case, the quotes, the white space and the unknown parameters', () => {
    const name = (text: string) => fc.mixedCase(fc.constant(text));
    const space = fc.constantFrom('', ' ', '\t', '  ');
    const parameter = (text: string, value: number) =>
      fc
        .tuple(name(text), space, space, fc.constantFrom(`${value}`, `"${value}"`, `00${value}`))
        .map(([aName, before, after, aValue]) => `${aName}${before}=${after}${aValue}`);
    const unknown = fc.constantFrom(
      '',
      'foo',
      'timeout',
      'ext="timeout=1, max=1"',
      'timeouts=1',
      'max=-1',
      'max=1.5',
      '=1',
    );
    const parts = fc
      .tuple(parameter('timeout', 15), parameter('max', 7), unknown, unknown)
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
    fc.assert(
      fc.property(parts, fc.constantFrom(',', ', ', ';', ' ; '), (parameters, separator) => {
        assert.deepEqual(parseKeepAlive(parameters.join(separator)), { timeoutMs: 15_000, max: 7 });
      }),
    );
  });

  for (const [value, hint] of [
    ['', {}],
    ['timeout=5, max=100', { timeoutMs: 5000, max: 100 }],
    ['max=5, timeout=3', { timeoutMs: 3000, max: 5 }],
    ['timeout=5;max=100', { timeoutMs: 5000, max: 100 }],
    ['timeout=0', { timeoutMs: 0 }],
    ['max=0', { max: 0 }],
    ['300', {}],
    ['timeout', {}],
    ['timeout=', {}],
    ['timeout=""', {}],
    ['timeout="5', {}],
    ['timeout=5s', {}],
    ['timeout=-5', {}],
    ['timeout=5.5', {}],
    ['timeout=0x10', {}],
    ['timeout=1e3', {}],
    ['timeout=\u0665', {}],
    ['xtimeout=5', {}],
    ['timeout=5 max=100', {}],
    ['junk=\\", timeout=5', {}],
    ['timeout=5, "junk', { timeoutMs: 5000 }],
    [`timeout=${'9'.repeat(400)}`, { timeoutMs: BOUND }],
    [`max=${'9'.repeat(400)}`, { max: BOUND }],
  ] as const) {
    test(`reads ${JSON.stringify(value.slice(0, 30))} as ${JSON.stringify(hint)}`, () => {
      assert.deepEqual(parseKeepAlive(value), hint);
    });
  }

  test('believes the smallest of several values of one name, because every sender keeps that one', () => {
    assert.deepEqual(parseKeepAlive('timeout=60, timeout=5, max=3'), { timeoutMs: 5000, max: 3 });
    assert.deepEqual(parseKeepAlive('timeout=5, max=3, timeout=60, max=9'), { timeoutMs: 5000, max: 3 });
  });

  test('takes time in proportion to the length of a hostile value', () => {
    const start = performance.now();
    for (const piece of ['"', '\\"', '"\\', ',', 'timeout=', 'timeout = ', '\t', '1']) {
      assert.deepEqual(parseKeepAlive(`x=${piece.repeat(200_000)}!`), {});
    }
    // Linear work takes a fifth of a second, quadratic work minutes.
    assert.ok(performance.now() - start < 10_000);
  });
});
