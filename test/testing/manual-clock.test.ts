// The clock of tests: time moves only by hand, and what is due fires in one order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MisuseError } from '#src/errors.js';
import { ManualClock } from '#src/testing/index.js';

describe('ManualClock', () => {
  test('whatever the delays and however time is cut up, timers fire at their moment, by time and then by start', () => {
    const delays = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 30 });
    const advances = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 20 });
    fc.assert(
      fc.property(delays, advances, (delaysMs, advancesMs) => {
        const clock = new ManualClock({ nowMs: 1_000 });
        const fired: { id: number; atMs: number }[] = [];
        for (const [id, delayMs] of delaysMs.entries()) {
          clock.startTimer(delayMs, () => fired.push({ id, atMs: clock.nowMs() - 1_000 }));
        }
        for (const ms of advancesMs) clock.advance(ms);
        const passedMs = advancesMs.reduce((sum, ms) => sum + ms, 0);
        const expected = delaysMs
          .map((delayMs, id) => ({ id, atMs: delayMs }))
          .filter(({ atMs }) => atMs <= passedMs)
          .toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
        assert.deepEqual(fired, expected);
        assert.equal(clock.nowMs(), 1_000 + passedMs);
        assert.equal(clock.pendingTimers, delaysMs.length - expected.length);
      }),
    );
  });

  test('a timer that a callback starts fires in the same advance where it falls due in it', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    clock.startTimer(10, () => {
      fired.push(`first at ${clock.nowMs()}`);
      clock.startTimer(5, () => fired.push(`second at ${clock.nowMs()}`));
      clock.startTimer(50, () => fired.push('third'));
    });
    clock.startTimer(12, () => fired.push(`other at ${clock.nowMs()}`));
    clock.advance(20);
    assert.deepEqual(fired, ['first at 10', 'other at 12', 'second at 15']);
    assert.equal(clock.nextTimerMs, 60);
  });

  test('a stopped timer does not fire, and stopping again does nothing', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    const first = clock.startTimer(10, () => fired.push('first'));
    const second = clock.startTimer(10, () => fired.push('second'));
    first.stop();
    first.stop();
    assert.equal(clock.pendingTimers, 1);
    clock.advance(10);
    second.stop();
    assert.deepEqual(fired, ['second']);
  });

  test('a timer stopped by another one of the same moment does not fire', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    clock.startTimer(10, () => {
      fired.push('first');
      second.stop();
    });
    const second = clock.startTimer(10, () => fired.push('second'));
    clock.advance(10);
    assert.deepEqual(fired, ['first']);
  });

  test('a timer of 0 ms that starts itself again lets time pass', () => {
    const clock = new ManualClock();
    let fired = 0;
    const again = (): void => {
      fired++;
      clock.startTimer(0, again);
    };
    clock.startTimer(0, again);
    clock.advance(0);
    assert.equal(fired, 0);
    clock.advance(10);
    assert.equal(fired, 10);
  });

  test('a timer of Infinity stays pending', () => {
    const clock = new ManualClock();
    clock.startTimer(Infinity, () => assert.fail('it fired'));
    clock.advance(Number.MAX_SAFE_INTEGER);
    assert.equal(clock.pendingTimers, 1);
  });

  test('the wall clock moves with the time and jumps alone', () => {
    const clock = new ManualClock({ nowMs: 5, wallMs: 1_700_000_000_000 });
    clock.advance(1_000);
    assert.equal(clock.wallMs(), 1_700_000_001_000);
    clock.jumpWall(-3_600_000);
    assert.equal(clock.wallMs(), 1_699_996_401_000);
    assert.equal(clock.nowMs(), 1_005);
  });

  test('the turn ends when it is told to, and what its callbacks add waits for the next one', () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.endOfTurn(() => {
      log.push('first');
      clock.endOfTurn(() => log.push('third'));
    });
    clock.endOfTurn(() => log.push('second'));
    assert.deepEqual(log, []);
    clock.turn();
    assert.deepEqual(log, ['first', 'second']);
    clock.turn();
    assert.deepEqual(log, ['first', 'second', 'third']);
  });

  test('the turn ends before time moves and after every moment at which timers fired', () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.endOfTurn(() => log.push(`turn at ${clock.nowMs()}`));
    for (const delayMs of [10, 10, 20]) {
      clock.startTimer(delayMs, () => {
        log.push(`timer at ${clock.nowMs()}`);
        clock.endOfTurn(() => log.push(`turn at ${clock.nowMs()}`));
      });
    }
    clock.advance(30);
    assert.deepEqual(log, [
      'turn at 0',
      'timer at 10',
      'timer at 10',
      'turn at 10',
      'turn at 10',
      'timer at 20',
      'turn at 20',
    ]);
  });

  test('an error of a callback comes out of advance, and the next advance goes on behind it', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    clock.startTimer(10, () => {
      throw new Error('broken');
    });
    clock.startTimer(20, () => fired.push(clock.nowMs()));
    assert.throws(() => clock.advance(30), { message: 'broken' });
    assert.equal(clock.nowMs(), 10);
    clock.advance(20);
    assert.deepEqual(fired, [20]);
  });

  test('an error in the turn does not lose the callbacks behind it', () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.endOfTurn(() => {
      throw new Error('broken');
    });
    clock.endOfTurn(() => log.push('behind'));
    assert.throws(() => clock.turn(), { message: 'broken' });
    clock.turn();
    assert.deepEqual(log, ['behind']);
  });

  test('what is overdue behind a stall fires late, together, and time does not go back for it', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    for (const dueMs of [10, 20, 30]) clock.startTimer(dueMs, () => fired.push(`${dueMs} at ${clock.nowMs()}`));
    clock.stall(25);
    clock.endOfTurn(() => clock.endOfTurn(() => fired.push('turn')));
    clock.advance(5);
    assert.deepEqual(fired, ['10 at 25', '20 at 25', 'turn', '30 at 30']);
  });

  test('time cannot go back, stand in no number, or be moved by a callback of its own', () => {
    const clock = new ManualClock();
    assert.throws(() => clock.advance(-1), MisuseError);
    assert.throws(() => clock.advance(Number.NaN), MisuseError);
    assert.throws(() => clock.advance(Infinity), MisuseError);
    assert.throws(() => clock.startTimer(Number.NaN, () => {}), MisuseError);
    clock.startTimer(1, () => clock.advance(1));
    assert.throws(() => clock.advance(1), MisuseError);
    clock.advance(1);
    assert.equal(clock.nowMs(), 2);
  });
});
