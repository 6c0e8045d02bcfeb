// The byte that is held back belongs to its request and to no other, whenever the server answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transport } from '#src/io/index.js';
import { DrivenSession } from './driven-session.ts';

/** Answers as soon as it has a head, as servers do that have no use for the body. What it received stays in `received`. */
function answeringHeads(received: string[], length: number): (transport: Transport, connection: number) => void {
  return (transport, connection) => {
    transport.attach({
      onTransportData: (bytes) => {
        const text = bytes.toString('latin1');
        received[connection] = (received[connection] ?? '') + text;
        if (text.includes('\r\n\r\n')) transport.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      },
      onTransportEnd: () => transport.end(),
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
  };
}

/** The head of a request up to its last line, and what follows it. */
const BODIES = /\r\n\r\n/;

test('a server that answers before it has the last byte gets that byte, and the next request whole', async () => {
  const received: string[] = [];
  const driven = new DrivenSession(answeringHeads(received, 0), { holdBack: 'lastByte' });
  for (const [method, body] of [
    ['GET', null],
    ['POST', 'first'],
    ['GET', null],
    ['POST', 'second'],
    ['GET', null],
  ] as const) {
    const outcome = driven.outcome(driven.session.request('/', { method, body }));
    // Nothing waits for time: the answer comes before the byte would have been let go.
    await driven.settle();
    assert.equal(await outcome, '200 ');
  }
  assert.equal(driven.opener.opened, 1);
  const parts = received[1]!.split(BODIES);
  assert.deepEqual(
    parts.map((part) => part.split('\r\n', 1)[0]),
    ['GET / HTTP/1.1', 'POST / HTTP/1.1', 'firstGET / HTTP/1.1', 'POST / HTTP/1.1', 'secondGET / HTTP/1.1', ''],
  );
});

test('a server whose answer waits for the end of the request gets it', async () => {
  const received: string[] = [];
  const driven = new DrivenSession(answeringHeads(received, 3), { holdBack: 'lastByte' });
  const first = driven.outcome(driven.session.request('/'));
  await driven.settle();
  driven.opener.connections[0]!.pair[1].write('abc');
  await driven.settle();
  assert.equal(await first, '200 abc');
  const second = driven.outcome(driven.session.request('/', { method: 'POST', body: 'whole' }));
  await driven.settle();
  assert.match(received[1]!, /whole$/);
  driven.opener.connections[0]!.pair[1].write('def');
  await driven.settle();
  assert.equal(await second, '200 def');
});

test('an end that arrived before the byte was due is seen before it goes out, however late the timer is', async () => {
  const driven = new DrivenSession(
    (transport, connection) => {
      let hasAnswered = false;
      transport.attach({
        onTransportData: () => {
          // The first connection is given up after one answer.
          if (connection > 1 || !hasAnswered) transport.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
          hasAnswered = true;
        },
        onTransportEnd: () => transport.end(),
        onTransportDrain: () => {},
        onTransportClosed: () => {},
      });
    },
    { holdBack: 'lastByte' },
  );
  driven.opener.connectMs = 20;
  const first = driven.outcome(driven.session.request('/'));
  await driven.settle();
  assert.equal(await first, '200 ');
  const second = driven.outcome(driven.session.request('/', { method: 'POST', body: 'whole' }));
  driven.opener.connections[0]!.pair[1].end();
  // The loop was busy with something else: the timer is due, and the end is there. Timers come first.
  driven.clock.advance(20);
  driven.opener.deliverAll();
  await driven.settle();
  assert.equal(await second, '200 ');
  assert.ok(driven.log.includes('retried POST requestIncomplete'), driven.log.join('\n'));
});
