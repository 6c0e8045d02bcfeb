// Connections whose handshake is not done: their deadline, their place in the limits, their end with the server, and hellos that are
// none. Time stands still unless a test moves it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { ServeOptions } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { startTls, TlsClient, until } from './tls-bench.ts';
import type { TlsBench } from './tls-bench.ts';

interface StillBench extends TlsBench {
  readonly clock: ManualClock;
  /** Connects, says nothing, and resolves when the server has taken it; it is closed with the test. */
  readonly silent: () => Promise<net.Socket>;
}

async function startStill(context: TestContext, options: Partial<ServeOptions> = {}): Promise<StillBench> {
  const clock = new ManualClock();
  const bench = await startTls(context, { ...options, clock });
  const silent = async (): Promise<net.Socket> => {
    const socket = net.connect({ port: bench.server.port, host: '127.0.0.1' });
    socket.on('error', () => {}).resume();
    context.after(() => socket.destroy());
    await once(socket, 'connect');
    await turns();
    return socket;
  };
  return { ...bench, clock, silent };
}

/** Long enough for what the kernel has to be seen. */
async function turns(): Promise<void> {
  let count = 0;
  await until(() => (count += 1) > 20);
}

/** A hello without its end. */
const HALF_A_HELLO = Buffer.from('16030102000100', 'hex');

describe('a handshake that is not done', () => {
  for (const [what, bytes] of [
    ['that has not begun', Buffer.alloc(0)],
    ['that stops within the hello', HALF_A_HELLO],
  ] as const) {
    test(`${what} is ended after timeouts.handshakeMs, to the millisecond`, async (context) => {
      const { clock, silent, refusals } = await startStill(context);
      const client = await silent();
      client.write(bytes);
      await turns();
      clock.advance(9_999);
      await turns();
      assert.deepEqual(refusals, []);
      clock.advance(1);
      await once(client, 'close');
      assert.deepEqual(refusals, ['handshakeTimeout']);
    });
  }

  test('has the time that the option says, and no bytes prolong it', async (context) => {
    const { clock, silent, refusals } = await startStill(context, { timeouts: { handshakeMs: 300 } });
    const client = await silent();
    for (const byte of HALF_A_HELLO.subarray(0, 5)) {
      client.write(Buffer.of(byte));
      await turns();
      clock.advance(59);
    }
    assert.deepEqual(refusals, []);
    clock.advance(5);
    await once(client, 'close');
    assert.deepEqual(refusals, ['handshakeTimeout']);
  });

  test('is ended in order of time where there are many, with one timer for all', async (context) => {
    const { clock, silent, refusals } = await startStill(context);
    const clients: net.Socket[] = [];
    for (let index = 0; index < 40; index += 1) {
      clients.push(await silent());
      clock.advance(10);
    }
    assert.equal(clock.pendingTimers, 1);
    clock.advance(10_000 - 400);
    for (let ended = 1; ended <= 40; ended += 1) {
      await turns();
      assert.equal(refusals.length, ended);
      clock.advance(10);
    }
    await until(() => clients.every((client) => client.readableEnded || client.destroyed));
  });

  test('is nothing that connections() shows or the trace calls opened', async (context) => {
    const { server, silent, events } = await startStill(context);
    await silent();
    assert.deepEqual([server.connections(), events], [[], []]);
  });

  test('leaves its deadline behind when it is done', async (context) => {
    const { server, clock, refusals, events } = await startStill(context, { timeouts: { headerMs: Infinity } });
    const client = await TlsClient.open(server.port);
    // In TLS 1.3 the client is done first.
    await until(() => events.length === 1);
    clock.advance(60_000);
    assert.match(await client.ask(), /ok$/);
    assert.deepEqual(refusals, []);
    client.socket.destroy();
  });

  test('is told as peerClosed where the client gives up or only looks whether somebody listens', async (context) => {
    const { silent, refusals } = await startStill(context);
    const probe = await silent();
    probe.end();
    await once(probe, 'close');
    assert.deepEqual(refusals, ['handshakeFailed peerClosed']);
    const half = await silent();
    half.write(HALF_A_HELLO);
    await turns();
    half.end();
    await once(half, 'close');
    assert.deepEqual(refusals.slice(1), ['handshakeFailed peerClosed']);
    const reset = await silent();
    reset.write(HALF_A_HELLO);
    await turns();
    reset.resetAndDestroy();
    await until(() => refusals.length === 3);
    assert.deepEqual(refusals.slice(2), ['handshakeFailed ECONNRESET']);
  });
});

describe('limits.connections', () => {
  test('counts handshakes: newcomers are refused while the limit is full of them', async (context) => {
    const { server, clock, silent, refusals } = await startStill(context, {
      limits: { connections: 3, waitingConnections: 0 },
    });
    for (let index = 0; index < 3; index += 1) await silent();
    clock.advance(999);
    const newcomer = net.connect(server.port, '127.0.0.1').on('error', () => {});
    await until(() => newcomer.resume().readableEnded || newcomer.destroyed);
    assert.deepEqual(refusals, ['tooManyConnections']);
    newcomer.destroy();
  });

  test('a handshake that has taken a second makes room, before any connection that is idle', async (context) => {
    const { server, clock, silent, refusals } = await startStill(context, {
      limits: { connections: 3, waitingConnections: 0 },
    });
    const idle = await TlsClient.open(server.port);
    await idle.ask();
    const slow = await silent();
    await silent();
    clock.advance(1_000);
    const newcomer = await TlsClient.open(server.port);
    assert.match(await newcomer.ask(), /ok$/);
    await until(() => slow.readableEnded || slow.destroyed);
    assert.deepEqual(refusals, ['shed']);
    assert.match(await idle.ask(), /ok$/);
    for (const client of [idle, newcomer]) client.socket.destroy();
  });

  test('a handshake that fails gives its place back', async (context) => {
    const { server, silent, refusals } = await startStill(context, { limits: { connections: 1 } });
    for (let round = 0; round < 5; round += 1) {
      const client = await silent();
      client.write('GET / HTTP/1.1\r\n\r\n');
      client.end();
      await once(client, 'close');
      await turns();
    }
    const client = await TlsClient.open(server.port);
    assert.match(await client.ask(), /ok$/);
    assert.deepEqual(
      refusals,
      Array.from({ length: 5 }, () => 'plainHttp'),
    );
    client.socket.destroy();
  });

  test('a flood of silent connections keeps nobody out for long', async (context) => {
    const { server, clock, silent, refusals } = await startStill(context, { limits: { connections: 50 } });
    const flood = await Promise.all(Array.from({ length: 50 }, silent));
    clock.advance(1_000);
    for (let index = 0; index < 10; index += 1) {
      const client = await TlsClient.open(server.port);
      assert.match(await client.ask(), /ok$/);
      client.socket.destroy();
      await until(() => server.connections().length === 0);
      flood.push(await silent());
    }
    assert.ok(refusals.every((refusal) => refusal === 'shed'));
  });
});

describe('the end of the server', () => {
  test('is the end of handshakes', async (context) => {
    const { server, silent, refusals } = await startStill(context);
    const clients = [await silent(), await silent()];
    clients[1]?.write(HALF_A_HELLO);
    await turns();
    server.destroy();
    await until(() => clients.every((client) => client.readableEnded || client.destroyed));
    assert.deepEqual(refusals, ['draining', 'draining']);
  });

  test('comes after handshakes that bring a request, where it is orderly', async (context) => {
    const { server, silent, clock } = await startStill(context);
    const raw = await silent();
    const closing = server.close();
    await turns();
    assert.equal(server.state, 'draining');
    raw.removeAllListeners();
    const client = await TlsClient.open(server.port, { socket: raw });
    assert.match(await client.ask(), /Connection: close\r\n.*ok$/s);
    client.socket.end();
    assert.equal((await closing).closed, 1);
    assert.equal(clock.pendingTimers, 0);
  });

  test('does not wait for handshakes that bring none', async (context) => {
    const { server, silent, clock, refusals } = await startStill(context);
    await silent();
    const closing = server.close();
    clock.advance(999);
    await turns();
    assert.equal(server.state, 'draining');
    clock.advance(1);
    const { durationMs, closed, destroyed } = await closing;
    assert.deepEqual([durationMs, closed, destroyed], [1_000, 0, []]);
    assert.deepEqual(refusals, ['draining']);
  });

  test('comes at once where the last handshake fails', async (context) => {
    const { server, silent } = await startStill(context);
    const client = await silent();
    const closing = server.close();
    client.end();
    const { durationMs, closed, destroyed } = await closing;
    assert.deepEqual([durationMs, closed, destroyed], [0, 0, []]);
  });
});

describe('a hello that is none', () => {
  test('is refused whatever the bytes, and the next client is served', async (context) => {
    const { server, silent, refusals } = await startStill(context);
    let sent = 0;
    const record = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const behindHeader = record.map((bytes) =>
      Uint8Array.of(0x16, 3, 1, bytes.length >> 8, bytes.length & 255, ...bytes),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(record, behindHeader), async (bytes) => {
        const client = await silent();
        client.end(bytes);
        sent += 1;
        await until(() => client.destroyed || client.readableEnded);
        await until(() => refusals.length === sent);
      }),
      { numRuns: 60 },
    );
    assert.deepEqual(server.connections(), []);
    const client = await TlsClient.open(server.port);
    assert.match(await client.ask(), /ok$/);
    client.socket.destroy();
  });
});
