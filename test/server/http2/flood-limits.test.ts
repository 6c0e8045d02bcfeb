// When too much is too much, without any connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FloodCounter } from '#src/server/http2/flood-limits.js';
import type { FloodKind } from '#src/server/http2/flood-limits.js';
import { DEFAULT_HTTP2_FLOODS } from '#src/server/options/http2-floods.js';

const KINDS: readonly FloodKind[] = ['resets', 'pings', 'settings', 'streamErrors'];
const anyKind = fc.constantFrom(...KINDS);

/** Index of the first strike that was one too many; undefined where none was. */
function firstFlood(limit: number, windowMs: number, kind: FloodKind, times: readonly number[]): number | undefined {
  const counter = new FloodCounter({ ...DEFAULT_HTTP2_FLOODS, windowMs, [kind]: limit });
  const index = times.findIndex((atMs) => counter.strike(kind, atMs) !== undefined);
  return index === -1 ? undefined : index;
}

describe('a limit of frames', () => {
  for (const kind of KINDS) {
    test(`of ${kind} is reached by as many at once, and exceeded by one more`, () => {
      const limit = DEFAULT_HTTP2_FLOODS[kind];
      assert.equal(
        firstFlood(
          limit,
          30_000,
          kind,
          Array.from({ length: limit + 1 }, () => 5),
        ),
        limit,
      );
    });
  }

  test('is never exceeded by whoever sends no more than that within any window', () => {
    fc.assert(
      fc.property(
        anyKind,
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 200 }),
        (kind, limit, gaps) => {
          let nowMs = 0;
          const times: number[] = [];
          for (const gap of gaps) {
            // As soon as possible after the gap, but with no more than the limit within the 1,000 ms behind it.
            const earliest = (times.at(-limit) ?? -Infinity) + 1_000;
            nowMs = Math.max(nowMs + gap, earliest);
            times.push(nowMs);
          }
          assert.equal(firstFlood(limit, 1_000, kind, times), undefined);
        },
      ),
    );
  });

  test('is always exceeded by whoever sends more than twice as much within one window', () => {
    fc.assert(
      fc.property(anyKind, fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(1_000)), (kind, limit, more) => {
        const evenly = Array.from({ length: 2 * limit + 1 }, (_, index) => (index * 1_000) / (2 * limit + 1));
        const times = [...evenly, ...more].toSorted((a, b) => a - b);
        assert.notEqual(firstFlood(limit, 1_000, kind, times), undefined);
      }),
    );
  });

  test('of Infinity is none', () => {
    assert.equal(
      firstFlood(
        Infinity,
        1_000,
        'pings',
        Array.from({ length: 10_000 }, () => 0),
      ),
      undefined,
    );
  });

  test('of 0 allows none', () => {
    assert.equal(firstFlood(0, 1_000, 'pings', [0]), 0);
  });

  test('is named with its value and its window', () => {
    const counter = new FloodCounter({ ...DEFAULT_HTTP2_FLOODS, pings: 1, windowMs: 1_000 });
    assert.equal(counter.strike('pings', 0), undefined);
    assert.deepEqual(counter.strike('pings', 0), {
      kind: 'pings',
      text: 'too many PING frames: more than 1 in 1 s (http2.floods.pings)',
    });
  });
});

describe('an answered request', () => {
  test('makes up for one that was taken back, so half of all may be', () => {
    const counter = new FloodCounter({ ...DEFAULT_HTTP2_FLOODS, resets: 1 });
    for (let request = 0; request < 1_000; request += 1) {
      assert.equal(counter.strike('resets', 0), undefined);
      counter.forgive(0);
    }
  });

  test('saves up nothing for later', () => {
    const counter = new FloodCounter({ ...DEFAULT_HTTP2_FLOODS, resets: 2 });
    for (let request = 0; request < 1_000; request += 1) counter.forgive(0);
    assert.equal(counter.strike('resets', 0), undefined);
    counter.forgive(0);
    counter.forgive(0);
    assert.equal(counter.strike('resets', 0), undefined);
    assert.equal(counter.strike('resets', 0), undefined);
    assert.notEqual(counter.strike('resets', 0), undefined);
  });
});
