// Three servers behind HAProxy, set as in examples/scale-out, restarted one after the other under load: no request fails.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { ScaleOut } from './scale-out.ts';
import type { RestartOutcome } from './scale-out.ts';

const haproxy = externalProgram('haproxy');
/** As the README of the example starts them. */
const FLAGS = ['--readiness', '/readyz', '--lame-duck', '3s'];

describe('servers behind HAProxy', () => {
  test('are restarted one after the other without a failed request', { ...haproxy, timeout: 60_000 }, async (t) => {
    await using scaleOut = await ScaleOut.start(haproxy.path, { flags: FLAGS });
    const restarts: RestartOutcome[] = [];
    const { requests, failures } = await scaleOut.load(async () => {
      for (const index of [0, 1, 2]) {
        // oxlint-disable-next-line no-await-in-loop
        restarts.push(await scaleOut.restart(index));
      }
    });
    t.diagnostic(`${requests} requests, ${failures.length} failed`);
    for (const { stoppedMs, report } of restarts) {
      t.diagnostic(`stopped within ${(stoppedMs / 1_000).toFixed(1)} s: ${report.replaceAll(/\s*\n\s*/g, '; ')}`);
    }
    assert.deepEqual(failures, []);
    assert.ok(requests > 300, `${requests} requests prove nothing`);
    assert.deepEqual(
      restarts.map(({ code }) => code),
      [0, 0, 0],
    );
    for (const { report } of restarts) {
      assert.match(report, /none broken off/);
      // Requests came while it was told to stop, and were answered: that is what the lame duck is for.
      assert.match(report, /while connections were still accepted, [\d.]+ s: [1-9]\d* requests/);
    }
    for (const name of ['one', 'two', 'three']) assert.match(scaleOut.told, new RegExp(`perdura/${name} is DOWN`));
  });
});
