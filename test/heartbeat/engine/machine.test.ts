// The machine of the heartbeat, whole: every situation that can be reached, with everything that can happen in it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { STOPPED, stateOf, stepHeartbeat } from '#src/heartbeat/engine/machine.js';
import type { HeartbeatAction, HeartbeatStep, Situation } from '#src/heartbeat/engine/machine.js';
import { HEARTBEAT_INPUTS, reachableSituations } from './every-situation.ts';

const TOLERANCES = [1, 2, 3, 5];

/** Every step there is. */
function everyStep(check: (before: Situation, input: string, step: HeartbeatStep, tolerance: number) => void): void {
  for (const tolerance of TOLERANCES) {
    for (const before of reachableSituations(tolerance)) {
      for (const input of HEARTBEAT_INPUTS) {
        const step = stepHeartbeat(before, input, tolerance);
        try {
          check(before, input, step, tolerance);
        } catch (error) {
          assert.fail(`${JSON.stringify(before)} + ${input} → ${JSON.stringify(step)}: ${String(error)}`);
        }
      }
    }
  }
}

const told = ({ actions }: HeartbeatStep): string[] =>
  actions.flatMap((action) => (action.do === 'tell' ? [action.event] : []));

const does = ({ actions }: HeartbeatStep, what: HeartbeatAction['do']): boolean =>
  actions.some((action) => action.do === what);

const isAwaiting = ({ activity }: Situation): boolean => activity === 'awaiting' || activity === 'heldAwaiting';

describe('in every situation and with every input, the machine', () => {
  test('reaches each pair of health and activity, and stops whatever it does', () => {
    const pairs = new Set(reachableSituations(3).map(({ health, activity }) => `${health} ${activity}`));
    assert.deepEqual(
      [...pairs].toSorted(),
      ['down', 'suspect', 'well']
        .flatMap((health) => ['awaiting', 'held', 'heldAwaiting', 'waiting'].map((activity) => `${health} ${activity}`))
        .concat('well stopped')
        .toSorted(),
    );
    everyStep((_, input, { situation }) => {
      if (input === 'stop') assert.deepEqual(situation, STOPPED);
    });
  });

  test('counts so many misses as its health says', () => {
    everyStep((_, _input, { situation: { health, missed } }, tolerance) => {
      if (health === 'well') assert.equal(missed, 0);
      if (health === 'suspect') assert.ok(missed > 0 && missed < tolerance);
      if (health === 'down') assert.ok(missed >= tolerance);
    });
  });

  test('does nothing while it is stopped, but start', () => {
    everyStep((before, input, { situation, actions }) => {
      if (before.activity !== 'stopped') return;
      if (input === 'start') assert.equal(situation.activity, 'waiting');
      else assert.deepEqual({ situation, actions }, { situation: before, actions: [] });
    });
  });

  test('has one signal under way at most', () => {
    everyStep((before, _, step) => {
      if (does(step, 'send') && isAwaiting(before)) assert.equal(step.actions[0]?.do, 'giveUp');
      if (does(step, 'send')) assert.equal(step.situation.activity, 'awaiting');
      // Nobody waits for a signal that was not sent, and none that was sent is forgotten.
      if (!isAwaiting(before) && isAwaiting(step.situation)) assert.ok(does(step, 'send'));
    });
  });

  test('never waits without a time to wait for, and holds back without one', () => {
    everyStep((before, _, step) => {
      const { activity } = step.situation;
      const changed = before.activity !== activity;
      if (activity === 'waiting' && changed) assert.ok(does(step, 'schedule'));
      if (activity === 'awaiting' && changed) assert.ok(does(step, 'send') || does(step, 'awaitLonger'));
      if ((activity === 'held' || activity === 'stopped') && changed) assert.ok(does(step, 'rest'));
      if (activity === 'heldAwaiting' && changed) assert.ok(does(step, 'awaitForever'));
      if (does(step, 'schedule')) assert.equal(activity, 'waiting');
    });
  });

  test('tells down when it becomes down, up when it no longer is, each once', () => {
    everyStep((before, input, step) => {
      const wentDown = before.health !== 'down' && step.situation.health === 'down';
      const cameUp = before.health === 'down' && step.situation.health !== 'down' && input !== 'stop';
      assert.equal(told(step).filter((event) => event === 'down').length, wentDown ? 1 : 0);
      assert.equal(told(step).filter((event) => event === 'up').length, cameUp ? 1 : 0);
    });
  });

  test('tells every signal that was acknowledged or missed, and no other', () => {
    everyStep((before, input, step) => {
      const ended = isAwaiting(before) ? input : undefined;
      assert.equal(told(step).includes('ack'), ended === 'acknowledged');
      assert.equal(told(step).includes('missed'), ended === 'failed');
      assert.equal(step.situation.missed > before.missed, ended === 'failed');
    });
  });

  test('takes every sign of life for one', () => {
    everyStep((before, input, { situation }) => {
      if (before.activity === 'stopped') return;
      if (input === 'received' || (input === 'acknowledged' && isAwaiting(before))) {
        assert.deepEqual([situation.health, situation.missed], ['well', 0]);
      }
    });
  });

  test('counts nothing as missed that was missed asleep, and asks at once', () => {
    everyStep((before, input, step) => {
      if (input !== 'resumed' || before.activity === 'stopped') return;
      assert.ok(step.situation.missed <= before.missed);
      assert.deepEqual(told(step), ['resumed']);
      if (before.activity === 'waiting') assert.deepEqual(step.actions[0], { do: 'schedule', next: 'now' });
      if (before.activity === 'awaiting')
        assert.deepEqual(step.actions.slice(0, 2), [{ do: 'giveUp' }, { do: 'send' }]);
    });
  });

  test('sends nothing while signals are held back', () => {
    everyStep((before, input, step) => {
      if (before.activity !== 'held' && before.activity !== 'heldAwaiting') return;
      if (input !== 'release' && input !== 'failed') assert.ok(!does(step, 'send') && !does(step, 'schedule'));
    });
  });

  test('shows a state of the list', () => {
    everyStep((_, _input, { situation }) => {
      const { health, activity } = situation;
      const state = stateOf(situation);
      if (activity === 'stopped') assert.equal(state, 'idle');
      else if (health === 'down') assert.equal(state, 'down');
      else if (activity === 'held' || activity === 'heldAwaiting') assert.equal(state, 'suspended');
      else if (health === 'suspect') assert.equal(state, 'suspect');
      else assert.equal(state, activity === 'waiting' ? 'scheduled' : 'awaitingAck');
    });
  });
});

test('after whatever story, so many unanswered signals in a row as the tolerance says mean down, and one answer means up', () => {
  const stories = fc.array(fc.constantFrom(...HEARTBEAT_INPUTS), { maxLength: 60 });
  fc.assert(
    fc.property(stories, fc.integer({ min: 1, max: 6 }), (story, tolerance) => {
      let situation: Situation = STOPPED;
      const apply = (input: (typeof HEARTBEAT_INPUTS)[number]): HeartbeatStep => {
        const step = stepHeartbeat(situation, input, tolerance);
        ({ situation } = step);
        return step;
      };
      for (const input of story) apply(input);
      for (const input of ['start', 'release', 'received', 'acknowledged'] as const) apply(input);
      for (let count = 1; count <= tolerance; count += 1) {
        assert.notEqual(situation.health, 'down');
        apply('due');
        assert.equal(told(apply('failed')).includes('down'), count === tolerance);
      }
      apply('due');
      assert.deepEqual(told(apply('acknowledged')), ['ack', 'up']);
    }),
  );
});
