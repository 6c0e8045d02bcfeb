import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transport } from '#src/io/index.js';
import { DrivenSession } from './driven-session.ts';

/** Answers each request at once, with its number on the connection. */
function answering(fields = ''): (transport: Transport, connection: number) => void {
  return (transport, connection) => {
    let requests = 0;
    transport.attach({
      onTransportData: () => {
        requests += 1;
        const body = `${connection}/${requests}`;
        transport.write(`HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`);
      },
      onTransportEnd: () => transport.end(),
      onTransportDrain: () => {},
      onTransportClosed: () => {},
    });
  };
}

test('a second request goes out on the connection of the first', async () => {
  const driven = new DrivenSession(answering());
  const first = driven.outcome(driven.session.request('/'));
  await driven.settle();
  assert.equal(await first, '200 1/1');
  const second = driven.outcome(driven.session.request('/'));
  await driven.settle();
  assert.equal(await second, '200 1/2');
  assert.deepEqual(driven.log, [
    'connecting',
    'opened 1',
    'response 1 200',
    'idle 1 option',
    'reused 1',
    'response 1 200',
    'idle 1 option',
  ]);
});

test('an idle connection is closed by timer before the server does it', async () => {
  const driven = new DrivenSession(answering('Keep-Alive: timeout=5\r\n'));
  const first = driven.outcome(driven.session.request('/'));
  await driven.settle();
  await first;
  await driven.advance(4_900);
  assert.equal(driven.log.at(-1), 'idle 1 serverHint');
  await driven.advance(100);
  assert.equal(driven.log.at(-1), 'closed 1 hintExpired');
  assert.deepEqual(driven.session.connections(), []);
});
