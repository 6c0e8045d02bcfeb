// The server on real sockets: listening, admission, snapshots, trace, shutdown. Time stands still unless a test moves it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import { ListenError, OptionError } from '#src/errors.js';
import { Response, serve } from '#src/server/index.js';
import type { ServeOptions, Server, TraceEvent } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { openRefused, RawConnection } from '../support/raw-client.ts';
import { gate, get } from './driven-server.ts';

/** A server on a free port with a clock that stands still, and its trace events to wait for. */
class TestServer {
  readonly clock: ManualClock = new ManualClock();
  readonly events: TraceEvent[] = [];
  server!: Server;
  #waiting: (() => void)[] = [];

  static async start(options: Partial<ServeOptions> = {}): Promise<TestServer> {
    const started = new TestServer();
    const { fetch, ...rest } = options;
    const handling = fetch === undefined ? { handler: options.handler ?? (() => ({ body: 'ok' })) } : { fetch };
    started.server = await serve({
      ...rest,
      ...handling,
      port: 0,
      clock: started.clock,
      trace: (event) => {
        started.events.push(event);
        for (const look of started.#waiting) look();
      },
    });
    return started;
  }

  /** Resolves when so many events of a type have been told. */
  async told(type: TraceEvent['type'], count: number): Promise<void> {
    const enough = (): boolean => this.events.filter((event) => event.type === type).length >= count;
    while (!enough()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
      this.#waiting = [];
    }
  }

  /** The events in short. */
  get log(): string[] {
    return this.events.map((event) => {
      if (event.type === 'exchange') return `exchange ${event.exchange.connection.id} ${event.exchange.status}`;
      if (event.type === 'refused') return `refused ${event.reason}`;
      if (event.type === 'pressure') return `pressure ${event.level}`;
      return event.type === 'opened'
        ? `opened ${event.connection.id}`
        : `closed ${event.connection.id} ${event.reason}`;
    });
  }

  /** Connects and waits until the server has taken the connection. */
  async connect(): Promise<RawConnection> {
    const count = this.events.filter((event) => event.type === 'opened').length;
    const connection = await RawConnection.open(this.server.port);
    await this.told('opened', count + 1);
    return connection;
  }
}

async function ask(client: RawConnection, request = get()): Promise<string> {
  client.write(request);
  return await client.readUntil(/\r\n\r\n(?:ok)?/);
}

describe('serve()', () => {
  test('resolves to a server that listens, with its url', async () => {
    const { server } = await TestServer.start();
    assert.equal(server.state, 'accepting');
    assert.equal(server.hostname, '127.0.0.1');
    assert.equal(server.url, `http://127.0.0.1:${server.port}/`);
    const response = await fetch(server.url);
    assert.equal(await response.text(), 'ok');
    server.destroy();
    assert.equal(server.state, 'closed');
  });

  test('writes an IPv6 address in brackets', async (context) => {
    let server: Server;
    try {
      server = await serve({ handler: () => ({ body: 'six' }), port: 0, hostname: '::1' });
    } catch (error) {
      assert.match(String(error), /does not have that address|EAFNOSUPPORT/);
      context.skip('this machine has no IPv6');
      return;
    }
    assert.equal(server.url, `http://[::1]:${server.port}/`);
    const connection = await RawConnection.open(server.port, { host: '::1' });
    connection.write(get());
    await connection.readUntil('six');
    assert.match(server.connections()[0]!.remote, /^\[::1\]:\d+$/);
    connection.destroy();
    server.destroy();
  });

  test('rejects where the port is taken, and says what to do', async () => {
    const { server } = await TestServer.start();
    await assert.rejects(serve({ handler: () => ({}), port: server.port }), (error) => {
      assert.ok(error instanceof ListenError);
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${server.port}.*in use.*another port`));
      return true;
    });
    server.destroy();
  });

  test('closes at the end of an `await using` block', async () => {
    let port: number;
    {
      await using server = await serve({ handler: () => ({}), port: 0 });
      ({ port } = server);
    }
    await assert.rejects(RawConnection.open(port), /ECONNREFUSED/);
  });
});

describe('connections()', () => {
  test('lists every open connection with its peer, and none that ended', async () => {
    const started = await TestServer.start();
    const client = await started.connect();
    const other = await started.connect();
    await ask(client);
    assert.deepEqual(
      started.server.connections().map((info) => [info.id, info.state, info.requests, info.remote]),
      [
        [1, 'idle', 1, `127.0.0.1:${client.localPort}`],
        [2, 'opened', 0, `127.0.0.1:${other.localPort}`],
      ],
    );
    client.end();
    await started.told('closed', 1);
    assert.deepEqual(
      started.server.connections().map((info) => info.id),
      [2],
    );
    started.server.destroy();
    other.destroy();
  });
});

describe('trace', () => {
  test('tells opened, exchanges and closed in that order', async () => {
    const started = await TestServer.start();
    const client = await started.connect();
    await ask(client);
    await ask(client, get('/', 'Connection: close\r\n'));
    client.end();
    await started.told('closed', 1);
    assert.deepEqual(started.log, ['opened 1', 'exchange 1 200', 'exchange 1 200', 'closed 1 peerSentClose']);
    started.server.destroy();
  });

  test('tells a RST of the client as peerReset', async () => {
    const started = await TestServer.start();
    const client = await started.connect();
    await ask(client);
    client.reset();
    await started.told('closed', 1);
    assert.equal(started.log.at(-1), 'closed 1 peerReset');
    started.server.destroy();
  });
});

describe('admission', () => {
  test('refuses newcomers at the limit while no connection has been idle for a second', async () => {
    const started = await TestServer.start({ limits: { connections: 2, waitingConnections: 0 } });
    const first = await started.connect();
    const second = await started.connect();
    await ask(first);
    await ask(second);
    started.clock.advance(999);
    await openRefused(started.server.port);
    await started.told('refused', 1);
    assert.equal(started.log.at(-1), 'refused tooManyConnections');
    await ask(first);
    assert.equal(started.server.connections().length, 2);
    started.server.destroy();
    for (const client of [first, second]) client.destroy();
  });

  test('gives up the one that is idle longest where it has been so for a second', async () => {
    const started = await TestServer.start({ limits: { connections: 2 } });
    const first = await started.connect();
    const second = await started.connect();
    await ask(first);
    await ask(second);
    started.clock.advance(500);
    await ask(first);
    started.clock.advance(500);
    const third = await started.connect();
    assert.equal(await second.readToEnd(), '', 'a clean FIN');
    assert.equal(second.ending, 'fin');
    second.end();
    await started.told('closed', 1);
    assert.equal(started.log.at(-1), 'closed 2 shed');
    assert.match(await ask(third), /^HTTP\/1\.1 200 OK/);
    assert.match(await ask(first), /^HTTP\/1\.1 200 OK/);
    started.server.destroy();
    for (const client of [first, third]) client.destroy();
  });

  test('gives up one that never asked for anything, also where heads have no deadline', async () => {
    const started = await TestServer.start({ limits: { connections: 1 }, timeouts: { headerMs: Infinity } });
    const silent = await started.connect();
    started.clock.advance(1_000);
    const newcomer = await started.connect();
    assert.equal(await silent.readToEnd(), '');
    silent.end();
    await started.told('closed', 1);
    assert.equal(started.log.at(-1), 'closed 1 shed');
    assert.match(await ask(newcomer), /^HTTP\/1\.1 200 OK/);
    started.server.destroy();
    newcomer.destroy();
  });

  test('never gives up one that is busy or has begun to ask', async () => {
    const never = gate<Response>();
    const started = await TestServer.start({
      fetch: () => never.promise,
      limits: { connections: 1, waitingConnections: 0 },
    });
    const busy = await started.connect();
    busy.write(get());
    while (started.server.connections()[0]?.state !== 'active') await new Promise(setImmediate);
    started.clock.advance(10_000);
    await openRefused(started.server.port);
    never.open(new Response('ok'));
    await busy.readUntil('ok');
    started.server.destroy();
    busy.destroy();
  });
});

describe('close()', () => {
  test('returns the same promise when it is called again, and reports', async () => {
    const started = await TestServer.start();
    const client = await started.connect();
    await ask(client);
    const first = started.server.close({ idleGraceMs: 0 });
    const second = started.server.close({ drainMs: 1 });
    assert.equal(first, second);
    assert.equal(started.server.state, 'draining');
    assert.equal(await client.readToEnd(), '');
    client.end();
    assert.deepEqual(await first, {
      durationMs: 0,
      lameDuck: { durationMs: 0, open: 1, opened: 0, closed: 0, requests: 0 },
      draining: { durationMs: 0, open: 1, opened: 0, closed: 1, requests: 0 },
      closed: 1,
      destroyed: [],
    });
    assert.equal(started.server.state, 'closed');
    assert.equal(started.clock.pendingTimers, 0, 'nothing is left behind');
  });

  test('goes on accepting while it is a lame duck, and says close to everyone', async () => {
    const started = await TestServer.start();
    const closing = started.server.close({ lameDuckMs: 5_000 });
    assert.equal(started.server.state, 'lameDuck');
    const client = await started.connect();
    assert.match(await ask(client), /Connection: close/);
    client.end();
    await started.told('closed', 1);
    started.clock.advance(5_000);
    const report = await closing;
    assert.equal(report.closed, 1);
    await assert.rejects(RawConnection.open(started.server.port), /ECONNREFUSED/);
  });

  test('refuses options that make no sense, and the server goes on', async () => {
    const { server } = await TestServer.start();
    for (const [name, value] of [
      ['drainMs', -1],
      ['lameDuckMs', NaN],
      ['idleGraceMs', '5'],
      ['stopListeningFirst', 1],
    ] as const) {
      await assert.rejects(
        async () => await server.close({ [name]: value as number }),
        (error) => error instanceof OptionError && error.option === name,
      );
    }
    assert.equal(server.state, 'accepting');
    server.destroy();
  });

  test('at its deadline destroys what holds on', async () => {
    const started = await TestServer.start({ fetch: () => new Promise<Response>(() => {}) });
    const client = await started.connect();
    client.write(get());
    while (started.server.connections()[0]?.state !== 'active') await new Promise(setImmediate);
    const closing = started.server.close({ drainMs: 3_000 });
    started.clock.advance(3_000);
    const report = await closing;
    assert.deepEqual(
      report.destroyed.map((info) => info.state),
      ['active'],
    );
    await client.readToEnd();
    client.destroy();
    await started.told('closed', 1);
    assert.equal(started.log.at(-1), 'closed 1 draining');
  });
});

describe('destroy()', () => {
  test('ends everything at once, also in the middle of close()', async () => {
    const started = await TestServer.start();
    const client = await started.connect();
    await ask(client);
    const closing = started.server.close();
    assert.equal(started.server.state, 'lameDuck');
    started.server.destroy();
    assert.equal(started.server.state, 'closed');
    assert.equal((await closing).destroyed.length, 1);
    await client.readToEnd();
    client.destroy();
    assert.equal(started.clock.pendingTimers, 0);
    started.server.destroy();
  });
});

test('a client that floods after its last answer still reads that answer', async () => {
  const started = await TestServer.start({ handler: () => ({ status: 403, body: 'refused-body' }) });
  const socket = net.connect({ port: started.server.port, allowHalfOpen: true });
  await once(socket, 'connect');
  let received = '';
  socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
  const errors: Error[] = [];
  socket.on('error', (error) => errors.push(error));
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n');
  for (let sent = 0; sent < 700_000; sent += 65_536) socket.write(Buffer.alloc(65_536));
  await once(socket, 'end');
  assert.match(received, /^HTTP\/1\.1 403 .*refused-body$/s);
  assert.deepEqual(errors, []);
  socket.end();
  await once(socket, 'close');
  started.server.destroy();
});
