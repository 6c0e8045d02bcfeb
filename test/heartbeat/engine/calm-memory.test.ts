// What is remembered of peers that asked for fewer signals, for how long, and what many connections of one origin make of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CalmMemory, OptionError } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { DrivenHeartbeat } from './driven-heartbeat.ts';

const DAY_MS = 86_400_000;

describe('the memory of requests for calm', () => {
  test('doubles the interval with each request, up to the highest, and for that origin alone', () => {
    const calm = new CalmMemory();
    assert.equal(calm.intervalMs('a'), 0);
    assert.equal(calm.calm('a', 15_000, 100_000), 30_000);
    assert.equal(calm.calm('a', 30_000, 100_000), 60_000);
    assert.equal(calm.calm('a', 60_000, 100_000), 100_000);
    assert.equal(calm.calm('a', 100_000, 100_000), 100_000);
    assert.deepEqual([calm.intervalMs('a'), calm.intervalMs('b')], [100_000, 0]);
  });

  test('doubles once where many connections that kept to the same interval are told at once', () => {
    const calm = new CalmMemory();
    for (let connection = 0; connection < 100; connection += 1) calm.calm('a', 15_000, 3_600_000);
    assert.equal(calm.intervalMs('a'), 30_000);
  });

  test('tries half of it again after a quiet day, until nothing is left of it', () => {
    const clock = new ManualClock();
    const calm = new CalmMemory({ clock });
    calm.calm('a', 15_000, 3_600_000);
    calm.calm('a', 30_000, 3_600_000);
    calm.calm('a', 60_000, 3_600_000);
    const days: number[] = [];
    for (let day = 0; day < 5; day += 1) {
      clock.advance(DAY_MS - 1);
      days.push(calm.intervalMs('a'));
      clock.advance(1);
    }
    assert.deepEqual(days, [120_000, 60_000, 30_000, 0, 0]);
  });

  test('waits twice as long before it tries again where the peer had meant it, up to sixteen days', () => {
    const clock = new ManualClock();
    const calm = new CalmMemory({ clock });
    calm.calm('a', 150_000, 3_600_000);
    const waited: number[] = [];
    for (let times = 0; times < 7; times += 1) {
      let days = 0;
      for (; calm.intervalMs('a') === 300_000; days += 1) clock.advance(DAY_MS);
      waited.push(days);
      assert.equal(calm.intervalMs('a'), 0);
      assert.equal(calm.calm('a', 150_000, 3_600_000), 300_000);
    }
    assert.deepEqual(waited, [1, 2, 4, 8, 16, 16, 16]);
  });

  test('remembers for good where it is told to', () => {
    const clock = new ManualClock();
    const calm = new CalmMemory({ clock, quietMs: Infinity });
    calm.calm('a', 15_000, 3_600_000);
    clock.advance(DAY_MS * 1_000);
    assert.equal(calm.intervalMs('a'), 30_000);
    calm.forget('a');
    assert.equal(calm.intervalMs('a'), 0);
    calm.calm('b', 15_000, 3_600_000);
    calm.forget();
    assert.equal(calm.intervalMs('b'), 0);
  });

  test('never answers with less than was asked for within a quiet time, nor with more than the highest', () => {
    const step = fc.record({ intervalMs: fc.integer({ min: 1, max: 5_000_000 }), passMs: fc.nat(DAY_MS - 1) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const clock = new ManualClock();
        const calm = new CalmMemory({ clock });
        const highestMs = 3_600_000;
        for (const { intervalMs, passMs } of steps) {
          const before = calm.intervalMs('a');
          const after = calm.calm('a', intervalMs, highestMs);
          assert.equal(calm.intervalMs('a'), after);
          assert.ok(after >= Math.max(before, intervalMs, Math.min(intervalMs * 2, highestMs)));
          assert.ok(after <= Math.max(before, highestMs, intervalMs));
          clock.advance(passMs);
          assert.equal(calm.intervalMs('a'), after);
        }
      }),
    );
  });

  test('forgets the origin that was asked about longest ago where there are too many', () => {
    const calm = new CalmMemory({ mostOrigins: 3 });
    for (const origin of ['a', 'b', 'c']) calm.calm(origin, 1_000, 10_000);
    calm.intervalMs('a');
    calm.calm('d', 1_000, 10_000);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((origin) => calm.intervalMs(origin)),
      [2_000, 0, 2_000, 2_000],
    );
  });

  test('refuses options that make no sense', () => {
    for (const options of [{ quietMs: 0 }, { mostOrigins: 1.5 }, { clock: {} }, { quiet: 1 }])
      assert.throws(() => new CalmMemory(options as object), OptionError);
  });
});

describe('heartbeats of one origin', () => {
  test('double their interval once where all their connections are ended for too many signals', async () => {
    const calm = new CalmMemory();
    const all = Array.from({ length: 20 }, () => new DrivenHeartbeat({ calm }));
    for (const driven of all) {
      driven.heartbeat.start();
      await driven.advance(1);
      await driven.ack();
      await driven.advance(1_000);
      await driven.ack();
    }
    for (const driven of all) driven.sink.onCalm('too_many_pings');
    assert.deepEqual(new Set(all.map(({ heartbeat }) => heartbeat.intervalMs)), new Set([2_000]));
    // The next request is one about the new interval.
    const [first] = all;
    assert.ok(first !== undefined);
    await first.advance(2_000);
    first.sink.onCalm('too_many_pings');
    assert.equal(first.heartbeat.intervalMs, 4_000);
  });
});
