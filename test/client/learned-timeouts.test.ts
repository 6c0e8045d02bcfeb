// What is learned of an origin, tried on simulated servers: such as time out, restart, change their mind, or differ among each other.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LearnedTimeouts } from '#src/client/policy/learned-timeouts.js';
import { SimulatedOrigin } from './simulated-origin.ts';
import type { SimulatedBackend } from './simulated-origin.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

/** Believes nothing, for comparison. */
class DeafTimeouts extends LearnedTimeouts {
  override limitMs(): number {
    return Infinity;
  }
}

/** Requests that met the end of their connection, over all seeds. */
function countCrossed(make: () => LearnedTimeouts, timeoutsMs: readonly number[], meanPauseMs: number): number {
  let crossed = 0;
  for (const seed of SEEDS) {
    const backends = timeoutsMs.map((idleTimeoutMs) => ({ idleTimeoutMs, latenessMs: 20 }));
    const origin = new SimulatedOrigin(seed, make(), backends);
    origin.run(1_000, meanPauseMs, 3);
    crossed += origin.crossed;
  }
  return crossed;
}

describe('the limit of an origin whose servers', () => {
  for (const idleTimeoutMs of [150, 1_000, 5_000, 65_000]) {
    test(`time out after ${idleTimeoutMs} ms is below that, near it, and there nearly always`, () => {
      let checks = 0;
      let held = 0;
      for (const seed of SEEDS) {
        const learned = new LearnedTimeouts();
        const origin = new SimulatedOrigin(seed, learned, [{ idleTimeoutMs, latenessMs: 20 }]);
        for (let round = 0; round < 50; round += 1) {
          origin.run(10, idleTimeoutMs / 1.5, 3);
          const limitMs = learned.limitMs(origin.nowMs);
          checks += 1;
          if (limitMs === Infinity) continue;
          held += 1;
          assert.ok(limitMs < idleTimeoutMs && limitMs >= idleTimeoutMs - 75, `${limitMs} of ${idleTimeoutMs}`);
        }
      }
      // The longer the timeout, the rarer the chances to see it.
      assert.ok(held / checks > 0.75, `${held} of ${checks}`);
    });
  }

  test('look once a second only is near the earliest end', () => {
    for (const seed of SEEDS) {
      const learned = new LearnedTimeouts();
      const origin = new SimulatedOrigin(seed, learned, [{ idleTimeoutMs: 5_000, latenessMs: 1_000 }]);
      origin.run(1_000, 4_000, 3);
      const limitMs = learned.limitMs(origin.nowMs);
      assert.ok(limitMs > 4_400 && limitMs < 5_700, String(limitMs));
    }
  });

  const differing: readonly (readonly number[])[] = [[1_000], [5_000], [4_000, 5_000]];
  for (const timeoutsMs of differing) {
    test(`time out after ${timeoutsMs.join(' or ')} ms spares nearly all requests that would have met an end`, () => {
      const meanPauseMs = timeoutsMs[0]! / 1.5;
      const without = countCrossed(() => new DeafTimeouts(), timeoutsMs, meanPauseMs);
      const crossed = countCrossed(() => new LearnedTimeouts(), timeoutsMs, meanPauseMs);
      assert.ok(without > 20 && crossed < without / 5, `${crossed} instead of ${without}`);
    });
  }

  test('differ, behind a balancer, follows the shorter timeout', () => {
    let checks = 0;
    let safe = 0;
    for (const seed of SEEDS) {
      const learned = new LearnedTimeouts();
      const backends = [4_000, 5_000].map((idleTimeoutMs) => ({ idleTimeoutMs, latenessMs: 20 }));
      const origin = new SimulatedOrigin(seed, learned, backends);
      for (let round = 0; round < 50; round += 1) {
        origin.run(10, 4_000, 3);
        checks += 1;
        if (learned.limitMs(origin.nowMs) < 4_000) safe += 1;
      }
    }
    assert.ok(safe / checks > 0.8, `${safe} of ${checks}`);
  });

  const restarts: readonly (readonly [string, number, number, number, number])[] = [
    ['restart now and then under one connection', 1, 20, 2_000, 1],
    ['restart under a pool', 1, 20, 2_000, 3],
    ['restart under a busy pool', 5, 30, 30, 20],
    ['restart every 10 requests that are far apart', 1, 10, 20_000, 2],
  ];
  for (const [name, backendCount, burstsBetween, meanPauseMs, concurrency] of restarts) {
    test(`${name}, and have no timeout, is none`, () => {
      for (const seed of SEEDS) {
        const learned = new LearnedTimeouts();
        const backends: SimulatedBackend[] = Array.from({ length: backendCount }, () => ({
          idleTimeoutMs: Infinity,
          latenessMs: 0,
        }));
        const origin = new SimulatedOrigin(seed, learned, backends, 60_000);
        for (let round = 0; round < 100; round += 1) {
          origin.run(burstsBetween, meanPauseMs, concurrency);
          origin.restart(backends[round % backendCount]!);
          origin.run(1, meanPauseMs, concurrency);
          assert.equal(learned.limitMs(origin.nowMs), Infinity);
        }
      }
    });
  }

  test('restart one after the other without an end is seldom mistaken, and never for long', () => {
    let checks = 0;
    let limited = 0;
    for (const seed of SEEDS) {
      const learned = new LearnedTimeouts();
      const backends = Array.from({ length: 10 }, () => ({ idleTimeoutMs: Infinity, latenessMs: 0 }));
      const origin = new SimulatedOrigin(seed, learned, backends, 60_000);
      for (let round = 0; round < 200; round += 1) {
        origin.run(3, 2_000, 4);
        origin.restart(backends[round % 10]!);
        checks += 1;
        if (learned.limitMs(origin.nowMs) < Infinity) limited += 1;
      }
      assert.equal(learned.limitMs(origin.nowMs + 11 * MINUTE_MS), Infinity);
    }
    assert.ok(limited / checks < 0.25, `${limited} of ${checks}`);
  });

  for (const [beforeMs, afterMs] of [
    [5_000, 60_000],
    [60_000, 5_000],
    [3_000, 2_000],
    [2_000, 3_000],
  ] as const) {
    test(`had a timeout of ${beforeMs} ms and now one of ${afterMs} ms follows within a quarter of an hour`, () => {
      for (const seed of SEEDS) {
        const learned = new LearnedTimeouts();
        const backend: SimulatedBackend = { idleTimeoutMs: beforeMs, latenessMs: 20 };
        const origin = new SimulatedOrigin(seed, learned, [backend]);
        const isBelow = (limitMs: number): boolean => limitMs < beforeMs && limitMs > beforeMs - 100;
        origin.run(300, beforeMs / 1.5, 3);
        for (let burst = 0; burst < 500 && !isBelow(learned.limitMs(origin.nowMs)); burst += 1) {
          origin.run(1, beforeMs / 1.5, 3);
        }
        assert.ok(isBelow(learned.limitMs(origin.nowMs)));
        backend.idleTimeoutMs = afterMs;
        const changedAtMs = origin.nowMs;
        const follows = (): boolean => {
          const limitMs = learned.limitMs(origin.nowMs);
          return afterMs < beforeMs ? limitMs < afterMs : limitMs > 1.05 * beforeMs;
        };
        while (!follows() && origin.nowMs - changedAtMs < HOUR_MS) origin.run(1, Math.min(beforeMs, afterMs), 3);
        assert.ok(origin.nowMs - changedAtMs < 15 * MINUTE_MS, `${origin.nowMs - changedAtMs} ms`);
      }
    });
  }
});

describe('LearnedTimeouts', () => {
  /** The peer ended one connection after each idle time, minutes apart. */
  const after = (...idleTimesMs: readonly number[]): LearnedTimeouts => {
    const learned = new LearnedTimeouts();
    for (const [index, idleMs] of idleTimesMs.entries()) learned.peerClosedIdle(idleMs, index * MINUTE_MS);
    return learned;
  };

  test('believes the second end after the same idle time, and takes off what they differ by', () => {
    assert.equal(after().limitMs(0), Infinity);
    assert.equal(after(5_000).limitMs(MINUTE_MS), Infinity);
    assert.equal(after(5_000, 5_010).limitMs(2 * MINUTE_MS), 4_950);
    assert.equal(after(5_300, 5_000).limitMs(2 * MINUTE_MS), 4_700);
    assert.equal(after(5_000, 9_000).limitMs(2 * MINUTE_MS), Infinity);
  });

  test('takes many ends at once after one idle time for one', () => {
    const learned = new LearnedTimeouts();
    for (let index = 0; index < 50; index += 1) learned.peerClosedIdle(5_000 + index, 1_000 + index);
    assert.equal(learned.limitMs(MINUTE_MS), Infinity);
    learned.peerClosedIdle(5_020, MINUTE_MS);
    assert.equal(learned.limitMs(2 * MINUTE_MS), 4_950);
  });

  test('takes ends at once after all kinds of idle times for none', () => {
    const learned = new LearnedTimeouts();
    for (let restart = 0; restart < 5; restart += 1) {
      for (const idleMs of [3, 1_500, 5_000, 5_010]) learned.peerClosedIdle(idleMs, restart * MINUTE_MS + idleMs / 100);
    }
    assert.equal(learned.limitMs(HOUR_MS / 2), Infinity);
  });

  test('does not learn from the end of connections that were idle for less than any timeout', () => {
    assert.equal(after(3, 3, 3, 3, 3).limitMs(6 * MINUTE_MS), Infinity);
    assert.ok(after(100, 100).limitMs(6 * MINUTE_MS) >= 50);
  });

  test('holds a limit for ten minutes after it was seen, and takes it up again when it is seen once more', () => {
    const learned = after(5_000, 5_000);
    assert.equal(learned.limitMs(11 * MINUTE_MS - 1), 4_950);
    assert.equal(learned.limitMs(11 * MINUTE_MS), Infinity);
    learned.peerClosedIdle(5_000, 20 * MINUTE_MS);
    assert.equal(learned.limitMs(21 * MINUTE_MS), 4_950);
    assert.equal(learned.limitMs(30 * MINUTE_MS), Infinity);
    learned.peerClosedIdle(5_000, 3 * HOUR_MS);
    assert.equal(learned.limitMs(3 * HOUR_MS + MINUTE_MS), Infinity, 'forgotten meanwhile');
  });

  test('goes back to the higher of two limits when the lower is no longer seen', () => {
    const learned = after(2_000, 2_000, 9_000, 9_000, 9_000, 9_000);
    assert.equal(learned.limitMs(6 * MINUTE_MS), 1_950);
    assert.equal(learned.limitMs(12 * MINUTE_MS), 8_950);
  });

  test('gives up a limit that three connections outlast', () => {
    const learned = after(5_000, 5_000);
    for (const idleMs of [4_000, 5_400, 6_000, 7_000]) learned.survivedIdle(idleMs, 2 * MINUTE_MS);
    assert.equal(learned.limitMs(2 * MINUTE_MS), 4_950);
    learned.survivedIdle(6_000, 2 * MINUTE_MS);
    assert.equal(learned.limitMs(2 * MINUTE_MS), Infinity);
  });

  test('remembers the longest idle time that was survived for an hour at least and not for ever', () => {
    const learned = new LearnedTimeouts();
    assert.equal(learned.longestSurvivedMs(0), 0);
    learned.survivedIdle(40_000, 0);
    learned.survivedIdle(20_000, 1);
    assert.equal(learned.longestSurvivedMs(2), 40_000);
    learned.survivedIdle(10_000, HOUR_MS + 1);
    assert.equal(learned.longestSurvivedMs(HOUR_MS + 2), 40_000);
    assert.equal(learned.longestSurvivedMs(2 * HOUR_MS + 2), 10_000);
    assert.equal(learned.longestSurvivedMs(9 * HOUR_MS), 0);
  });

  test('no longer counts on idle times from before a connection went silent', () => {
    const learned = new LearnedTimeouts();
    learned.survivedIdle(400_000, 0);
    learned.wentSilent(360_000);
    assert.equal(learned.longestSurvivedMs(1), 180_000);
  });

  test('keeps a limit positive and below every end it was learned from, whatever happens', () => {
    const happening = fc.record({
      kind: fc.constantFrom('ended', 'survived', 'silent'),
      idleMs: fc.oneof(fc.nat(400), fc.integer({ min: 4_900, max: 5_100 }), fc.nat(100_000)),
      passMs: fc.oneof(fc.nat(300), fc.nat(HOUR_MS)),
    } as const);
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const learned = new LearnedTimeouts();
        let nowMs = 0;
        let longestEndMs = -Infinity;
        let longestMs = 0;
        for (const { kind, idleMs, passMs } of happenings) {
          nowMs += passMs;
          if (kind === 'ended') {
            learned.peerClosedIdle(idleMs, nowMs);
            longestEndMs = Math.max(longestEndMs, idleMs);
          } else if (kind === 'survived') {
            learned.survivedIdle(idleMs, nowMs);
            longestMs = Math.max(longestMs, idleMs);
          } else {
            learned.wentSilent(idleMs);
          }
          const limitMs = learned.limitMs(nowMs);
          assert.ok(limitMs === Infinity || (limitMs >= 50 && limitMs <= longestEndMs - 50));
          assert.ok(learned.longestSurvivedMs(nowMs) <= longestMs);
        }
        assert.equal(learned.limitMs(nowMs + HOUR_MS), Infinity);
      }),
      { numRuns: 500 },
    );
  });
});

describe('suspectAfterMs', () => {
  test('is a second before anything answered, as the first timer of TCP', () => {
    assert.equal(new LearnedTimeouts().suspectAfterMs(1), 1_000);
  });

  test('is never less than a quarter of a second or a few round trips', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000)), fc.nat(1_000), (waitsMs, roundTripMs) => {
        const learned = new LearnedTimeouts();
        for (const waitMs of waitsMs) learned.responded(waitMs);
        assert.ok(learned.suspectAfterMs(roundTripMs) >= Math.max(250, 4 * roundTripMs));
      }),
    );
  });

  test('is between the usual time and three times that for a server that takes about the same time for each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 900, max: 1_100 }), { minLength: 1, maxLength: 200 }), (waitsMs) => {
        const learned = new LearnedTimeouts();
        for (const waitMs of waitsMs) learned.responded(waitMs);
        const suspectMs = learned.suspectAfterMs(1);
        assert.ok(suspectMs >= Math.min(...waitsMs) && suspectMs <= 3 * Math.max(...waitsMs), String(suspectMs));
      }),
    );
  });

  test('follows a server that becomes faster or slower', () => {
    const learned = new LearnedTimeouts();
    for (let answer = 0; answer < 60; answer += 1) learned.responded(2_000);
    assert.ok(learned.suspectAfterMs(1) >= 2_000 && learned.suspectAfterMs(1) < 2_010);
    for (let answer = 0; answer < 60; answer += 1) learned.responded(20);
    assert.ok(learned.suspectAfterMs(1) < 300);
    for (let answer = 0; answer < 60; answer += 1) learned.responded(5_000);
    assert.ok(learned.suspectAfterMs(1) > 4_900);
  });
});
