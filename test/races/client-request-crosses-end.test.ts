// A request crosses the end of an idle connection.
//
// 1. The connection served a request and is idle.
// 2. The client writes a request.
// 3. The server, which has not seen it, ends the connection: FIN, RST, or the FIN of a server that still reads and executes.
// 4. The request arrives at the server.
// 5. The end arrives at the client.
//
// What may be repeated goes out again, at once and on a new connection. A POST fails, with an error that says that it may have been
// executed: over one kind of end it was.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLostError } from '#src/errors.js';
import type { Ending } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';
import type { RequestShape } from './request-shapes.ts';

const ENDINGS: readonly { readonly ending: Ending; readonly kind: string; readonly executes: boolean }[] = [
  { ending: 'fin', kind: 'fin', executes: false },
  { ending: 'linger', kind: 'fin', executes: false },
  { ending: 'halfClose', kind: 'fin', executes: true },
  { ending: 'reset', kind: 'reset', executes: false },
];

async function cross(shape: RequestShape, ending: Ending): Promise<ClientRace> {
  const race = new ClientRace();
  await race.warmUp();
  race.step('the client sends a request', () => race.send(shape.method, '/x', shape.options));
  // The pieces of a body are written in the microtasks behind the call.
  await race.microtasks();
  race.step('the server ends the connection', () => race.peer.cut(ending));
  race.step('it arrives', () => race.deliver('peer'));
  race.step('the end arrives', () => race.deliver('client'));
  await race.settle();
  return race;
}

for (const { ending, kind, executes } of ENDINGS) {
  describe(`behind the ${ending} of the server`, () => {
    for (const shape of REPLAYABLE_SHAPES) {
      test(`${shape.name} ${shape.repeatable ? 'is repeated on a new connection' : 'fails and is not repeated'}`, async () => {
        const race = await cross(shape, ending);
        assert.deepEqual(race.log, [
          '-- the client sends a request',
          'reused 1',
          '-- the server ends the connection',
          ending === 'reset' ? 'peer 1: RST' : 'peer 1: FIN',
          '-- it arrives',
          ...(executes ? ['peer 1: executes /x'] : []),
          // As a kernel answers bytes for a socket that is closed.
          ...(ending === 'fin' ? ['peer 1: RST'] : []),
          '-- the end arrives',
          `closed 1 ${kind === 'fin' ? 'peerClosed' : 'peerReset'}`,
          ...(shape.repeatable
            ? [
                `retried ${shape.method} endedBeforeResponse`,
                'opened 2',
                `peer 2: executes /x${executes ? ', time 2' : ''}`,
                'response 2 200',
                `${shape.method} /x: 200 own, again: endedBeforeResponse`,
              ]
            : [`${shape.method} /x: lost (${kind}, reused, not safe)`]),
        ]);
        assert.deepEqual(await race.leftovers(), []);
      });
    }

    for (const shape of oneShotShapes()) {
      test(`${shape.name} fails, because its stream was read`, async () => {
        const race = await cross(shape, ending);
        const [error] = race.errors;
        assert.ok(error instanceof ConnectionLostError, race.log.join('\n'));
        assert.equal(error.evidence.requestComplete, true);
        assert.equal(error.safeToRetry, shape.repeatable);
        assert.match(error.message, shape.repeatable ? /a stream that was already read from/ : /may have executed it/);
        assert.equal(race.peer.executed('/x'), executes ? 1 : 0);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });
}
