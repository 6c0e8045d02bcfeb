// The connection ends while the body of a request is on its way.
//
// 1. The client sends a head and a part of the body; the rest is not there yet.
// 2. The server ends the connection, before or within the body.
// 3. The end arrives at the client.
//
// A server cannot execute half a request, so every request may be repeated, if its body can be. It goes out on a new connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConnectionLostError } from '#src/errors.js';
import type { RequestOptions } from '#src/client/options.js';
import { gate } from '../server/driven-server.ts';
import type { Gate } from '../server/driven-server.ts';
import { ClientRace } from './client-race.ts';

type Options = Omit<RequestOptions, 'method'>;

const MARKS: readonly { readonly name: string; readonly repeatable: boolean; readonly options: Options }[] = [
  { name: 'POST', repeatable: false, options: {} },
  { name: 'POST marked idempotent', repeatable: true, options: { idempotent: true } },
  { name: 'POST with a key', repeatable: true, options: { headers: { 'idempotency-key': 'k' } } },
];

/** Two pieces, with a stop before the second. */
async function* slowly(rest: Gate<void>, onEnd: () => void): AsyncGenerator<string> {
  try {
    yield 'te';
    await rest.promise;
    yield 'xt';
  } finally {
    onEnd();
  }
}

for (const ending of ['fin', 'reset'] as const) {
  const reason = ending === 'fin' ? 'peerClosed' : 'peerReset';
  for (const age of ['reused', 'new'] as const) {
    describe(`the server ends a ${age} connection (${ending}) within the body`, () => {
      for (const { name, options } of MARKS) {
        test(`${name}: a body that can be produced again is`, async () => {
          const rest = gate();
          const race = new ClientRace();
          if (age === 'reused') await race.warmUp();
          race.peer.setFault({ kind: 'closeMidRequest', afterBodyBytes: 1, ending, when: { connection: 1 } });
          let opened = 0;
          const body = (): AsyncGenerator<string> => {
            opened += 1;
            return slowly(rest, () => race.note('source: over'));
          };
          await race.run('POST', '/x', { ...options, body });
          race.step('the rest of the body is there', () => rest.open());
          await race.settle();
          assert.equal(opened, 2);
          assert.deepEqual(
            race.log.filter((line) => !/^(?:opened|reused|peer 1: (?:FIN|RST))/.test(line)),
            [
              'peer 1: has half of POST /x',
              `closed 1 ${reason}`,
              'retried POST requestIncomplete',
              '-- the rest of the body is there',
              // One of the attempt that was lost, one of the other.
              'source: over',
              'source: over',
              'peer 2: executes /x',
              'response 2 200',
              'POST /x: 200 own, again: requestIncomplete',
            ],
          );
          assert.deepEqual(await race.leftovers(), []);
        });
      }

      for (const { name, options } of MARKS) {
        test(`${name}: a stream that was read from fails it, and that it is safe to repeat is told`, async () => {
          const race = new ClientRace();
          if (age === 'reused') await race.warmUp();
          race.peer.setFault({ kind: 'closeMidRequest', afterBodyBytes: 1, ending, when: { connection: 1 } });
          await race.run('POST', '/x', { ...options, body: slowly(gate(), () => {}) });
          const [error] = race.errors;
          assert.ok(error instanceof ConnectionLostError, race.log.join('\n'));
          assert.match(error.message, /its body is a stream that was already read from/);
          assert.equal(error.safeToRetry, true);
          assert.equal(error.evidence.requestComplete, false);
          assert.equal(race.peer.executed('/x'), 0);
          assert.deepEqual(await race.leftovers(), []);
        });
      }
    });
  }
}

test('a stream that has not given anything yet is told at once that nobody waits any more', async () => {
  const race = new ClientRace();
  await race.warmUp();
  race.peer.setFault({ kind: 'closeMidRequest', when: { connection: 1 } });
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array>({
    cancel: (reason) => {
      cancelled = reason ?? 'cancelled';
    },
  });
  await race.run('POST', '/x', { body });
  assert.equal(race.log.at(-1), 'POST /x: lost (fin, reused, safe)');
  assert.equal(cancelled, 'cancelled');
});

for (const length of ['chunked', 'of known length'] as const) {
  test(`a body ${length} whose last byte has left is complete, whatever its source still waits for`, async () => {
    // The source has given everything and does not say that it is at its end: the server has all of it if it knows the length.
    const end = gate();
    const race = new ClientRace();
    await race.warmUp();
    race.peer.setFault({ kind: 'closeAfterProcessing', when: { connection: 1 } });
    const body = async function* (): AsyncGenerator<string> {
      yield 'text';
      await end.promise;
    };
    const headers = length === 'chunked' ? {} : { 'content-length': '4' };
    race.send('POST', '/x', { body, headers });
    await race.settle();
    if (length === 'chunked') {
      assert.deepEqual(race.log, ['reused 1']);
      end.open();
      await race.settle();
    }
    assert.equal(race.peer.executed('/x'), 1);
    assert.equal(race.log.at(-1), 'POST /x: lost (fin, reused, not safe)');
  });
}
