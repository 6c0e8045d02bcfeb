// How idle connections of HTTP/2 end: node:http2 and nginx as truth, and servers that do what neither does.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { externalProgram } from '../support/external-program.ts';
import { startNginxOverTls } from './nginx-over-tls.ts';
import { ANSWER, PING, SETTINGS, goaway, startRawHttp2 } from './raw-http2-server.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { inspectLocal, startCleartextHttp2, startHttps, startSecureHttp2 } from './tls-servers.ts';

const nginx = externalProgram('nginx');
const ONLY = { only: ['http2-idle'] } as const;
const IDLE_MS = 400;
const NO_ERROR = 0;
const ENHANCE_YOUR_CALM = 11;
const HIGHEST_STREAM = 2 ** 31 - 1;

function near(measuredMs: number | null, expectedMs: number): void {
  // A busy machine tells of answers and of ends late; a quiet one of both within some milliseconds.
  const allowedMs = Math.max(250, 0.03 * expectedMs);
  assert.ok(measuredMs !== null && Math.abs(measuredMs - expectedMs) <= allowedMs, `${measuredMs}, not ${expectedMs}`);
}

/** What a server does when it is tired of waiting, and what is told of it; how long after GOAWAY the end comes. */
const ENDINGS: readonly (readonly [string, string, (socket: Socket) => void])[] = [
  ['goaway+fin', 'peerFin', (socket) => socket.end(goaway(1, NO_ERROR))],
  ['fin', 'peerFin', (socket) => socket.end()],
  ['rst', 'peerReset', (socket) => socket.resetAndDestroy()],
  ['goaway(ENHANCE_YOUR_CALM)+fin', 'peerFin', (socket) => socket.end(goaway(1, ENHANCE_YOUR_CALM))],
  [
    'goaway+rst',
    'peerReset',
    (socket) => {
      socket.write(goaway(1, NO_ERROR));
      setTimeout(() => socket.resetAndDestroy(), 100);
    },
  ],
  [
    'goaway+fin',
    'peerFin',
    // The graceful way (RFC 9113 §6.8): two of them, and the end a good while later. The first one counts.
    (socket) => {
      socket.write(Buffer.concat([goaway(HIGHEST_STREAM, NO_ERROR), PING]));
      setTimeout(() => socket.write(goaway(1, NO_ERROR)), 150);
      setTimeout(() => socket.end(), 500);
    },
  ],
];

describe('an idle connection of HTTP/2', () => {
  for (const [index, [style, end, endIdle]] of ENDINGS.entries()) {
    test(`that ends with ${style} is told so (${index + 1})`, async (context) => {
      const { port, heard } = await startRawHttp2(context, (name, socket) => {
        if (name === 'SETTINGS') socket.write(SETTINGS);
        if (name !== 'HEADERS') return;
        socket.write(ANSWER);
        setTimeout(() => endIdle(socket), IDLE_MS);
      });
      const { measurements, connections } = await inspectLocal('http', port, ONLY);
      assert.equal(measurements.http2IdleClose, style);
      near(measurements.http2IdleTimeoutMs, IDLE_MS);
      assert.equal(connections.at(-1)?.end, end);
      // Nothing but what must be said: anything else would postpone the timer of the server.
      assert.deepEqual(
        heard.slice(heard.indexOf('HEADERS') + 1).filter((name) => name !== 'PING ack'),
        [],
      );
    });
  }

  test('that is kept for longer than is waited is told as open', async (context) => {
    const { port } = await startRawHttp2(context, (name, socket) => {
      if (name === 'SETTINGS') socket.write(SETTINGS);
      if (name === 'HEADERS') socket.write(ANSWER);
    });
    const { measurements, connections, durationMs } = await inspectLocal('http', port, { ...ONLY, maxWaitMs: 300 });
    assert.deepEqual([measurements.http2IdleTimeoutMs, measurements.http2IdleClose], [null, 'none']);
    assert.equal(connections.at(-1)?.end, 'weClosed');
    assert.ok(durationMs < 1_500);
  });

  test('of node:http2 ends with GOAWAY, over TLS with close_notify, as soon as it is told to', async (context) => {
    const secure = await startSecureHttp2(context, {}, (server) => void server.setTimeout(600));
    const overTls = await inspectLocal('https', secure, ONLY);
    assert.equal(overTls.measurements.http2IdleClose, 'goaway+tls');
    near(overTls.measurements.http2IdleTimeoutMs, 600);
    assert.equal(overTls.connections.at(-1)?.protocol, 'h2');

    const plain = await startCleartextHttp2(context, {}, (server) => {
      server.on('session', (session) => session.setTimeout(500, () => session.close()));
    });
    const byPriorKnowledge = await inspectLocal('http', plain, ONLY);
    assert.equal(byPriorKnowledge.measurements.http2IdleClose, 'goaway+fin');
    near(byPriorKnowledge.measurements.http2IdleTimeoutMs, 500);
    const { events } = byPriorKnowledge.connections.at(-1)!;
    assert.deepEqual(
      events.slice(-2).map(({ kind, text }) => `${kind} ${text}`),
      ['received GOAWAY NO_ERROR, last stream 1', 'peerFin '],
    );
  });

  test('of nginx ends with GOAWAY and close_notify when its timeout is over', { ...nginx }, async () => {
    await using server = await startNginxOverTls(nginx.path, 'keepalive_timeout 700ms;');
    const { measurements } = await inspectLocal('https', server.port, ONLY);
    assert.equal(measurements.http2IdleClose, 'goaway+tls');
    near(measurements.http2IdleTimeoutMs, 700);
  });

  test('is nothing to wait for where HTTP/2 is not spoken, which costs one connection', async (context) => {
    const secure = await startHttps(context);
    await using plain = await startRawServer((head, { socket }) => {
      if (head.startsWith('PRI')) socket.end(plainAnswer('', 'Connection: close\r\n', '505 No'));
      else socket.write(plainAnswer());
    });
    // Beside what the first answer costs: over TLS a connection is enough to know, without it takes a request.
    for (const [scheme, port, connections, requests] of [
      ['https', secure, 1, 0],
      ['http', plain.port, 1, 1],
    ] as const) {
      const { cost: first } = await inspectLocal(scheme, port, { only: ['first-answer'] });
      const report = await inspectLocal(scheme, port, ONLY);
      const { outcome, reason } = report.checks.at(-1)!;
      assert.deepEqual([outcome, reason], ['skipped', 'it does not speak HTTP/2']);
      assert.deepEqual(
        [report.cost.connections - first.connections, report.cost.requests - first.requests],
        [connections, requests],
      );
      assert.ok(report.durationMs < 1_000);
      assert.equal(report.measurements.http2IdleClose, null);
    }
  });

  test('is not told where the request on it was not answered', async (context) => {
    const { port } = await startRawHttp2(context, (name, socket) => {
      if (name === 'SETTINGS') socket.write(SETTINGS);
      if (name === 'HEADERS') socket.write(goaway(0, NO_ERROR));
    });
    const { checks, measurements } = await inspectLocal('http', port, ONLY);
    assert.deepEqual(
      [checks.at(-1)?.outcome, checks.at(-1)?.reason],
      ['failed', 'the request over HTTP/2 was not answered'],
    );
    assert.equal(measurements.http2IdleTimeoutMs, null);
  });

  test('is given up with the inspection', async (context) => {
    const { port } = await startRawHttp2(context, (name, socket) => {
      if (name === 'SETTINGS') socket.write(SETTINGS);
      if (name === 'HEADERS') socket.write(ANSWER);
    });
    const controller = new AbortController();
    const report = await inspectLocal('http', port, {
      ...ONLY,
      maxWaitMs: 60_000,
      signal: controller.signal,
      onProgress: ({ kind }) => kind === 'waiting' && controller.abort(),
    });
    assert.deepEqual([report.complete, report.checks.at(-1)?.outcome], [false, 'cutShort']);
    assert.ok(report.durationMs < 2_000);
  });
});
