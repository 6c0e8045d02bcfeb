// The connection ends within the answer.
//
// 1. The client sends a request; the server executes it.
// 2. The server sends a part of the answer: of the status line, of a field, of the body, or all but the last chunk.
// 3. The server ends the connection.
//
// The request was executed, so nothing is sent again, whatever its method: the caller gets what there is and a typed error. It is
// safe to repeat exactly where the request is idempotent. An answer is complete only where its framing says so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLostError } from '#src/errors.js';
import type { BadPeerFault } from '#src/testing/bad-peer/index.js';
import { withFaults } from '#src/testing/index.js';
import { ClientRace } from './client-race.ts';
import { oneShotShapes, REPLAYABLE_SHAPES } from './request-shapes.ts';

const FAULTS: readonly (readonly [string, BadPeerFault])[] = [
  ['the status line', { kind: 'cutHead', at: 'statusLine' }],
  ['the name of a field', { kind: 'cutHead', at: 'fieldName' }],
  ['the last line end of the head', { kind: 'cutHead', at: 'finalLineEnd' }],
  ['a body, one byte before its end', { kind: 'shortBody' }],
  ['a body, before its first byte', { kind: 'shortBody', missingBytes: 10_000 }],
  ['a chunked body, before its last chunk', { kind: 'missingLastChunk' }],
];

for (const age of ['reused', 'new'] as const) {
  for (const [where, fault] of FAULTS) {
    describe(`the server closes a ${age} connection within ${where}`, () => {
      for (const shape of [...REPLAYABLE_SHAPES, ...oneShotShapes()]) {
        test(`${shape.name} fails, and was sent once`, async () => {
          const race = new ClientRace();
          if (age === 'reused') await race.warmUp();
          race.peer.setFault(fault);
          await race.run(shape.method, '/x', shape.options);
          const isBody = fault.kind !== 'cutHead';
          assert.deepEqual(race.log, [
            age === 'reused' ? 'reused 1' : 'opened 1',
            'peer 1: executes /x',
            'peer 1: FIN',
            ...(isBody ? ['response 1 200'] : []),
            'closed 1 peerClosed',
            `${shape.method} /x: lost (fin, ${age}, ${shape.repeatable ? 'safe' : 'not safe'})`,
          ]);
          const [error] = race.errors;
          assert.ok(error instanceof ConnectionLostError);
          assert.ok(error.evidence.responseBytes > 0);
          assert.equal(error.evidence.requestComplete, true);
          assert.deepEqual(await race.leftovers(), []);
        });
      }
    });
  }
}

test('an RST anywhere within an answer fails it, and behind its last byte does not', async () => {
  const whole = new ClientRace();
  await whole.run('GET', '/x');
  const answerBytes = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n'.length;
  const bodyBytes = Buffer.byteLength(
    JSON.stringify({ id: '/x', method: 'POST', target: '/x', body: '', bodyBytes: 0, connection: 1, number: 1 }),
  );
  for (let bytes = 0; bytes <= answerBytes + bodyBytes; bytes += 1) {
    const race = new ClientRace();
    race.driven.opener.wrap = (transport) => withFaults(transport, { resetAfterReadBytes: bytes });
    await race.run('POST', '/x');
    const expected = bytes < answerBytes + bodyBytes ? 'POST /x: lost (reset, new, not safe)' : 'POST /x: 200 own';
    assert.equal(race.log.at(-1), expected, `after ${bytes} bytes\n${race.log.join('\n')}`);
    assert.equal(race.peer.executed('/x'), 1);
  }
});

for (const ending of ['fin', 'reset'] as const) {
  test(`a body that ends with the connection is ${ending === 'fin' ? 'complete with FIN' : 'not complete with RST'}`, async () => {
    const race = new ClientRace({ fault: { kind: 'http10Answer', framing: 'untilClose', ending: 'linger' } });
    if (ending === 'reset') {
      race.driven.opener.wrap = (transport) => withFaults(transport, { resetAfterReadBytes: 100 });
    }
    await race.run('GET', '/x');
    assert.deepEqual(race.log.slice(2), [
      'peer 1: FIN',
      'response 1 200',
      ...(ending === 'fin'
        ? ['closed 1 bodyUntilClose', 'GET /x: 200 own']
        : ['closed 1 peerReset', 'GET /x: lost (reset, new, safe)']),
    ]);
  });
}

for (const ending of ['fin', 'linger', 'halfClose'] as const) {
  test(`an end (${ending}) right behind a whole answer costs nobody anything`, async () => {
    const race = new ClientRace({ fault: { kind: 'unannouncedClose', ending } });
    await race.run('POST', '/x');
    await race.run('POST', '/y');
    assert.deepEqual(
      race.log.filter((line) => line.startsWith('POST')),
      ['POST /x: 200 own', 'POST /y: 200 own'],
    );
    assert.equal(race.driven.session.stats().retries, 0);
  });
}
