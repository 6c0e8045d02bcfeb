// The steps of the graceful end, without any connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decideStream, planGoaway } from '#src/server/http2/goaway-steps.js';
import type { GoawayAction, GoawayEvent, GoawayStep } from '#src/server/http2/goaway-steps.js';

const anyEvents = fc.array(fc.constantFrom<GoawayEvent>('begin', 'acknowledged', 'overdue'), { maxLength: 12 });

function run(events: readonly GoawayEvent[]): { step: GoawayStep; actions: GoawayAction[] } {
  let step: GoawayStep = 'open';
  const done: GoawayAction[] = [];
  for (const event of events) {
    const plan = planGoaway(step, event);
    step = plan.step;
    done.push(...plan.actions);
  }
  return { step, actions: done };
}

describe('the graceful end', () => {
  test('says the notice, waits for one PING, and says the last stream', () => {
    assert.deepEqual(run(['begin', 'acknowledged']), { step: 'last', actions: ['notice', 'ping', 'last'] });
  });

  test('does not wait for a peer that never acknowledges', () => {
    assert.deepEqual(run(['begin', 'overdue']), { step: 'last', actions: ['notice', 'ping', 'last'] });
  });

  test('happens once, in this order, whatever else happens, and begins with a reason only', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const { actions } = run(events);
        assert.deepEqual(actions, ['notice', 'ping', 'last'].slice(0, actions.length));
        assert.equal(actions.length > 0, events.includes('begin'));
      }),
    );
  });

  test('comes to its last step with one more event, wherever it stands', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        assert.equal(run(['begin', ...events, 'overdue']).step, 'last');
      }),
    );
  });
});

describe('a request', () => {
  test('is processed until the last GOAWAY, the one that crossed the notice included', () => {
    for (const step of ['open', 'noticed'] as const) assert.equal(decideStream(step, 1, Infinity), 'process');
    assert.equal(decideStream('last', 1, Infinity), 'refuse');
  });

  test('above the limit of a connection is refused, so that a limit of N means exactly N', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom<GoawayStep>('open', 'noticed'), (most, step) => {
        assert.equal(decideStream(step, most, most), 'process');
        assert.equal(decideStream(step, most + 1, most), 'refuse');
      }),
    );
  });
});
