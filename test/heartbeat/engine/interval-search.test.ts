// The search for the longest interval, against paths that forget after any time, with any order of accidents.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { IntervalSearch } from '#src/heartbeat/index.js';
import type { IntervalSearchOptions } from '#src/heartbeat/index.js';

/** A path that forgets after `limitMs`; one that is told of the end knows the moment, another finds it with the next signal. */
interface Path {
  readonly limitMs: number;
  readonly isTold: boolean;
}

/** Tries the next interval on the path, late by `lateMs`; returns whether the connection lived. */
function tryOnce(search: IntervalSearch, { limitMs, isTold }: Path, lateMs = 0): boolean {
  const silenceMs = search.intervalMs + lateMs;
  const lives = silenceMs < limitMs;
  if (lives) search.survived(silenceMs);
  else search.died(isTold ? Math.min(limitMs, silenceMs) : silenceMs);
  return lives;
}

/** Tries until it holds, and returns the tries; throws where it does not come to an end. */
function findLimit(search: IntervalSearch, path: Path, most = 200): number {
  for (let tries = 0; tries < most; tries += 1) {
    if (search.isHolding) return tries;
    tryOnce(search, path);
  }
  throw new Error(`${most} tries and still ${search.phase}: ${search.survivedMs} to ${search.diedMs}`);
}

/** `slack`: by what share everything may lie lower, where two accidents in a row spoke for a silence just below the limit. */
function assertFound(search: IntervalSearch, limitMs: number, slack = 0): void {
  const { survivedMs, diedMs, intervalMs } = search;
  const story = `limit ${limitMs}, survived ${survivedMs}, died ${diedMs}, holds ${intervalMs}`;
  assert.ok(survivedMs < limitMs && survivedMs >= limitMs * 0.9, story);
  assert.ok(diedMs >= limitMs * (1 - slack) && diedMs <= limitMs * 1.1, story);
  assert.ok(intervalMs < limitMs * 0.96 && intervalMs >= limitMs * (0.9 - slack), story);
}

const path = (lowestMs = 1_000, highestMs = 7_200_000): fc.Arbitrary<Path> =>
  fc.record({
    // Beyond the edges the answer is the edge: tests of their own.
    limitMs: fc.double({ min: lowestMs * 1.2, max: highestMs * 0.9, noNaN: true }),
    isTold: fc.boolean(),
  });

describe('the search for the longest interval', () => {
  test('finds any limit within 10 % on both sides, and holds below it', () => {
    fc.assert(
      fc.property(path(), (where) => {
        const search = new IntervalSearch();
        const tries = findLimit(search, where);
        assertFound(search, where.limitMs);
        // Thirteen doublings, six halvings, each death twice.
        assert.ok(tries <= 30, `${tries} tries`);
        for (let held = 0; held < 100; held += 1) assert.ok(tryOnce(search, where));
      }),
    );
  });

  test('finds it as exactly as it is asked to', () => {
    fc.assert(
      fc.property(path(), fc.constantFrom(0.01, 0.02, 0.1, 0.2, 0.5), (where, precision) => {
        const search = new IntervalSearch({ precision });
        findLimit(search, where);
        assert.ok(search.survivedMs < where.limitMs && where.limitMs <= search.diedMs);
        assert.ok(search.diedMs - search.survivedMs <= search.diedMs * precision);
        assert.ok(search.intervalMs <= search.survivedMs * (1 - precision) || search.intervalMs === 1_000);
      }),
    );
  });

  test('forgives any one accident on the way: the limit is found as if there had been none', () => {
    fc.assert(
      fc.property(path(), fc.nat(29), (where, at) => {
        const search = new IntervalSearch();
        for (let tries = 0; tries < 60; tries += 1) {
          if (tries === at) search.died(search.intervalMs);
          else tryOnce(search, where);
        }
        assertFound(search, where.limitMs);
      }),
    );
  });

  test('forgives an accident while holding, and holds the same again after one more try', () => {
    fc.assert(
      fc.property(path(), (where) => {
        const search = new IntervalSearch();
        findLimit(search, where);
        const { intervalMs, survivedMs, diedMs } = search;
        search.died(intervalMs);
        assert.equal(search.phase, 'checking');
        assert.ok(tryOnce(search, where));
        assert.equal(search.phase, 'holding');
        assert.ok(search.intervalMs >= intervalMs && search.survivedMs >= survivedMs && search.diedMs === diedMs);
      }),
    );
  });

  test('ends within 10 % after accidents in any order and number, once they are over', () => {
    const story = fc.array(fc.constantFrom('accident', 'try', 'try'), { maxLength: 80 });
    fc.assert(
      fc.property(path(), story, fc.integer({ min: 1, max: 20 }), (where, steps, lookAfter) => {
        const search = new IntervalSearch({ lookAfter });
        for (const step of steps) {
          if (step === 'accident') search.died(search.intervalMs);
          else tryOnce(search, where);
        }
        // Long enough for two looks at their rarest.
        for (let tries = 0; tries < lookAfter * 16 * 2 + 200; tries += 1) tryOnce(search, where);
        if (search.phase === 'looking') tryOnce(search, where);
        findLimit(search, where);
        assertFound(search, where.limitMs, 0.02);
      }),
    );
  });

  test('stays near the limit where one connection in fifty is lost by accident, for ever', () => {
    fc.assert(
      fc.property(path(), fc.infiniteStream(fc.nat(49)), (where, chances) => {
        const search = new IntervalSearch();
        let held = 0;
        let heldShare = 0;
        for (let tries = 0; tries < 5_000; tries += 1) {
          const isHeld = search.isHolding;
          const { intervalMs } = search;
          const { value } = chances.next();
          if (value === 0) search.died(intervalMs);
          else tryOnce(search, where);
          if (!isHeld) continue;
          held += 1;
          heldShare += intervalMs / where.limitMs;
        }
        assert.ok(held > 4_000, `held ${held} times of 5000`);
        assert.ok(heldShare / held > 0.75, `at ${heldShare / held} of the limit`);
      }),
      { numRuns: 50 },
    );
  });

  test('follows a limit that becomes shorter while it holds, at the cost of few connections', () => {
    fc.assert(
      fc.property(path(), path(), (before, after) => {
        fc.pre(after.limitMs < before.limitMs * 0.9);
        const search = new IntervalSearch();
        findLimit(search, before);
        let deaths = 0;
        for (let tries = 0; tries < 100; tries += 1) if (!tryOnce(search, after)) deaths += 1;
        assertFound(search, after.limitMs);
        // Thirteen halvings, each confirmed, and those of the search above.
        assert.ok(deaths <= 44, `${deaths} deaths`);
      }),
    );
  });

  test('finds out when the path survives more, by looking now and then', () => {
    fc.assert(
      fc.property(path(), path(), (before, after) => {
        fc.pre(after.limitMs > before.limitMs * 1.1);
        const search = new IntervalSearch({ lookAfter: 10 });
        findLimit(search, before);
        for (let tries = 0; tries < 60; tries += 1) tryOnce(search, after);
        assertFound(search, after.limitMs);
      }),
    );
  });

  test('looks rarely: one connection for 128 intervals at first, and ever less', () => {
    const where = { limitMs: 350_000, isTold: false };
    const search = new IntervalSearch();
    findLimit(search, where);
    const looks: number[] = [];
    for (let tries = 1; tries <= 10_000; tries += 1) if (!tryOnce(search, where)) looks.push(tries);
    const gaps = looks.map((tries, index) => tries - (looks[index - 1] ?? 0));
    assert.deepEqual(gaps, [129, 257, 513, 1_025, 2_049, 2_049, 2_049]);
    assertFound(search, 350_000);
    const never = new IntervalSearch({ lookAfter: Infinity });
    findLimit(never, where);
    for (let tries = 0; tries < 10_000; tries += 1) assert.ok(tryOnce(never, where));
  });

  test('shrinks where a limit that varies kills only now and then', () => {
    fc.assert(
      fc.property(path(), fc.infiniteStream(fc.double({ min: 1, max: 1.3, noNaN: true })), (where, factors) => {
        const search = new IntervalSearch({ lookAfter: Infinity });
        let deaths = 0;
        for (let tries = 0; tries < 1_000; tries += 1) {
          const limitMs = where.limitMs * (factors.next().value as number);
          const lives = tryOnce(search, { ...where, limitMs });
          if (tries >= 500 && !lives) deaths += 1;
        }
        assert.ok(deaths < 20, `${deaths} deaths of 500`);
        assert.ok(search.intervalMs > where.limitMs * 0.7, `${search.intervalMs} of ${where.limitMs}`);
      }),
    );
  });

  test('holds the highest where the path survives everything, and the lowest where it survives nothing', () => {
    const options: IntervalSearchOptions = { lowestMs: 1_000, highestMs: 60_000, lookAfter: 8 };
    const all = new IntervalSearch(options);
    assert.equal(findLimit(all, { limitMs: Infinity, isTold: false }), 7);
    assert.deepEqual([all.intervalMs, all.diedMs], [60_000, Infinity]);
    const nothing = new IntervalSearch(options);
    findLimit(nothing, { limitMs: 900, isTold: false });
    assert.deepEqual([nothing.intervalMs, nothing.survivedMs], [1_000, 0]);
    for (let tries = 0; tries < 1_000; tries += 1) tryOnce(nothing, { limitMs: 900, isTold: false });
    assert.equal(nothing.intervalMs, 1_000);
    // It is noticed when that is over.
    for (let tries = 0; tries < 40; tries += 1) tryOnce(nothing, { limitMs: 30_000, isTold: false });
    assertFound(nothing, 30_000);
  });

  test('never asks for an interval outside of its edges, whatever it is told', () => {
    const told = fc.record({ lives: fc.boolean(), silenceMs: fc.double({ min: 0, max: 1e8, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(told, { maxLength: 100 }), (steps) => {
        const search = new IntervalSearch({ lowestMs: 500, highestMs: 90_000, lookAfter: 2 });
        for (const { lives, silenceMs } of steps) {
          if (lives) search.survived(silenceMs);
          else search.died(silenceMs);
          assert.ok(search.intervalMs >= 500 && search.intervalMs <= 90_000, String(search.intervalMs));
        }
      }),
    );
  });

  test('does not take a connection that ends right after an answer for one that died of silence', () => {
    const search = new IntervalSearch();
    findLimit(search, { limitMs: 60_000, isTold: false });
    const { intervalMs } = search;
    for (let times = 0; times < 100; times += 1) search.died(3);
    assert.deepEqual([search.phase, search.intervalMs], ['holding', intervalMs]);
  });

  test('finds a limit although every signal is late by some milliseconds', () => {
    const story = fc.infiniteStream(fc.double({ min: 0, max: 15, noNaN: true }));
    fc.assert(
      fc.property(path(300, 100_000), story, (where, lateness) => {
        const search = new IntervalSearch({ lowestMs: 100, highestMs: 100_000 });
        for (let tries = 0; tries < 80; tries += 1) tryOnce(search, where, lateness.next().value as number);
        if (search.phase === 'checking') tryOnce(search, where);
        assert.ok(search.survivedMs < where.limitMs && search.survivedMs >= where.limitMs * 0.85);
        assert.ok(search.intervalMs <= where.limitMs * 0.95);
      }),
    );
  });
});
