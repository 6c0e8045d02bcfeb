// The check of half-closed clients against servers that answer them, at once or later, or drop them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response, serve } from '#src/server/index.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import { runOneCheck, startNodeServer } from '../run-one-check.ts';

async function isAnswered(url: string): Promise<boolean | null> {
  const { measured, report } = await runOneCheck(url, 'half-close', { responseTimeoutMs: 500 });
  const story = report.connections.find(({ check }) => check === 'half-close');
  assert.ok(story?.events.some(({ kind }) => kind === 'weFin'));
  return measured.halfCloseAnswered;
}

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

describe('the check of half-closed clients', () => {
  test('an answer at once is one', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.write(plainAnswer()));
    assert.equal(await isAnswered(server.url), true);
  });

  test('a server that drops the request is found out, with FIN, with RST, and where it says nothing at all', async () => {
    for (const how of ['fin', 'reset', 'nothing']) {
      await using server = await startRawServer(
        (_head, { socket, number }) => number === 1 && socket.write(plainAnswer()),
        ({ socket, number }) => {
          if (number === 1) return;
          // The helper's own way is to close with a FIN.
          if (how !== 'fin') socket.removeAllListeners('end');
          if (how === 'reset') socket.on('end', () => socket.resetAndDestroy());
        },
      );
      assert.equal(await isAnswered(server.url), false, how);
    }
  });

  test('half an answer is none', async () => {
    await using server = await startRawServer((_head, { socket, number }) => {
      if (number === 1) socket.write(plainAnswer());
      else socket.end(plainAnswer().slice(0, -1));
    });
    assert.equal(await isAnswered(server.url), false);
  });

  test('node:http answers where it has the answer at once, and drops the client where it takes a moment', async () => {
    await using quick = await startNodeServer((_request, response) => void response.end('ok\n'));
    assert.equal(await isAnswered(quick.url), true);
    await using slow = await startNodeServer((_request, response) => void setTimeout(() => response.end('ok\n'), 100));
    assert.equal(await isAnswered(slow.url), false);
  });

  test('our own server answers also where it takes a moment', async () => {
    await using server = await serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async () => {
        await pause(100);
        return new Response('ok\n');
      },
    });
    assert.equal(await isAnswered(server.url), true);
  });
});
