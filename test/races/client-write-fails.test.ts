// The first write of a request fails.
//
// 1. The connection served a request and is idle.
// 2. The server resets it, and the RST waits in the kernel: the client has not been told.
// 3. The client writes a request. The kernel takes no byte of it.
// 4. The client is told.
//
// Nothing can have been executed, so every request goes out again, at once and on a new connection, whatever its method, and a
// stream is not touched in vain.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';

describe('a request whose first write fails is sent again', () => {
  for (const shape of [...REPLAYABLE_SHAPES, ...oneShotShapes()]) {
    test(shape.name, async () => {
      const race = new ClientRace();
      await race.warmUp();
      race.step('the server resets the connection', () => race.peer.cut('reset'));
      race.step('the client sends a request', () => race.send(shape.method, '/x', shape.options));
      await race.microtasks();
      race.note('-- the client is told');
      await race.settle();
      assert.deepEqual(race.log, [
        '-- the server resets the connection',
        'peer 1: RST',
        '-- the client sends a request',
        'reused 1',
        '-- the client is told',
        'closed 1 peerReset',
        `retried ${shape.method} writeFailed`,
        'opened 2',
        'peer 2: executes /x',
        'response 2 200',
        `${shape.method} /x: 200 own, again: writeFailed`,
      ]);
      assert.deepEqual(await race.leftovers(), []);
    });
  }
});

test('requests of one turn on several reset connections all go out again on new ones', async () => {
  const race = new ClientRace();
  race.send('GET', '/1');
  race.send('GET', '/2');
  await race.settle();
  race.driven.log.length = 0;
  race.step('the server resets both connections', () => race.peer.cut('reset'));
  race.step('the client sends two requests', () => {
    race.send('POST', '/x');
    race.send('POST', '/y');
  });
  await race.settle();
  assert.deepEqual(race.log.slice(-2).toSorted(), [
    'POST /x: 200 own, again: writeFailed',
    'POST /y: 200 own, again: writeFailed',
  ]);
  assert.equal(race.peer.executed('/x') + race.peer.executed('/y'), 2);
});
