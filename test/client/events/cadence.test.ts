// How long a stream may be silent, by what its server has told and shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Cadence } from '#src/client/events/cadence.js';

/** Signs at these moments. */
function observe(...momentsMs: readonly number[]): Cadence {
  const cadence = new Cadence();
  for (const moment of momentsMs) cadence.signed(moment);
  return cadence;
}

test('five minutes where nothing is known', () => {
  assert.equal(new Cadence().livenessMs, 300_000);
  assert.equal(observe(0, 20_000, 40_000).livenessMs, 300_000, 'two intervals are no habit');
});

test('two and a half of the intervals that are told, five seconds at least', () => {
  const cadence = new Cadence();
  for (const [told, liveness] of [
    [15_000, 37_500],
    [2_000, 5_000],
    [100, 5_000],
    [3_600_000, 9_000_000],
  ] as const) {
    cadence.told(told);
    assert.equal(cadence.livenessMs, liveness);
  }
});

test('two and a half of the longest of the intervals that were seen last', () => {
  assert.equal(observe(0, 20_000, 41_000, 60_000).livenessMs, 52_500);
  const cadence = observe(0, 60_000, 120_000, 180_000, 240_000);
  for (const moment of [260_000, 280_000, 300_000, 320_000]) cadence.signed(moment);
  assert.equal(cadence.livenessMs, 50_000, 'what was longer is forgotten');
});

test('what was only seen is not believed below what the standard advises, nor above five minutes', () => {
  assert.equal(observe(0, 1_000, 2_000, 3_000).livenessMs, 37_500);
  assert.equal(observe(0, 200_000, 400_000, 600_000).livenessMs, 300_000);
});

test('padding and lines that come at once are no intervals', () => {
  assert.equal(observe(0, 0, 0, 5, 10, 999).livenessMs, 300_000);
});

test('the time that it took to come back is no interval of the server', () => {
  const cadence = observe(0, 20_000, 40_000, 60_000);
  cadence.interrupted();
  cadence.signed(160_000);
  cadence.signed(180_000);
  assert.equal(cadence.livenessMs, 50_000);
});

test('a server that gives a sign at regular intervals, put off by events or not, is never taken for dead between two signs', () => {
  const story = fc.record({
    intervalMs: fc.integer({ min: 1_000, max: 100_000 }),
    putOff: fc.boolean(),
    // Events, each so long after the one before.
    gapsMs: fc.array(fc.integer({ min: 1, max: 150_000 }), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(story, ({ intervalMs, putOff, gapsMs }) => {
      const cadence = new Cadence();
      let [nowMs, nextSignMs, heardMs] = [0, intervalMs, 0];
      const hear = (atMs: number): void => {
        assert.ok(
          atMs - heardMs < cadence.livenessMs,
          `${atMs - heardMs} ms of silence, ${cadence.livenessMs} are allowed`,
        );
        heardMs = atMs;
      };
      for (const gapMs of gapsMs) {
        nowMs += gapMs;
        for (; nextSignMs < nowMs; nextSignMs += intervalMs) {
          hear(nextSignMs);
          cadence.signed(nextSignMs);
        }
        hear(nowMs);
        if (putOff) nextSignMs = nowMs + intervalMs;
      }
    }),
  );
});
