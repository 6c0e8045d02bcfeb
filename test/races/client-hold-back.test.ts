// The last byte of a request, or its body, is held back on a reused connection until the connection has shown that it is alive.
//
// 1. The connection served a request and is idle.
// 2. The client sends a POST but for its last byte (`lastByte`), or its head with `Expect: 100-continue` (`continue`).
// 3. The server ends the connection, which was stale; or it does not, and the rest follows.
//
// An incomplete request cannot have been executed: a stale connection costs nothing, not even a POST with a stream that was not touched.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Ending } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';

const AT_RISK = REPLAYABLE_SHAPES.filter(({ repeatable }) => !repeatable);

for (const ending of ['fin', 'linger', 'halfClose', 'reset'] as const satisfies readonly Ending[]) {
  const reason = ending === 'reset' ? 'peerReset' : 'peerClosed';
  describe(`a stale connection (${ending}) is found out by the byte that was held back`, () => {
    for (const { name, method, options } of AT_RISK) {
      test(`${name} is sent again`, async () => {
        const race = new ClientRace({}, { holdBack: 'lastByte' });
        await race.warmUp();
        race.step('a request is sent', () => race.send(method, '/x', options));
        await race.microtasks();
        race.step('the server ends the connection', () => race.peer.cut(ending));
        race.step('the request arrives', () => race.deliver('peer'));
        await race.settle();
        assert.deepEqual(
          race.log.filter((line) => !line.startsWith('peer 1')),
          [
            '-- a request is sent',
            'reused 1',
            '-- the server ends the connection',
            '-- the request arrives',
            `closed 1 ${reason}`,
            `retried ${method} requestIncomplete`,
            'opened 2',
            'peer 2: executes /x',
            'response 2 200',
            `${method} /x: 200 own, again: requestIncomplete`,
          ],
        );
        assert.equal(race.peer.executed('/x'), 1);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });

  describe(`a stale connection (${ending}) is found out by the body that waits for 100`, () => {
    const withBody = [...AT_RISK, ...oneShotShapes()].filter((shape) => !shape.repeatable && 'body' in shape.options);
    for (const { name, method, options } of withBody) {
      test(`${name} is sent again`, async () => {
        const race = new ClientRace({}, { holdBack: 'continue' });
        await race.warmUp();
        race.step('the head is sent', () => race.send(method, '/x', options));
        await race.microtasks();
        race.step('the server ends the connection', () => race.peer.cut(ending));
        await race.settle();
        assert.deepEqual(
          race.log.filter((line) => !line.startsWith('peer 1')),
          [
            '-- the head is sent',
            'reused 1',
            '-- the server ends the connection',
            `closed 1 ${reason}`,
            `retried ${method} requestIncomplete`,
            'opened 2',
            'peer 2: executes /x',
            'response 2 200',
            `${method} /x: 200 own, again: requestIncomplete`,
          ],
        );
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  });
}

describe('a live connection gets the rest', () => {
  for (const { name, method, options } of [...AT_RISK, ...oneShotShapes().filter(({ repeatable }) => !repeatable)]) {
    test(`${name}: the last byte follows after a round trip`, async () => {
      const race = new ClientRace({}, { holdBack: 'lastByte' });
      await race.warmUp();
      await race.run(method, '/x', options);
      assert.deepEqual(race.log, ['reused 1']);
      await race.advance(1);
      assert.deepEqual(race.log.slice(1), ['peer 1: executes /x', 'response 1 200', `${method} /x: 200 own`]);
      assert.deepEqual(await race.leftovers(), []);
    });

    test(`${name}: the body follows its 100`, async () => {
      const race = new ClientRace({}, { holdBack: 'continue' });
      await race.warmUp();
      await race.run(method, '/x', options);
      assert.deepEqual(race.log, ['reused 1', 'peer 1: executes /x', 'response 1 200', `${method} /x: 200 own`]);
      assert.deepEqual(await race.leftovers(), []);
    });
  }
});

test('a POST without content waits for no 100, so that the loss of its connection says that it may have been executed', async () => {
  const race = new ClientRace({}, { holdBack: 'continue' });
  await race.warmUp();
  race.peer.setFault({ kind: 'closeAfterProcessing', when: { connection: 1 } });
  await race.run('POST', '/x');
  assert.equal(race.log.at(-1), 'POST /x: lost (fin, reused, not safe)');
  assert.equal(race.peer.executed('/x'), 1);
});

test('a server that knows no 100 gets the body after a second', async () => {
  const race = new ClientRace({}, { holdBack: 'continue' });
  await race.warmUp();
  const hold = race.peer.hold({ at: 'execute' });
  // It answers the head of the second request with nothing at all.
  race.driven.opener.connections[0]!.pair[1].pause();
  await race.run('POST', '/x', { body: 'text' });
  await race.advance(999);
  assert.deepEqual(race.log, ['reused 1']);
  await race.advance(1);
  race.driven.opener.connections[0]!.pair[1].resume();
  hold.release();
  await race.settle();
  assert.deepEqual(race.log, ['reused 1', 'peer 1: executes /x', 'response 1 200', 'POST /x: 200 own']);
});

for (const holdBack of ['lastByte', 'continue'] as const) {
  test(`${holdBack}: the loss behind the rest is as uncertain as ever`, async () => {
    const race = new ClientRace({}, { holdBack });
    await race.warmUp();
    race.peer.setFault({ kind: 'closeAfterProcessing', when: { connection: 1 } });
    await race.run('POST', '/x', { body: 'text' });
    await race.advance(1);
    assert.equal(race.log.at(-1), 'POST /x: lost (fin, reused, not safe)');
    assert.equal(race.peer.executed('/x'), 1);
  });

  test(`${holdBack}: a 408 for the part that has come sends it again`, async () => {
    const race = new ClientRace(
      { fault: { kind: 'requestTimeoutAnswer', at: 'head', when: { connection: 1, request: 2 } } },
      { holdBack },
    );
    await race.warmUp();
    await race.run('POST', '/x', { body: 'text' });
    assert.equal(race.log.at(-1), 'POST /x: 200 own, again: requestTimeout');
    assert.equal(race.peer.executed('/x'), 1);
  });

  test(`${holdBack}: an answer to the part that has come is delivered, and the rest is not sent`, async () => {
    const race = new ClientRace({ fault: { kind: 'earlyAnswer', when: { request: 2 } } }, { holdBack });
    await race.warmUp();
    await race.run('POST', '/x', { body: 'text' });
    assert.equal(race.log.at(-1), 'POST /x: 413 "Content Too Large\\n"');
    await race.run('POST', '/y', { body: 'text' });
    await race.advance(1);
    assert.equal(race.log.at(-1), 'POST /y: 200 own');
    assert.equal(race.driven.session.stats().connectionsOpened, 2);
    assert.deepEqual(await race.leftovers(), []);
  });

  test(`${holdBack}: what may be repeated, and what goes out on a new connection, is sent at once`, async () => {
    const race = new ClientRace({}, { holdBack });
    await race.run('POST', '/new', { body: 'text' });
    await race.run('PUT', '/put', { body: 'text' });
    assert.deepEqual(
      race.log.filter((line) => line.startsWith('P')),
      ['POST /new: 200 own', 'PUT /put: 200 own'],
    );
  });
}
