// The event loop was late, and the end of an idle connection waits in the kernel.
//
// 1. The connection served a request and is idle.
// 2. The event loop is busy. Meanwhile the server ends the connection, or sends bytes that nobody asked for: nobody is told.
// 3. In the same turn the client sends a request.
// 4. The request waits until sockets have been looked at, and the end is told.
//
// It goes out on a new connection; nothing was sent on the old one. Where nothing had come, it goes out on the old one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';
import { REPLAYABLE_SHAPES } from './request-shapes.ts';

const when = { connection: 1, times: 1 };

const FAULTS: readonly (readonly [string, BadPeerFault, string])[] = [
  ['FIN', { kind: 'closeWhenIdle', when }, 'peerClosed'],
  ['a half-close', { kind: 'closeWhenIdle', ending: 'halfClose', when }, 'peerClosed'],
  ['RST', { kind: 'closeWhenIdle', ending: 'reset', when }, 'peerReset'],
  ['408 and FIN', { kind: 'requestTimeoutWhenIdle', when }, 'unsolicitedBytes'],
  ['408 and an open end', { kind: 'requestTimeoutWhenIdle', ending: 'none', when }, 'unsolicitedBytes'],
  ['a poisonous 200', { kind: 'poison', when }, 'unsolicitedBytes'],
];

for (const [name, fault, reason] of FAULTS) {
  describe(`${name} waits`, () => {
    for (const shape of REPLAYABLE_SHAPES) {
      test(`${shape.name} goes out on a new connection`, async () => {
        const race = new ClientRace();
        await race.warmUp();
        race.step('the loop is busy', () => race.driven.clock.stall(300));
        race.step('the server acts', () => race.peer.setFault(fault));
        race.step('a request is sent', () => race.send(shape.method, '/x', shape.options));
        race.note('-- the loop goes on');
        await race.settle();
        assert.deepEqual(
          race.log.filter((line) => !/^peer 1: (?:FIN|RST)$/.test(line)),
          [
            '-- the loop is busy',
            '-- the server acts',
            '-- a request is sent',
            '-- the loop goes on',
            `closed 1 ${reason}`,
            'validated 1 dead',
            'opened 2',
            'peer 2: executes /x',
            'response 2 200',
            `${shape.method} /x: 200 own`,
          ],
        );
        assert.equal(race.driven.session.stats().validations, 1);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });
}

test('where nothing had come, the request goes out on the connection that was looked at', async () => {
  const race = new ClientRace();
  await race.warmUp();
  race.driven.clock.stall(300);
  await race.run('POST', '/x');
  assert.deepEqual(race.log, [
    'validated 1 alive',
    'reused 1',
    'peer 1: executes /x',
    'response 1 200',
    'POST /x: 200 own',
  ]);
});

test('a request that comes to the gate later than another is looked at for itself', async () => {
  // Turn 1: the loop was busy, a request waits for connection 2. Turn 2: the loop is busy again, bytes come on connection 1, a POST
  // waits for that. The look of the first request does not vouch for the second one.
  const race = new ClientRace();
  race.send('GET', '/1');
  race.send('GET', '/2');
  await race.settle();
  race.driven.log.length = 0;
  const { clock } = race.driven;
  clock.stall(300);
  race.send('GET', '/a');
  clock.turn();
  clock.stall(300);
  race.peer.setFault({ kind: 'poison', when: { times: 1 } });
  race.step('a POST is sent', () => race.send('POST', '/b'));
  await race.settle();
  assert.ok(race.log.includes('POST /b: 200 own'), race.log.join('\n'));
  assert.ok(race.log.includes('GET /a: 200 own'), race.log.join('\n'));
  assert.equal(race.peer.executed('/b'), 1);
});

test('a caller who gives up in the gate costs nobody the connection', async () => {
  const race = new ClientRace();
  await race.warmUp();
  race.driven.clock.stall(300);
  const controller = new AbortController();
  race.send('POST', '/x', { signal: controller.signal });
  controller.abort(new Error('enough'));
  await race.settle();
  assert.deepEqual(race.log, ['POST /x: UNTYPED Error: enough', 'validated 1 alive']);
  await race.run('POST', '/y');
  assert.equal(race.log.at(-1), 'POST /y: 200 own');
  assert.equal(race.peer.executed('/x'), 0);
  assert.equal(race.driven.session.stats().connectionsOpened, 1);
});
