// The check of `Connection: close` against servers that hear each way of asking for it, some of them, or none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response, serve } from '#src/server/index.js';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import { runOneCheck, startNodeServer } from '../run-one-check.ts';

/** Closes where `hears` says so, and says so where `says`. */
function serveRaw(hears: (head: string) => boolean, says = true) {
  return startRawServer((head, { socket }) => {
    if (hears(head)) socket.end(plainAnswer('ok\n', says ? 'Connection: close\r\n' : ''));
    else socket.write(plainAnswer());
  });
}

const hearsAll = (head: string): boolean => /^connection:.*close/im.test(head);

describe('the check of Connection: close', { concurrency: 3 }, () => {
  test('a server that hears every way honours it, and says so', async () => {
    await using server = await serveRaw(hearsAll);
    const { measured, outcome } = await runOneCheck(server.url, 'connection-close');
    assert.equal(outcome, 'measured');
    assert.deepEqual([measured.honoursClose, measured.closeIgnoredFor, measured.answersClose], [true, [], true]);
  });

  test('a server that closes without a word honours it as well', async () => {
    await using server = await serveRaw(hearsAll, false);
    const { measured } = await runOneCheck(server.url, 'connection-close');
    assert.deepEqual([measured.honoursClose, measured.answersClose], [true, false]);
  });

  test('each way that is not heard is told as it was sent', async () => {
    const cases: readonly (readonly [RegExp, readonly string[]])[] = [
      [/^connection:.*close/m, ['all of them']],
      [/^Connection: close\r?$/m, ['CLOSE', 'foo, close', 'keep-alive, close', '\\tclose']],
      [/^connection:[ \t]*close/im, ['foo, close', 'keep-alive, close']],
    ];
    for (const [hears, ignored] of cases) {
      await using server = await serveRaw((head) => hears.test(head));
      const { measured } = await runOneCheck(server.url, 'connection-close');
      assert.equal(measured.honoursClose, false);
      const told = measured.closeIgnoredFor ?? [];
      if (ignored[0] === 'all of them') assert.equal(told.length, 6);
      else
        assert.deepEqual(
          told.map((way) => way.replace(/^Connection:(?: |(?=\\))/, '')),
          ignored,
        );
    }
  });

  test('a server that hears only the first of two lines is found out', async () => {
    await using server = await serveRaw((head) => /close/i.test(/^connection:.*$/im.exec(head)?.[0] ?? ''));
    const { measured } = await runOneCheck(server.url, 'connection-close');
    assert.deepEqual(measured.closeIgnoredFor, ['Connection: keep-alive\\r\\nConnection: close']);
  });

  test('a connection that stays open and silent is not closed', async () => {
    // The connection of the first requests is served as usual.
    await using server = await startRawServer((_head, { socket, number, requests }) => {
      if (number === 1 || requests === 1) socket.write(plainAnswer());
    });
    const { measured } = await runOneCheck(server.url, 'connection-close', { responseTimeoutMs: 200 });
    assert.deepEqual([measured.honoursClose, measured.closeIgnoredFor?.length], [false, 6]);
  });

  test('a server that closes after each answer is not asked', async () => {
    await using server = await serveRaw(() => true);
    const { measured, outcome } = await runOneCheck(server.url, 'connection-close');
    assert.equal(measured.honoursClose, null);
    assert.match(outcome, /^skipped: it closes after each answer/);
  });

  test('where no answer comes nothing is measured, and the reason stands with the check', async () => {
    await using server = await startRawServer((head, { socket }) => {
      if (hearsAll(head)) socket.resetAndDestroy();
      else socket.write(plainAnswer());
    });
    const { measured, outcome } = await runOneCheck(server.url, 'connection-close');
    assert.deepEqual([measured.honoursClose, measured.closeIgnoredFor, measured.answersClose], [null, null, null]);
    assert.equal(outcome, 'failed: no request with Connection: close was answered');
  });

  test('node:http honours it', async () => {
    await using server = await startNodeServer((_request, response) => void response.end('ok\n'));
    const { measured } = await runOneCheck(server.url, 'connection-close');
    assert.deepEqual(
      measured.closeIgnoredFor?.filter((way) => !way.includes('\\t')),
      [],
    );
    assert.equal(measured.answersClose, true);
  });

  test('our own server honours every way, and says so', async () => {
    await using server = await serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok\n') });
    const { measured } = await runOneCheck(server.url, 'connection-close');
    assert.deepEqual([measured.honoursClose, measured.closeIgnoredFor, measured.answersClose], [true, [], true]);
  });
});
