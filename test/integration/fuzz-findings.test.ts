// What fuzzing found, each as the shortest input that showed it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RawConnection } from '../support/raw-client.ts';
import { TracedServer } from './traced-server.ts';

test('a chunked body that nobody reads may exceed the drain limit with chunks left in the same read', async () => {
  await using traced = await TracedServer.start({ handler: () => ({ body: 'ok' }), limits: { drainBytes: 10 } });
  const client = await RawConnection.open(traced.port);
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${'8\r\n12345678\r\n'.repeat(4)}`);
  const received = await client.readToEnd();
  assert.deepEqual(received.match(/^HTTP\/1\.1 \d+/gm), ['HTTP/1.1 200']);
  await traced.quiet();
  assert.deepEqual(traced.closeReasons, ['bodyNotConsumed']);
});

test('a broken chunk behind the one that exceeded the drain limit is not answered a second time', async () => {
  await using traced = await TracedServer.start({ handler: () => ({ body: 'ok' }), limits: { drainBytes: 10 } });
  const client = await RawConnection.open(traced.port);
  client.write(
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${'8\r\n12345678\r\n'.repeat(2)}no size\r\n`,
  );
  const received = await client.readToEnd();
  assert.deepEqual(received.match(/^HTTP\/1\.1 \d+/gm), ['HTTP/1.1 400']);
  await traced.quiet();
  assert.deepEqual(traced.closeReasons, ['protocolError']);
});
