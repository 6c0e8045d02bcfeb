// Acknowledgements that nobody reads for a while: how long a heartbeat waits for them, on a clock and a probe that the test moves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DrivenHeartbeat } from './driven-heartbeat.ts';

describe('a heartbeat whose peer is not read', () => {
  test('waits for an acknowledgement that nobody reads, and then for as long as it was not read', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 1 });
    driven.heartbeat.start();
    await driven.advance(101);
    driven.setHeard(false);
    await driven.advance(60_000);
    assert.deepEqual(driven.takeLog(), ['1 send']);
    driven.setHeard(true);
    await driven.advance(99);
    await driven.ack();
    assert.deepEqual(driven.takeLog(), ['60200 ack']);
    // What was not read before the signal, or before a sign of life, is none of its affair.
    await driven.advance(1_000);
    driven.setHeard(false);
    await driven.advance(150);
    driven.setHeard(true);
    driven.sink.onReceived();
    await driven.advance(199);
    assert.deepEqual(driven.takeLog(), ['61200 send']);
    await driven.advance(1);
    assert.deepEqual(driven.takeLog(), ['61550 missed 1', '61550 down 1', '61550 given up']);
  });

  test('finds a dead peer that is read only now and then, by the time in which it was read', async () => {
    const driven = new DrivenHeartbeat({ tolerance: 1, timeoutMs: 200 });
    driven.heartbeat.start();
    await driven.advance(1);
    for (let turn = 0; turn < 50 && driven.heartbeat.state !== 'down'; turn += 1) {
      driven.setHeard(turn % 2 === 1);
      await driven.advance(30);
    }
    const [sent, missed] = driven.takeLog();
    // Six turns of 30 ms and 20 ms of the seventh.
    assert.deepEqual([sent, missed], ['1 send', '411 missed 1']);
  });
});
