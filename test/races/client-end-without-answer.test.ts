// The server has read a request whole, and ends the connection instead of an answer.
//
// 1. The client sends a request, on a new connection or on one that was used before.
// 2. The server reads it, executes it or not, and ends the connection.
// 3. The end arrives at the client, which cannot see whether the request was executed.
//
// On a reused connection what may be repeated is, on a new connection. Where new connections are lost, too, it is tried once more
// and then given up: staleness is no explanation any more. A POST is executed at most once, and its error does not say that it is safe.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLostError } from '#src/errors.js';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';

const KINDS = ['closeBeforeProcessing', 'closeAfterProcessing'] as const;
const ENDINGS = ['fin', 'reset', 'halfClose'] as const;

for (const kind of KINDS) {
  for (const ending of ENDINGS) {
    const loss = ending === 'reset' ? 'reset' : 'fin';
    const reason = ending === 'reset' ? 'peerReset' : 'peerClosed';
    const ends = ending === 'reset' ? 'RST' : 'FIN';
    const executes = kind === 'closeAfterProcessing';
    const faultOf = (when: BadPeerFault['when']): BadPeerFault => ({ kind, ending, ...(when && { when }) });

    describe(`${kind}, ${ending}`, () => {
      for (const shape of REPLAYABLE_SHAPES) {
        const { method, repeatable, options } = shape;

        test(`${shape.name} on a reused connection ${repeatable ? 'is repeated' : 'fails'}`, async () => {
          const race = new ClientRace();
          await race.warmUp();
          race.peer.setFault(faultOf({ connection: 1 }));
          await race.run(method, '/x', options);
          assert.deepEqual(race.log, [
            'reused 1',
            ...(executes ? ['peer 1: executes /x'] : []),
            `peer 1: ${ends}`,
            `closed 1 ${reason}`,
            ...(repeatable
              ? [
                  `retried ${method} endedBeforeResponse`,
                  'opened 2',
                  `peer 2: executes /x${executes ? ', time 2' : ''}`,
                  'response 2 200',
                  `${method} /x: 200 own, again: endedBeforeResponse`,
                ]
              : [`${method} /x: lost (${loss}, reused, not safe)`]),
          ]);
          assert.deepEqual(await race.leftovers(), []);
        });

        test(`${shape.name} on new connections is tried ${repeatable ? 'twice' : 'once'}`, async () => {
          const race = new ClientRace({ fault: faultOf(undefined) });
          await race.run(method, '/x', options);
          const tries = [1, 2]
            .slice(0, repeatable ? 2 : 1)
            .map((connection) => [
              `opened ${connection}`,
              ...(executes ? [`peer ${connection}: executes /x${connection === 2 ? ', time 2' : ''}`] : []),
              `peer ${connection}: ${ends}`,
              `closed ${connection} ${reason}`,
            ]);
          assert.deepEqual(race.log, [
            ...tries[0]!,
            ...(repeatable ? [`retried ${method} endedBeforeResponse`, ...tries[1]!] : []),
            `${method} /x: lost (${loss}, new, ${repeatable ? 'safe, attempt 2' : 'not safe'})`,
          ]);
          assert.deepEqual(await race.leftovers(), []);
        });
      }

      for (const { name, method, options, repeatable } of oneShotShapes()) {
        test(`${name} is not repeated: its stream was read`, async () => {
          const race = new ClientRace();
          await race.warmUp();
          race.peer.setFault(faultOf({ connection: 1 }));
          await race.run(method, '/x', options);
          const [error] = race.errors;
          assert.ok(error instanceof ConnectionLostError, race.log.join('\n'));
          assert.equal(error.evidence.requestComplete, true);
          assert.equal(error.safeToRetry, repeatable);
          assert.equal(race.peer.executed('/x'), executes ? 1 : 0);
          assert.deepEqual(await race.leftovers(), []);
        });
      }
    });
  }
}
