// An idle connection does not keep the process alive. To say so costs calls into the runtime, so it is said when it is sure to be so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drive } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';

function idleCalls(session: DrivenSession, connection = 1): readonly boolean[] {
  return session.opener.connections[connection - 1]!.client.idleCalls;
}

describe('a connection', () => {
  test(
    'lets go of the process at the end of the turn in which it became idle, once',
    drive({}, async (driven, origin) => {
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      await driven.settle();
      origin.peer(1).answer();
      driven.opener.deliverAll();
      assert.equal(driven.session.connections()[0]!.state, 'idle');
      assert.deepEqual(idleCalls(driven), []);
      driven.clock.turn();
      assert.deepEqual(idleCalls(driven), [true]);
      await driven.advance(1_000);
      assert.deepEqual(idleCalls(driven), [true]);
      await outcome;
    }),
  );

  test(
    'takes hold of it again when it is used',
    drive({}, async (driven, origin) => {
      await driven.get();
      origin.hold();
      const outcome = driven.outcome(driven.session.request('/'));
      assert.deepEqual(idleCalls(driven), [true, false]);
      await driven.advance(1_000);
      assert.deepEqual(idleCalls(driven), [true, false]);
      origin.peer(1).answer();
      await driven.settle();
      assert.deepEqual(idleCalls(driven), [true, false, true]);
      await outcome;
    }),
  );

  test(
    'that is used again and again in one turn never lets go of it',
    drive({}, async (driven) => {
      const texts: string[] = [];
      const loop = (async () => {
        for (let index = 0; index < 10; index += 1) {
          const { body } = await driven.session.request('/');
          texts.push(await body.text());
        }
      })();
      // Promises and deliveries alone: no turn ends.
      for (let round = 0; round < 200 && texts.length < 10; round += 1) {
        await Promise.resolve();
        driven.opener.deliverAll();
      }
      assert.equal(texts.length, 10);
      assert.deepEqual(idleCalls(driven), []);
      await loop;
      driven.clock.turn();
      assert.deepEqual(idleCalls(driven), [true]);
    }),
  );

  test(
    'that was opened ahead of need does not hold it either',
    drive({}, async (driven) => {
      await Promise.all([driven.session.preconnect('/'), driven.settle()]);
      assert.deepEqual(idleCalls(driven), [true]);
    }),
  );

  test(
    'whose response nobody reads does',
    drive({}, async (driven, origin) => {
      origin.hold();
      const response = driven.session.request('/');
      await driven.settle();
      origin.peer(1).answer('x'.repeat(200_000));
      await driven.settle();
      await driven.advance(60_000);
      assert.deepEqual(idleCalls(driven), []);
      await (await response).body.dump();
    }),
  );

  test(
    'that is looked at before its reuse says nothing, and as much where nobody uses it then',
    drive({}, async (driven) => {
      await driven.get();
      driven.clock.stall(300);
      const controller = new AbortController();
      const outcome = driven.outcome(driven.session.request('/', { signal: controller.signal }));
      controller.abort();
      await driven.settle();
      assert.equal(await outcome, 'AbortError');
      assert.deepEqual(idleCalls(driven), [true]);
      driven.clock.stall(300);
      await driven.get();
      assert.deepEqual(idleCalls(driven), [true, false, true]);
    }),
  );
});

test(
  'connections that become idle in the same turn let go of the process at its end, each once',
  drive({}, async (driven) => {
    const outcomes = [1, 2, 3].map(() => driven.outcome(driven.session.request('/')));
    await driven.settle();
    await Promise.all(outcomes);
    for (const number of [1, 2, 3]) assert.deepEqual(idleCalls(driven, number), [true]);
  }),
);
