// A server that runs out of something, on real sockets: keep-alive that shrinks, idle connections that are given up, newcomers that wait.
// Time and the process stand still unless a test moves them.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import type { ProcessResources } from '#src/io/index.js';
import { serve } from '#src/server/index.js';
import type { ServeOptions, Server, TraceEvent } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { openRefused, RawConnection } from '../support/raw-client.ts';
import { gate, get } from './driven-server.ts';
import { AUTHORITY, identity, until } from './tls-bench.ts';

const WAIT = { timeoutMs: 10_000 };

/** A process whose use a test sets. */
class Resources implements ProcessResources {
  descriptorLimit = Infinity;
  /** Descriptors that are no sockets of the server. */
  beside: number | undefined = undefined;
  bytes = 0;
  looks = 0;

  countDescriptors(sockets: number): number | undefined {
    this.looks += 1;
    return this.beside === undefined ? undefined : this.beside + sockets;
  }

  residentBytes(): number {
    return this.bytes;
  }
}

interface Bench {
  readonly server: Server;
  readonly clock: ManualClock;
  readonly resources: Resources;
  readonly log: string[];
  /** Connects, and waits until the server has it. */
  readonly connect: () => Promise<RawConnection>;
}

async function start(
  context: TestContext,
  options: Partial<ServeOptions> = {},
  resources = new Resources(),
): Promise<Bench> {
  const clock = new ManualClock();
  const log: string[] = [];
  const server = await serve({
    handler: () => ({ body: 'ok' }),
    port: 0,
    clock,
    resources,
    trace: (event: TraceEvent) => {
      if (event.type === 'pressure') log.push(`pressure ${event.level} ${event.causes.join(' ')}`.trim());
      if (event.type === 'closed') log.push(`closed ${event.connection.id} ${event.reason}`);
      if (event.type === 'refused') log.push(`refused ${event.reason}`);
    },
    ...options,
  });
  const connections: RawConnection[] = [];
  context.after(() => {
    server.destroy();
    for (const connection of connections) connection.destroy();
  });
  const connect = async (): Promise<RawConnection> => {
    const count = server.connections().length;
    const connection = await RawConnection.open(server.port, WAIT);
    connections.push(connection);
    await until(() => server.connections().length > count);
    return connection;
  };
  return { server, clock, resources, log, connect };
}

async function ask(connection: RawConnection): Promise<string> {
  connection.write(get());
  return await connection.readUntil(/\r\n\r\nok/);
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
};

describe('pressure of connections', () => {
  test('shortens what answers promise, and closes those whose shorter time is over, the longest idle first', async (context) => {
    const { server, clock, log, connect } = await start(context, { limits: { connections: 5 } });
    const early = await connect();
    assert.match(await ask(early), /Keep-Alive: timeout=65\r\n/);
    const others = [await connect(), await connect(), await connect()];
    clock.advance(1_000);
    assert.deepEqual([server.pressure.level, server.pressure.causes], ['rising', ['connections']]);
    for (const other of others) assert.match(await ask(other), /Keep-Alive: timeout=33\r\n/);
    clock.advance(34_000);
    await turns();
    assert.deepEqual(log, ['pressure rising connections'], 'the shorter time and a grace of a second and more');
    clock.advance(2_000);
    for (const other of others) {
      assert.equal(await other.readToEnd(), '');
      assert.equal(other.ending, 'fin');
      other.end();
    }
    await until(() => log.length > 3);
    assert.deepEqual(log.slice(1, 4).toSorted(), ['closed 2 shed', 'closed 3 shed', 'closed 4 shed']);
    assert.equal(early.ending, undefined, 'it was promised more');
    clock.advance(1_000);
    assert.equal(server.pressure.level, 'none');
    assert.match(await ask(early), /Keep-Alive: timeout=65\r\n/);
  });

  test('lets a newcomer wait where all are busy, and in when one has gone', async (context) => {
    const first = gate<object>();
    const { server, connect } = await start(context, {
      limits: { connections: 1 },
      handler: (request) => (request.url.endsWith('/first') ? first.promise : { body: 'ok' }),
    });
    const busy = await connect();
    busy.write(get('/first'));
    await until(() => server.connections()[0]?.state === 'active');
    const waiting = await RawConnection.open(server.port, WAIT);
    waiting.write(get());
    const behind = await RawConnection.open(server.port, WAIT);
    behind.write(get());
    await turns();
    assert.deepEqual([waiting.ending, server.connections().length], [undefined, 1]);
    first.open({ body: 'first' });
    await busy.readUntil('first');
    busy.end();
    assert.match(await waiting.readUntil(/ok$/), /^HTTP\/1\.1 200 /, 'what it sent while it waited is answered');
    waiting.end();
    assert.match(await behind.readUntil(/ok$/), /^HTTP\/1\.1 200 /);
    for (const connection of [waiting, behind]) connection.destroy();
  });

  test('lets a newcomer wait before its PROXY header and its handshake, which are read when it is let in', async (context) => {
    const { server } = await start(context, {
      limits: { connections: 1 },
      tls: identity('localhost'),
      trust: { proxies: ['loopback'], proxyProtocol: true },
      handler: (_request, { client }) => ({ body: `${client.address} ok` }),
    });
    const open = (address: string): tls.TLSSocket => {
      const below = net.connect(server.port, '127.0.0.1');
      below.write(`PROXY TCP4 ${address} 198.51.100.1 1 2\r\n`);
      const socket = tls.connect({ socket: below, servername: 'localhost', ca: AUTHORITY });
      socket.write(get());
      return socket.on('error', () => {});
    };
    const answer = async (socket: tls.TLSSocket): Promise<string> => {
      let text = '';
      for await (const piece of socket.iterator({ destroyOnReturn: false })) {
        text += String(piece);
        if (text.endsWith(' ok')) break;
      }
      return text;
    };
    const first = open('192.0.2.1');
    assert.match(await answer(first), /192\.0\.2\.1 ok$/);
    const second = open('192.0.2.2');
    await turns();
    assert.equal(server.connections().length, 1);
    first.destroy();
    assert.match(await answer(second), /192\.0\.2\.2 ok$/);
    second.destroy();
  });

  test('ends connections with their answers while somebody waits, and gives the place to who waits', async (context) => {
    const { server, clock, log, connect } = await start(context, { limits: { connections: 2 } });
    const [one, two] = [await connect(), await connect()];
    await ask(one);
    const waiting = await RawConnection.open(server.port, WAIT);
    waiting.write(get());
    await turns();
    clock.advance(999);
    await ask(two);
    assert.equal(one.ending, undefined, 'idle for less than a second');
    clock.advance(1);
    assert.match(await waiting.readUntil(/ok$/), /\r\nConnection: close\r\n/);
    assert.equal(log[0], 'pressure high connections');
    assert.equal(await one.readToEnd(), '', 'the longest idle one made room');
    assert.match(await ask(two), /\r\nConnection: close\r\n/);
    for (const connection of [one, waiting]) connection.destroy();
  });

  test('turns away who has waited for headerMs', async (context) => {
    const never = gate<object>();
    const { server, clock, log, connect } = await start(context, {
      limits: { connections: 1 },
      timeouts: { headerMs: 3_000 },
      handler: () => never.promise,
    });
    const busy = await connect();
    busy.write(get());
    await until(() => server.connections()[0]?.state === 'active');
    const waiting = await RawConnection.open(server.port, WAIT);
    await turns();
    clock.advance(2_999);
    await turns();
    assert.equal(waiting.ending, undefined);
    clock.advance(1);
    assert.deepEqual(await waiting.readToEnding(), { bytes: '', ended: 'reset' });
    assert.equal(log.at(-1), 'refused tooManyConnections');
    waiting.destroy();
  });

  test('forgets who went while it waited', async (context) => {
    const first = gate<object>();
    const { server, clock, log, connect } = await start(context, {
      limits: { connections: 1 },
      handler: () => first.promise,
    });
    const busy = await connect();
    busy.write(get());
    await until(() => server.connections()[0]?.state === 'active');
    const gone = await RawConnection.open(server.port, WAIT);
    const patient = await RawConnection.open(server.port, WAIT);
    patient.write(get());
    await turns();
    gone.reset();
    await until(() => {
      clock.advance(1_000);
      return server.pressure.resources[0]?.used === 2;
    });
    first.open({ body: 'ok' });
    await busy.readUntil(/ok$/);
    busy.end();
    await patient.readUntil(/ok$/);
    assert.deepEqual(
      log.filter((line) => !line.startsWith('pressure')),
      ['closed 1 shed'],
    );
    patient.destroy();
  });

  test('turns newcomers away at once where nobody may wait, and where the line is full', async (context) => {
    const never = gate<object>();
    for (const waitingConnections of [0, 2]) {
      const { server, log, connect } = await start(context, {
        limits: { connections: 1, waitingConnections },
        handler: () => never.promise,
      });
      const busy = await connect();
      busy.write(get());
      await until(() => server.connections()[0]?.state === 'active');
      const waiting = [];
      for (let i = 0; i < waitingConnections; i += 1) waiting.push(await RawConnection.open(server.port, WAIT));
      await openRefused(server.port);
      assert.deepEqual(log.at(-1), 'refused tooManyConnections');
      for (const connection of waiting) connection.destroy();
    }
  });

  test('turns away who still waits when the server stops listening', async (context) => {
    const never = gate<object>();
    const { server, connect } = await start(context, { limits: { connections: 1 }, handler: () => never.promise });
    const busy = await connect();
    busy.write(get());
    await until(() => server.connections()[0]?.state === 'active');
    const waiting = await RawConnection.open(server.port, WAIT);
    await turns();
    void server.close();
    assert.equal((await waiting.readToEnding()).ended, 'reset');
    waiting.destroy();
  });
});

describe('pressure of descriptors', () => {
  test('limits connections to what is left beside what others have open', async (context) => {
    const resources = new Resources();
    resources.descriptorLimit = 64;
    resources.beside = 46;
    const never = gate<object>();
    const { server, clock, connect } = await start(context, { handler: () => never.promise }, resources);
    // Of 64, 48 are for connections.
    const [one, two] = [await connect(), await connect()];
    for (const each of [one, two]) each.write(get());
    await until(() => server.connections().every(({ state }) => state === 'active'));
    const waiting = await RawConnection.open(server.port, WAIT);
    await turns();
    assert.equal(server.connections().length, 2);
    resources.beside = 45;
    clock.advance(1_000);
    await until(() => server.connections().length === 3);
    assert.deepEqual(server.pressure.causes, ['fileDescriptors']);
    waiting.destroy();
  });

  test('gives up idle connections, but none that was used a moment ago', async (context) => {
    const resources = new Resources();
    resources.descriptorLimit = 400;
    resources.beside = 10;
    const { server, clock, log, connect } = await start(context, {}, resources);
    const [one, two] = [await connect(), await connect()];
    await ask(one);
    clock.advance(1_500);
    await ask(two);
    resources.beside = 370;
    clock.advance(500);
    assert.equal(await one.readToEnd(), '');
    one.end();
    await until(() => log.length === 2);
    assert.deepEqual(log, ['pressure high fileDescriptors', 'closed 1 shed']);
    assert.match(await ask(two), /\r\nConnection: close\r\n/, 'what is answered now ends its connection');
    assert.equal(server.pressure.keepAliveTimeoutMs, 1_000);
  });
});

describe('pressure of memory', () => {
  test('counts where it has a limit', async (context) => {
    const { server, clock, resources, log, connect } = await start(context, { limits: { memoryBytes: 1_000 } });
    resources.bytes = 949;
    const connection = await connect();
    assert.equal(server.pressure.level, 'high');
    assert.match(await ask(connection), /\r\nConnection: close\r\n/);
    resources.bytes = 100;
    clock.advance(1_000);
    assert.deepEqual(
      log.filter((line) => line.startsWith('pressure')),
      ['pressure high memory', 'pressure none'],
    );
  });
});

test('nobody looks while there are no connections, and once a second while there are', async (context) => {
  const resources = new Resources();
  resources.descriptorLimit = 1_000;
  resources.beside = 10;
  const { server, clock, connect } = await start(context, {}, resources);
  assert.deepEqual([resources.looks, clock.pendingTimers], [0, 0]);
  const connection = await connect();
  assert.equal(resources.looks, 1);
  for (let i = 0; i < 10; i += 1) await ask(connection);
  assert.equal(resources.looks, 1, 'never for a request');
  clock.advance(5_000);
  assert.equal(resources.looks, 6);
  connection.end();
  await until(() => server.connections().length === 0);
  clock.advance(1_000);
  const { looks } = resources;
  clock.advance(60_000);
  assert.equal(resources.looks, looks);
});
