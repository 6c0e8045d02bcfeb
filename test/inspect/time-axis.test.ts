// The time axis keeps the order of what happened, and has room for milliseconds beside minutes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { axisPosition, planTicks, planTimeAxis } from '#src/inspect/report/time-axis.js';

const times = fc.array(
  fc.oneof(fc.double(), fc.double({ min: 0, max: 90_000, noNaN: true }), fc.integer({ min: 0, max: 3 })),
  { maxLength: 60 },
);

describe('planTimeAxis', () => {
  test('lays its stretches side by side from 0 to 1, whatever the times are', () => {
    fc.assert(
      fc.property(times, (list) => {
        const { stretches, durationMs } = planTimeAxis(list);
        let edge = 0;
        let edgeMs = 0;
        for (const { from, to, fromMs, toMs } of stretches) {
          assert.deepEqual([from, fromMs], [edge, edgeMs]);
          assert.ok(to >= from && toMs >= fromMs);
          [edge, edgeMs] = [to, toMs];
        }
        assert.deepEqual([edge, edgeMs], [1, durationMs]);
      }),
    );
  });

  test('puts the later never to the left of the earlier, and all between 0 and 1', () => {
    fc.assert(
      fc.property(times, times, (list, asked) => {
        const axis = planTimeAxis(list);
        const sorted = asked.filter((timeMs) => !Number.isNaN(timeMs)).toSorted((left, right) => left - right);
        const positions = sorted.map((timeMs) => axisPosition(axis, timeMs));
        assert.ok(positions.every((position) => position >= 0 && position <= 1));
        assert.deepEqual(
          positions,
          positions.toSorted((left, right) => left - right),
        );
        assert.ok(axisPosition(axis, NaN) >= 0);
      }),
    );
  });

  test('nothing happens within a cut', () => {
    fc.assert(
      fc.property(times, (list) => {
        for (const { kind, fromMs, toMs } of planTimeAxis(list).stretches) {
          if (kind === 'cut') assert.ok(list.every((timeMs) => !(timeMs > fromMs && timeMs < toMs)));
        }
      }),
    );
  });

  test('what is between cuts has one scale', () => {
    fc.assert(
      fc.property(times, (list) => {
        const evens = planTimeAxis(list).stretches.filter(({ kind }) => kind === 'even');
        const sorted = evens.toSorted((one, other) => one.toMs - one.fromMs - (other.toMs - other.fromMs));
        const widths = sorted.map(({ from, to }) => Math.round((to - from) * 1e9));
        assert.deepEqual(
          widths,
          widths.toSorted((one, other) => one - other),
        );
      }),
    );
  });

  test('the first second of an inspection and a wait of 75 s are both wide enough to be read', () => {
    const quick = Array.from({ length: 100 }, (_, index) => index * 10);
    const axis = planTimeAxis([...quick, 5_000, 20_000, 60_000, 75_000]);
    const secondEnd = axisPosition(axis, 1_000);
    assert.ok(secondEnd > 0.35 && secondEnd < 0.65, String(secondEnd));
    assert.equal(axis.stretches.filter(({ kind }) => kind === 'cut').length, 4);
    for (const [fromMs, toMs] of [
      [1_000, 5_000],
      [5_000, 20_000],
      [20_000, 60_000],
      [60_000, 75_000],
    ] as const) {
      assert.ok(axisPosition(axis, toMs) - axisPosition(axis, fromMs) > 0.07, `${fromMs} to ${toMs}`);
    }
  });

  test('is not cut where everything is of one size', () => {
    assert.equal(planTimeAxis([0, 10, 20, 30, 40]).stretches.length, 1);
    assert.equal(planTimeAxis(Array.from({ length: 20 }, (_, index) => index * 1_000)).stretches.length, 1);
  });

  test('holds one moment, and none', () => {
    assert.equal(axisPosition(planTimeAxis([]), 5), 0);
    assert.equal(axisPosition(planTimeAxis([0, 0]), 0), 0);
  });
});

describe('planTicks', () => {
  test('there are few, from left to right, with the beginning and the end among them', () => {
    fc.assert(
      fc.property(times, (list) => {
        const axis = planTimeAxis(list);
        const ticks = planTicks(axis);
        assert.ok(ticks.length <= 30, String(ticks.length));
        assert.ok(ticks.every(({ at, atMs }) => at >= 0 && at <= 1 && atMs >= 0 && atMs <= axis.durationMs));
        assert.deepEqual(
          ticks,
          ticks.toSorted((left, right) => left.atMs - right.atMs),
        );
        assert.equal(ticks[0]?.atMs, 0);
        assert.equal(ticks.at(-1)?.atMs, axis.durationMs);
      }),
    );
  });

  test('are round numbers where time runs evenly', () => {
    const ticks = planTicks(planTimeAxis(Array.from({ length: 95 }, (_, index) => index * 10)));
    assert.deepEqual(
      ticks.map(({ atMs }) => atMs),
      [0, 200, 400, 600, 800, 940],
    );
  });
});
