// createServer() of perdura/node as a drop-in for that of node:http: events, listen() in its forms, close(), settings, upgrades.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { createServer, toHandler } from '#src/adapters/node/index.js';
import { serve } from '#src/server/index.js';
import { RawConnection } from '../support/raw-client.js';
import { exchange, get, listenPerdura } from './engines.js';

void describe('A server of perdura/node', () => {
  void test('listens by the forms of listen() that net.Server has', async () => {
    const forms: Array<(server: ReturnType<typeof createServer>, done: () => void) => unknown> = [
      (server, done) => server.listen(0, done),
      (server, done) => server.listen(0, '127.0.0.1', done),
      (server, done) => server.listen(0, '127.0.0.1', 511, done),
      (server, done) => server.listen('0', done),
      (server, done) => server.listen({ port: 0, host: '127.0.0.1' }, done),
      (server, done) => server.listen({ host: 'localhost', port: 0, backlog: 5, exclusive: true }, done),
      (server, done) => server.listen(done),
    ];
    for (const form of forms) {
      const server = createServer((_request, response) => void response.end('here'));
      await new Promise<void>((resolve) => {
        assert.equal(form(server, resolve), server);
      });
      assert.equal(server.listening, true);
      const { port } = server.address()!;
      assert.equal((await exchange(port, get('/')))[0]!.body, 'here');
      await new Promise((resolve) => server.close(resolve));
      assert.deepEqual([server.listening, server.address()], [false, null]);
    }
  });

  void test('refuses pipes, handles, ports that are none, and to listen twice', async (t) => {
    const server = createServer();
    assert.throws(() => server.listen('/tmp/socket'), { option: 'path' });
    assert.throws(() => server.listen({ fd: 3 }), { option: 'fd' });
    assert.throws(() => server.listen(70_000), { option: 'port' });
    server.listen(0, '127.0.0.1');
    t.after(() => server.close());
    assert.throws(() => server.listen(0), { code: 'ERR_SERVER_ALREADY_LISTEN' });
    await once(server, 'listening');
  });

  void test('closes when it is told to before it listens, by close() or by its signal', async () => {
    const early = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => early.close(resolve));
    assert.equal(early.listening, false);
    const controller = new AbortController();
    const signalled = createServer().listen({ port: 0, host: '127.0.0.1', signal: controller.signal });
    await once(signalled, 'listening');
    const closed = once(signalled, 'close');
    controller.abort();
    await closed;
  });

  void test('tells by `error` why it cannot listen, in the words of node:net', async (t) => {
    const { port } = await listenPerdura(t, undefined);
    const second = createServer().listen(port, '127.0.0.1');
    const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException & { port: number }];
    assert.deepEqual([error.code, error.syscall, error.port], ['EADDRINUSE', 'listen', port]);
    assert.equal(second.listening, false);
  });

  void test('can listen again when it has closed', async () => {
    const server = createServer((_request, response) => void response.end('again'));
    for (let round = 0; round < 2; round += 1) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address()!;
      assert.equal((await exchange(port, get('/')))[0]!.body, 'again');
      server.close();
      await once(server, 'close');
    }
    const error = await new Promise<Error | undefined>((resolve) => server.close(resolve));
    assert.equal((error as NodeJS.ErrnoException).code, 'ERR_SERVER_NOT_RUNNING');
  });

  void test('closes idle connections at once, and waits for the answers that are under way', async (t) => {
    let finish = (): void => {};
    const { port, server } = await listenPerdura(t, (request, response) => {
      if (request.url === '/') response.end('idle');
      else finish = () => void response.end('whole');
    });
    const idle = await RawConnection.open(port);
    idle.write(get('/'));
    await idle.readUntil('idle');
    const busy = await RawConnection.open(port);
    busy.write(get('/slow'));
    await once(server, 'request');
    const closed = once(server, 'close');
    server.close();
    assert.equal(await idle.readToEnd(), '');
    idle.end();
    finish();
    assert.match(await busy.readToEnd(), /Connection: close\r\n[^]*whole$/);
    busy.end();
    await closed;
  });

  void test('ends what is under way with closeAllConnections, and idle ones with closeIdleConnections', async (t) => {
    const { port, server } = await listenPerdura(t, (request, response) => {
      if (request.url === '/') response.end('idle');
    });
    const idle = await RawConnection.open(port);
    idle.write(get('/'));
    await idle.readUntil('idle');
    const busy = await RawConnection.open(port);
    busy.write(get('/never'));
    await once(server, 'request');
    server.closeIdleConnections();
    assert.equal(await idle.readToEnd(), '');
    idle.end();
    assert.equal(busy.ending, undefined);
    server.closeAllConnections();
    assert.equal((await busy.readToEnd()).length, 0);
  });

  void test('counts connections and tells of new ones', async (t) => {
    const { port, server } = await listenPerdura(t, (_request, response) => void response.end());
    let told = 0;
    server.on('connection', () => (told += 1));
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    for (let round = 0; round < 2; round += 1) {
      connection.write(get('/'));
      await connection.readUntil('\r\n\r\n');
    }
    assert.equal(told, 1);
    const count = await new Promise((resolve) =>
      server.getConnections((_error: unknown, open: number) => resolve(open)),
    );
    assert.equal(count, 1);
  });

  void test('takes its timeouts and limits from options and from what is set before it listens', async (t) => {
    const server = createServer({ maxRequestsPerSocket: 2 }, (_request, response) => void response.end('x'));
    server.keepAliveTimeout = 7_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const answers = await exchange(server.address()!.port, get('/') + get('/'), [false, false]);
    assert.deepEqual(
      answers.map(({ closes, fields }) => [closes, fields.get('keep-alive')]),
      [
        [false, 'timeout=7, max=1'],
        [true, undefined],
      ],
    );
    const big = createServer({ maxHeaderSize: 100 }).listen(0, '127.0.0.1');
    await once(big, 'listening');
    t.after(() => big.close());
    assert.equal((await exchange(big.address()!.port, get('/', `X: ${'x'.repeat(200)}\r\n`)))[0]!.status, 431);
  });

  void test('refuses options that it does not have, and values that make no sense', () => {
    for (const [options, option] of [
      [{ insecureHTTPParser: true }, 'insecureHTTPParser'],
      [{ keepAliveTimout: 1 }, 'keepAliveTimout'],
      [{ requestTimeout: -1 }, 'requestTimeout'],
    ] as const) {
      assert.throws(() => createServer(options as object), { option });
    }
    assert.doesNotThrow(() => createServer({ noDelay: true, connectionsCheckingInterval: 5 } as object));
  });

  void test('gives connections away to ws, which finds everything that it looks for', async (t) => {
    const { port, server, url } = await listenPerdura(t, (_request, response) => void response.end('plain'));
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (socketOfClient) => {
        socketOfClient.on('message', (data: Buffer) => socketOfClient.send(`${request.url} ${data.toString()}`));
      });
    });
    const client = new WebSocket(`ws://127.0.0.1:${port}/chat`);
    await once(client, 'open');
    client.send('hello');
    const [message] = (await once(client, 'message')) as [Buffer];
    assert.equal(String(message), '/chat hello');
    assert.equal(await (await fetch(url)).text(), 'plain');
    client.close();
    await once(client, 'close');
  });

  void test('answers a request for an upgrade like any other where nobody listens for it', async (t) => {
    const { port } = await listenPerdura(t, (request, response) => void response.end(request.headers.upgrade));
    const [answer] = await exchange(port, get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    assert.deepEqual([answer!.status, answer!.body], [200, 'websocket']);
  });

  void test('answers a request for an upgrade like any other where it says close', async (t) => {
    const { port, server } = await listenPerdura(t, (request, response) => void response.end(request.headers.upgrade));
    server.on('upgrade', (_request, socket) => void socket.destroy());
    const [answer] = await exchange(port, get('/', 'Connection: close, Upgrade\r\nUpgrade: websocket\r\n'));
    assert.deepEqual([answer!.status, answer!.body], [200, 'websocket']);
  });

  void test('is a handler of serve() by toHandler, with an upgrade of its own', async (t) => {
    const server = await serve({
      port: 0,
      handler: toHandler((_request, response) => void response.end('adapted'), {
        upgrade: (_request, socket) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nother protocol'),
      }),
    });
    t.after(() => server.destroy());
    assert.equal(await (await fetch(server.url)).text(), 'adapted');
    const connection = await RawConnection.open(server.port);
    connection.write(get('/', 'Connection: upgrade\r\nUpgrade: other\r\n'));
    assert.match(await connection.readToEnd(), /^HTTP\/1\.1 101 [^]*other protocol$/);
    connection.end();
  });
});
