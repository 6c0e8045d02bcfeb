// Deadline lists against a model: whatever is set, moved and cleared, each deadline fires once, in time and in order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Deadline, DeadlineSchedule } from '#src/io/index.js';
import type { DeadlineList } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';

type Command =
  | { readonly kind: 'set'; readonly owner: number; readonly list: number; readonly delayMs: number }
  | { readonly kind: 'clear'; readonly owner: number }
  | { readonly kind: 'advance'; readonly ms: number };

const OWNERS = 6;
const owner = fc.integer({ min: 0, max: OWNERS - 1 });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    owner,
    list: fc.integer({ min: 0, max: 2 }),
    delayMs: fc.oneof(fc.integer({ min: -5, max: 40 }), fc.constant(Infinity)),
  }),
  fc.record({ kind: fc.constant('clear' as const), owner }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 25 }) }),
);

/** Checks that the links of a list say the same forwards, backwards and by count. */
function checkLinks(list: DeadlineList<number>): void {
  let count = 0;
  let last: Deadline<number> | undefined;
  for (let entry = list.first; entry !== undefined; entry = entry.next) {
    assert.equal(entry.previous, last);
    assert.equal(entry.list, list);
    if (last !== undefined) assert.ok(last.atMs <= entry.atMs, 'in order of time');
    last = entry;
    count += 1;
  }
  assert.equal(list.count, count);
}

describe('whatever is set, moved, cleared and waited for', () => {
  test('every deadline fires once, not early, not late, and in order', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const clock = new ManualClock();
        const schedule = new DeadlineSchedule(clock);
        const fired: { owner: number; list: number; atMs: number }[] = [];
        const lists = [0, 1, 2].map((list) =>
          schedule.addList<number>((due) => void fired.push({ owner: due, list, atMs: clock.nowMs() })),
        );
        const deadlines = Array.from({ length: OWNERS }, (_, index) => new Deadline<number>(index));
        /** Of each owner: where and when its deadline is due, and since when that is so. */
        const model = new Map<number, { list: number; atMs: number; setMs: number }>();
        for (const step of [...commands, { kind: 'advance', ms: 100 } as const]) {
          if (step.kind === 'set') {
            const atMs = clock.nowMs() + step.delayMs;
            lists[step.list]!.set(deadlines[step.owner]!, atMs);
            if (atMs === Infinity) model.delete(step.owner);
            else model.set(step.owner, { list: step.list, atMs, setMs: clock.nowMs() });
          } else if (step.kind === 'clear') {
            deadlines[step.owner]!.clear();
            model.delete(step.owner);
          } else {
            const before = fired.length;
            clock.advance(step.ms);
            const now = fired.slice(before);
            const expected = [...model].filter(
              // A timer takes a millisecond at least: what is set for now or the past is due then.
              ([, { atMs, setMs }]) => Math.max(atMs, setMs + 1) <= clock.nowMs(),
            );
            assert.deepEqual(new Set(now.map((event) => event.owner)), new Set(expected.map(([who]) => who)));
            assert.equal(now.length, expected.length, 'each one once');
            for (const event of now) {
              const { list, atMs, setMs } = model.get(event.owner)!;
              assert.equal(event.list, list);
              assert.ok(event.atMs >= atMs, 'not early');
              assert.ok(event.atMs <= Math.max(atMs, setMs + 1), 'not late');
              model.delete(event.owner);
            }
          }
          for (const list of lists) checkLinks(list);
          assert.ok(clock.pendingTimers <= 1, 'one timer for all of them');
        }
        assert.equal(clock.pendingTimers, 0, 'none is left when nothing is due');
      }),
      { numRuns: 300 },
    );
  });

  test('deadlines of one list fire in order of their time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 }), (delays) => {
        const clock = new ManualClock();
        const schedule = new DeadlineSchedule(clock);
        const fired: number[] = [];
        const list = schedule.addList<number>((delayMs) => void fired.push(delayMs));
        for (const delayMs of delays) list.set(new Deadline(delayMs), delayMs);
        clock.advance(50);
        assert.deepEqual(
          fired,
          delays.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});

describe('a callback', () => {
  test('may set its own deadline anew, and is called again when that is due', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    const fired: number[] = [];
    const list = schedule.addList<Deadline<never> | undefined>(() => {
      fired.push(clock.nowMs());
      if (fired.length < 4) list.set(deadline, clock.nowMs() + 10);
    });
    const deadline = new Deadline<Deadline<never> | undefined>(undefined);
    list.set(deadline, 10);
    clock.advance(100);
    assert.deepEqual(fired, [10, 20, 30, 40]);
    assert.equal(clock.pendingTimers, 0);
  });

  test('that sets its deadline for the past does not spin: it waits for the next round', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    let rounds = 0;
    const deadline = new Deadline('x');
    const list = schedule.addList<string>(() => {
      rounds += 1;
      list.set(deadline, clock.nowMs() - 5);
    });
    list.set(deadline, 10);
    clock.advance(10);
    assert.equal(rounds, 1);
    clock.advance(1);
    assert.equal(rounds, 2);
  });

  test('may clear another that is due in the same round: that one does not fire', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    const fired: string[] = [];
    const second = new Deadline('second');
    const list = schedule.addList<string>((who) => {
      fired.push(who);
      second.clear();
    });
    list.set(new Deadline('first'), 10);
    list.set(second, 10);
    clock.advance(20);
    assert.deepEqual(fired, ['first']);
  });

  test('may move its deadline to another list', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    const fired: string[] = [];
    const deadline = new Deadline('x');
    const one = schedule.addList<string>(() => {
      fired.push(`one ${clock.nowMs()}`);
      other.set(deadline, 15);
    });
    const other = schedule.addList<string>(() => void fired.push(`other ${clock.nowMs()}`));
    one.set(deadline, 10);
    clock.advance(20);
    assert.deepEqual(fired, ['one 10', 'other 15']);
  });

  test('may stop the schedule: nothing fires after that', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    const fired: string[] = [];
    const list = schedule.addList<string>((who) => {
      fired.push(who);
      schedule.stop();
    });
    list.set(new Deadline('first'), 10);
    list.set(new Deadline('second'), 20);
    clock.advance(100);
    list.set(new Deadline('third'), 200);
    clock.advance(1_000);
    assert.deepEqual(fired, ['first']);
    assert.equal(clock.pendingTimers, 0);
  });
});

describe('the timer', () => {
  test('is one for thousands of deadlines', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    let fired = 0;
    const list = schedule.addList<number>(() => void (fired += 1));
    for (let index = 0; index < 5_000; index += 1) list.set(new Deadline(index), 1_000 + (index % 7));
    assert.equal(clock.pendingTimers, 1);
    clock.advance(1_006);
    assert.equal(fired, 5_000);
    assert.equal(clock.pendingTimers, 0);
  });

  test('is brought forward by an earlier deadline, and not pushed back by a later one', () => {
    const clock = new ManualClock();
    const schedule = new DeadlineSchedule(clock);
    const list = schedule.addList<string>(() => {});
    list.set(new Deadline('x'), 100);
    assert.equal(clock.nextTimerMs, 100);
    const early = new Deadline('y');
    list.set(early, 50);
    assert.equal(clock.nextTimerMs, 50);
    list.set(early, 70);
    assert.equal(clock.nextTimerMs, 50, 'it fires once for nothing, which is cheaper');
    clock.advance(50);
    assert.equal(clock.nextTimerMs, 70);
  });

  test('that fires early, as a coarse one may, fires nothing before its time', () => {
    let nowMs = 0;
    const timers: { delayMs: number; callback: () => void }[] = [];
    const schedule = new DeadlineSchedule({
      nowMs: () => nowMs,
      wallMs: () => 0,
      startTimer: (delayMs, callback) => {
        timers.push({ delayMs, callback });
        return { stop: () => {} };
      },
      endOfTurn: (callback) => callback(),
    });
    const fired: number[] = [];
    const list = schedule.addList<string>(() => void fired.push(nowMs));
    list.set(new Deadline('x'), 10);
    nowMs = 9.6;
    timers.shift()!.callback();
    assert.deepEqual(fired, []);
    assert.equal(timers.length, 1, 'it is armed again');
    assert.ok(Math.abs(timers[0]!.delayMs - 0.4) < 1e-9);
    nowMs = 10;
    timers.shift()!.callback();
    assert.deepEqual(fired, [10]);
  });
});
