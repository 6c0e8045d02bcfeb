// PING as a heartbeat: acknowledgements, GOAWAY of every kind, ends of the connection, and peers that do not speak HTTP/2.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { Heartbeat, http2Probe, PerduraError } from '#src/heartbeat/index.js';
import type { Acknowledgement, Http2ProbeOptions, Probe } from '#src/heartbeat/index.js';
import { certificate, until } from '../../io/opening.ts';
import { PING, goaway, pong, startRawHttp2Peer } from './raw-http2-peer.ts';
import type { RawHttp2Peer, RawPeer } from './raw-http2-peer.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const ENHANCE_YOUR_CALM = 11;

/** No test waits longer for what it asks of a probe. */
const deadline = (): AbortSignal => AbortSignal.timeout(5_000);

interface Probing {
  readonly probe: Probe;
  readonly sink: RecordingProbeSink;
  readonly send: () => Promise<Acknowledgement>;
}

function begin(peer: RawHttp2Peer, scheme = 'h2c', options: Http2ProbeOptions = {}): Probing {
  const probe = http2Probe(`${scheme}://127.0.0.1:${peer.port}`, options);
  const sink = new RecordingProbeSink();
  probe.attach?.(sink);
  return { probe, sink, send: async () => (await probe.send(deadline())) ?? {} };
}

/** Acknowledges PINGs until so many came on a connection, then does something else. */
function after(count: number, act: (peer: RawPeer) => void): (peer: RawPeer) => void {
  return (peer) => {
    if (peer.pinged <= count) peer.socket.write(pong(peer));
    else act(peer);
  };
}

describe('a heartbeat of HTTP/2', () => {
  for (const [scheme, alpn] of [
    ['h2c', undefined],
    ['http', undefined],
    ['h2', ['h2', 'http/1.1']],
    ['https', ['h2']],
  ] as const) {
    test(`sends PING on one session: ${scheme}`, async (t) => {
      await using peer = await startRawHttp2Peer(undefined, alpn === undefined ? {} : { alpn });
      const { probe, send } = begin(peer, scheme, { tls: { ca: certificate('authority') } });
      t.after(() => probe.close?.());
      const first = await send();
      const second = await send();
      assert.deepEqual([first.connection, second.connection, second.detail], ['new', 'kept', 'PING']);
      assert.ok(second.rttMs !== undefined && second.rttMs > 0 && second.rttMs < 1_000, `${second.rttMs}`);
      assert.equal(peer.connections.length, 1);
      assert.equal(peer.connections[0]?.pinged, 2);
      assert.equal(probe.target, `${scheme}://127.0.0.1:${peer.port}/`);
      assert.equal(probe.origin, `${alpn === undefined ? 'http' : 'https'}://127.0.0.1:${peer.port}`);
    });
  }

  test('measures the round trip of the PING and not the opening of its session', async (t) => {
    await using peer = await startRawHttp2Peer((raw) => void setTimeout(() => raw.socket.write(pong(raw)), 60));
    const { probe, send } = begin(peer);
    t.after(() => probe.close?.());
    await send();
    const { rttMs = 0 } = await send();
    assert.ok(rttMs >= 55 && rttMs < 1_000, `${rttMs} ms`);
  });

  test('acknowledges the PINGs of its peer, and takes them for signs of life', async (t) => {
    await using peer = await startRawHttp2Peer();
    const { probe, sink, send } = begin(peer);
    t.after(() => probe.close?.());
    await send();
    const [raw] = peer.connections;
    raw!.socket.write(PING);
    await sink.told('received');
    await until(() => raw!.acknowledged === 1);
  });

  test("drops the session at its deadline, so that a late acknowledgement is nobody's", async (t) => {
    await using peer = await startRawHttp2Peer(after(1, () => {}));
    const { probe, sink, send } = begin(peer);
    t.after(() => probe.close?.());
    await send();
    const controller = new AbortController();
    const silent = probe.send(controller.signal);
    await until(() => peer.connections[0]?.pinged === 2);
    controller.abort(new Error('too late'));
    const next = send();
    await assert.rejects(silent, /too late/);
    assert.equal((await next).connection, 'new');
    await until(() => peer.connections[0]!.hasEnded);
    assert.deepEqual(sink.log, []);
  });

  test('ends its session when it is closed, and can be used anew', async (t) => {
    await using peer = await startRawHttp2Peer();
    const { probe, send } = begin(peer);
    t.after(() => probe.close?.());
    await send();
    probe.close?.();
    await until(() => peer.connections[0]!.hasEnded);
    assert.equal((await send()).connection, 'new');
  });
});

describe('a session of HTTP/2 that is idle', () => {
  const ENDINGS: readonly (readonly [string, readonly string[], (peer: RawPeer) => void])[] = [
    ['GOAWAY NO_ERROR and FIN', [], ({ socket }) => void socket.end(goaway(NO_ERROR, 'idle'))],
    ['GOAWAY NO_ERROR and nothing', [], ({ socket }) => void socket.write(goaway(NO_ERROR))],
    ['FIN', [], ({ socket }) => void socket.end()],
    ['RST', ['lost: the connection was reset'], ({ socket }) => void socket.resetAndDestroy()],
    [
      'GOAWAY INTERNAL_ERROR',
      ["lost: the peer ended the session with GOAWAY INTERNAL_ERROR, 'oops'"],
      ({ socket }) => void socket.end(goaway(INTERNAL_ERROR, 'oops')),
    ],
    [
      'GOAWAY ENHANCE_YOUR_CALM',
      ["calm: GOAWAY ENHANCE_YOUR_CALM, 'too_many_pings'"],
      ({ socket }) => void socket.end(goaway(ENHANCE_YOUR_CALM, 'too_many_pings')),
    ],
  ];
  for (const [how, told, end] of ENDINGS) {
    test(`and ends with ${how} is replaced with the next signal`, async (t) => {
      await using peer = await startRawHttp2Peer();
      const { probe, sink, send } = begin(peer);
      t.after(() => probe.close?.());
      await send();
      await send();
      end(peer.connections[0]!);
      await until(() => peer.connections[0]!.hasEnded);
      const { connection, endedAfterMs } = await send();
      assert.equal(connection, 'new');
      assert.ok(endedAfterMs !== undefined && endedAfterMs >= 0);
      assert.deepEqual(sink.log, told);
      assert.equal(peer.connections.length, 2);
    });
  }
});

describe('a PING that is not acknowledged', () => {
  const ENDINGS: readonly (readonly [string, (peer: RawPeer) => void])[] = [
    ['GOAWAY NO_ERROR', ({ socket }) => void socket.end(goaway(NO_ERROR))],
    ['FIN', ({ socket }) => void socket.end()],
    ['RST', ({ socket }) => void socket.resetAndDestroy()],
  ];
  for (const [how, end] of ENDINGS) {
    test(`but answered with ${how} on a kept session is sent again on a new one`, async (t) => {
      await using peer = await startRawHttp2Peer(after(1, end));
      const { probe, sink, send } = begin(peer);
      t.after(() => probe.close?.());
      await send();
      assert.equal((await send()).connection, 'new');
      assert.deepEqual(sink.log, []);
    });

    test(`but answered with ${how} on a new session is a miss`, async (t) => {
      await using peer = await startRawHttp2Peer(after(0, end));
      const { probe, send } = begin(peer);
      t.after(() => probe.close?.());
      await assert.rejects(send(), PerduraError);
      assert.equal(peer.connections.length, 1);
    });
  }

  test('but answered with GOAWAY of another error is a miss with its words', async (t) => {
    await using peer = await startRawHttp2Peer(
      after(1, ({ socket }) => void socket.end(goaway(INTERNAL_ERROR, 'oops'))),
    );
    const { probe, send } = begin(peer);
    t.after(() => probe.close?.());
    await send();
    await assert.rejects(send(), /GOAWAY INTERNAL_ERROR, 'oops'/);
  });

  test('but answered with ENHANCE_YOUR_CALM proves a life that wants calm, and is not sent again', async (t) => {
    const text = `too_many_pings ${'!'.repeat(300)}`;
    await using peer = await startRawHttp2Peer(
      after(1, ({ socket }) => void socket.end(goaway(ENHANCE_YOUR_CALM, text))),
    );
    const { probe, sink, send } = begin(peer);
    t.after(() => probe.close?.());
    await send();
    const { connection, detail, rttMs } = await send();
    assert.equal(connection, 'kept');
    assert.match(detail ?? '', /^GOAWAY ENHANCE_YOUR_CALM, 'too_many_pings !{185}'$/);
    assert.ok(rttMs !== undefined && rttMs > 0);
    assert.deepEqual(sink.log, [`calm: ${detail}`]);
    assert.equal(peer.connections.length, 1);
    assert.equal((await send()).connection, 'new');
  });

  test('because the peer asks for calm doubles the interval of the heartbeat, and raises no alarm', async (t) => {
    await using peer = await startRawHttp2Peer(after(2, ({ socket }) => void socket.end(goaway(ENHANCE_YOUR_CALM))));
    const probe = http2Probe(`h2c://127.0.0.1:${peer.port}`);
    const heartbeat = new Heartbeat({ probe, intervalMs: 40, timeoutMs: 2_000, jitter: 0 });
    t.after(() => heartbeat.stop());
    const told: string[] = [];
    for (const type of ['missed', 'down', 'calmed'] as const) heartbeat.on(type, () => void told.push(type));
    heartbeat.start();
    await until(() => told.length > 0 && heartbeat.stats().acknowledged >= 4);
    assert.equal(told[0], 'calmed');
    assert.ok(!told.includes('missed') && !told.includes('down'));
    assert.ok(heartbeat.intervalMs >= 80);
  });
});

describe('a peer that does not speak HTTP/2', () => {
  for (const greeting of ['220 mail.test ESMTP\r\n', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n']) {
    test(`is a miss that says so: ${JSON.stringify(greeting.slice(0, 8))}`, async (t) => {
      await using peer = await startRawHttp2Peer(() => {}, { greeting });
      const { probe, send } = begin(peer);
      t.after(() => probe.close?.());
      await assert.rejects(send(), /does not speak HTTP\/2/);
    });
  }

  for (const alpn of [['http/1.1'], ['spdy/3']]) {
    test(`is a miss where ALPN says so: ${alpn[0]}`, async (t) => {
      await using peer = await startRawHttp2Peer(undefined, { alpn });
      const { probe, send } = begin(peer, 'h2', { tls: { ca: certificate('authority') } });
      t.after(() => probe.close?.());
      await assert.rejects(send(), PerduraError);
      assert.equal(peer.connections.length, 0);
    });
  }
});

describe('two peers of HTTP/2', () => {
  test('send heartbeats in both directions on one connection', async (t) => {
    const server = http2.createServer();
    const sessions: ServerHttp2Session[] = [];
    server.on('session', (session) => void sessions.push(session));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = { intervalMs: 30, timeoutMs: 3_000, jitter: 0 };
    const client = new Heartbeat({ probe: http2Probe(`h2c://127.0.0.1:${port}`), ...options });
    client.start();
    await until(() => client.stats().acknowledged > 0 && sessions.length > 0);
    const serverSide = new Heartbeat({
      probe: () =>
        new Promise((resolve, reject) => {
          sessions[0]!.ping((error, rttMs) => (error === null ? resolve({ rttMs }) : reject(error)));
        }),
      ...options,
    });
    t.after(() => {
      client.stop();
      serverSide.stop();
      server.close();
    });
    let received = 0;
    sessions[0]!.on('ping', () => {
      received += 1;
    });
    serverSide.start();
    await until(() => serverSide.stats().acknowledged >= 5 && received >= 1);
    assert.equal(sessions.length, 1);
    assert.deepEqual([client.stats().missedInAll, serverSide.stats().missedInAll], [0, 0]);
  });
});
