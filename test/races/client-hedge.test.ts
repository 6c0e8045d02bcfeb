// A connection that was idle for long stays silent, and a second attempt starts beside it.
//
// 1. The connection served a request and is idle for half a minute.
// 2. The client sends a GET on it; nothing comes back.
// 3. The origin takes longer than it usually does: the client sends the same on a new connection.
// 4. One of both answers first.
//
// The first answer wins, in both orders, and the other connection is destroyed. A POST is never sent twice.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RequestOptions } from '#src/client/options.js';
import { ClientRace } from './client-race.ts';

const SUSPECT_MS = 1_000;

for (const [winner, loser] of [
  [1, 2],
  [2, 1],
] as const) {
  test(`connection ${winner} answers first and wins; connection ${loser} is destroyed`, async () => {
    const race = new ClientRace();
    await race.warmUp();
    await race.advance(30_000);
    const holds = [1, 2].map((connection) => race.peer.hold({ at: 'answer', connection }));
    await race.run('GET', '/x');
    await race.advance(SUSPECT_MS);
    race.step(`connection ${winner} answers`, () => holds[winner - 1]!.release());
    await race.settle();
    race.step(`connection ${loser} answers, too late`, () => holds[loser - 1]!.release());
    await race.settle();
    assert.deepEqual(
      race.log.filter((line) => !/^peer \d: (?:FIN|RST)$/.test(line)),
      [
        'reused 1',
        'peer 1: executes /x',
        'hedged GET 1',
        'opened 2',
        'peer 2: executes /x, time 2',
        `-- connection ${winner} answers`,
        `closed ${loser} aborted`,
        `response ${winner} 200`,
        'GET /x: 200 own',
        `-- connection ${loser} answers, too late`,
      ],
    );
    const stats = race.driven.session.stats();
    assert.deepEqual([stats.hedges, stats.responses, stats.retries], [1, 2, 0]);
    assert.deepEqual(await race.leftovers(), []);
  });

  test(`connection ${loser} is lost, connection ${winner} answers`, async () => {
    const race = new ClientRace();
    await race.warmUp();
    await race.advance(30_000);
    const holds = [1, 2].map((connection) => race.peer.hold({ at: 'answer', connection }));
    await race.run('GET', '/x');
    await race.advance(SUSPECT_MS);
    const { pair } = race.driven.opener.connections[loser - 1]!;
    race.step(`connection ${loser} is reset`, () => pair[1].reset());
    await race.settle();
    race.step(`connection ${winner} answers`, () => holds[winner - 1]!.release());
    await race.settle();
    assert.deepEqual(race.log.slice(5), [
      `-- connection ${loser} is reset`,
      `closed ${loser} peerReset`,
      `-- connection ${winner} answers`,
      `response ${winner} 200`,
      'GET /x: 200 own',
    ]);
    assert.deepEqual(await race.leftovers(), []);
  });
}

test('the answer that comes while the second connection is being opened wins, and that one stays for others', async () => {
  const race = new ClientRace();
  await race.warmUp();
  await race.advance(30_000);
  const hold = race.peer.hold({ at: 'answer', connection: 1 });
  race.driven.opener.holds = true;
  await race.run('GET', '/x');
  await race.advance(SUSPECT_MS);
  race.step('connection 1 answers', () => hold.release());
  await race.settle();
  race.step('connection 2 is open', () => race.driven.opener.admit());
  await race.settle();
  assert.deepEqual(race.log, [
    'reused 1',
    'peer 1: executes /x',
    'hedged GET 1',
    '-- connection 1 answers',
    'response 1 200',
    'GET /x: 200 own',
    '-- connection 2 is open',
    'opened 2',
  ]);
  assert.equal(race.peer.executed('/x'), 1);
  assert.deepEqual(await race.leftovers(), []);
});

test('where both are lost, the request is sent once more and then fails as any other', async () => {
  const race = new ClientRace();
  await race.warmUp();
  await race.advance(30_000);
  race.peer.setFault({ kind: 'blackHole', at: 'beforeProcessing' });
  await race.run('GET', '/x');
  await race.advance(SUSPECT_MS);
  race.step('the server dies', () => race.peer.setFault(undefined));
  for (const { pair } of race.driven.opener.connections) pair[1].reset();
  await race.settle();
  assert.equal(race.log.at(-1), 'GET /x: 200 own, again: endedBeforeResponse');
  assert.deepEqual(await race.leftovers(), []);
});

test('a caller who gives up ends both attempts', async () => {
  const controller = new AbortController();
  const race = new ClientRace();
  await race.warmUp();
  await race.advance(30_000);
  race.peer.setFault({ kind: 'blackHole', at: 'beforeProcessing' });
  await race.run('GET', '/x', { signal: controller.signal });
  await race.advance(SUSPECT_MS);
  controller.abort(new Error('enough'));
  await race.settle();
  assert.deepEqual(race.log, [
    'reused 1',
    'hedged GET 1',
    'opened 2',
    'closed 1 aborted',
    'closed 2 aborted',
    'GET /x: UNTYPED Error: enough',
  ]);
  assert.deepEqual(await race.leftovers(), []);
});

describe('what is not hedged', () => {
  const cases: readonly (readonly [string, string, Omit<RequestOptions, 'method'>])[] = [
    ['a POST', 'POST', {}],
    ['a PATCH', 'PATCH', { body: 'text' }],
    ['a stream', 'PUT', { body: ['text'].values() }],
  ];
  for (const [name, method, options] of cases) {
    test(`${name} waits for its only answer`, async () => {
      const race = new ClientRace({}, { nonIdempotent: 'reuse' });
      await race.warmUp();
      await race.advance(30_000);
      const hold = race.peer.hold({ at: 'answer' });
      await race.run(method, '/x', options);
      await race.advance(30_000);
      hold.release();
      await race.settle();
      assert.deepEqual(race.log, ['reused 1', 'peer 1: executes /x', 'response 1 200', `${method} /x: 200 own`]);
      assert.equal(race.driven.session.stats().hedges, 0);
    });
  }

  test('a request on a connection that was used a moment ago', async () => {
    const race = new ClientRace();
    await race.warmUp();
    const hold = race.peer.hold({ at: 'answer' });
    await race.run('GET', '/x');
    await race.advance(30_000);
    hold.release();
    await race.settle();
    assert.equal(race.driven.session.stats().hedges, 0);
    assert.equal(race.log.at(-1), 'GET /x: 200 own');
  });

  test('nothing where retries are switched off', async () => {
    const race = new ClientRace({}, { maxRetries: 0 });
    await race.warmUp();
    await race.advance(30_000);
    const hold = race.peer.hold({ at: 'answer' });
    await race.run('GET', '/x');
    await race.advance(30_000);
    hold.release();
    await race.settle();
    assert.equal(race.driven.session.stats().hedges, 0);
  });
});
