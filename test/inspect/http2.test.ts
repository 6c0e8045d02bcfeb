// Whether HTTP/2 is spoken, its SETTINGS and its PING: node:http2 and nginx as truth, and servers that do not play along.
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { InspectionReport } from '#src/inspect/index.js';
import { externalProgram } from '../support/external-program.ts';
import { until } from '../io/opening.ts';
import { startNginxOverTls } from './nginx-over-tls.ts';
import { ANSWER, PING, SETTINGS, frame, startRawHttp2 } from './raw-http2-server.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { inspectLocal, startCleartextHttp2, startHttps, startSecureHttp2 } from './tls-servers.ts';

const nginx = externalProgram('nginx');
const ONLY = { only: ['http2'] } as const;

/** What happened on the one connection of the check, line by line. */
function story({ checks, connections }: InspectionReport): string[] {
  const [id] = checks.find((check) => check.id === 'http2')!.connections;
  return connections
    .find((connection) => connection.id === id)!
    .events.map(({ kind, text }) => `${kind} ${text.split('\n')[0]}`);
}

describe('the check of HTTP/2', () => {
  test('finds it by ALPN, with the settings of the server and the round trip of a PING', async (context) => {
    const settings = { maxConcurrentStreams: 7, initialWindowSize: 70_000, enableConnectProtocol: true };
    const port = await startSecureHttp2(context, { settings });
    const report = await inspectLocal('https', port, ONLY);
    const { http2, http2PingRttMs, http2Settings } = report.measurements;
    assert.equal(http2, true);
    assert.deepEqual(http2Settings, settings);
    assert.ok(http2PingRttMs! > 0 && http2PingRttMs! < 1_000);
    const connection = report.connections.at(-1)!;
    assert.deepEqual([connection.protocol, connection.tls?.alpn, connection.end], ['h2', 'h2', 'weClosed']);
  });

  test('finds it by prior knowledge, and tells its story in words', async (context) => {
    const port = await startCleartextHttp2(context, { settings: { maxConcurrentStreams: 7 } });
    const report = await inspectLocal('http', port, { ...ONLY, headers: { authorization: 'Bearer secret', te: 'x' } });
    assert.equal(report.measurements.http2, true);
    const lines = story(report);
    for (const line of [
      'sent the preface of HTTP/2',
      'received SETTINGS MAX_CONCURRENT_STREAMS=7',
      'sent SETTINGS acknowledged',
      'sent PING ',
      'received PING acknowledged',
      'sent GOAWAY NO_ERROR, last stream 0',
      'weClosed ',
    ]) {
      assert.ok(
        lines.some((found) => `${found} `.startsWith(line)),
        `${line} is not in\n${lines.join('\n')}`,
      );
    }
    assert.match(lines.join('\n'), /received HEADERS on stream 1, status 200, \d+ bytes/);
    const request = report.connections.at(-1)!.events.find(({ text }) => text.includes(':method'))!.text;
    assert.match(request, /:method: GET\n:scheme: http\n:authority: 127\.0\.0\.1:\d+\n:path: \/\n/);
    assert.match(request, /authorization: Bearer …/);
    assert.doesNotMatch(request, /\nte:/);
    assert.doesNotMatch(JSON.stringify(report), /secret/);
  });

  test('sends what was asked for, however long', async (context) => {
    const long = 'x'.repeat(9_000);
    let seen: unknown;
    const port = await startCleartextHttp2(context, {}, (server) => {
      server.on('request', ({ headers, method, url }) => {
        seen = { method, url, authority: headers[':authority'], short: headers['x-short'], long: headers['x-long'] };
      });
    });
    await inspectLocal('http', port, { ...ONLY, headers: { 'x-short': 'caf\xe9', 'x-long': long } });
    assert.deepEqual(seen, { method: 'GET', url: '/', authority: `127.0.0.1:${port}`, short: 'caf\xe9', long });
  });

  test('of nginx tells what nginx says', { ...nginx }, async () => {
    await using server = await startNginxOverTls(nginx.path, 'http2_max_concurrent_streams 9;');
    const { measurements } = await inspectLocal('https', server.port, ONLY);
    assert.deepEqual(
      [measurements.http2, measurements.http2Settings?.['maxConcurrentStreams'], measurements.alpn],
      [true, 9, null],
    );
    assert.ok(measurements.http2PingRttMs! > 0);
  });

  test('takes a server that speaks HTTP/1 only for that, and not for a bad one', async (context) => {
    const secure = await startHttps(context);
    const overTls = await inspectLocal('https', secure, ONLY);
    assert.equal(overTls.measurements.http2, false);
    assert.deepEqual([overTls.connections.at(-1)?.protocol, overTls.cost.requests], ['http/1.1', 2]);

    const http1 = createHttpServer((_request, response) => void response.end('ok\n')).listen(0, '127.0.0.1');
    context.after(() => http1.close().closeAllConnections());
    await once(http1, 'listening');
    const plain = await inspectLocal('http', (http1.address() as AddressInfo).port, ONLY);
    assert.equal(plain.measurements.http2, false);
    assert.deepEqual([plain.verdict, plain.findings.length], ['good', 0]);
    assert.ok(story(plain).some((line) => line.startsWith('received HTTP/1.1 400')));

    // One that takes the preface for two requests, one that closes at once, and one that waits for more.
    for (const treat of ['answers', 'closes', 'waits'] as const) {
      await using server = await startRawServer((head, { socket }) => {
        if (!head.startsWith('PRI') || treat === 'answers') socket.write(plainAnswer());
        else if (treat === 'closes') socket.end();
      });
      const report = await inspectLocal('http', server.port, { ...ONLY, responseTimeoutMs: 300 });
      assert.equal(report.measurements.http2, false, treat);
      assert.ok(report.durationMs < 1_500);
    }
  });

  test('tells a PING that is never acknowledged, within its deadline', async (context) => {
    const { port } = await startRawHttp2(context, (heard, socket) => {
      if (heard === 'SETTINGS') socket.write(SETTINGS);
      if (heard === 'HEADERS') socket.write(ANSWER);
    });
    const report = await inspectLocal('http', port, ONLY);
    assert.deepEqual([report.measurements.http2, report.measurements.http2PingRttMs], [true, null]);
    assert.ok(story(report).includes('note the PING was not acknowledged within 3000 ms'));
    assert.ok(report.durationMs < 4_500, String(report.durationMs));
  });

  test('acknowledges what it must, and takes padding, trailers, 1xx and frames that nobody knows', async (context) => {
    const { port, heard } = await startRawHttp2(context, (name, socket) => {
      if (name === 'SETTINGS') socket.write(Buffer.concat([SETTINGS, PING, frame(0xbe, 0xff, 3, [1, 2])]));
      if (name === 'PING') socket.write(frame(6, 1, 0, Buffer.from('perdura?')));
      if (name !== 'HEADERS') return;
      const early = frame(1, 0x4, 1, [0x08, 0x03, 0x31, 0x30, 0x33]);
      // Padded, with a priority, and in two parts.
      const head = [frame(1, 0x8 | 0x20, 1, [2, 0, 0, 0, 0, 9, 0x48, 0x82, 0, 0]), frame(9, 0x4, 1, [0x64, 0x02])];
      const body = frame(0, 0x8, 1, [3, 0x6f, 0x6b, 0, 0, 0]);
      const trailers = frame(1, 0x5, 1, [0x00, 0x01, 0x61, 0x01, 0x62]);
      socket.write(Buffer.concat([early, ...head, body, trailers]));
    });
    const report = await inspectLocal('http', port, ONLY);
    assert.equal(report.measurements.http2, true);
    assert.ok(report.measurements.http2PingRttMs! >= 0);
    assert.deepEqual(
      heard.filter((name) => name.endsWith('ack')),
      ['SETTINGS ack', 'PING ack'],
    );
    const lines = story(report);
    assert.ok(lines.includes('received HEADERS on stream 1, status 103, 5 bytes'));
    assert.ok(lines.includes('received frame of type 190 on stream 3, 2 bytes'));
    assert.equal(
      lines.findIndex((line) => line.startsWith('note')),
      -1,
      lines.join('\n'),
    );
  });

  for (const [what, bytes, words] of [
    ['a frame that is too long', Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]), /a frame of 16777215 bytes/],
    ['SETTINGS of a strange size', frame(4, 0, 0, [1, 2, 3]), /SETTINGS of 3 bytes/],
    ['PING on a stream', frame(6, 0, 1, Buffer.alloc(8)), /PING on stream 1/],
    ['a continuation of nothing', frame(9, 4, 1, [0x88]), /CONTINUATION without HEADERS/],
    ['a push that was refused', frame(5, 4, 1, [0, 0, 0, 2]), /PUSH_PROMISE, which was refused/],
    ['a flood of PING', Buffer.concat(Array.from({ length: 1_100 }, () => PING)), /flood/],
    [
      'fields without end',
      Buffer.concat([frame(1, 0, 1), ...Array.from({ length: 20 }, () => frame(9, 0, 1, Buffer.alloc(16_000)))]),
      /fields of more than/,
    ],
  ] as const) {
    test(`survives ${what}`, async (context) => {
      const { port } = await startRawHttp2(context, (heard, socket) => {
        if (heard === 'SETTINGS') socket.write(SETTINGS);
        if (heard === 'HEADERS') socket.write(bytes);
      });
      const report = await inspectLocal('http', port, ONLY);
      assert.deepEqual([report.measurements.http2, report.measurements.http2PingRttMs], [true, null]);
      const notes = story(report).filter((line) => line.startsWith('note malformed'));
      assert.equal(notes.length, 1);
      assert.match(notes[0]!, words);
      assert.ok(report.durationMs < 1_500);
      assert.ok(report.connections.every(({ events }) => events.length < 60));
    });
  }

  test('survives an end at any moment, and an answer that never comes', async (context) => {
    for (const moment of ['SETTINGS', 'HEADERS', 'PING'] as const) {
      for (const end of ['end', 'resetAndDestroy'] as const) {
        const { port } = await startRawHttp2(context, (heard, socket) => {
          if (heard === moment) return void socket[end]();
          if (heard === 'SETTINGS') socket.write(SETTINGS);
          if (heard === 'HEADERS') socket.write(ANSWER);
        });
        const report = await inspectLocal('http', port, ONLY);
        assert.equal(report.measurements.http2, moment !== 'SETTINGS');
        assert.equal(report.measurements.http2PingRttMs, null);
        assert.equal(report.connections.at(-1)?.end, end === 'end' ? 'peerFin' : 'peerReset');
      }
    }
    const { port, heard } = await startRawHttp2(context, (name, socket) => {
      if (name === 'SETTINGS') socket.write(SETTINGS);
      if (name === 'PING') socket.write(frame(6, 1, 0, Buffer.from('perdura?')));
    });
    const report = await inspectLocal('http', port, { ...ONLY, responseTimeoutMs: 300 });
    assert.ok(report.measurements.http2PingRttMs! >= 0);
    assert.ok(story(report).includes('note no complete answer came in time'));
    assert.ok(story(report).includes('sent RST_STREAM CANCEL on stream 1'));
    await until(() => heard.at(-1) === 'GOAWAY');
  });

  test('reads the status as node:http2 writes it', async (context) => {
    let status = 0;
    const port = await startCleartextHttp2(context, {}, (server) => {
      server.removeAllListeners('request');
      server.on('stream', (stream) => stream.respond({ ':status': status }, { endStream: true }));
    });
    // Of the table, and in Huffman code with short and long digits.
    for (status of [204, 404, 201, 367, 418, 589]) {
      const report = await inspectLocal('http', port, ONLY);
      assert.match(story(report).join('\n'), new RegExp(`received HEADERS on stream 1, status ${status}, `));
    }
  });
});
