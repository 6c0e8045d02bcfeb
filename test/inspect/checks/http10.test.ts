// The check of HTTP/1.0 against servers that keep, close, stay silent or refuse.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response, serve } from '#src/server/index.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import type { RawConnection } from '../raw-server.ts';
import { runOneCheck, startNodeServer } from '../run-one-check.ts';

/** Keep-alive and close by default, as the check saw them. */
async function verdicts(url: string): Promise<readonly [boolean | null, boolean | null, string]> {
  const { measured, outcome } = await runOneCheck(url, 'http10', { responseTimeoutMs: 400 });
  return [measured.http10KeepAlive, measured.http10ClosesByDefault, outcome];
}

/** `onRequest10` is told requests of HTTP/1.0 only; the others are answered plainly. */
function serveRaw(onRequest10: (head: string, connection: RawConnection) => void) {
  return startRawServer((head, connection) => {
    if (/HTTP\/1\.0$/m.test(head)) onRequest10(head, connection);
    else connection.socket.write(plainAnswer());
  });
}

const asksToBeKept = (head: string): boolean => /^connection: keep-alive$/im.test(head);

describe('the check of HTTP/1.0', { concurrency: 3 }, () => {
  test('a server that keeps those who ask for it, and closes the others', async () => {
    await using server = await serveRaw((head, { socket }) => {
      if (asksToBeKept(head)) socket.write(plainAnswer('ok\n', 'Connection: keep-alive\r\n'));
      else socket.end(plainAnswer());
    });
    assert.deepEqual(await verdicts(server.url), [true, true, 'measured']);
  });

  test('a server that closes behind each answer, also where the FIN comes a little later', async () => {
    await using server = await serveRaw((_head, { socket }) => {
      socket.write(plainAnswer());
      setTimeout(() => socket.end(), 50);
    });
    assert.deepEqual(await verdicts(server.url), [false, true, 'measured']);
  });

  test('a server that resets the connection at the second request does not keep it', async () => {
    await using server = await serveRaw((_head, { socket, requests }) => {
      if (requests === 1) socket.write(plainAnswer());
      else socket.resetAndDestroy();
    });
    assert.deepEqual(await verdicts(server.url), [false, true, 'measured']);
  });

  test('a server that keeps everybody does not close by default', async () => {
    await using server = await serveRaw((_head, { socket }) => socket.write(plainAnswer()));
    assert.deepEqual(await verdicts(server.url), [true, false, 'measured']);
  });

  test('a server that leaves the connection open and answers nothing more neither keeps nor closes it', async () => {
    await using server = await serveRaw((_head, { socket, requests }) => {
      if (requests === 1) socket.write(plainAnswer());
    });
    assert.deepEqual(await verdicts(server.url), [false, false, 'measured']);
  });

  test('a body that ends with the connection leaves nothing to keep', async () => {
    await using server = await serveRaw((_head, { socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nok\n'));
    assert.deepEqual(await verdicts(server.url), [false, true, 'measured']);
  });

  test('a server that refuses HTTP/1.0 is not measured', async () => {
    await using server = await serveRaw((_head, { socket }) => {
      socket.end(plainAnswer('', '', '505 HTTP Version Not Supported'));
    });
    assert.deepEqual(await verdicts(server.url), [null, null, 'failed: it refuses HTTP/1.0 with status 505']);
  });

  test('where no answer comes nothing is measured', async () => {
    await using server = await serveRaw(() => {});
    assert.deepEqual((await verdicts(server.url)).slice(0, 2), [null, null]);
  });

  test('node:http closes in both cases', async () => {
    await using server = await startNodeServer((_request, response) => void response.end('ok\n'));
    assert.deepEqual(await verdicts(server.url), [false, true, 'measured']);
  });

  test('our own server keeps those who ask for it, and closes the others', async () => {
    await using server = await serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok\n') });
    assert.deepEqual(await verdicts(server.url), [true, true, 'measured']);
  });
});
