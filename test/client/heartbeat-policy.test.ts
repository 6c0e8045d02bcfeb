// When an idle connection is asked for a sign of life: the decisions without a session, each with its edge.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CLOSE_REASONS } from '#src/http/close-reason.js';
import type { CloseReason } from '#src/http/close-reason.js';
import {
  decideClosedOver,
  decidePatienceMs,
  decideRefused,
  decideReplacement,
  decideSignal,
  decideSignalDelayMs,
} from '#src/client/policy/heartbeat-policy.js';
import type { SignalFacts } from '#src/client/policy/heartbeat-policy.js';

const delay = { intervalMs: 15_000, calmMs: 0, knownLimitMs: Infinity, idleTimeoutMs: 60_000 };
const reasons = Object.keys(CLOSE_REASONS) as CloseReason[];

describe('the silence before a signal', () => {
  test('is the interval where nothing shorter is known', () => {
    assert.equal(decideSignalDelayMs(delay), 15_000);
    assert.equal(decideSignalDelayMs({ ...delay, idleTimeoutMs: Infinity }), 15_000);
  });

  test('is half of the shortest limit, down to half a second, and beyond that the connection is left alone', () => {
    assert.equal(decideSignalDelayMs({ ...delay, knownLimitMs: 5_000 }), 2_500);
    assert.equal(decideSignalDelayMs({ ...delay, idleTimeoutMs: 4_000 }), 2_000);
    assert.equal(decideSignalDelayMs({ ...delay, knownLimitMs: 1_000 }), 500);
    assert.equal(decideSignalDelayMs({ ...delay, knownLimitMs: 999 }), Infinity);
    assert.equal(decideSignalDelayMs({ ...delay, knownLimitMs: 0 }), Infinity);
  });

  test('may be as short as the interval that was asked for', () => {
    assert.equal(decideSignalDelayMs({ ...delay, intervalMs: 20, knownLimitMs: 40 }), 20);
    assert.equal(decideSignalDelayMs({ ...delay, intervalMs: 20, knownLimitMs: 39 }), Infinity);
  });

  test('is never shorter than what the server asked for', () => {
    assert.equal(decideSignalDelayMs({ ...delay, knownLimitMs: 5_000, calmMs: 30_000 }), 30_000);
  });

  test('ends at half of every limit at the latest, whatever is known', () => {
    const limitMs = fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.constant(Infinity));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), limitMs, limitMs, (intervalMs, knownLimitMs, idleTimeoutMs) => {
        const delayMs = decideSignalDelayMs({ intervalMs, calmMs: 0, knownLimitMs, idleTimeoutMs });
        if (delayMs === Infinity) return Math.min(knownLimitMs, idleTimeoutMs) < 1_000;
        return delayMs <= intervalMs && delayMs <= knownLimitMs / 2 && delayMs <= idleTimeoutMs / 2;
      }),
    );
  });
});

describe('an idle connection is', () => {
  const facts: SignalFacts = {
    isRefused: false,
    unusedMs: 0,
    maxIdleMs: 1_000,
    ahead: 0,
    connectionsPerOrigin: 1,
    requestsLeft: 2,
  };
  const cases: readonly (readonly [string, Partial<SignalFacts>, string])[] = [
    ['asked', {}, 'send'],
    ['asked up to the last moment', { unusedMs: 999 }, 'send'],
    ['let go behind it', { unusedMs: 1_000 }, 'unused'],
    ['left alone where the server ends those that are asked', { isRefused: true }, 'refused'],
    ['left alone where others come first', { ahead: 1 }, 'surplus'],
    ['asked as the last of those that are kept', { ahead: 1, connectionsPerOrigin: 2 }, 'send'],
    ['left alone with its last request', { requestsLeft: 1 }, 'lastRequest'],
    ['left alone with none', { requestsLeft: 0 }, 'lastRequest'],
    ['asked where there is no limit', { requestsLeft: Infinity, maxIdleMs: Infinity, unusedMs: 1e9 }, 'send'],
  ];
  for (const [what, change, decision] of cases) {
    test(what, () => assert.equal(decideSignal({ ...facts, ...change }), decision));
  }
});

test('a request waits for an answer as long as answers take: four round trips, a quarter of a second, never the whole deadline', () => {
  assert.equal(decidePatienceMs(1, 5_000), 250);
  assert.equal(decidePatienceMs(100, 5_000), 400);
  assert.equal(decidePatienceMs(Infinity, 5_000), 5_000);
  assert.equal(decidePatienceMs(1, 100), 100);
});

test('a server refuses signals by not understanding them, or by ending the connection twice', () => {
  for (const status of [400, 404, 405, 501]) assert.ok(decideRefused(status, 1), String(status));
  for (const status of [200, 204, 401, 429, 500, 503, undefined]) {
    assert.ok(!decideRefused(status, 1), String(status));
    assert.ok(decideRefused(status, 2), String(status));
  }
});

test('an end that we brought about says nothing of the signal before it', () => {
  const over = reasons.filter((reason) => decideClosedOver(reason, true));
  for (const reason of [
    'idleTimeout',
    'hintExpired',
    'maxAge',
    'maxRequests',
    'draining',
    'shed',
    'destroyed',
  ] as const) {
    assert.ok(!over.includes(reason), reason);
  }
  assert.ok(over.includes('peerSentClose'));
  assert.deepEqual(
    reasons.filter((reason) => decideClosedOver(reason, false)),
    ['peerClosed', 'peerReset'],
  );
});

test('only a kept connection that had answered is replaced, and not where we, or the server, wanted none', () => {
  const replaced = (reason: CloseReason): boolean => decideReplacement({ reason, wasKept: true, hasAnswered: true });
  assert.deepEqual(reasons.filter(replaced).toSorted(), [
    'aborted',
    'addressGone',
    'heartbeatLost',
    'maxAge',
    'maxRequests',
    'peerClosed',
    'peerReset',
    'peerSentClose',
  ]);
  assert.ok(!decideReplacement({ reason: 'peerClosed', wasKept: false, hasAnswered: true }));
  assert.ok(!decideReplacement({ reason: 'peerClosed', wasKept: true, hasAnswered: false }));
});
