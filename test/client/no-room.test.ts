// A connection that becomes free and is not for the request that waits: it makes room for one that is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientRace } from '../races/client-race.ts';

test('a POST that wants a new connection gets one when the only place becomes free', async () => {
  const race = new ClientRace({}, { nonIdempotent: 'fresh', limits: { perOrigin: 1 } });
  await race.warmUp();
  race.send('GET', '/a');
  race.send('POST', '/b');
  await race.settle();
  assert.deepEqual(race.log, [
    'reused 1',
    'peer 1: executes /a',
    'response 1 200',
    'closed 1 shed',
    'peer 1: FIN',
    'opened 2',
    'GET /a: 200 own',
    'peer 2: executes /b',
    'response 2 200',
    'POST /b: 200 own',
  ]);
});

test('a request that is sent again gets a new connection although the only place was taken by another', async () => {
  const race = new ClientRace({}, { limits: { total: 1 } });
  await race.warmUp();
  const hold = race.peer.hold({ at: 'answer', connection: 2 });
  race.step('the server resets the connection', () => race.peer.cut('reset'));
  race.send('GET', '/a');
  race.send('GET', '/b');
  await race.settle();
  hold.release();
  await race.settle();
  assert.deepEqual(race.log.filter((line) => line.startsWith('GET')).toSorted(), [
    'GET /a: 200 own, again: writeFailed',
    'GET /b: 200 own',
  ]);
});
