// The deadlines of a server, from Timeout and RequestReadTimeout.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { planTimeouts } from '#src/apache/site/plan-timeouts.js';
import { resolveTimeouts } from '#src/server/options/timeouts.js';

const none = { initialMs: 0, maximumMs: 0, bytesPerSecond: 0 };

describe('planTimeouts', () => {
  test('gives each stage its first time, its longest, and its rate', () => {
    assert.deepEqual(
      planTimeouts(60_000, {
        handshake: none,
        header: { initialMs: 20_000, maximumMs: 40_000, bytesPerSecond: 500 },
        body: { initialMs: 10_000, maximumMs: 0, bytesPerSecond: 700 },
      }),
      {
        handshakeMs: 60_000,
        silentMs: 20_000,
        headerMs: 20_000,
        headerMaxMs: 40_000,
        minRateBytesPerSecond: 500,
        bodyMs: 10_000,
        bodyMaxMs: Infinity,
        bodyMinRateBytesPerSecond: 700,
        pauseMs: 60_000,
        writeMs: 60_000,
      },
    );
  });

  test('lets nobody have more time where no rate is asked for', () => {
    const fixed = { initialMs: 3_000, maximumMs: 0, bytesPerSecond: 0 };
    const plan = planTimeouts(60_000, { handshake: fixed, header: fixed, body: fixed });
    assert.deepEqual(
      [plan.handshakeMs, plan.headerMaxMs, plan.bodyMaxMs, plan.minRateBytesPerSecond, plan.bodyMinRateBytesPerSecond],
      [3_000, 3_000, 3_000, Infinity, Infinity],
    );
  });

  test('limits pauses alone without the module, or where it is told 0', () => {
    for (const reading of [undefined, { handshake: none, header: none, body: none }]) {
      const { headerMs, bodyMs, pauseMs, silentMs, writeMs } = planTimeouts(5_000, reading);
      assert.deepEqual([headerMs, bodyMs, pauseMs, silentMs, writeMs], [Infinity, Infinity, 5_000, 5_000, 5_000]);
    }
  });

  test('is taken by the server whatever the configuration says', () => {
    const seconds = fc.nat({ max: 100_000 }).map((count) => count * 1_000);
    const stage = fc.tuple(seconds, seconds, fc.nat({ max: 100_000 })).map(([first, second, bytesPerSecond]) =>
      bytesPerSecond === 0
        ? { initialMs: first, maximumMs: 0, bytesPerSecond }
        : {
            initialMs: Math.min(first, second),
            maximumMs: second === first ? 0 : Math.max(first, second),
            bytesPerSecond,
          },
    );
    fc.assert(
      fc.property(
        seconds,
        fc.option(fc.record({ handshake: stage, header: stage, body: stage })),
        (timeoutMs, reading) => {
          assert.doesNotThrow(() => resolveTimeouts(planTimeouts(timeoutMs, reading ?? undefined)));
        },
      ),
    );
  });
});
