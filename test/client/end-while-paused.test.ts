// The server's FIN behind a chunked response that nobody reads yet. On real sockets: whether a paused one tells of its end is theirs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Session } from '#src/client/index.js';

/** More than a body takes before somebody reads it, and in chunks, so that the end of the last one waits as well. */
const CHUNKS = 5;
const CHUNK_BYTES = 0x4000;

test('a connection whose server ended it while nobody read is not used again', async () => {
  let connections = 0;
  const chunk = `${CHUNK_BYTES.toString(16)}\r\n${'x'.repeat(CHUNK_BYTES)}\r\n`;
  const server = createServer((socket) => {
    connections += 1;
    const isFirst = connections === 1;
    socket.on('error', () => {});
    socket.once('data', () => {
      if (isFirst) socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(CHUNKS)}0\r\n\r\n`);
      else socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reasons: string[] = [];
  const session = new Session({
    baseUrl,
    timeouts: { headersMs: 5_000 },
    trace: (event) => {
      if (event.type === 'closed') reasons.push(event.reason);
    },
  });
  const response = await session.request('/', { method: 'POST' });
  // Until its end has arrived; a session that does not notice it is not waited for for ever.
  for (let round = 0; session.connections()[0]?.state === 'active' && round < 100; round += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
  assert.equal((await response.body.bytes()).length, CHUNKS * CHUNK_BYTES);
  assert.deepEqual(reasons, ['peerClosed']);
  assert.equal((await session.request('/', { method: 'POST' })).status, 204);
  session.destroy();
  server.close();
});
