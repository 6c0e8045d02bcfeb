// The answer comes before all of the request was sent.
//
// 1. The client sends a head and a part of the body.
// 2. The server answers, with or without `Connection: close`, and lingers, closes, or reads on.
// 3. The rest of the body is there.
//
// The caller gets the answer, once, and nothing is sent again. What stands behind half a request would be taken for its rest, so the
// connection is not used any more unless all of the body went out.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Ending } from '#src/testing/bad-peer/index.js';
import { gate } from '../server/driven-server.ts';
import type { Gate } from '../server/driven-server.ts';
import { ClientRace } from './client-race.ts';

async function* slowly(rest: Gate<void>, onEnd: () => void): AsyncGenerator<string> {
  try {
    yield 'te';
    await rest.promise;
    yield 'xt';
  } finally {
    onEnd();
  }
}

for (const status of [200, 303, 413, 500]) {
  for (const close of [true, false]) {
    for (const ending of (close ? ['linger', 'fin', 'halfClose'] : ['linger']) as readonly Ending[]) {
      for (const age of ['reused', 'new'] as const) {
        test(`${status}${close ? ` and close, ${ending}` : ''} on a ${age} connection is delivered once`, async () => {
          const rest = gate();
          let sourceOver = 0;
          const race = new ClientRace({
            fault: { kind: 'earlyAnswer', status, close, ending, when: { connection: 1 } },
          });
          if (age === 'reused') await race.warmUp();
          await race.run('POST', '/x', { body: () => slowly(rest, () => (sourceOver += 1)) });
          race.step('the rest of the body is there', () => rest.open());
          await race.settle();
          const outcomes = race.log.filter((line) => line.startsWith('POST'));
          assert.equal(outcomes.length, 1, race.log.join('\n'));
          assert.match(outcomes[0]!, new RegExp(`^POST /x: ${status} "`));
          assert.doesNotMatch(outcomes[0]!, /again/);
          assert.equal(sourceOver, 1);
          assert.equal(race.peer.executed('/x'), 0);
          await race.run('POST', '/y');
          assert.equal(race.log.at(-1), 'POST /y: 200 own');
          assert.equal(race.driven.session.stats().connectionsOpened, 2);
          assert.equal(race.driven.session.stats().retries, 0);
          assert.deepEqual(await race.leftovers(), []);
        });
      }
    }
  }
}

describe('an RST behind the early answer', () => {
  // RFC 9112 §9.6: it may destroy the answer before the client has read it. Then nothing has come, and half a request was not executed.
  for (const order of ['the answer first', 'the RST first'] as const) {
    test(order, async () => {
      const rest = gate();
      const race = new ClientRace({
        fault: { kind: 'earlyAnswer', ending: order === 'the RST first' ? 'reset' : 'fin', when: { connection: 1 } },
      });
      await race.warmUp();
      await race.run('POST', '/x', { body: () => slowly(rest, () => {}) });
      rest.open();
      await race.settle();
      assert.equal(
        race.log.at(-1),
        order === 'the RST first'
          ? 'POST /x: 200 own, again: requestIncomplete'
          : 'POST /x: 413 "Content Too Large\\n"',
      );
      assert.ok(race.peer.executed('/x') <= 1);
    });
  }
});

test('an answer before the end of a body that goes on is delivered, and the connection is used again once the body is complete', async () => {
  const rest = gate();
  const race = new ClientRace({ fault: { kind: 'earlyAnswer', status: 200, close: false, afterBodyBytes: 4 } });
  await race.run('POST', '/x', {
    headers: { 'content-length': '4' },
    body: (async function* () {
      yield 'text';
      await rest.promise;
    })(),
  });
  assert.equal(race.log.at(-1), 'POST /x: 200 "OK\\n"');
  rest.open();
  await race.settle();
  await race.run('GET', '/y');
  assert.equal(race.log.at(-1), 'GET /y: 200 own');
  assert.equal(race.peer.executed('/y'), 1);
});
