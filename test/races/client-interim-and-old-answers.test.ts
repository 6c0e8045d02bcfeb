// Answers that come in an unusual form: behind 1xx, in pieces, as HTTP/1.0.
//
// 1. The client sends a request, and another one when the first is answered.
// 2. The server sends 1xx responses before the answer, cuts it anywhere, or answers as an HTTP/1.0 server does.
// 3. It keeps the connection, or ends it between the 1xx and the answer.
//
// 1xx are no answers, and a connection that ends behind one has begun to answer: nothing is sent again. A connection of HTTP/1.0 is
// used again only where the server said keep-alive and the end of its body is certain.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withFaults } from '#src/testing/index.js';
import { ClientRace } from './client-race.ts';
import { REPLAYABLE_SHAPES } from './request-shapes.ts';

for (const status of [100, 102, 103] as const) {
  for (const pauseMs of [0, 10]) {
    test(`3 × ${status}, ${pauseMs === 0 ? 'with the answer' : 'with pauses'}: the answer is delivered, the others are told`, async () => {
      const race = new ClientRace({ fault: { kind: 'interimResponses', status, count: 3, pauseMs } });
      race.send('POST', '/x', { body: 'text', onInterim: (interim) => race.note(`told ${interim}`) });
      for (let turn = 0; turn < 5; turn += 1) {
        await race.settle();
        await race.advance(10);
      }
      await race.run('POST', '/y');
      await race.advance(30);
      assert.deepEqual(
        race.log.filter((line) => /^(?:POST|told)/.test(line)),
        [`told ${status}`, `told ${status}`, `told ${status}`, 'POST /x: 200 own', 'POST /y: 200 own'],
      );
      assert.equal(race.driven.session.stats().connectionsOpened, 1);
    });
  }
}

describe('the connection ends between a 1xx and the answer', () => {
  const interimBytes = 'HTTP/1.1 100 Continue\r\n\r\n'.length;
  for (const { name, method, options, repeatable } of REPLAYABLE_SHAPES) {
    test(`${name} fails, and was sent once`, async () => {
      const race = new ClientRace({ fault: { kind: 'interimResponses', status: 100 } });
      race.driven.opener.wrap = (transport) => withFaults(transport, { endAfterReadBytes: interimBytes });
      await race.run(method, '/x', options);
      assert.equal(race.log.at(-1), `${method} /x: lost (fin, new, ${repeatable ? 'safe' : 'not safe'})`);
      assert.equal(race.peer.executed('/x'), 1);
    });
  }
});

test('answers are the same wherever they are cut', async () => {
  for (const pieceBytes of [1, 2, 3, 17, [10, 1, 1, 1, 40]]) {
    const race = new ClientRace({ framing: 'chunked', fault: { kind: 'interimResponses' } });
    race.driven.opener.wrap = (transport) => withFaults(transport, { splitIncoming: pieceBytes });
    await race.run('GET', '/x');
    await race.run('POST', '/y', { body: 'text' });
    assert.deepEqual(
      race.log.filter((line) => /^(?:GET|POST)/.test(line)),
      ['GET /x: 200 own', 'POST /y: 200 own'],
    );
    assert.equal(race.driven.session.stats().connectionsOpened, 1);
  }
});

describe('HTTP/1.0', () => {
  for (const keepAlive of [true, false]) {
    for (const framing of ['length', 'chunked', 'untilClose'] as const) {
      for (const ending of ['none', 'fin', 'linger'] as const) {
        const isReused = keepAlive && framing === 'length' && ending === 'none';
        test(`${keepAlive ? 'with' : 'without'} keep-alive, ${framing}, ${ending}: the connection is ${isReused ? '' : 'not '}used again`, async () => {
          const race = new ClientRace({ fault: { kind: 'http10Answer', keepAlive, framing, ending } });
          await race.run('POST', '/x');
          await race.run('POST', '/y');
          assert.deepEqual(
            race.log.filter((line) => line.startsWith('POST')),
            ['POST /x: 200 own', 'POST /y: 200 own'],
          );
          assert.equal(race.driven.session.stats().connectionsOpened, isReused ? 1 : 2);
          assert.equal(race.driven.session.stats().retries, 0);
          assert.deepEqual(await race.leftovers(), []);
        });
      }
    }
  }

  test('nothing is pipelined to a server that answered as HTTP/1.0', async () => {
    const race = new ClientRace(
      { fault: { kind: 'http10Answer', keepAlive: true } },
      { pipelining: 4, limits: { perOrigin: 1 } },
    );
    await race.run('GET', '/first');
    const hold = race.peer.hold({ at: 'answer' });
    race.send('GET', '/a');
    race.send('GET', '/b');
    await race.settle();
    assert.equal(race.peer.executed('/b'), 0);
    hold.release();
    await race.settle();
    assert.equal(race.log.at(-1), 'GET /b: 200 own');
  });
});
