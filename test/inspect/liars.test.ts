// Whole inspections of servers that lie, stall or talk nonsense: they end in bounded time, with the right measurements, and never
// with a crash.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { InspectOptions, Measurements } from '#src/inspect/index.js';
import { inspectLiar } from './inspect-liar.ts';
import { startRemoteBadPeer } from '../integration/remote-bad-peer.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import type { OnRequest, RawConnection } from './raw-server.ts';
import { startNodeServer } from './run-one-check.ts';
import { drip, writeForEver } from './slow-writers.ts';

type Unanswered = [Measurements['unanswered'], Measurements['unansweredFault']];

async function unanswered(
  onRequest: OnRequest,
  onOpen?: (connection: RawConnection) => void,
  options?: InspectOptions,
): Promise<Unanswered> {
  await using server = await startRawServer(onRequest, onOpen);
  const report = await inspectLiar(server.url, options);
  assert.equal(report.measurements.status, null);
  assert.ok(report.checks.slice(1).every(({ outcome }) => outcome === 'skipped'));
  return [report.measurements.unanswered, report.measurements.unansweredFault];
}

async function measuredOf(onRequest: OnRequest, options?: InspectOptions): Promise<Readonly<Measurements>> {
  await using server = await startRawServer(onRequest);
  return (await inspectLiar(server.url, options)).measurements;
}

/** What is asked on another connection waits until the one that is served has ended. */
async function startOneAtATime(keepAliveTimeout = 5_000): ReturnType<typeof startNodeServer> {
  const waiting: (() => void)[] = [];
  let served: Socket | undefined;
  return startNodeServer(
    (request, response) => {
      const { socket } = request;
      const answer = (): void => {
        if (served !== socket) {
          served = socket.once('close', () => {
            served = undefined;
            for (const next of waiting.splice(0)) next();
          });
        }
        response.writeHead(request.url === '/' ? 200 : 404, { etag: '"1"' }).end('hello\n');
      };
      const answerInTurn = (): void => {
        if (socket.destroyed) return;
        if (served === undefined || served === socket) answer();
        else waiting.push(answerInTurn);
      };
      answerInTurn();
    },
    (node) => (node.keepAliveTimeout = keepAliveTimeout),
  );
}

const silence: OnRequest = () => {};

// Most of the time they wait.
describe('a server that does not answer', { concurrency: 4 }, () => {
  test('silence is a timeout', async () => {
    assert.deepEqual(await unanswered(silence), ['timeout', null]);
  });

  test('closing or resetting, when it accepts or when it is asked, is told as what it is', async () => {
    assert.deepEqual(await unanswered(silence, ({ socket }) => void socket.resetAndDestroy()), ['reset', null]);
    assert.deepEqual(await unanswered((_head, { socket }) => void socket.resetAndDestroy()), ['reset', null]);
    assert.deepEqual(await unanswered(silence, ({ socket }) => void socket.end()), ['fin', null]);
    assert.deepEqual(await unanswered((_head, { socket }) => void socket.end()), ['fin', null]);
  });

  test('resetting at once is told, however early it is noticed', async () => {
    // In a thread of its own, it may reset before our side knows that the connection is open.
    await using peer = await startRemoteBadPeer({ kind: 'closeOnAccept', ending: 'reset' });
    for (let round = 0; round < 20; round += 1) {
      const report = await inspectLiar(peer.url);
      assert.deepEqual([report.measurements.unanswered, report.checks[0]?.outcome], ['reset', 'measured']);
    }
  });

  test('a port that takes HTTP/2 alone is told as such, not as broken HTTP', async () => {
    const settings = '\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64';
    const [why, fault] = await unanswered((_head, { socket }) => socket.end(settings, 'latin1'));
    assert.equal(why, 'malformed');
    assert.match(fault ?? '', /^it is HTTP\/2, /);
  });

  test('an answer that comes too slowly is slow, not silent', async () => {
    assert.deepEqual(await unanswered((_head, { socket }) => drip(socket, plainAnswer(), 20)), ['slow', null]);
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
    const slowBody: OnRequest = (_head, { socket }) => {
      socket.write(head);
      writeForEver(socket, 'x', 20);
    };
    assert.deepEqual(await unanswered(slowBody), ['slow', null]);
  });

  test('half a body and the end is the end', async () => {
    const half: OnRequest = (_head, { socket }) =>
      void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    assert.deepEqual(await unanswered(half), ['fin', null]);
    const chunk: OnRequest = (_head, { socket }) =>
      void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal');
    assert.deepEqual(await unanswered(chunk), ['fin', null]);
  });

  test('a head, a body and preliminary answers without an end are not read for ever', async () => {
    const head: OnRequest = (_head, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      writeForEver(socket, `X-Endless: ${'x'.repeat(1_000)}\r\n`);
    };
    // Sizes and numbers end it, not the time.
    const patient = { responseTimeoutMs: 20_000 };
    assert.deepEqual(await unanswered(head, undefined, patient), ['malformed', 'headTooLarge']);
    const body: OnRequest = (_head, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      writeForEver(socket, 'x'.repeat(65_536));
    };
    assert.deepEqual(await unanswered(body, undefined, patient), ['tooLarge', null]);
    const interim: OnRequest = (_head, { socket }) => writeForEver(socket, 'HTTP/1.1 100 Continue\r\n\r\n');
    assert.deepEqual(await unanswered(interim, undefined, patient), ['tooLarge', null]);
    const slowInterim: OnRequest = (_head, { socket }) => writeForEver(socket, 'HTTP/1.1 100 Continue\r\n\r\n', 20);
    assert.deepEqual(await unanswered(slowInterim), ['timeout', null]);
  });

  for (const [what, text, fault] of [
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'badVersion'],
    ['an answer of HTTP/0.9', '<html>hello</html>\r\n', 'badVersion'],
    ['an alert of TLS', '\x15\x03\x01\x00\x02\x02\x46', 'badVersion'],
    ['bytes that mean nothing', '\x00\xff\xfe\x80'.repeat(100), 'badVersion'],
    ['a status that is no number', 'HTTP/1.1 2OO OK\r\n\r\n', 'badStatus'],
    ['a field without a colon', 'HTTP/1.1 200 OK\r\nhello\r\n\r\n', 'badFieldName'],
    ['a field with NUL', 'HTTP/1.1 200 OK\r\nX-Field: \0\r\n\r\n', 'badFieldValue'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n', 'badContentLength'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok', 'badContentLength'],
    ['chunks that are none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nok\r\n', 'badChunkSize'],
  ] as const) {
    test(`${what} instead of an answer is malformed`, async () => {
      assert.deepEqual(await unanswered((_head, { socket }) => void socket.write(text, 'latin1')), [
        'malformed',
        fault,
      ]);
    });
  }
});

describe('a server that answers, and lies', { concurrency: 3 }, () => {
  test('promises ten seconds and closes sooner', async () => {
    const measured = await measuredOf((_head, { socket }) => {
      socket.write(plainAnswer('ok\n', 'Connection: keep-alive\r\nKeep-Alive: timeout=10\r\n'));
      socket.removeAllListeners('timeout').setTimeout(200, () => socket.end());
    });
    const { advertisedTimeoutMs, idleTimeoutMs, idleClose } = measured;
    assert.deepEqual([advertisedTimeoutMs, idleClose], [10_000, 'fin']);
    assert.ok(idleTimeoutMs !== null && idleTimeoutMs > 150 && idleTimeoutMs < 300, String(idleTimeoutMs));
  });

  test('closes behind each answer without a word, or resets', async () => {
    const closing = await measuredOf((_head, { socket }) => void socket.end(plainAnswer()));
    assert.deepEqual([closing.http11Persistent, closing.http11CloseAnnounced], [false, false]);
    const resetting = await measuredOf((_head, { socket }) => {
      socket.write(plainAnswer(), () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    assert.deepEqual([resetting.http11Persistent, resetting.http11CloseAnnounced], [false, false]);
  });

  test('sends more than its answer', async () => {
    const measured = await measuredOf((_head, { socket }) => void socket.write(`${plainAnswer()}extra`));
    assert.equal(measured.bytesBehindAnswer, true);
    assert.deepEqual([measured.headFraming, measured.chunked, measured.unreadBodyMisread], [false, false, true]);
  });

  test('talks on an idle connection, slowly or as fast as it can', async () => {
    const talk =
      (text: string, pauseMs: number): OnRequest =>
      (_head, { socket, requests }) => {
        socket.write(plainAnswer());
        if (requests === 1) setTimeout(() => writeForEver(socket, text, pauseMs), 170);
      };
    const options: InspectOptions = { only: ['idle-timeout'], responseTimeoutMs: 5_000 };
    const slowly = await measuredOf(talk('x', 20), options);
    assert.deepEqual([slowly.idleTimeoutMs, slowly.idleClose], [null, 'none']);
    assert.match(slowly.unsolicitedBytes ?? '', /^x+$/);
    await using server = await startRawServer(talk('x'.repeat(65_536), 0));
    const { measurements: fast, cost } = await inspectLiar(server.url, options);
    assert.deepEqual([fast.idleTimeoutMs, fast.idleClose], [null, 'none']);
    assert.match(fast.unsolicitedBytes ?? '', /^x+/);
    // Of the first connection and of the one that is watched.
    assert.ok(cost.bytesReceived < 4_000_000, `${cost.bytesReceived} bytes`);
  });

  test('answers only the first request of each connection', async () => {
    const measured = await measuredOf((_head, connection) => {
      if (connection.requests === 1) connection.socket.write(plainAnswer());
    });
    assert.deepEqual([measured.status, measured.http11Persistent], [200, false]);
  });

  test('gives up an idle connection only because it serves one at a time', async () => {
    await using server = await startOneAtATime(300);
    const { measurements } = await inspectLiar(server.url, { only: ['concurrency'], responseTimeoutMs: 5_000 });
    assert.equal(measurements.concurrentConnections, false);
  });

  test('serves one connection at a time, and is measured like any other', async () => {
    await using server = await startOneAtATime();
    const { measurements } = await inspectLiar(server.url);
    const { concurrentConnections, headFraming, chunked, requestTrailers, unreadBodyKept, notFoundStatus } =
      measurements;
    assert.equal(concurrentConnections, false);
    assert.deepEqual([headFraming, chunked, requestTrailers, unreadBodyKept], [true, true, true, true]);
    assert.equal(notFoundStatus, 404);
    assert.equal(measurements.idleClose, 'none');
  });
});
