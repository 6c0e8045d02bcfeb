// serve({ heartbeat }): PING to clients with open requests. Clients that acknowledge, do not, send instead, do not read, are stopped.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { OptionError } from '#src/errors.js';
import { serve } from '#src/server/index.js';
import type { ConnectionInfo, ServeOptions, TraceEvent } from '#src/server/index.js';
import { PeerProcess } from '../../heartbeat/peer-process.ts';
import { identity } from '../../io/opening.ts';
import { KERNEL_SOCKETS, keepaliveTimersTo } from '../../support/kernel-sockets.ts';
import { RawConnection } from '../../support/raw-client.ts';
import { dataFrame, requestFrame } from './raw-http2-client.ts';
import type { RawHttp2Client } from './raw-http2-client.ts';
import { eventually, serveHttp2 } from './served.ts';
import type { ServedHttp2 } from './served.ts';

const HEARTBEAT = { intervalMs: 1_000, timeoutMs: 400, tolerance: 2 };

/** How many PINGs of the server came. */
function pings(client: RawHttp2Client): number {
  return client.frames.filter(({ type, flags }) => type === 'PING' && (flags & 1) === 0).length;
}

/** Lets time pass in steps, so that what is acknowledged meanwhile arrives. */
async function pass(served: ServedHttp2, client: RawHttp2Client, ms: number, stepMs = 100): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await served.advance(stepMs);
    await client.settled();
  }
}

describe('a client of HTTP/2 with an open request', { timeout: 30_000 }, () => {
  test('is not asked whether it lives, unless that is wanted', async (t) => {
    const served = await serveHttp2(t);
    const client = await served.connect();
    client.request(1, { path: '/held' });
    await eventually(() => served.asked.length === 1);
    await pass(served, client, 600_000, 60_000);
    assert.equal(pings(client), 0);
    assert.equal('liveness' in served.server.connections()[0]!, false);
  });

  test('gets a PING in each interval, whose acknowledgements are no flood, and connections() tells of it', async (t) => {
    const served = await serveHttp2(t, {
      heartbeat: { ...HEARTBEAT, tolerance: 1 },
      http2: { floods: { pings: 100 } },
    });
    const client = await served.connect();
    client.request(1, { path: '/held' });
    await eventually(() => served.asked.length === 1);
    await served.advance(999);
    await client.settled();
    assert.equal(pings(client), 0);
    await served.advance(1);
    // Of a timer of no time at all.
    await served.advance(1);
    await client.next('PING', ({ flags }) => (flags & 1) === 0);
    await eventually(() => served.server.connections()[0]?.liveness?.rttMs !== undefined);
    const [{ liveness }] = served.server.connections() as [ConnectionInfo];
    assert.deepEqual(liveness, { state: 'scheduled', missed: 0, rttMs: liveness?.rttMs });
    for (let count = 0; count < 200; count += 1) {
      await served.advance(1_000);
      await client.until('a PING', () => pings(client) >= count + 2);
      await eventually(() => served.server.connections()[0]?.liveness?.state === 'scheduled');
    }
    served.release();
    assert.equal((await client.answer(1)).status, 200);
    assert.deepEqual(served.closed, []);
    assert.deepEqual(client.goaways, []);
  });

  test('that acknowledges nothing loses its connection after interval + timeout × tolerance, and its exchanges hear why', async (t) => {
    const reasons: string[] = [];
    const served = await serveHttp2(t, {
      heartbeat: HEARTBEAT,
      handler: (request) => {
        const { promise, resolve } = held();
        request.signal.addEventListener('abort', () => {
          reasons.push(String(request.signal.reason));
          resolve();
        });
        const path = new URL(request.url).pathname;
        return path === '/stream' ? { body: until(promise) } : promise.then(() => ({ body: '' }));
      },
    });
    const client = await served.connect({ acknowledges: false });
    const other = await served.connect();
    client.request(1, { path: '/held' });
    client.request(3, { path: '/stream' });
    await client.next('DATA');
    other.request(1, { path: '/held' });
    await other.settled();
    await served.advance(1_000);
    await served.advance(1);
    await client.next('PING');
    await other.next('PING');
    await other.settled();
    await served.advance(400);
    assert.equal(served.server.connections()[0]?.liveness?.state, 'suspect');
    await served.advance(1);
    await served.advance(399);
    assert.deepEqual(served.closed, []);
    await served.advance(1);
    await client.ended();
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 heartbeatLost']);
    const told = 'AbortedError: the connection was destroyed: heartbeatLost';
    assert.deepEqual(reasons, [told, told]);
    // One was enough: what is not acknowledged is not sent twice.
    assert.equal(pings(client), 1);
    assert.equal(await other.settled(), true);
  });

  test('is not asked while no request is open, and its idle time is what it was', async (t) => {
    const served = await serveHttp2(t, { heartbeat: HEARTBEAT, keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 0 });
    const client = await served.connect();
    client.request(1, { path: '/held' });
    await eventually(() => served.asked.length === 1);
    await pass(served, client, 3_500);
    const asked = pings(client);
    assert.equal(asked, 3);
    served.release();
    await client.answer(1);
    await eventually(() => served.server.connections()[0]?.state === 'idle');
    await pass(served, client, 4_900);
    assert.equal(pings(client), asked);
    assert.equal(served.server.connections()[0]?.idleMs, 4_900);
    await served.advance(100);
    await eventually(() => client.goaways.length > 0);
    // Quick ones are never asked for.
    const quick = await served.connect();
    for (let stream = 1; stream < 41; stream += 2) {
      await quick.fetch(stream);
      await served.advance(200);
    }
    assert.equal(pings(quick), 0);
  });

  test('that sends a body instead of acknowledging lives, also where no miss is allowed', async (t) => {
    const served = await serveHttp2(t, {
      heartbeat: { ...HEARTBEAT, tolerance: 1 },
      handler: async (request) => {
        for await (const piece of request.body!) assert.ok(piece.length > 0);
        return { body: 'all' };
      },
    });
    const client = await served.connect({ acknowledges: false });
    client.write(requestFrame(1, { method: 'POST', end: false }));
    for (let count = 0; count < 60; count += 1) {
      client.write(dataFrame(1, 'piece'));
      await client.settled();
      await served.advance(100);
    }
    assert.equal(pings(client), 1);
    assert.deepEqual(served.closed, []);
    for (let count = 0; count < 10 && served.closed.length === 0; count += 1) await served.advance(100);
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 heartbeatLost']);
  });

  test('that does not read is not held to acknowledgements that cannot leave', async (t) => {
    const served = await serveHttp2(t, {
      heartbeat: { ...HEARTBEAT, tolerance: 1 },
      timeouts: { writeMs: 60_000 },
      handler: () => ({ body: endless() }),
    });
    // Windows that do not end, so that it is TCP that blocks.
    const client = await served.connect({ settings: { INITIAL_WINDOW_SIZE: 2 ** 31 - 1 } });
    client.write(Buffer.from([0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0]));
    client.request(1);
    await client.next('DATA');
    client.pause();
    // Until the kernel takes no more.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await served.advance(1_000);
    await served.advance(1);
    await eventually(() => served.server.connections()[0]?.liveness?.state === 'suspended');
    for (let count = 0; count < 50; count += 1) await served.advance(1_000);
    assert.deepEqual(served.closed, []);
    client.resume();
    await client.until('a PING', () => pings(client) > 0);
    await eventually(() => served.server.connections()[0]?.liveness?.rttMs !== undefined);
    assert.deepEqual(served.closed, []);
  });

  test('that has ended its side is not asked for what it cannot say', async (t) => {
    const served = await serveHttp2(t, { heartbeat: HEARTBEAT });
    const client = await served.connect();
    client.request(1, { path: '/held' });
    await eventually(() => served.asked.length === 1);
    await client.settled();
    client.end();
    await eventually(() => served.server.connections()[0]?.state === 'draining');
    await served.advance(1_500);
    served.release();
    assert.equal((await client.answer(1)).body, '/held');
    assert.equal(pings(client), 0);
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 peerClosed']);
  });

  test('does not hold a shutdown up once it is dead', async (t) => {
    const served = await serveHttp2(t, { heartbeat: HEARTBEAT });
    const client = await served.connect({ acknowledges: false });
    client.request(1, { path: '/held' });
    await eventually(() => served.asked.length === 1);
    const report = served.server.close({ drainMs: 60_000 });
    let isOver = false;
    void report.then(() => {
      isOver = true;
    });
    for (let count = 0; count < 19; count += 1) await served.advance(100);
    await eventually(() => isOver);
    const { destroyed, durationMs } = await report;
    assert.deepEqual(destroyed, []);
    assert.ok(durationMs <= 1_900, `${durationMs}`);
  });

  test('over TLS is asked in the same way', async (t) => {
    const served = await serveHttp2(t, { heartbeat: { ...HEARTBEAT, tolerance: 1 }, tls: identity('localhost') });
    const client = http2.connect(served.server.url, { rejectUnauthorized: false });
    t.after(() => client.destroy());
    let asked = 0;
    client.on('ping', () => {
      asked += 1;
    });
    const request = client.request({ ':path': '/held', ':method': 'POST' });
    request.on('error', () => {});
    await eventually(() => served.asked.length === 1);
    for (let count = 1; count <= 5; count += 1) {
      await served.advance(1_000);
      await served.advance(1);
      await eventually(() => asked === count && served.server.connections()[0]?.liveness?.state === 'scheduled');
    }
    assert.deepEqual(served.closed, []);
  });
});

const CLIENT = `
  const http2 = require('node:http2');
  const session = http2.connect(process.argv[1]);
  session.on('error', () => {});
  const stream = session.request({ ':path': '/' });
  stream.on('error', () => {});
  stream.resume();
`;

for (const how of ['stop', 'kill'] as const) {
  test(
    `a client of node:http2 that is ${how === 'stop' ? 'stopped' : 'killed'} in the middle of a stream is found in time`,
    { timeout: 30_000 },
    async (t) => {
      const closed: string[] = [];
      const { promise: ended, resolve: end } = held();
      const server = await serve({
        port: 0,
        heartbeat: { intervalMs: 300, timeoutMs: 250, tolerance: 2 },
        // A client that is killed has sent FIN.
        timeouts: { lingerMs: 300 },
        handler: (request) => {
          request.signal.addEventListener('abort', end);
          return { body: nowAndThen() };
        },
        trace: (event: TraceEvent) => {
          if (event.type === 'closed') closed.push(event.reason);
        },
      });
      t.after(() => server.destroy());
      const peer = new PeerProcess(process.execPath, ['-e', CLIENT, server.url]);
      t.after(() => peer.kill());
      await eventually(() => server.connections()[0]?.liveness?.rttMs !== undefined);
      const startMs = performance.now();
      if (how === 'stop') peer.stop();
      else void peer.kill();
      await ended;
      const tookMs = performance.now() - startMs;
      t.diagnostic(`found after ${tookMs.toFixed(0)} ms`);
      assert.ok(tookMs <= 300 + 2 * 250 + 100, `${tookMs}`);
      await eventually(() => closed.length > 0);
      if (how === 'stop') assert.deepEqual(closed, ['heartbeatLost']);
      else assert.match(closed[0]!, /^peer(?:Reset|Closed)$/);
    },
  );
}

describe('keepalive of the kernel on connections of a server', { timeout: 30_000, ...KERNEL_SOCKETS }, () => {
  const open = async (t: TestContext, options: Partial<ServeOptions>): Promise<number[]> => {
    const server = await serve({ port: 0, handler: () => ({ body: '' }), ...options });
    t.after(() => server.destroy());
    const client = await RawConnection.open(server.port);
    t.after(() => client.destroy());
    await eventually(() => server.connections().length > 0);
    return keepaliveTimersTo(client.localPort);
  };

  test('begins after a minute of silence where heartbeat is on, or when it is told to', async (t) => {
    const [dueInMs = 0, ...more] = await open(t, { heartbeat: true });
    assert.deepEqual(more, []);
    assert.ok(dueInMs > 55_000 && dueInMs <= 60_000, `${dueInMs}`);
    const [sooner = 0] = await open(t, { heartbeat: { tcpKeepAlive: { idleMs: 7_000 } } });
    assert.ok(sooner > 5_000 && sooner <= 7_000, `${sooner}`);
  });

  test('is not there where nobody asked for it', async (t) => {
    assert.deepEqual(await open(t, {}), []);
    assert.deepEqual(await open(t, { heartbeat: false }), []);
    assert.deepEqual(await open(t, { heartbeat: { tcpKeepAlive: false } }), []);
  });

  test('is there over TLS, with either protocol', async (t) => {
    const server = await serve({ port: 0, handler: () => ({ body: '' }), heartbeat: true, tls: identity('localhost') });
    t.after(() => server.destroy());
    const client = http2.connect(server.url, { rejectUnauthorized: false });
    t.after(() => client.destroy());
    client.request({ ':path': '/' }).resume();
    await eventually(() => server.connections()[0]?.state === 'idle');
    const port = client.socket.localPort!;
    // While something is unacknowledged it is another timer that runs.
    await eventually(() => keepaliveTimersTo(port).length === 1);
    assert.equal(server.connections()[0]?.protocol, 'h2');
  });
});

describe('options of serve({ heartbeat })', () => {
  for (const [option, heartbeat] of [
    ['heartbeat', 20_000 as never],
    ['heartbeat.interval', { interval: 1 } as never],
    ['heartbeat.intervalMs', { intervalMs: 0 }],
    ['heartbeat.timeoutMs', { timeoutMs: Infinity }],
    ['heartbeat.tolerance', { tolerance: 0 }],
    ['heartbeat.tcpKeepAlive', { tcpKeepAlive: true as never }],
    ['heartbeat.tcpKeepAlive.idle', { tcpKeepAlive: { idle: 1 } as never }],
    ['heartbeat.tcpKeepAlive.idleMs', { tcpKeepAlive: { idleMs: 32_767_001 } }],
    ['heartbeat.tcpKeepAlive.intervalMs', { tcpKeepAlive: { intervalMs: 0 } }],
    ['heartbeat.tcpKeepAlive.count', { tcpKeepAlive: { count: 128 } }],
  ] as const) {
    test(`${option} is refused by its name`, async () => {
      await assert.rejects(
        async () => await serve({ port: 0, handler: () => ({}), heartbeat }),
        (error) => error instanceof OptionError && error.option === option,
      );
    });
  }
});

function held(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

async function* until(promise: Promise<void>): AsyncGenerator<string> {
  yield 'begun';
  await promise;
}

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield Buffer.alloc(65_536);
}

/** A few bytes, as an event stream has them: the kernel takes them for a client that is gone, too. */
async function* nowAndThen(): AsyncGenerator<string> {
  for (;;) {
    yield 'tick\n';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
