// Every connection fails.
//
// 1. A request is lost in a way that lets it be sent again.
// 2. So is each further attempt.
//
// There are at most maxRetries of them, each on a connection that was opened for it, never on an idle one of the pool: that is
// likely to be as stale as the one before. Then the caller gets the error of the last.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectError } from '#src/errors.js';
import { withFaults } from '#src/testing/index.js';
import { ClientRace } from './client-race.ts';
import { REPLAYABLE_SHAPES } from './request-shapes.ts';

describe('the first write fails, again and again', () => {
  for (const maxRetries of [0, 1, 2, 5]) {
    for (const { name, method, options } of REPLAYABLE_SHAPES) {
      test(`${name}, maxRetries ${maxRetries}`, async () => {
        const race = new ClientRace({}, { maxRetries });
        race.driven.opener.wrap = (transport) => withFaults(transport, { failWrite: 1 });
        await race.run(method, '/x', options);
        // From the second loss on, new connections are not blamed on staleness, but nothing was accepted: it may go on.
        const stats = race.driven.session.stats();
        assert.equal(stats.retries, maxRetries, race.log.join('\n'));
        assert.equal(stats.connectionsOpened, maxRetries + 1);
        assert.equal(
          race.log.at(-1),
          `${method} /x: lost (writeFailed, new, safe${maxRetries > 0 ? `, attempt ${maxRetries + 1}` : ''})`,
        );
        assert.equal(race.peer.executed('/x'), 0);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  }
});

describe('no connection can be opened', () => {
  for (const maxRetries of [0, 1, 2]) {
    for (const failures of [1, 2, 3, 4]) {
      test(`${failures} times, maxRetries ${maxRetries}`, async () => {
        const race = new ClientRace({}, { maxRetries });
        for (let count = 0; count < failures; count += 1) {
          race.driven.opener.failures.push(new ConnectError('http://origin.test', 'refused'));
        }
        await race.run('POST', '/x', { body: 'text' });
        const tries = Math.min(failures, maxRetries);
        assert.equal(
          race.log.at(-1),
          failures > maxRetries
            ? 'POST /x: ConnectError refused'
            : `POST /x: 200 own${', again: connectFailed'.repeat(tries)}`,
        );
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  }
});

test('a stale pool is not gone through: the retry opens a connection although others are idle', async () => {
  const race = new ClientRace();
  for (const path of ['/1', '/2', '/3', '/4']) race.send('GET', path);
  await race.settle();
  race.driven.log.length = 0;
  race.step('a request is sent', () => race.send('GET', '/x'));
  race.step('the server restarts', () => race.peer.cut('linger'));
  race.deliver('peer', 4);
  race.step('the end of the connection in use arrives first', () => race.deliver('client', 4));
  await race.microtasks();
  assert.deepEqual(
    race.log.filter((line) => !line.startsWith('peer')),
    [
      '-- a request is sent',
      'reused 4',
      '-- the server restarts',
      '-- the end of the connection in use arrives first',
      'closed 4 peerClosed',
      'retried GET endedBeforeResponse',
      'opened 5',
    ],
  );
  await race.settle();
  assert.equal(race.log.at(-1), 'GET /x: 200 own, again: endedBeforeResponse');
});

test('where the server refuses for a moment while it restarts, the request outlives it', async () => {
  const race = new ClientRace();
  await race.warmUp();
  race.driven.opener.failures.push(new ConnectError('http://origin.test', 'refused'));
  race.send('GET', '/x');
  race.peer.cut('linger');
  await race.settle();
  assert.equal(race.log.at(-1), 'GET /x: 200 own, again: endedBeforeResponse, again: connectFailed');
});

for (const ending of ['fin', 'linger', 'halfClose', 'reset'] as const) {
  describe(`a server that accepts and ends (${ending})`, () => {
    for (const { name, method, repeatable, options } of REPLAYABLE_SHAPES) {
      // An RST that is there before the request refuses its first write; behind a FIN nobody knows what became of it.
      const connections = ending === 'reset' ? 3 : repeatable ? 2 : 1;
      test(`${name} is tried on ${connections} connections`, async () => {
        const race = new ClientRace({ fault: { kind: 'closeOnAccept', ending } });
        await race.run(method, '/x', options);
        assert.equal(race.driven.session.stats().connectionsOpened, connections, race.log.join('\n'));
        assert.equal(race.errors.length, 1);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });
}
