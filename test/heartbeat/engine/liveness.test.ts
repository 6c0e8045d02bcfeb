// A stream on which only the peer sends: when its silence is told, and when it says nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LivenessWatch } from '#src/heartbeat/engine/liveness.js';
import { ManualClock } from '#src/testing/index.js';

class Watched {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly watch: LivenessWatch;

  constructor(deadlineMs: number) {
    this.watch = new LivenessWatch(this.clock, deadlineMs, {
      onStale: (silentMs) => void this.told.push(`${this.clock.nowMs()} stale ${silentMs}`),
      onResumed: (sleptMs) => void this.told.push(`${this.clock.nowMs()} resumed ${sleptMs}`),
    });
    this.watch.start();
  }

  /** Lets time pass, and the sockets be looked at behind it. */
  advance(ms: number): void {
    this.clock.advance(ms);
    this.clock.turn();
    this.clock.turn();
  }
}

test('silence is told once, when it has lasted for the deadline', () => {
  const stream = new Watched(1_000);
  stream.advance(999);
  assert.deepEqual(stream.told, []);
  assert.equal(stream.watch.silentMs, 999);
  stream.advance(1);
  assert.deepEqual(stream.told, ['1000 stale 1000']);
  stream.advance(100_000);
  assert.equal(stream.told.length, 1);
  assert.equal(stream.clock.pendingTimers, 0);
});

test('it is told at the deadline behind the last byte, whenever bytes come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 20 }), (gapsMs) => {
      const stream = new Watched(1_000);
      for (const gapMs of gapsMs) {
        stream.advance(gapMs);
        stream.watch.received();
      }
      const lastMs = stream.clock.nowMs();
      stream.advance(1_000);
      assert.deepEqual(stream.told, [`${lastMs + 1_000} stale 1000`]);
    }),
  );
});

test('what arrived while the program was busy is seen before the silence is', () => {
  const stream = new Watched(1_000);
  stream.clock.stall(1_300);
  // The timer fires first, and in the turn behind it the sockets are read.
  stream.clock.advance(0);
  stream.watch.received();
  stream.clock.turn();
  assert.deepEqual(stream.told, []);
  stream.advance(999);
  assert.deepEqual(stream.told, []);
  stream.advance(1);
  assert.deepEqual(stream.told, ['2300 stale 1000']);
});

test('a program that did not run for longer than the deadline begins anew', () => {
  const stopped = new Watched(1_000);
  stopped.advance(400);
  stopped.clock.stall(5_000);
  stopped.advance(1);
  assert.match(stopped.told.join(), /^54\d\d resumed 4[34]\d\d$/);
  stopped.advance(1_000);
  assert.match(stopped.told.at(-1)!, /stale 100[01]$/);

  const asleep = new Watched(1_000);
  asleep.advance(500);
  asleep.clock.jumpWall(3_600_000);
  asleep.advance(500);
  assert.deepEqual(asleep.told, ['1000 resumed 3600000']);
  asleep.advance(1_000);
  assert.deepEqual(asleep.told, ['1000 resumed 3600000', '2000 stale 1000']);
});

test('no silence counts while nobody reads', () => {
  const stream = new Watched(1_000);
  stream.advance(900);
  stream.watch.suspend();
  stream.advance(100_000);
  assert.deepEqual(stream.told, []);
  stream.watch.unsuspend();
  stream.advance(999);
  assert.deepEqual(stream.told, []);
  stream.advance(1);
  assert.deepEqual(stream.told, ['101900 stale 1000']);
});

test('a deadline that is learned on the way counts from the last byte', () => {
  const stream = new Watched(Infinity);
  assert.equal(stream.clock.pendingTimers, 0);
  stream.advance(10_000);
  stream.watch.received();
  stream.advance(300);
  stream.watch.deadlineMs = 500;
  assert.equal(stream.watch.deadlineMs, 500);
  stream.advance(199);
  assert.deepEqual(stream.told, []);
  stream.watch.deadlineMs = 700;
  stream.advance(200);
  assert.deepEqual(stream.told, []);
  stream.advance(1);
  assert.deepEqual(stream.told, ['10700 stale 700']);
});

test('it is over when it is stopped', () => {
  const stream = new Watched(1_000);
  stream.watch.stop();
  stream.watch.received();
  stream.watch.unsuspend();
  stream.watch.deadlineMs = 5;
  stream.advance(100_000);
  assert.deepEqual(stream.told, []);
  assert.equal(stream.clock.pendingTimers, 0);
});
