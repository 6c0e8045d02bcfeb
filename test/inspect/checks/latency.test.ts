// The check of latency against servers whose costs are known.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response, serve } from '#src/server/index.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import { runOneCheck, startNodeServer } from '../run-one-check.ts';

describe('the check of latency', () => {
  test('what a new connection costs more than a request is told, and what that makes for a page', async () => {
    await using server = await startRawServer((_head, { socket, requests }) => {
      setTimeout(() => socket.write(plainAnswer()), requests === 1 ? 60 : 10);
    });
    const { newConnectionMs, reusedRequestMs, pageSavingMs, pageResources } = (await runOneCheck(server.url, 'latency'))
      .measured;
    assert.ok(newConnectionMs !== null && reusedRequestMs !== null && pageSavingMs !== null);
    assert.ok(newConnectionMs >= 59 && newConnectionMs < 110, String(newConnectionMs));
    assert.ok(reusedRequestMs >= 9 && reusedRequestMs < 50, String(reusedRequestMs));
    assert.equal(pageResources, 30);
    assert.ok(Math.abs(pageSavingMs - 29 * (newConnectionMs - reusedRequestMs)) < 0.02);
  });

  test('one slow answer among them changes nothing', async () => {
    await using server = await startRawServer((_head, { socket, number, requests }) => {
      const isSlow = (number === 3 && requests === 1) || (number === 6 && requests === 5);
      setTimeout(() => socket.write(plainAnswer()), isSlow ? 300 : 0);
    });
    const { newConnectionMs, reusedRequestMs } = (await runOneCheck(server.url, 'latency')).measured;
    assert.ok(newConnectionMs !== null && newConnectionMs < 100, String(newConnectionMs));
    assert.ok(reusedRequestMs !== null && reusedRequestMs < 100, String(reusedRequestMs));
  });

  test('a page never costs time by reuse: a server that is slower then saves nothing', async () => {
    await using server = await startRawServer((_head, { socket, requests }) => {
      setTimeout(() => socket.write(plainAnswer()), requests === 1 ? 0 : 30);
    });
    assert.equal((await runOneCheck(server.url, 'latency')).measured.pageSavingMs, 0);
  });

  test('where nothing is reused only the new connection is measured', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.end(plainAnswer()));
    const { newConnectionMs, reusedRequestMs, pageSavingMs, pageResources } = (await runOneCheck(server.url, 'latency'))
      .measured;
    assert.ok(newConnectionMs !== null);
    assert.deepEqual([reusedRequestMs, pageSavingMs, pageResources], [null, null, null]);
  });

  test('where nothing is answered the reason stands with the check', async () => {
    await using server = await startRawServer((_head, { socket, number }) => {
      if (number === 1) socket.write(plainAnswer());
      else socket.destroy();
    });
    const { outcome } = await runOneCheck(server.url, 'latency');
    assert.equal(outcome, 'failed: no request on a new connection was answered');
  });

  test('node:http and our own server are measured', async () => {
    await using node = await startNodeServer((_request, response) => void response.end('ok\n'));
    await using own = await serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok\n') });
    for (const { url } of [node, own]) {
      const { measured } = await runOneCheck(url, 'latency');
      assert.ok(measured.newConnectionMs !== null && measured.newConnectionMs > 0);
      assert.ok(measured.reusedRequestMs !== null && measured.reusedRequestMs > 0);
    }
  });
});
