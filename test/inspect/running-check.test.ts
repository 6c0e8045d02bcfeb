// One check under way: what it may ask for, and for how long.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CheckFailure, defineCheck } from '#src/inspect/check.js';
import { NOTHING_MEASURED } from '#src/inspect/index.js';
import type { InspectOptions } from '#src/inspect/index.js';
import { resolveInspectOptions } from '#src/inspect/options.js';
import { RunningCheck } from '#src/inspect/running-check.js';
import { parseTarget } from '#src/inspect/target.js';
import { ManualClock } from '#src/testing/index.js';

/** A check under way in an inspection that counts what it is asked for, and reaches nobody. */
function startCheck(options: InspectOptions, kind: 'quick' | 'wait'): { run: RunningCheck; clock: ManualClock } {
  const clock = new ManualClock();
  const check = defineCheck({
    id: 'latency',
    title: '',
    measures: [],
    kind,
    cost: () => ({ connections: 0, requests: 2 }),
    run: async () => ({}),
  });
  const unreachable = (): never => {
    throw new Error('nobody is asked');
  };
  const host = {
    target: parseTarget('http://127.0.0.1/'),
    options: resolveInspectOptions({ ...options, clock }),
    measured: NOTHING_MEASURED,
    cheapMethod: 'GET',
    nowMs: () => clock.nowMs(),
    connect: unreachable,
    resolve: unreachable,
    record: unreachable,
    spendRequest: async () => {},
    countBytes: () => {},
    noteFirstBody: () => {},
  } as const;
  return { run: new RunningCheck(host, check), clock };
}

describe('a check under way', () => {
  test('asks for no more than it has announced', async () => {
    const { run } = startCheck({}, 'quick');
    await run.beforeRequest();
    await run.beforeRequest();
    await assert.rejects(run.beforeRequest(), CheckFailure);
  });

  test('may wait for three answers that do not come, and is then given up instead of concluding anything', async () => {
    for (const [options, limitMs] of [
      [{ responseTimeoutMs: 100 }, 20_000],
      [{}, 30_000],
      [{ responseTimeoutMs: 60_000 }, 180_000],
    ] as const) {
      const { run, clock } = startCheck(options, 'quick');
      clock.advance(limitMs - 1);
      await run.beforeRequest();
      run.assertInTime();
      assert.equal(run.boundMs(60_000), 1);
      clock.advance(1);
      await assert.rejects(run.beforeRequest(), CheckFailure);
      assert.throws(() => run.assertInTime(), CheckFailure);
    }
  });

  test('waits as long as it is allowed to, beside that', () => {
    const { run } = startCheck({ maxWaitMs: 75_000 }, 'wait');
    assert.equal(run.boundMs(Infinity), 105_000);
  });

  test('watches a little longer than the longest wait, which may be just the timeout of the server', () => {
    const { run } = startCheck({ maxWaitMs: 75_000 }, 'wait');
    assert.ok(run.watchMs > 75_100 && run.watchMs < 77_000, String(run.watchMs));
  });
});
