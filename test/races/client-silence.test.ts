// The connection is as good as gone, and nobody is told.
//
// 1. The client sends a request.
// 2. From some moment on the server, or what lies on the way, is silent: before the request, instead of the answer, within it.
// 3. The deadline of the client passes.
//
// The connection is destroyed. Where no byte of an answer has come and the connection was used before, what may be repeated is, on a new
// one. A new connection that stays silent fails its request: it is the server that does not answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TimeoutError } from '#src/errors.js';
import type { BlackHoleMoment } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';

const TIMEOUTS = { headersMs: 5_000, bodyMs: 3_000 };

const MOMENTS: readonly { readonly at: BlackHoleMoment; readonly executes: boolean }[] = [
  { at: 'idle', executes: false },
  { at: 'beforeProcessing', executes: false },
  { at: 'afterProcessing', executes: true },
];

for (const { at, executes } of MOMENTS) {
  for (const reads of [true, false]) {
    describe(`a reused connection falls silent (${at}, ${reads ? 'takes' : 'does not take'} bytes)`, () => {
      for (const shape of [...REPLAYABLE_SHAPES, ...oneShotShapes()]) {
        test(`${shape.name} ${shape.repeatable ? 'is repeated after headersMs' : 'fails after headersMs'}`, async () => {
          const isOneShot = shape.name.endsWith('one-shot body');
          const race = new ClientRace({}, { timeouts: TIMEOUTS });
          await race.warmUp();
          race.peer.setFault({ kind: 'blackHole', at, reads, when: { connection: 1 } });
          await race.run(shape.method, '/x', shape.options);
          await race.advance(4_999);
          assert.deepEqual(race.log, ['reused 1', ...(executes ? ['peer 1: executes /x'] : [])]);
          await race.advance(1);
          assert.deepEqual(race.log.slice(executes ? 2 : 1), [
            'closed 1 headTimeout',
            ...(shape.repeatable && !isOneShot
              ? [
                  `retried ${shape.method} silent`,
                  'opened 2',
                  `peer 2: executes /x${executes ? ', time 2' : ''}`,
                  'response 2 200',
                  `${shape.method} /x: 200 own, again: silent`,
                ]
              : [`${shape.method} /x: timeout headers (timeout, reused, ${shape.repeatable ? 'safe' : 'not safe'})`]),
          ]);
          assert.deepEqual(await race.leftovers(), []);
        });
      }
    });
  }
}

describe('a new connection that stays silent fails its request', () => {
  for (const at of ['accept', 'beforeProcessing', 'afterProcessing'] as const) {
    for (const shape of REPLAYABLE_SHAPES) {
      test(`${shape.name}, ${at}`, async () => {
        const race = new ClientRace({ fault: { kind: 'blackHole', at } }, { timeouts: TIMEOUTS });
        await race.run(shape.method, '/x', shape.options);
        await race.advance(5_000);
        assert.deepEqual(race.log, [
          'opened 1',
          ...(at === 'afterProcessing' ? ['peer 1: executes /x'] : []),
          'closed 1 headTimeout',
          `${shape.method} /x: timeout headers (timeout, new, ${shape.repeatable ? 'safe' : 'not safe'})`,
        ]);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  }
});

test('a head that does not go on is given up after headersMs, a body after bodyMs', async () => {
  for (const at of ['responseHead', 'responseBody'] as const) {
    const race = new ClientRace({}, { timeouts: TIMEOUTS });
    await race.warmUp();
    race.peer.setFault({ kind: 'blackHole', at, when: { connection: 1 } });
    await race.run('GET', '/x');
    const limitMs = at === 'responseHead' ? 5_000 : 3_000;
    await race.advance(limitMs - 1);
    assert.equal(race.errors.length, 0);
    await race.advance(1);
    const [error] = race.errors;
    assert.ok(error instanceof TimeoutError, race.log.join('\n'));
    assert.equal(error.timeoutMs, limitMs);
    assert.equal(error.phase, at === 'responseHead' ? 'headers' : 'body');
    assert.equal(error.evidence?.safeToRetry, true);
    assert.ok(error.evidence.responseBytes > 0);
    assert.equal(race.peer.executed('/x'), 1);
    assert.equal(race.driven.session.stats().retries, 0);
  }
});

test('a request whose body is not taken is given up after bodyMs, and says so', async () => {
  const race = new ClientRace({}, { timeouts: TIMEOUTS });
  await race.warmUp();
  race.peer.setFault({ kind: 'blackHole', reads: false, when: { connection: 1 } });
  await race.run('POST', '/x', { body: [Buffer.alloc(100_000), Buffer.alloc(100_000)].values() });
  await race.advance(2_999);
  assert.deepEqual(race.log, ['reused 1']);
  await race.advance(1);
  const [error] = race.errors;
  assert.ok(error instanceof TimeoutError, race.log.join('\n'));
  assert.deepEqual([error.phase, error.timeoutMs, error.evidence?.requestComplete], ['body', 3_000, false]);
  assert.equal(error.evidence?.safeToRetry, true);
});

test('a slow answer is waited for as long as it makes progress', async () => {
  const race = new ClientRace(
    { fault: { kind: 'slowAnswer', pieceBytes: 20, pauseMs: 2_000 } },
    { timeouts: TIMEOUTS },
  );
  await race.run('GET', '/x');
  for (let second = 0; second < 60 && !race.log.at(-1)!.startsWith('GET'); second += 1) await race.advance(1_000);
  assert.equal(race.errors.length, 1);
  assert.equal(race.log.at(-1), 'GET /x: timeout headers (timeout, new, safe)');
  const patient = new ClientRace(
    { fault: { kind: 'slowAnswer', pieceBytes: [80, 10], pauseMs: 2_000 } },
    { timeouts: TIMEOUTS },
  );
  await patient.run('GET', '/x');
  for (let second = 0; second < 60 && !patient.log.at(-1)!.startsWith('GET'); second += 1) await patient.advance(1_000);
  assert.equal(patient.log.at(-1), 'GET /x: 200 own');
});
