// What a heartbeat does not begin with.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Heartbeat, OptionError } from '#src/heartbeat/index.js';

describe('options of a heartbeat', () => {
  const probe = (): Promise<void> => Promise.resolve();

  for (const [options, message] of [
    [{ probe: 5 }, 'probe: is 5, it must be a Probe or a function that sends one signal'],
    [{ probe, intervalMs: 0 }, 'intervalMs: is 0, it must be a number, 1 or more'],
    [{ probe, intervalMs: Infinity }, 'intervalMs: is Infinity, it must be finite: without a heartbeat, make none'],
    [{ probe, jitter: 1.5 }, 'jitter: is 1.5, it must be a number from 0 to 1'],
    [{ probe, tolerance: 0 }, 'tolerance: is 0, it must be a number, 1 or more'],
    [{ probe, interval: 5 }, 'interval: is not the name of an option; did you mean intervalMs?'],
    [
      { probe, adaptive: { lowestMs: 500, highestMs: 100 } },
      'adaptive.highestMs: is 100, it must be a number, 500 or more',
    ],
  ] as const) {
    test(`are refused in words: ${message}`, () => {
      assert.throws(
        () => new Heartbeat(options as never),
        (error) => {
          assert.ok(error instanceof OptionError);
          assert.equal(error.message.split(' (')[0], message);
          return true;
        },
      );
    });
  }
});
