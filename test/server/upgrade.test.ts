// Connections that a handler takes over (RFC 9110 §7.8): what it gets, what it must not, and what remains of the server's care.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { AbortedError, MisuseError } from '#src/errors.js';
import { SocketTransport } from '#src/io/socket-transport.js';
import { serve } from '#src/server/index.js';
import type { AnswerHandler, Server, ServeOptions, TraceEvent, UpgradedConnection } from '#src/server/index.js';
import { ServerConnection } from '#src/server/connection/server-connection.js';
import { ManualClock } from '#src/testing/index.js';
import { identity } from '../io/opening.ts';
import { RawConnection } from '../support/raw-client.ts';
import { DrivenServer, gate, get } from './driven-server.ts';

const UPGRADE = 'Connection: keep-alive, Upgrade\r\nUpgrade: echo/1\r\n';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo/1\r\n\r\n';

interface Fixture {
  readonly server: Server;
  readonly events: TraceEvent[];
  readonly errors: unknown[];
  readonly connect: () => Promise<RawConnection>;
}

async function start(t: TestContext, handler: AnswerHandler, options: Partial<ServeOptions> = {}): Promise<Fixture> {
  const events: TraceEvent[] = [];
  const errors: unknown[] = [];
  const server = await serve({
    port: 0,
    handler,
    trace: (event) => void events.push(event),
    onError: (error) => void errors.push(error),
    ...options,
  });
  t.after(() => server.destroy());
  const connect = async (): Promise<RawConnection> => {
    const connection = await RawConnection.open(server.port);
    t.after(() => connection.destroy());
    return connection;
  };
  return { server, events, errors, connect };
}

/** Speaks a protocol that sends back what it is sent. */
function echo({ socket, head }: UpgradedConnection): void {
  socket.write(SWITCHING);
  socket.write(head);
  socket.pipe(socket);
}

const echoing: AnswerHandler = (_request, context) => {
  echo(context.upgrade());
  return {};
};

async function closedReason(events: readonly TraceEvent[]): Promise<string> {
  for (;;) {
    for (const event of events) if (event.type === 'closed') return event.reason;
    await new Promise(setImmediate);
  }
}

describe('a connection that a handler takes over', { timeout: 20_000 }, () => {
  for (const options of [{ keepAlive: false }, { maxKeepAliveRequests: 1 }, { maxAgeMs: 0 }]) {
    test(`may be the last one with ${JSON.stringify(options)}: what came behind the request is not lost`, async (t) => {
      const { connect } = await start(t, echoing, options);
      const client = await connect();
      client.write(`${get('/', UPGRADE)}early.`);
      assert.equal(await client.readUntil('early.'), `${SWITCHING}early.`);
      client.write('late.');
      assert.equal(await client.readUntil('late.'), 'late.');
    });
  }

  test('is the handler’s alone from then on', async (t) => {
    const { connect, errors } = await start(t, echoing);
    const client = await connect();
    client.write(get('/', UPGRADE));
    assert.equal(await client.readUntil('\r\n\r\n'), SWITCHING);
    client.write('GET / HTTP/1.1\r\n\r\nnonsense \0');
    assert.equal(await client.readUntil('\0'), 'GET / HTTP/1.1\r\n\r\nnonsense \0');
    client.end();
    assert.equal(await client.readToEnd(), '');
    assert.deepEqual(errors, []);
  });

  test('gives what came behind the request as head, whole and in order with what follows', async (t) => {
    const heads: string[] = [];
    const { connect } = await start(t, async (_request, context) => {
      await new Promise(setImmediate);
      const upgraded = context.upgrade();
      heads.push(upgraded.head.toString());
      echo(upgraded);
      return {};
    });
    const client = await connect();
    client.write(`${get('/', UPGRADE)}GET /not-http HTTP/1.1\r\n`);
    client.write('more');
    client.write(' and more!');
    assert.equal(await client.readUntil('!'), `${SWITCHING}GET /not-http HTTP/1.1\r\nmore and more!`);
    assert.ok(heads[0]!.startsWith('GET /not-http HTTP/1.1\r\n'));
  });

  test('loses nothing, however late its owner listens', async (t) => {
    const taken = gate<UpgradedConnection>();
    const { connect } = await start(t, (_request, context) => {
      taken.open(context.upgrade());
      return {};
    });
    const client = await connect();
    client.write(get('/', UPGRADE));
    const { socket, head } = await taken.promise;
    assert.equal(head.length, 0);
    client.write('one ');
    while (socket.readableLength === 0) {
      socket.read(0);
      await new Promise(setImmediate);
    }
    client.write('two.');
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    while (!text.includes('.')) await once(socket, 'data');
    assert.equal(text, 'one two.');
    client.end();
    await once(socket, 'end');
  });

  test('waits for the answers before it', async (t) => {
    const [begun, first] = [gate(), gate()];
    const { connect } = await start(t, async (request, context) => {
      if (new URL(request.url).pathname === '/1') {
        begun.open();
        await first.promise;
        return { body: 'one' };
      }
      echo(context.upgrade());
      return {};
    });
    const client = await connect();
    client.write(`${get('/1') + get('/2', UPGRADE)}abc.`);
    await begun.promise;
    first.open();
    const received = await client.readUntil('abc.');
    assert.match(received, /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*\r\noneHTTP\/1\.1 101 /);
    assert.ok(received.endsWith(`${SWITCHING}abc.`));
  });

  test('is active, under its protocol, and counts until its socket is closed; then the trace says so', async (t) => {
    const { server, connect, events } = await start(t, echoing);
    const client = await connect();
    client.write(get('/chat', UPGRADE));
    await client.readUntil('\r\n\r\n');
    const [info] = server.connections();
    assert.equal(info?.state, 'active');
    assert.equal(info?.protocol, 'http/1.1');
    assert.equal(info?.requests, 1);
    assert.ok(!events.some(({ type }) => type === 'exchange'), 'it goes on');
    client.end();
    await client.readToEnd();
    assert.equal(await closedReason(events), 'upgraded');
    assert.equal(server.connections().length, 0);
    const exchange = events.find((event) => event.type === 'exchange')?.exchange;
    assert.equal(exchange?.status, 101);
    assert.equal(exchange?.request?.target, '/chat');
    assert.equal(exchange?.persistent, false);
  });

  test('is under no deadline of the server', async (t) => {
    const clock = new ManualClock();
    const { connect } = await start(t, echoing, { clock });
    const client = await connect();
    client.write(get('/', UPGRADE));
    await client.readUntil('\r\n\r\n');
    clock.advance(86_400_000);
    client.write('still there.');
    assert.equal(await client.readUntil('.'), 'still there.');
  });

  test('survives an error of its socket that nobody listens for', async (t) => {
    const { connect, events } = await start(t, (_request, context) => {
      context.upgrade().socket.write(SWITCHING);
      return {};
    });
    const client = await connect();
    client.write(get('/', UPGRADE));
    await client.readUntil('\r\n\r\n');
    client.reset();
    assert.equal(await closedReason(events), 'upgraded');
  });

  test('is destroyed where its handler fails afterwards, and the failure is told', async (t) => {
    const { connect, errors, events } = await start(t, async (_request, context) => {
      context.upgrade().socket.write(SWITCHING);
      await new Promise(setImmediate);
      throw new Error('of the handler');
    });
    const client = await connect();
    client.write(get('/', UPGRADE));
    assert.equal(await client.readToEnd(), SWITCHING);
    assert.equal(await closedReason(events), 'aborted');
    assert.deepEqual(errors.map(String), ['Error: of the handler']);
  });

  test('is told of a shutdown, waited for, and not named in its report', async (t) => {
    const { server, connect } = await start(t, (_request, context) => {
      const { socket } = context.upgrade();
      socket.write(SWITCHING);
      context.draining.addEventListener('abort', () => socket.end('bye'), { once: true });
      return {};
    });
    const client = await connect();
    client.write(get('/', UPGRADE));
    await client.readUntil('\r\n\r\n');
    const report = server.close({ drainMs: 10_000 });
    assert.equal(await client.readToEnd(), 'bye');
    client.end();
    assert.deepEqual((await report).destroyed, []);
  });

  test('is destroyed at the deadline of a shutdown, and named', async (t) => {
    const { server, connect, events } = await start(t, echoing);
    const client = await connect();
    client.write(get('/', UPGRADE));
    await client.readUntil('\r\n\r\n');
    const { destroyed } = await server.close({ drainMs: 50 });
    assert.deepEqual(
      destroyed.map(({ remote, state }) => ({ remote, state })),
      [{ remote: `127.0.0.1:${client.localPort}`, state: 'active' }],
    );
    assert.equal(await closedReason(events), 'draining');
  });
});

test('over TLS the TLS socket is what is handed over', { timeout: 20_000 }, async (t) => {
  const { core, closed } = new DrivenServer({
    handler: (_request, context) => {
      const upgraded = context.upgrade();
      assert.ok(upgraded.socket instanceof tls.TLSSocket);
      echo(upgraded);
      return {};
    },
  });
  const listener = tls.createServer({ ...identity('localhost'), allowHalfOpen: true }, (socket) => {
    core.connections.add(new ServerConnection(core, new SocketTransport(socket), 1));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.after(() => listener.close());
  const client = tls.connect({ port: (listener.address() as AddressInfo).port, rejectUnauthorized: false });
  t.after(() => client.destroy());
  client.write(`${get('/', UPGRADE)}early `);
  client.setEncoding('latin1');
  let received = '';
  client.on('data', (text: string) => {
    received += text;
    if (received.endsWith('early ')) client.write('late.');
    if (received.endsWith('late.')) client.end();
  });
  await once(client, 'close');
  assert.equal(received, `${SWITCHING}early late.`);
  while (core.connections.size > 0) await new Promise(setImmediate);
  assert.deepEqual(closed, ['1 upgraded']);
});

/** What a handler was told when it asked for the connection, and what the client got. */
async function refusedUpgrade(t: TestContext, request: string): Promise<{ error: unknown; received: string }> {
  const asked = gate<unknown>();
  const { connect } = await start(t, (_request, context) => {
    try {
      context.upgrade();
      asked.open(undefined);
    } catch (error) {
      asked.open(error);
    }
    return { body: 'no.' };
  });
  const client = await connect();
  client.write(request);
  const error = await asked.promise;
  return { error, received: await client.readUntil('no.') };
}

describe('an upgrade is refused, and the request answered,', { timeout: 20_000 }, () => {
  const cases: Record<string, { request: string; says: RegExp }> = {
    'where there is no Upgrade field': { request: get('/', 'Connection: upgrade\r\n'), says: /no Upgrade field/ },
    'where Connection does not name it': { request: get('/', 'Upgrade: echo/1\r\n'), says: /does not name upgrade/ },
    'in HTTP/1.0': { request: get('/', UPGRADE, '1.0'), says: /HTTP\/1\.0/ },
    'where Connection says close, too': {
      request: get('/', 'Connection: close, upgrade\r\nUpgrade: echo/1\r\n'),
      says: /says close/,
    },
    'with a body': {
      request: `${get('/', `${UPGRADE}Content-Length: 2\r\n`)}ab`,
      says: /with a body/,
    },
  };
  for (const [what, { request, says }] of Object.entries(cases)) {
    test(what, async (t) => {
      const { error, received } = await refusedUpgrade(t, request);
      assert.ok(error instanceof MisuseError);
      assert.match(error.message, says);
      assert.match(received, /^HTTP\/1\.1 200 OK\r\n/);
    });
  }

  test('once it was answered', async () => {
    const errors: unknown[] = [];
    const done = gate();
    const server = new DrivenServer({
      handler: (_request, context) => {
        void done.promise.then(() => {
          try {
            context.upgrade();
          } catch (error) {
            errors.push(error);
          }
        });
        return { body: 'a' };
      },
    });
    const client = server.connect();
    await client.send(get('/', UPGRADE));
    done.open();
    await server.run();
    assert.ok(errors[0] instanceof MisuseError);
  });

  test('where the client has sent FIN', async () => {
    const asked = gate();
    const seen: unknown[] = [];
    const server = new DrivenServer({
      handler: async (_request, context) => {
        await asked.promise;
        try {
          context.upgrade();
        } catch (error) {
          seen.push(error);
        }
        return { body: 'too late' };
      },
    });
    const client = server.connect();
    await client.send(get('/', UPGRADE));
    await client.end();
    asked.open();
    await server.run();
    assert.match(client.received, /Connection: close\r\n(?:.+\r\n)*\r\ntoo late$/);
    assert.ok(client.ended);
    assert.ok(seen[0] instanceof AbortedError);
  });
});

describe('a request that offers an upgrade which nobody takes', () => {
  const handler: AnswerHandler = (request) => ({ body: new URL(request.url).pathname });

  test('is answered, and those behind it too', async () => {
    const server = new DrivenServer({ handler });
    const client = server.connect();
    await client.send(get('/1', UPGRADE) + get('/2') + get('/3', UPGRADE) + get('/4'));
    assert.deepEqual(client.received.match(/^\/\d/gm), ['/1', '/2', '/3', '/4']);
  });

  test('runs alone: nothing behind it reaches a handler before it is answered', async () => {
    const begun: string[] = [];
    const first = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        const path = new URL(request.url).pathname;
        begun.push(path);
        if (path === '/1') await first.promise;
        return { body: path };
      },
    });
    const client = server.connect();
    await client.send(get('/1', UPGRADE) + get('/2'));
    await client.send(get('/3'));
    assert.deepEqual(begun, ['/1']);
    assert.ok(client.paused, 'a client that goes on sending feels it');
    first.open();
    await server.run();
    assert.deepEqual(begun, ['/1', '/2', '/3']);
    assert.deepEqual(client.received.match(/^\/\d/gm), ['/1', '/2', '/3']);
    assert.ok(!client.paused);
    await client.send(get('/4'));
    assert.deepEqual(begun.at(-1), '/4');
  });

  test('waits for those before it, and is answered in order', async () => {
    const first = gate();
    const begun: string[] = [];
    const server = new DrivenServer({
      handler: async (request) => {
        const path = new URL(request.url).pathname;
        begun.push(path);
        if (path === '/1') await first.promise;
        return { body: path };
      },
    });
    const client = server.connect();
    await client.send(get('/1') + get('/2', UPGRADE) + get('/3'));
    assert.deepEqual(begun, ['/1']);
    first.open();
    await server.run();
    assert.deepEqual(client.received.match(/^\/\d/gm), ['/1', '/2', '/3']);
  });

  test('tells its handler that the client is gone', async () => {
    const aborted = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        request.signal.addEventListener('abort', () => aborted.open());
        await aborted.promise;
        return {};
      },
    });
    const client = server.connect();
    await client.send(get('/', UPGRADE));
    await client.reset();
    await aborted.promise;
  });

  test('cannot be taken on a transport that has no stream below it, and goes on', async () => {
    const server = new DrivenServer({
      handler: (_request, context) => {
        context.upgrade();
        return {};
      },
    });
    const client = server.connect();
    await client.send(get('/', UPGRADE) + get('/2'));
    assert.match(client.received, /^HTTP\/1\.1 500 /);
    assert.ok(server.errors[0] instanceof MisuseError);
    assert.equal(client.received.match(/^HTTP/gm)?.length, 2);
  });
});
