// What the first requests tell: persistence, promises, and how a server fails to answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from '#src/inspect/index.js';
import type { Measurements } from '#src/inspect/index.js';
import { plainAnswer, startRawServer } from './raw-server.ts';
import type { OnRequest, RawConnection } from './raw-server.ts';

async function firstAnswerOf(
  onRequest: OnRequest,
  onOpen?: (connection: RawConnection) => void,
): Promise<Readonly<Measurements>> {
  await using server = await startRawServer(onRequest, onOpen);
  return (await inspect(server.url, { only: ['first-answer'], responseTimeoutMs: 300 })).measurements;
}

describe('the first answer', () => {
  test('a connection that serves a second request persists', async () => {
    const measured = await firstAnswerOf((_head, { socket }) => socket.write(plainAnswer('ok', 'Server: raw\r\n')));
    assert.deepEqual(
      [measured.status, measured.server, measured.http11Persistent, measured.http11CloseAnnounced],
      [200, 'raw', true, null],
    );
    assert.deepEqual([measured.advertisedField, measured.advertisedInConnection], [null, null]);
  });

  for (const fieldLines of ['Connection: close\r\n', '']) {
    test(`one that ends behind its answer does not, ${fieldLines === '' ? 'unannounced' : 'announced'}`, async () => {
      const measured = await firstAnswerOf((_head, { socket }) => socket.end(plainAnswer('ok', fieldLines)));
      assert.deepEqual([measured.http11Persistent, measured.http11CloseAnnounced], [false, fieldLines !== '']);
    });
  }

  test('what is promised without being asked is taken from the first answer', async () => {
    const measured = await firstAnswerOf((_head, { socket, requests }) =>
      socket.write(plainAnswer('ok', `Connection: Keep-Alive\r\nKeep-Alive: timeout=7, max=${10 - requests}\r\n`)),
    );
    assert.deepEqual(
      [measured.advertisedTimeoutMs, measured.advertisedMax, measured.maxCountsDown, measured.advertisedInConnection],
      [7_000, 9, true, true],
    );
  });

  test('what is promised only to those who ask is asked for', async () => {
    const measured = await firstAnswerOf((head, { socket }) =>
      socket.write(
        plainAnswer('ok', /^connection: keep-alive$/im.test(head) ? 'Keep-Alive: timeout=7, max=5\r\n' : ''),
      ),
    );
    assert.deepEqual(
      [measured.advertisedTimeoutMs, measured.advertisedMax, measured.maxCountsDown, measured.advertisedInConnection],
      [7_000, 5, false, false],
    );
  });

  test('bytes behind a complete answer are seen', async () => {
    const measured = await firstAnswerOf((_head, { socket }) => socket.write(`${plainAnswer()}more`));
    assert.equal(measured.bytesBehindAnswer, true);
  });

  const failures: readonly (readonly [string, Measurements['unanswered'], OnRequest, ((c: RawConnection) => void)?])[] =
    [
      ['silence', 'timeout', () => {}],
      ['a FIN', 'fin', (_head, { socket }) => socket.end()],
      ['a RST', 'reset', (_head, { socket }) => socket.resetAndDestroy()],
      ['a RST before it asks', 'reset', () => {}, ({ socket }) => socket.resetAndDestroy()],
      ['garbage', 'malformed', (_head, { socket }) => socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n')],
      ['half an answer', 'slow', (_head, { socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Le')],
      ['half a body', 'slow', (_head, { socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour')],
      ['a body cut off', 'fin', (_head, { socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour')],
    ];
  for (const [what, unanswered, onRequest, onOpen] of failures) {
    test(`${what} instead of an answer is told as ${unanswered}`, async () => {
      const measured = await firstAnswerOf(onRequest, onOpen);
      assert.deepEqual([measured.status, measured.unanswered], [null, unanswered]);
    });
  }
});
