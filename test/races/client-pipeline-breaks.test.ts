// The connection ends under pipelined requests.
//
// 1. The connection has served a request; several GETs are in flight on it.
// 2. The server answers some of them, and ends the connection, without a word or in the middle of an answer.
//
// What was answered stays answered. The one whose answer had begun fails; those behind it are sent again, each once, on new
// connections. The origin is not asked to pipeline again. A request that may not be repeated never shares a connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import { ClientRace } from './client-race.ts';

const PIPELINED = { pipelining: 4, limits: { perOrigin: 1 } };
const PATHS = ['/a', '/b', '/c', '/d'];

function outcomes(race: ClientRace): string[] {
  return race.log.filter((line) => /^[A-Z]+ \/\w+:/.test(line)).toSorted();
}

async function warm(race: ClientRace): Promise<void> {
  await race.run('GET', '/first');
  race.driven.log.length = 0;
}

describe('the connection ends behind some of the answers', () => {
  for (const answers of [0, 1, 2, 3]) {
    for (const ending of ['fin', 'linger', 'halfClose'] as const) {
      test(`${answers} of 4, ${ending}`, async () => {
        // The first request on the connection counts, too.
        const fault: BadPeerFault =
          answers === 0
            ? { kind: 'closeBeforeProcessing', ending, when: { connection: 1, request: 2 } }
            : { kind: 'unannouncedClose', afterAnswers: answers + 1, ending, when: { connection: 1 } };
        const race = new ClientRace({ fault }, PIPELINED);
        await warm(race);
        for (const path of PATHS) race.send('GET', path);
        await race.settle();
        assert.deepEqual(
          outcomes(race),
          PATHS.map((path, index) => {
            const cause =
              index < answers ? '' : `, again: ${index === answers ? 'endedBeforeResponse' : 'pipelineBroken'}`;
            return `GET ${path}: 200 own${cause}`;
          }),
        );
        for (const path of PATHS.slice(0, answers)) assert.equal(race.peer.executed(path), 1);
        assert.deepEqual(await race.leftovers(), []);
      });
    }
  }

  test('within the second of 4: that one fails, those behind it are sent again', async () => {
    const race = new ClientRace({ fault: { kind: 'cutHead', when: { connection: 1, request: 3 } } }, PIPELINED);
    await warm(race);
    for (const path of PATHS) race.send('GET', path);
    await race.settle();
    assert.deepEqual(outcomes(race), [
      'GET /a: 200 own',
      'GET /b: lost (fin, reused, safe)',
      'GET /c: 200 own, again: pipelineBroken',
      'GET /d: 200 own, again: pipelineBroken',
    ]);
    assert.deepEqual(await race.leftovers(), []);
  });

  test('within the body of the second of 4', async () => {
    const race = new ClientRace({ fault: { kind: 'shortBody', when: { connection: 1, request: 3 } } }, PIPELINED);
    await warm(race);
    for (const path of PATHS) race.send('GET', path);
    await race.settle();
    assert.deepEqual(outcomes(race), [
      'GET /a: 200 own',
      'GET /b: lost (fin, reused, safe)',
      'GET /c: 200 own, again: pipelineBroken',
      'GET /d: 200 own, again: pipelineBroken',
    ]);
  });

  test('silence: the first is sent again after headersMs, and so are those behind it', async () => {
    const race = new ClientRace({}, { ...PIPELINED, timeouts: { headersMs: 5_000 } });
    await warm(race);
    race.peer.setFault({ kind: 'blackHole', at: 'beforeProcessing', when: { connection: 1 } });
    for (const path of PATHS) race.send('GET', path);
    await race.settle();
    await race.advance(5_000);
    assert.deepEqual(outcomes(race), [
      'GET /a: 200 own, again: silent',
      'GET /b: 200 own, again: pipelineBroken',
      'GET /c: 200 own, again: pipelineBroken',
      'GET /d: 200 own, again: pipelineBroken',
    ]);
  });

  for (const ending of ['none', 'fin', 'linger'] as const) {
    test(`Connection: close in the first answer (${ending}): the others are sent again at once, and pipelined again`, async () => {
      const race = new ClientRace(
        { fault: { kind: 'announcedClose', ending, when: { connection: 1, request: 2 } } },
        PIPELINED,
      );
      await warm(race);
      for (const path of PATHS) race.send('GET', path);
      await race.settle();
      assert.deepEqual(outcomes(race), [
        'GET /a: 200 own',
        'GET /b: 200 own, again: endedBeforeResponse',
        'GET /c: 200 own, again: pipelineBroken',
        'GET /d: 200 own, again: pipelineBroken',
      ]);
      assert.deepEqual(await race.leftovers(), []);
    });
  }

  test('a 408 for the first sends all of them again', async () => {
    const race = new ClientRace(
      { fault: { kind: 'requestTimeoutAnswer', when: { connection: 1, request: 2 } } },
      PIPELINED,
    );
    await warm(race);
    for (const path of PATHS) race.send('GET', path);
    await race.settle();
    assert.deepEqual(outcomes(race), [
      'GET /a: 200 own, again: requestTimeout',
      'GET /b: 200 own, again: requestTimeout',
      'GET /c: 200 own, again: requestTimeout',
      'GET /d: 200 own, again: requestTimeout',
    ]);
  });
});

test('an origin that broke off under pipelined requests is not asked to pipeline again', async () => {
  const race = new ClientRace(
    { fault: { kind: 'unannouncedClose', afterAnswers: 2, when: { connection: 1 } } },
    PIPELINED,
  );
  await warm(race);
  for (const path of PATHS) race.send('GET', path);
  await race.settle();
  race.driven.log.length = 0;
  for (const path of ['/e', '/f', '/g']) race.send('GET', path);
  await race.settle();
  const inOrder = race.log.filter((line) => /executes|response/.test(line));
  // One after the other: each is answered before the next one is sent.
  assert.deepEqual(
    inOrder.map((line) => line.split(' ').find((word) => /executes|response/.test(word))),
    ['executes', 'response', 'executes', 'response', 'executes', 'response'],
  );
});

test('a caller who gives up costs nobody else an answer', async () => {
  const race = new ClientRace({}, PIPELINED);
  await warm(race);
  const hold = race.peer.hold({ at: 'answer', connection: 1 });
  const controller = new AbortController();
  for (const path of PATHS) race.send('GET', path, path === '/b' ? { signal: controller.signal } : {});
  await race.settle();
  race.step('the second caller gives up', () => controller.abort(new Error('enough')));
  await race.settle();
  race.step('the first one is answered', () => hold.release());
  await race.settle();
  assert.deepEqual(outcomes(race), [
    'GET /a: 200 own',
    'GET /b: UNTYPED Error: enough',
    'GET /c: 200 own, again: pipelineBroken',
    'GET /d: 200 own, again: pipelineBroken',
  ]);
  race.driven.log.length = 0;
  for (const path of ['/e', '/f', '/g']) race.send('GET', path);
  await race.settle();
  // That was no fault of the origin: the connection is shared as before.
  assert.deepEqual(
    race.log.filter((line) => /executes|response/.test(line)).map((line) => line.includes('executes')),
    [true, true, true, false, false, false],
  );
  assert.deepEqual(await race.leftovers(), []);
});

describe('what never shares a connection', () => {
  for (const [name, method, options] of [
    ['a POST', 'POST', {}],
    ['a POST with a key', 'POST', { headers: { 'idempotency-key': 'k' } }],
    ['a PUT', 'PUT', { body: 'text' }],
    ['a GET with a body', 'GET', { body: 'text' }],
    ['a GET with Connection: close', 'GET', { headers: { connection: 'close' } }],
  ] as const) {
    test(`${name} waits until nothing is in flight, and nothing is sent behind it`, async () => {
      const race = new ClientRace({}, PIPELINED);
      await warm(race);
      const hold = race.peer.hold({ at: 'answer', connection: 1 });
      race.send('GET', '/a');
      race.send(method, '/b', options);
      race.send('GET', '/c');
      await race.settle();
      // The GET behind may overtake it, but nothing goes out behind what may not be repeated.
      const before = race.log.filter((line) => line.includes('executes'));
      assert.ok(!before.some((line) => line.includes('/b')), race.log.join('\n'));
      const holdB = race.peer.hold({ at: 'answer' });
      hold.release();
      await race.settle();
      const inFlight = race.driven.session.connections().length;
      assert.equal(inFlight, 1);
      holdB.release();
      await race.settle();
      assert.deepEqual(outcomes(race).length, 3, race.log.join('\n'));
      assert.ok(
        outcomes(race).every((line) => line.endsWith('200 own')),
        race.log.join('\n'),
      );
    });
  }
});

test('a missing answer gives each caller the answer of the next one: HTTP/1.1 has nothing that could show it', async () => {
  // Written down as it is: with one request in flight the same server only leaves its client waiting.
  const race = new ClientRace(
    { fault: { kind: 'missingAnswer', when: { connection: 1, request: 2 } } },
    { ...PIPELINED, timeouts: { headersMs: 5_000 } },
  );
  await warm(race);
  race.send('GET', '/a');
  race.send('GET', '/b');
  await race.settle();
  assert.deepEqual(outcomes(race), ['GET /a: 200 FOREIGN /b']);
  await race.advance(5_000);
  const alone = new ClientRace(
    { fault: { kind: 'missingAnswer', when: { connection: 1, request: 2 } } },
    { timeouts: { headersMs: 5_000 } },
  );
  await warm(alone);
  await alone.run('GET', '/a');
  await alone.advance(5_000);
  assert.deepEqual(outcomes(alone), ['GET /a: 200 own, again: silent']);
});
