// What upgradeWebSocket does about clients that are gone without a word: clients of `ws` that answer, do not, are stopped or do not read.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws';
import type { ClientOptions } from 'ws';
import { OptionError } from '#src/errors.js';
import { serve, upgradeWebSocket } from '#src/server/index.js';
import type { Server, WebSocketLike, WebSocketOptions, WebSocketUpgrade } from '#src/server/index.js';
import { PeerProcess } from '../heartbeat/peer-process.ts';
import { RawConnection } from '../support/raw-client.ts';
import { eventually } from './http2/served.ts';
import { TurningClock } from './http2/turning-clock.ts';

interface Fixture {
  readonly server: Server;
  readonly url: string;
  readonly clock: TurningClock;
  /** Reasons of connections that ended. */
  readonly closed: string[];
  readonly errors: unknown[];
  /** The latest handshake that was successful. */
  readonly upgraded: () => WebSocketUpgrade<WebSocket>;
  readonly open: (options?: ClientOptions) => Promise<WebSocket>;
  /** Lets time pass, with what follows from it. */
  readonly advance: (ms: number) => Promise<void>;
}

async function start(t: TestContext, options: WebSocketOptions = {}): Promise<Fixture> {
  const library = new WebSocketServer({ noServer: true });
  const clock = new TurningClock();
  const closed: string[] = [];
  const errors: unknown[] = [];
  let latest: WebSocketUpgrade<WebSocket> | undefined;
  const server = await serve({
    port: 0,
    fetch: async (request, context) => {
      const upgrade = await upgradeWebSocket(library, request, context, { clock, ...options });
      if (upgrade.socket !== undefined) latest = upgrade;
      return upgrade.answer;
    },
    trace: (event) => {
      if (event.type === 'closed') closed.push(event.reason);
    },
    onError: (error) => void errors.push(error),
  });
  t.after(() => server.destroy());
  const url = server.url.replace('http', 'ws');
  return {
    server,
    url,
    clock,
    closed,
    errors,
    upgraded: () => latest!,
    open: async (clientOptions = {}) => {
      const before = latest;
      const socket = new WebSocket(url, clientOptions);
      t.after(() => socket.terminate());
      socket.on('error', () => {});
      await once(socket, 'open');
      await eventually(() => latest !== before);
      return socket;
    },
    advance: async (ms) => {
      clock.advance(ms);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    },
  };
}

describe('a WebSocket of a server', { timeout: 30_000 }, () => {
  test('is pinged after 20 s of silence unless told otherwise, and its round trips are known', async (t) => {
    const { open, advance, upgraded } = await start(t);
    const client = await open();
    const pings: string[] = [];
    client.on('ping', (data) => void pings.push(String(data)));
    await advance(17_900);
    assert.equal(upgraded().heartbeat!.stats().sent, 0);
    await advance(2_200);
    await eventually(() => upgraded().heartbeat!.stats().acknowledged === 1);
    assert.equal(pings.length, 1);
    assert.equal(upgraded().heartbeat!.stats().rtt.count, 1);
    await advance(20_000);
    await eventually(() => upgraded().heartbeat!.stats().acknowledged === 2);
    assert.equal(new Set(pings).size, 2);
    assert.equal(client.readyState, WebSocket.OPEN);
  });

  test('is ended where its client answers no ping: the application hears 1006, the trace says heartbeatLost', async (t) => {
    const { open, advance, upgraded, closed, server } = await start(t);
    const client = await open({ autoPong: false });
    const { socket, heartbeat } = upgraded();
    const ended = once(socket!, 'close');
    await advance(20_000);
    assert.equal(heartbeat!.stats().sent, 1);
    await advance(9_999);
    assert.equal(heartbeat!.stats().missed, 0);
    await advance(1);
    assert.equal(heartbeat!.stats().missed, 1);
    await advance(1);
    await advance(9_999);
    assert.equal(socket!.readyState, WebSocket.OPEN);
    await advance(1);
    assert.equal((await ended)[0], 1006);
    if (client.readyState !== WebSocket.CLOSED) await once(client, 'close');
    await eventually(() => closed.length === 1);
    assert.deepEqual(closed, ['heartbeatLost']);
    assert.equal(server.connections().length, 0);
  });

  test('is not pinged while its client says something, in messages or in parts of one', async (t) => {
    const { server, advance, upgraded } = await start(t);
    const client = await RawConnection.open(server.port);
    t.after(() => client.destroy());
    client.write(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await client.readUntil('\r\n\r\n');
    const { heartbeat, socket } = upgraded();
    const messages: string[] = [];
    socket!.on('message', (data: Buffer) => void messages.push(data.toString()));
    // A frame of 100 bytes, one byte at a time.
    const frame = `\x81\xe4\0\0\0\0${'x'.repeat(100)}`;
    for (const byte of frame) {
      await advance(15_000);
      const { nextInMs } = heartbeat!.stats();
      client.write(byte);
      await eventually(() => heartbeat!.stats().nextInMs !== nextInMs);
    }
    assert.deepEqual(messages, ['x'.repeat(100)]);
    assert.equal(heartbeat!.stats().sent, 0);
    await advance(20_000);
    assert.equal(heartbeat!.stats().sent, 1);
  });

  test('whose client does not read is left alone as long as it takes something, and ended when it takes nothing', async (t) => {
    const { open, advance, upgraded, closed } = await start(t);
    const client = await open();
    const { socket, heartbeat } = upgraded();
    client.pause();
    // To the kernel this is one write, of which it takes a part now and then.
    socket!.send(Buffer.alloc(60_000_000));
    const { _socket: below } = client as unknown as { _socket: Socket };
    await advance(20_000);
    for (let count = 0; count < 5; count += 1) {
      await advance(50_000);
      assert.ok(socket!.bufferedAmount > 0);
      const read = below.bytesRead;
      client.resume();
      await eventually(() => below.bytesRead - read > 6_000_000);
      client.pause();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(heartbeat!.stats().missedInAll, 0);
    assert.ok(socket!.bufferedAmount > 0);
    await advance(59_000);
    assert.deepEqual(closed, []);
    await advance(2_000);
    await advance(1_000);
    await eventually(() => closed.length > 0);
    assert.deepEqual(closed, ['heartbeatLost']);
  });

  test('is left alone while the application does not read it, and asked when it does', async (t) => {
    const { open, advance, upgraded, closed } = await start(t);
    const client = await open();
    const { socket, heartbeat } = upgraded();
    // With a ping under way,
    await advance(20_000);
    socket!.pause();
    for (let count = 0; count < 20; count += 1) await advance(10_000);
    assert.equal(heartbeat!.stats().missedInAll, 0);
    socket!.resume();
    await eventually(() => heartbeat!.stats().acknowledged === 1);
    // and before one is due.
    socket!.pause();
    for (let count = 0; count < 20; count += 1) await advance(10_000);
    assert.equal(heartbeat!.state, 'suspended');
    socket!.resume();
    await eventually(() => heartbeat!.stats().acknowledged === 2);
    assert.equal(heartbeat!.stats().missedInAll, 0);
    assert.equal(client.readyState, WebSocket.OPEN);
    assert.deepEqual(closed, []);
  });

  test('that is read no faster than a slow sink takes it keeps its client', async (t) => {
    const { open, advance, upgraded, closed } = await start(t);
    const client = await open();
    const { socket, heartbeat } = upgraded();
    let takenBytes = 0;
    let take = (): void => {};
    const sink = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        takenBytes += chunk.length;
        take = done;
      },
    });
    const stream = createWebSocketStream(socket!);
    stream.on('error', () => {});
    stream.pipe(sink);
    for (let count = 0; count < 30; count += 1) client.send(Buffer.alloc(100_000));
    for (let count = 1; count <= 30; count += 1) {
      await eventually(() => takenBytes === count * 100_000);
      // Longer than it takes to find a client that is dead.
      await advance(20_000);
      await advance(10_000);
      await advance(10_000);
      take();
    }
    await eventually(() => heartbeat!.state === 'scheduled');
    assert.deepEqual(closed, []);
    assert.equal(heartbeat!.stats().missedInAll, 0);
  });

  test('whose client is dead is ended although the application pauses it now and then', async (t) => {
    const { open, advance, upgraded, closed } = await start(t);
    await open({ autoPong: false });
    const { socket } = upgraded();
    await advance(20_000);
    for (let count = 0; closed.length === 0 && count < 100; count += 1) {
      socket!.pause();
      await advance(1_000);
      socket!.resume();
      // Streams tell of it behind the turn.
      await new Promise(setImmediate);
      await advance(1_000);
    }
    assert.deepEqual(closed, ['heartbeatLost']);
  });

  test('is not asked once it closes, and leaves no timer behind', async (t) => {
    const { open, advance, upgraded, clock, closed } = await start(t);
    const client = await open();
    const { socket, heartbeat } = upgraded();
    client.pause();
    socket!.close();
    await advance(200_000);
    assert.equal(heartbeat!.state, 'idle');
    assert.equal(clock.pendingTimers, 0);
    client.resume();
    await eventually(() => closed.length > 0);
    assert.deepEqual(closed, ['upgraded']);
    const other = await open();
    assert.equal(clock.pendingTimers, 1);
    other.close();
    await eventually(() => closed.length > 1);
    assert.equal(clock.pendingTimers, 0);
  });

  test('goes without where that was asked for, and where its library cannot ping', async (t) => {
    const { open, upgraded, clock } = await start(t, { heartbeat: false });
    await open();
    assert.equal(upgraded().heartbeat, undefined);
    assert.equal(clock.pendingTimers, 0);

    const ended: string[] = [];
    const server = await serve({
      port: 0,
      fetch: async (request, context) => {
        const plain: WebSocketLike = { close: () => {}, on: () => undefined };
        const { socket, answer, heartbeat } = await upgradeWebSocket(
          {
            handleUpgrade: (_request, _stream, _head, done) => done(plain),
            emit: () => true,
          },
          request,
          context,
        );
        ended.push(`${socket === plain} ${typeof heartbeat}`);
        return answer;
      },
    });
    t.after(() => server.destroy());
    const socket = new WebSocket(server.url.replace('http', 'ws'));
    socket.on('error', () => {});
    t.after(() => socket.terminate());
    await eventually(() => ended.length > 0);
    assert.deepEqual(ended, ['true undefined']);
  });

  test('does not keep the process alive by its timers', async (t) => {
    const { open, upgraded } = await start(t, { clock: undefined as never });
    const count = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await open();
    const before = count();
    await open();
    assert.equal(upgraded().heartbeat!.state, 'scheduled');
    assert.ok(count() <= before);
  });

  for (const [option, heartbeat] of [
    ['heartbeat', 20_000 as never],
    ['heartbeat.interval', { interval: 1 } as never],
    ['heartbeat.intervalMs', { intervalMs: Infinity }],
    ['heartbeat.timeoutMs', { timeoutMs: 0 }],
    ['heartbeat.tolerance', { tolerance: 1.5 }],
    ['heartbeat.stalledMs', { stalledMs: 0 }],
  ] as const) {
    test(`refuses ${option} by its name`, async (t) => {
      const { url, errors } = await start(t, { heartbeat });
      const socket = new WebSocket(url);
      const [error] = (await once(socket, 'error')) as [Error];
      assert.match(error.message, /500/);
      assert.ok(errors[0] instanceof OptionError && errors[0].option === option, String(errors[0]));
    });
  }
});

const CLIENT = `
  const { WebSocket } = require('ws');
  new WebSocket(process.argv[1]).on('error', () => {});
`;

test(
  'a client that is stopped is found within interval + timeout × tolerance, and those beside it are not',
  { timeout: 30_000 },
  async (t) => {
    const { url, open, upgraded, closed, server } = await start(t, {
      heartbeat: { intervalMs: 300, timeoutMs: 250, tolerance: 2 },
      clock: undefined as never,
    });
    const living = await open();
    const before = upgraded();
    const peer = new PeerProcess(process.execPath, ['-e', CLIENT, url]);
    t.after(() => peer.kill());
    await eventually(() => upgraded() !== before);
    const { socket, heartbeat } = upgraded();
    for (let count = 0; count < 3; count += 1) await new Promise((resolve) => heartbeat!.on('ack', resolve));
    const ended = once(socket!, 'close');
    peer.stop();
    const startMs = performance.now();
    assert.equal((await ended)[0], 1006);
    const tookMs = performance.now() - startMs;
    t.diagnostic(`ended after ${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs <= 300 + 2 * 250 + 100, `${tookMs}`);
    await eventually(() => closed.length > 0);
    assert.deepEqual(closed, ['heartbeatLost']);
    assert.equal(living.readyState, WebSocket.OPEN);
    assert.equal(server.connections().length, 1);
  },
);
