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

  test('a 408 behind an answer is the end of waiting, not bytes too many', async () => {
    const measured = await firstAnswerOf((_head, { socket }) => {
      socket.end(plainAnswer() + plainAnswer('', 'Connection: close\r\n', '408 Request Timeout'));
    });
    assert.deepEqual([measured.bytesBehindAnswer, measured.http11Persistent], [false, false]);
  });

  test('a connection that stays open without a second answer has not been closed', async () => {
    await using server = await startRawServer((_head, { socket, requests }) => {
      if (requests === 1) socket.write(plainAnswer());
    });
    const only = ['idle-timeout', 'pipelining'] as const;
    const { measurements, checks } = await inspect(server.url, { only, responseTimeoutMs: 300, maxWaitMs: 300 });
    assert.deepEqual([measurements.http11Persistent, measurements.http11CloseAnnounced], [false, null]);
    assert.equal(measurements.idleClose, 'none');
    assert.equal(checks.at(-1)?.reason, 'it serves one request on each connection');
  });

  for (const text of ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', plainAnswer('', 'Connection: close\r\n')]) {
    test(`an end that is announced counts, also where more would be served: ${text.slice(0, 8)}`, async () => {
      const measured = await firstAnswerOf((_head, { socket }) => void socket.write(text));
      assert.deepEqual([measured.http11Persistent, measured.http11CloseAnnounced], [false, true]);
    });
  }

  for (const [how, pieces] of [
    ['at once', [18]],
    ['in two pieces', [4, 14]],
  ] as const) {
    test(`SETTINGS ${how} instead of an answer are told as HTTP/2`, async () => {
      const measured = await firstAnswerOf((_head, { socket }) => {
        const settings = Buffer.from('000006040000000000000400010000', 'hex').subarray(0, 15);
        const goaway = Buffer.from('000008070000000000', 'hex');
        const bytes = Buffer.concat([settings, goaway, Buffer.alloc(8)]);
        socket.write(bytes.subarray(0, pieces[0]));
        setTimeout(() => socket.end(bytes.subarray(pieces[0])), 20);
      });
      assert.equal(measured.unanswered, 'malformed');
      assert.match(measured.unansweredFault ?? '', /^it is HTTP\/2/);
    });
  }

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
