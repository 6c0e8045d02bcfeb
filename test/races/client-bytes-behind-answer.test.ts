// Bytes stand behind a whole answer that belong to no request.
//
// 1. The client sends a request.
// 2. The server answers, and in the same segment sends more.
// 3. All of it arrives at once, or with the cut anywhere.
//
// The caller gets its answer and nothing else; the connection is given up, and the next request goes out on another one. Where the
// next request was written before (pipelining is on), what comes is taken for its answer: there the client cannot know.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PoisonBytes } from '#src/testing/bad-peer/index.js';
import { withFaults } from '#src/testing/index.js';
import { ClientRace } from './client-race.ts';
import { REPLAYABLE_SHAPES } from './request-shapes.ts';

const KINDS: readonly PoisonBytes[] = ['response', 'partialHead', 'interim', 'emptyLine', 'garbage'];

for (const bytes of KINDS) {
  describe(`${bytes} behind the answer`, () => {
    for (const shape of REPLAYABLE_SHAPES) {
      test(`${shape.name} gets its own answer, and the next request another connection`, async () => {
        const race = new ClientRace({
          fault: { kind: 'poison', bytes, place: 'behindAnswer', when: { connection: 1 } },
        });
        await race.run(shape.method, '/x', shape.options);
        assert.deepEqual(race.log, [
          'opened 1',
          'peer 1: executes /x',
          'response 1 200',
          'closed 1 unsolicitedBytes',
          'peer 1: FIN',
          `${shape.method} /x: 200 own`,
        ]);
        await race.run('POST', '/y');
        assert.deepEqual(race.log.slice(-4), ['opened 2', 'peer 2: executes /y', 'response 2 200', 'POST /y: 200 own']);
        assert.deepEqual(await race.leftovers(), []);
      });
    }

    test('wherever the bytes are cut', async () => {
      for (const pieceBytes of [1, 2, 3, 5, 7, 60, 150]) {
        const race = new ClientRace({
          fault: { kind: 'poison', bytes, place: 'behindAnswer', when: { connection: 1 } },
        });
        race.driven.opener.wrap = (transport) => withFaults(transport, { splitIncoming: pieceBytes });
        await race.run('GET', '/x');
        await race.run('POST', '/y');
        assert.deepEqual(
          race.log.filter((line) => /^(?:GET|POST)/.test(line)),
          ['GET /x: 200 own', 'POST /y: 200 own'],
          `pieces of ${pieceBytes}`,
        );
      }
    });

    test('a request that waits for the connection goes out on another one', async () => {
      const fault = { kind: 'poison', bytes, place: 'behindAnswer', when: { connection: 1 } } as const;
      const race = new ClientRace({ fault }, { limits: { perOrigin: 1 } });
      race.send('GET', '/x');
      race.send('POST', '/y');
      await race.settle();
      assert.deepEqual(
        race.log.filter((line) => /^(?:GET|POST)/.test(line)),
        ['GET /x: 200 own', 'POST /y: 200 own'],
      );
      assert.equal(race.driven.session.stats().closed.unsolicitedBytes, 1);
    });
  });
}
