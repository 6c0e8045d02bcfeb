// The life of workers, decided without any: what is started, drained and killed when, and what is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { FleetEvent } from '#src/workers/machine.js';
import { RULES, SimulatedFleet } from './simulated-fleet.ts';

const KILL_GRACE_MS = 2_000;

function running(rules: Partial<typeof RULES> = {}): SimulatedFleet {
  const fleet = new SimulatedFleet(rules);
  fleet.ready(...fleet.numbers('starting'));
  return fleet;
}

describe('the start', () => {
  test('begins with all workers at once', () => {
    const fleet = new SimulatedFleet();
    assert.deepEqual(fleet.numbers('starting'), [1, 2, 3]);
  });

  test('kills a worker that is not ready in time, and starts another after the delay', () => {
    const fleet = new SimulatedFleet({ size: 1 });
    fleet.advance(29_999);
    assert.deepEqual(fleet.numbers('starting'), [1]);
    fleet.advance(1);
    assert.deepEqual(fleet.actions.at(-1), { type: 'kill', number: 1, because: 'startTimeout', atMs: 30_000 });
    fleet.exit(1);
    fleet.advance(100);
    assert.deepEqual(fleet.numbers('starting'), [2]);
  });

  test('counts workers that fail together as one failure, then tries with one at a time', () => {
    const fleet = new SimulatedFleet();
    fleet.advance(5);
    fleet.exit(1, 2, 3);
    assert.equal(fleet.state.failures, 1);
    assert.deepEqual(fleet.numbers('starting'), []);
    fleet.advance(100);
    assert.deepEqual(fleet.numbers('starting'), [4]);
    fleet.ready(4);
    assert.deepEqual(fleet.numbers('starting'), [5]);
  });

  test('is given up after as many failures in a row as are allowed, with the words of the last', () => {
    const fleet = new SimulatedFleet({ size: 2, startAttempts: 3 });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      fleet.advance(10);
      fleet.exit(...fleet.numbers('starting'));
      fleet.advance(1_000);
    }
    assert.ok(fleet.state.ended);
    const message = 'none could be started in 3 attempts; of the last one, worker 4: it ended';
    assert.deepEqual(fleet.notices.at(-1), { type: 'gaveUp', failure: { message, exitCode: 1 } });
  });

  test('is given up at once where a worker says why it cannot serve, and kills the others', () => {
    const fleet = new SimulatedFleet();
    const failure = { message: 'the port is taken', exitCode: 3 };
    fleet.happen({ type: 'failed', number: 2, failure });
    fleet.exit(2);
    assert.deepEqual(fleet.notices, [{ type: 'gaveUp', failure }]);
    assert.deepEqual(
      fleet.actions.slice(3).map(({ type, because }: { type: string; because?: string }) => `${type} ${because}`),
      ['kill stopping', 'kill stopping'],
    );
    fleet.exit(1, 3);
    assert.ok(fleet.state.ended);
  });

  test('is not given up once a worker was ready, however long the others fail', () => {
    const fleet = new SimulatedFleet({ size: 2 });
    fleet.ready(1);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      fleet.exit(...fleet.numbers('starting'));
      fleet.advance(30_000);
    }
    assert.deepEqual(fleet.numbers('ready'), [1]);
    assert.equal(fleet.numbers('starting').length, 1);
  });
});

describe('a crash', () => {
  test('of a worker that lived for a while is made good at once', () => {
    const fleet = running();
    fleet.advance(RULES.stableMs);
    fleet.exit(2);
    assert.deepEqual(fleet.numbers('starting'), [4]);
    assert.deepEqual(fleet.notices, []);
  });

  test('of young workers is made good after delays that double up to the longest', () => {
    const fleet = running({ size: 1, maxRestartDelayMs: 1_000 });
    const delays: number[] = [];
    for (let crash = 0; crash < 6; crash += 1) {
      fleet.advance(1);
      fleet.exit(...fleet.numbers('ready'));
      const from = fleet.nowMs;
      fleet.advance(2_000);
      delays.push((fleet.actions.at(-1)?.atMs ?? 0) - from);
      fleet.ready(...fleet.numbers('starting'));
    }
    assert.deepEqual(delays, [100, 200, 400, 800, 1_000, 1_000]);
    // One that stays ends the row.
    fleet.advance(RULES.stableMs);
    fleet.exit(...fleet.numbers('ready'));
    assert.equal(fleet.numbers('starting').length, 1);
    assert.equal(fleet.state.failures, 0);
  });

  test('has a delay that is shortened by up to half', () => {
    const fleet = new SimulatedFleet({ size: 1 }, () => 1);
    fleet.ready(1);
    fleet.advance(1);
    fleet.exit(1);
    assert.deepEqual(fleet.notices, [{ type: 'restartDelayed', number: 1, delayMs: 50, failures: 1 }]);
  });
});

describe('a reload', () => {
  test('starts one, drains one when that is ready, and so on; it is done when all are new', () => {
    const fleet = running({ size: 2 });
    fleet.happen({ type: 'reload' });
    assert.deepEqual(fleet.numbers('starting'), [3]);
    assert.deepEqual(fleet.numbers('ready'), [1, 2]);
    fleet.ready(3);
    assert.deepEqual(fleet.numbers('draining'), [1]);
    assert.deepEqual(fleet.numbers('starting'), [4], 'the next one does not wait for the end of the first');
    assert.deepEqual(fleet.notices, []);
    fleet.ready(4);
    assert.deepEqual(fleet.notices, [{ type: 'reloaded', generation: 2 }]);
    assert.deepEqual(fleet.numbers('draining'), [1, 2]);
    assert.deepEqual(fleet.numbers('ready'), [3, 4]);
  });

  test('that fails leaves the workers of before alone, says why, and can be asked for again', () => {
    const fleet = running({ size: 2 });
    fleet.advance(60_000);
    fleet.happen({ type: 'reload' });
    fleet.exit(3);
    assert.deepEqual(fleet.notices.at(-1), { type: 'reloadFailed', number: 3, reason: 'it ended' });
    fleet.advance(600_000);
    assert.deepEqual(fleet.numbers('ready'), [1, 2]);
    assert.equal(fleet.state.workers.length, 2, 'nothing else is tried');
    fleet.happen({ type: 'reload' });
    assert.deepEqual(fleet.numbers('starting'), [4], 'at once, although the last one failed');
    fleet.ready(4);
    fleet.ready(5);
    assert.deepEqual(fleet.notices.at(-1), { type: 'reloaded', generation: 3 });
  });

  test('fails where the new worker is not ready in time', () => {
    const fleet = running({ size: 1 });
    fleet.happen({ type: 'reload' });
    fleet.advance(30_000);
    assert.deepEqual(fleet.notices.at(-1), {
      type: 'reloadFailed',
      number: 2,
      reason: 'it was not ready after 30000 ms',
    });
    assert.deepEqual(fleet.numbers('ready'), [1]);
  });

  test('that is asked for again meanwhile replaces those that are new already, too', () => {
    const fleet = running({ size: 2 });
    fleet.happen({ type: 'reload' });
    fleet.ready(3);
    fleet.happen({ type: 'reload' });
    fleet.ready(4);
    assert.deepEqual(fleet.notices, [], 'worker 4 was started before the second one');
    fleet.ready(5);
    fleet.ready(6);
    assert.deepEqual(fleet.notices, [{ type: 'reloaded', generation: 3 }]);
    assert.deepEqual(fleet.numbers('ready'), [5, 6]);
  });

  test('kills an old worker that does not end in the time that it has', () => {
    const fleet = running({ size: 1 });
    fleet.happen({ type: 'reload' });
    fleet.ready(2);
    fleet.advance(RULES.drainMs + KILL_GRACE_MS - 1);
    assert.deepEqual(fleet.numbers('draining'), [1]);
    fleet.advance(1);
    assert.deepEqual(fleet.actions.at(-1)?.type, 'kill');
    fleet.exit(1);
    assert.deepEqual(fleet.numbers('ready'), [2]);
  });
});

describe('a worker that is asked to go by somebody else', () => {
  test('stays until another one is ready', () => {
    const fleet = running({ size: 2 });
    fleet.advance(60_000);
    fleet.happen({ type: 'retire', number: 2 });
    assert.deepEqual(fleet.numbers('ready'), [1, 2]);
    assert.deepEqual(fleet.numbers('starting'), [3]);
    fleet.ready(3);
    assert.deepEqual(fleet.numbers('draining'), [2]);
    assert.deepEqual(fleet.numbers('ready'), [1, 3]);
  });

  test('is replaced after a delay where it has just come', () => {
    const fleet = running({ size: 1 });
    fleet.happen({ type: 'retire', number: 1 });
    assert.deepEqual(fleet.numbers('starting'), []);
    fleet.advance(100);
    assert.deepEqual(fleet.numbers('starting'), [2]);
  });
});

describe('a stop', () => {
  test('drains those that are ready, kills those that serve nobody yet, and ends with the last', () => {
    const fleet = new SimulatedFleet();
    fleet.ready(1);
    fleet.happen({ type: 'listening', number: 2 });
    fleet.stop();
    assert.deepEqual(fleet.numbers('draining'), [1, 2], 'one that listens may have accepted somebody');
    assert.deepEqual(fleet.numbers('killed'), [3]);
    fleet.exit(3, 2);
    assert.ok(!fleet.state.ended);
    fleet.exit(1);
    assert.ok(fleet.state.ended);
    assert.equal(fleet.started(), 3);
  });

  test('shortens the time of those that drain already', () => {
    const fleet = running({ size: 1 });
    fleet.happen({ type: 'reload' });
    fleet.ready(2);
    fleet.stop(1_000);
    fleet.advance(1_000 + KILL_GRACE_MS);
    assert.deepEqual(fleet.numbers('killed'), [1, 2]);
  });

  test('at once kills everybody', () => {
    const fleet = running();
    fleet.stop();
    fleet.happen({ type: 'endAtOnce' });
    assert.deepEqual(fleet.numbers('killed'), [1, 2, 3]);
  });
});

/** What can happen to workers from without; `pick` chooses one of those there are. */
const disturbance = fc.oneof(
  fc.record({ what: fc.constantFrom('ready' as const, 'crash' as const, 'retire' as const), pick: fc.nat(20) }),
  fc.record({ what: fc.constant('wait' as const), pick: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ what: fc.constant('reload' as const), pick: fc.constant(0) }),
);

type Disturbance = typeof disturbance extends fc.Arbitrary<infer Value> ? Value : never;

function disturb(fleet: SimulatedFleet, { what, pick }: Disturbance, crashes: readonly ('starting' | 'ready')[]): void {
  const choose = (numbers: readonly number[]): number | undefined => numbers[pick % Math.max(1, numbers.length)];
  switch (what) {
    case 'wait':
      fleet.advance(pick);
      break;
    case 'reload':
      fleet.happen({ type: 'reload' });
      break;
    case 'ready': {
      const number = choose(fleet.numbers('starting'));
      if (number !== undefined) fleet.ready(number);
      break;
    }
    case 'retire': {
      const number = choose(fleet.numbers('ready'));
      if (number !== undefined) fleet.happen({ type: 'retire', number });
      break;
    }
    default: {
      const number = choose([
        ...crashes.flatMap((phase) => fleet.numbers(phase)),
        ...fleet.numbers('draining'),
        ...fleet.numbers('killed'),
      ]);
      if (number !== undefined) fleet.exit(number);
    }
  }
}

const sizes = fc.integer({ min: 1, max: 5 });
const disturbances = fc.array(disturbance, { maxLength: 60 });

describe('whatever happens', () => {
  test('a reload never leaves fewer ready workers than are to be, unless one that was ready crashes', () => {
    fc.assert(
      fc.property(sizes, disturbances, (size, events) => {
        const fleet = running({ size });
        for (const event of events) {
          disturb(fleet, event, ['starting']);
          assert.ok(fleet.numbers('ready').length >= size, JSON.stringify(fleet.state.workers));
        }
      }),
    );
  });

  test('there is never more than one worker beyond those that are to be, but for those that are leaving', () => {
    fc.assert(
      fc.property(sizes, disturbances, (size, events) => {
        const fleet = running({ size });
        for (const event of events) {
          disturb(fleet, event, ['starting', 'ready']);
          assert.ok(fleet.numbers('ready').length + fleet.numbers('starting').length <= size + 1);
        }
      }),
    );
  });

  test('all are ready again once nothing goes wrong any more', () => {
    fc.assert(
      fc.property(sizes, disturbances, (size, events) => {
        const fleet = running({ size });
        for (const event of events) disturb(fleet, event, ['starting', 'ready']);
        for (let round = 0; round < 4 * size + 4; round += 1) {
          fleet.advance(30_000);
          fleet.ready(...fleet.numbers('starting'));
          fleet.exit(...fleet.numbers('draining'), ...fleet.numbers('killed'));
        }
        assert.equal(fleet.numbers('ready').length, size);
        assert.equal(fleet.state.workers.length, size);
        assert.ok(fleet.state.workers.every(({ retiring }) => !retiring));
      }),
    );
  });

  test('programs that crash within their first seconds are started at a bounded rate', () => {
    const life = fc.record({ isReady: fc.boolean(), livesMs: fc.integer({ min: 1, max: RULES.stableMs - 1 }) });
    fc.assert(
      fc.property(sizes, fc.array(life, { minLength: 1, maxLength: 20 }), (size, lives) => {
        const fleet = new SimulatedFleet({ size, startAttempts: Infinity }, () => 1);
        const minutes = 10;
        for (let turn = 0; fleet.nowMs < minutes * 60_000; turn += 1) {
          const { isReady, livesMs } = lives[turn % lives.length]!;
          if (isReady) fleet.ready(...fleet.numbers('starting'));
          fleet.advance(livesMs);
          fleet.exit(...fleet.numbers('ready'), ...fleet.numbers('starting'), ...fleet.numbers('killed'));
        }
        // The delays double up to 30 s, less half: 9 starts on the way there, then one in 15 s at the most; one that
        // is ready lets the others follow.
        assert.ok(fleet.started() <= size * (9 + (minutes * 60) / 15 + 1), `${fleet.started()} starts`);
      }),
    );
  });

  test('a stop ends, with nobody left, after its time and not much later', () => {
    fc.assert(
      fc.property(sizes, disturbances, fc.integer({ min: 0, max: 60_000 }), (size, events, drainMs) => {
        const fleet = new SimulatedFleet({ size, startAttempts: Infinity });
        for (const event of events) disturb(fleet, event, ['starting', 'ready']);
        const before = fleet.started();
        fleet.stop(drainMs);
        fleet.advance(drainMs + KILL_GRACE_MS);
        // SIGKILL ends every process.
        assert.deepEqual(fleet.numbers('draining'), []);
        fleet.exit(...fleet.numbers('killed'));
        assert.ok(fleet.state.ended);
        assert.equal(fleet.started(), before, 'nobody is started any more');
      }),
    );
  });

  test('what is said of workers that are gone, or too late, changes nothing', () => {
    const late = fc.constantFrom<FleetEvent['type']>('listening', 'ready', 'retire', 'exited', 'failed');
    fc.assert(
      fc.property(late, (type) => {
        const fleet = running();
        fleet.advance(60_000);
        fleet.exit(1);
        const before = structuredClone(fleet.state);
        fleet.happen({ type, number: 1, how: 'again', failure: { message: '', exitCode: 1 } } as FleetEvent);
        assert.deepEqual(fleet.state, before);
      }),
    );
  });
});
