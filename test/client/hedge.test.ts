// When a second attempt may start beside a silent one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideHedge } from '#src/client/policy/hedge.js';
import type { HedgeFacts } from '#src/client/policy/hedge.js';

const facts: HedgeFacts = {
  mode: 'auto',
  idempotent: true,
  reused: true,
  idleMs: 90_000,
  longestSurvivedMs: 60_000,
  bodyReplayable: true,
  retries: 0,
  maxRetries: 2,
  suspectAfterMs: 300,
};

describe('decideHedge', () => {
  test('starts one by itself where the connection was idle longer than any that survived', () => {
    assert.equal(decideHedge(facts), 300);
    assert.equal(decideHedge({ ...facts, idleMs: 60_000 }), undefined);
    assert.equal(decideHedge({ ...facts, longestSurvivedMs: 0 }), 300);
  });

  test('takes silence after a moment of idle time for work of the server', () => {
    assert.equal(decideHedge({ ...facts, idleMs: 1_000, longestSurvivedMs: 0 }), undefined);
    assert.equal(decideHedge({ ...facts, idleMs: 1_001, longestSurvivedMs: 0 }), 300);
  });

  test('never sends what is not idempotent, not replayable, not reused, or beyond maxRetries', () => {
    const record = fc.record({
      mode: fc.constantFrom('auto', 'always', 'never'),
      idempotent: fc.boolean(),
      reused: fc.boolean(),
      idleMs: fc.nat(100_000),
      longestSurvivedMs: fc.nat(100_000),
      bodyReplayable: fc.boolean(),
      retries: fc.nat(3),
      maxRetries: fc.nat(3),
      suspectAfterMs: fc.integer({ min: 250, max: 9_999 }),
    } as const);
    fc.assert(
      fc.property(record, (some) => {
        const delayMs = decideHedge(some);
        const isAllowed =
          some.mode !== 'never' &&
          some.idempotent &&
          some.reused &&
          some.bodyReplayable &&
          some.retries < some.maxRetries;
        if (delayMs !== undefined) assert.ok(isAllowed && delayMs === some.suspectAfterMs);
        if (some.mode === 'always') assert.equal(delayMs !== undefined, isAllowed);
      }),
    );
  });
});
