// The server says 408 Request Timeout, and the request is on its way.
//
// 1. The connection served a request and is idle.
// 2. The client sends a request. The server, whose timer is due, says 408 with `Connection: close`, and ends the connection.
// 3. The 408 arrives at the client, which takes it for the answer of the request: nothing on the wire says otherwise.
//
// RFC 9110 §15.5.9: the client may repeat the request on a new connection. It does where the request may be repeated, or was not
// complete when the 408 came. Otherwise the caller gets the 408, and decides. A 408 on a new connection, or without `close`, is about
// the request, and delivered.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gate } from '../server/driven-server.ts';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';
import type { RequestShape } from './request-shapes.ts';

const DELIVERED = '408 "Request Timeout\\n"';

function outcome(shape: RequestShape, canRepeat: boolean): string[] {
  return canRepeat
    ? [
        'closed 1 peerSentClose',
        `retried ${shape.method} requestTimeout`,
        'opened 2',
        'peer 2: executes /x',
        'response 2 200',
        `${shape.method} /x: 200 own, again: requestTimeout`,
      ]
    : ['response 1 408', 'closed 1 peerSentClose', `${shape.method} /x: ${DELIVERED}`];
}

for (const ending of ['fin', 'linger', 'halfClose', 'none'] as const) {
  describe(`408 crosses the request (${ending})`, () => {
    for (const shape of [...REPLAYABLE_SHAPES, ...oneShotShapes()]) {
      const canRepeat = shape.repeatable && !shape.name.endsWith('one-shot body');
      test(`${shape.name}: ${canRepeat ? 'repeated' : 'the 408 is delivered'}`, async () => {
        const race = new ClientRace();
        await race.warmUp();
        const hold = race.peer.hold({ at: 'fault' });
        race.peer.setFault({ kind: 'requestTimeoutWhenIdle', ending, when: { connection: 1, request: 1 } });
        race.step('a request is sent', () => race.send(shape.method, '/x', shape.options));
        await race.microtasks();
        race.step('the server says 408', () => hold.release());
        // The RST that answers bytes behind a FIN would destroy the 408 on its way.
        if (ending !== 'fin') race.step('the request arrives', () => race.deliver('peer'));
        race.step('the 408 arrives', () => race.deliver('client'));
        await race.settle();
        const story = race.log.filter((line) => !/^peer 1: (?:FIN|RST|has half)/.test(line));
        // A server that only half-closed still executes what comes.
        const executes = ending === 'halfClose';
        assert.deepEqual(story, [
          '-- a request is sent',
          'reused 1',
          '-- the server says 408',
          ...(ending === 'fin' ? [] : ['-- the request arrives']),
          ...(executes ? ['peer 1: executes /x'] : []),
          '-- the 408 arrives',
          ...outcome(shape, canRepeat).map((line) =>
            executes && line === 'peer 2: executes /x' ? `${line}, time 2` : line,
          ),
        ]);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });

  describe(`408 instead of the execution (${ending})`, () => {
    for (const shape of REPLAYABLE_SHAPES) {
      test(`${shape.name}: ${shape.repeatable ? 'repeated' : 'the 408 is delivered'}`, async () => {
        const race = new ClientRace({
          fault: { kind: 'requestTimeoutAnswer', ending, when: { connection: 1, request: 2 } },
        });
        await race.warmUp();
        await race.run(shape.method, '/x', shape.options);
        assert.deepEqual(
          race.log.filter((line) => !/^peer 1: (?:FIN|RST)/.test(line)),
          ['reused 1', ...outcome(shape, shape.repeatable)],
        );
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });
}

describe('408 before the body has come', () => {
  for (const shape of REPLAYABLE_SHAPES.filter(({ name }) => name.endsWith('replayable body'))) {
    test(`${shape.name} is repeated: half a request cannot have been executed`, async () => {
      const rest = gate();
      const race = new ClientRace({
        fault: { kind: 'requestTimeoutAnswer', at: 'head', when: { connection: 1, request: 2 } },
      });
      await race.warmUp();
      const body = async function* (): AsyncGenerator<string> {
        yield 'te';
        await rest.promise;
        yield 'xt';
      };
      await race.run(shape.method, '/x', { ...shape.options, body });
      race.step('the rest of the body is there', () => rest.open());
      await race.settle();
      assert.deepEqual(race.log.slice(-4), [
        '-- the rest of the body is there',
        'peer 2: executes /x',
        'response 2 200',
        `${shape.method} /x: 200 own, again: requestTimeout`,
      ]);
      assert.equal(race.peer.executed('/x'), 1);
      assert.deepEqual(await race.leftovers(), []);
    });
  }
});

for (const shape of REPLAYABLE_SHAPES) {
  test(`${shape.name}: a 408 on a new connection is about the request`, async () => {
    const race = new ClientRace({ fault: { kind: 'requestTimeoutAnswer', when: { request: 'every' } } });
    await race.run(shape.method, '/x', shape.options);
    assert.deepEqual(race.log.slice(0, -1), ['opened 1', 'peer 1: FIN', 'response 1 408', 'closed 1 peerSentClose']);
    assert.equal(race.log.at(-1), `${shape.method} /x: ${DELIVERED}`);
  });

  test(`${shape.name}: a 408 without close is about the request, and its connection goes on`, async () => {
    const race = new ClientRace({ handler: ({ target }) => (target === '/x' ? { status: 408, body: 'slow' } : {}) });
    await race.warmUp();
    await race.run(shape.method, '/x', shape.options);
    assert.deepEqual(race.log, ['reused 1', 'peer 1: executes /x', 'response 1 408', `${shape.method} /x: 408 "slow"`]);
    await race.run('GET', '/y');
    assert.equal(race.driven.session.stats().connectionsOpened, 1);
  });
}

test('a 408 in pieces, with its end behind a pause, is the same 408', async () => {
  const race = new ClientRace({
    fault: [
      { kind: 'requestTimeoutAnswer', endAfterMs: 50, when: { connection: 1, request: 2 } },
      { kind: 'slowAnswer', pieceBytes: 1 },
    ],
  });
  await race.run('GET', '/first');
  for (let turn = 0; turn < 300 && !race.log.at(-1)!.startsWith('GET'); turn += 1) await race.advance(0);
  await race.run('GET', '/x');
  for (let turn = 0; turn < 300 && !race.log.at(-1)!.startsWith('GET /x'); turn += 1) await race.advance(0);
  assert.equal(race.log.at(-1), 'GET /x: 200 own, again: requestTimeout');
});
