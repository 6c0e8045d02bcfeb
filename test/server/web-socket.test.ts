// WebSockets by the library `ws`, with its own clients: handshakes, frames of every kind, refusals, and what a shutdown does to them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import type { ClientOptions, ServerOptions } from 'ws';
import { OptionError } from '#src/errors.js';
import { serve, upgradeWebSocket } from '#src/server/index.js';
import type { Server, TraceEvent, WebSocketOptions } from '#src/server/index.js';
import { identity } from '../io/opening.ts';
import { RawConnection } from '../support/raw-client.ts';

const HANDSHAKE_FIELDS =
  'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
/** The key of RFC 6455 §1.3, with the answer that stands there. */
const HANDSHAKE = `GET / HTTP/1.1\r\n${HANDSHAKE_FIELDS}\r\n`;
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

interface Fixture {
  readonly server: Server;
  readonly library: WebSocketServer;
  readonly url: string;
  readonly events: TraceEvent[];
  readonly errors: unknown[];
  readonly open: (protocols?: string[], options?: ClientOptions) => Promise<WebSocket>;
}

/** A server that sends every message back. */
async function start(t: TestContext, ws: ServerOptions = {}, options: WebSocketOptions = {}): Promise<Fixture> {
  const library = new WebSocketServer({ noServer: true, ...ws });
  const events: TraceEvent[] = [];
  const errors: unknown[] = [];
  const server = await serve({
    port: 0,
    fetch: async (request, context) => {
      const { socket, answer } = await upgradeWebSocket(library, request, context, options);
      socket?.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      return answer;
    },
    trace: (event) => void events.push(event),
    onError: (error) => void errors.push(error),
  });
  t.after(() => server.destroy());
  const url = server.url.replace('http', 'ws');
  const open = async (protocols: string[] = [], clientOptions: ClientOptions = {}): Promise<WebSocket> => {
    const socket = new WebSocket(url, protocols, clientOptions);
    t.after(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  };
  return { server, library, url, events, errors, open };
}

async function connect(t: TestContext, server: Server): Promise<RawConnection> {
  const connection = await RawConnection.open(server.port);
  t.after(() => connection.destroy());
  return connection;
}

async function echoed(socket: WebSocket, data: string | Buffer): Promise<{ data: Buffer; isBinary: boolean }> {
  const answer = once(socket, 'message');
  socket.send(data);
  const [received, isBinary] = (await answer) as [Buffer, boolean];
  return { data: received, isBinary };
}

/** A masked frame as clients must send it (RFC 6455 §5.2), with a mask of zeros. */
function frame(opcode: number, payload: string, final = true): string {
  return `${String.fromCharCode((final ? 0x80 : 0) | opcode, 0x80 | payload.length)}\0\0\0\0${payload}`;
}

async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

describe('a WebSocket', { timeout: 30_000 }, () => {
  test('shakes hands as RFC 6455 §1.3 has it, and nothing of HTTP comes between', async (t) => {
    const { server } = await start(t);
    const client = await connect(t, server);
    client.write(HANDSHAKE);
    assert.equal(
      await client.readUntil('\r\n\r\n'),
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
    );
    client.write(frame(1, 'hi!'));
    assert.equal(await client.readUntil('!'), '\x81\x03hi!');
  });

  test('carries text, bytes, and messages that are empty or big', async (t) => {
    const { open } = await start(t);
    const socket = await open();
    assert.deepEqual(await echoed(socket, 'é✓'), { data: Buffer.from('é✓'), isBinary: false });
    assert.deepEqual(await echoed(socket, Buffer.from([0, 255, 10])), {
      data: Buffer.from([0, 255, 10]),
      isBinary: true,
    });
    assert.equal((await echoed(socket, '')).data.length, 0);
    const big = Buffer.alloc(5_000_000, 'perdura');
    assert.ok((await echoed(socket, big)).data.equals(big));
  });

  test('carries messages in fragments, with a ping in between', async (t) => {
    const { server } = await start(t);
    const client = await connect(t, server);
    client.write(HANDSHAKE + frame(1, 'in ', false) + frame(9, 'ping') + frame(0, 'two.', true));
    const received = await client.readUntil('two.');
    assert.ok(received.endsWith('\r\n\r\n\x8a\x04ping\x81\x07in two.'));
  });

  test('answers pings and hears pongs', async (t) => {
    const { open, library } = await start(t);
    const socket = await open();
    socket.ping('are you there');
    assert.equal(String(((await once(socket, 'pong')) as [Buffer])[0]), 'are you there');
    const [server] = library.clients;
    server!.ping('and you');
    assert.equal(String(((await once(server!, 'pong')) as [Buffer])[0]), 'and you');
  });

  test('loses nothing that came with its handshake, however many promises its handler is away', async (t) => {
    const { server } = await start(t);
    for (let round = 0; round < 20; round += 1) {
      const client = await connect(t, server);
      client.write(HANDSHAKE + frame(1, 'first') + frame(1, 'second.'));
      assert.ok((await client.readUntil('second.')).endsWith('\x81\x05first\x81\x07second.'));
    }
  });

  test('speaks a subprotocol and compresses where both sides can', async (t) => {
    const { open } = await start(t, { perMessageDeflate: true, handleProtocols: (offered) => [...offered].at(-1)! });
    const socket = await open(['one', 'two'], { perMessageDeflate: true });
    assert.equal(socket.protocol, 'two');
    assert.match(socket.extensions, /permessage-deflate/);
    const data = 'x'.repeat(100_000);
    assert.equal(String((await echoed(socket, data)).data), data);
  });

  test('shows its library the request that it knows from node:http', async (t) => {
    const { url, library, server } = await start(t);
    const connected = once(library, 'connection');
    const socket = new WebSocket(`${url}chat/room?a=%20b`, {
      headers: { cookie: 'a=1', 'x-two': ['1', '2'] },
      origin: 'http://b',
    });
    t.after(() => socket.terminate());
    const opened = once(socket, 'open');
    const [, request] = (await connected) as [WebSocket, import('node:http').IncomingMessage];
    await opened;
    assert.equal(request.method, 'GET');
    assert.equal(request.url, '/chat/room?a=%20b');
    assert.equal(request.httpVersion, '1.1');
    assert.equal(request.headers.host, `127.0.0.1:${server.port}`);
    assert.equal(request.headers.cookie, 'a=1');
    assert.equal(request.headers['x-two'], '1, 2');
    assert.equal(request.headers.origin, 'http://b');
    assert.ok(request.rawHeaders.includes('http://b'));
    assert.equal(request.socket.remoteAddress, '127.0.0.1');
    request.resume();
    await once(request, 'end');
  });

  test('is active in the list of connections until it ends, and then gone', async (t) => {
    const { open, server, events } = await start(t);
    const socket = await open();
    assert.deepEqual(
      server.connections().map(({ state, protocol }) => ({ state, protocol })),
      [{ state: 'active', protocol: 'http/1.1' }],
    );
    socket.close(1000, 'done');
    assert.deepEqual(await closing(socket), { code: 1000, reason: 'done' });
    while (server.connections().length > 0) await new Promise(setImmediate);
    assert.ok(events.some((event) => event.type === 'closed' && event.reason === 'upgraded'));
  });

  test('with a broken frame ends alone, though nobody listens for its error', async (t) => {
    const { server, open } = await start(t);
    const client = await connect(t, server);
    client.write(`${HANDSHAKE}\xff\xff\xff\xff`);
    assert.ok((await client.readToEnd()).endsWith('\x88\x02\x03\xea'));
    assert.equal(String((await echoed(await open(), 'still here')).data), 'still here');
  });

  test('is one of many', async (t) => {
    const { open, server } = await start(t);
    const sockets = await Promise.all(Array.from({ length: 200 }, () => open()));
    assert.equal(server.connections().length, 200);
    const answers = await Promise.all(sockets.map((socket, index) => echoed(socket, `${index}`)));
    assert.deepEqual(
      answers.map(({ data }) => Number(data)),
      sockets.map((_, index) => index),
    );
  });

  test('is destroyed where its listener fails, and the failure is told', async (t) => {
    const { library, url, errors } = await start(t);
    library.on('connection', () => {
      throw new Error('of the listener');
    });
    const socket = new WebSocket(url);
    socket.on('error', () => {});
    assert.equal((await closing(socket)).code, 1006);
    assert.deepEqual(errors.map(String), ['Error: of the listener']);
  });
});

describe('a handshake', { timeout: 30_000 }, () => {
  const without = (name: string): string => HANDSHAKE.replace(new RegExp(`${name}: .*\r\n`), '');
  const refused: Record<string, { request: string; status: number; says?: RegExp }> = {
    'that is none': { request: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', status: 426, says: /^upgrade: websocket\r$/im },
    'without Connection': { request: without('Connection'), status: 426, says: /^Connection: upgrade\r$/im },
    'for another protocol': { request: HANDSHAKE.replace('websocket', 'h2c'), status: 426 },
    'by POST': { request: HANDSHAKE.replace('GET', 'POST'), status: 405, says: /^allow: GET\r$/m },
    'of another version': {
      request: HANDSHAKE.replace('Version: 13', 'Version: 7'),
      status: 426,
      says: /^sec-websocket-version: 13\r$/m,
    },
    'without a version': { request: without('Sec-WebSocket-Version'), status: 426 },
    'without a key': { request: without('Sec-WebSocket-Key'), status: 400 },
    'with a key that is too short': { request: HANDSHAKE.replace('dGhl', ''), status: 400 },
    'with a body': { request: `${HANDSHAKE.slice(0, -2)}Content-Length: 2\r\n\r\nab`, status: 400 },
  };
  for (const [what, { request, status, says }] of Object.entries(refused)) {
    test(`${what} is refused with ${status}, and the connection goes on`, async (t) => {
      const { server, errors } = await start(t);
      const client = await connect(t, server);
      client.write(request + HANDSHAKE + frame(1, 'hi!'));
      const answer = await client.readUntil(/\r\n\r\n[^]*?\n/);
      assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
      if (says !== undefined) assert.match(answer, says);
      assert.ok((await client.readUntil('hi!')).includes(ACCEPT));
      assert.deepEqual(errors, []);
    });
  }

  test('of HTTP/1.0 is refused', async (t) => {
    const { server } = await start(t);
    const client = await connect(t, server);
    client.write(HANDSHAKE.replace('HTTP/1.1', 'HTTP/1.0'));
    assert.match(await client.readToEnd(), /^HTTP\/1\.1 426 /);
  });

  const byLibrary: Record<string, { ws: ServerOptions; fields?: string; status: number }> = {
    'verifyClient says no': { ws: { verifyClient: () => false }, status: 401 },
    'verifyClient says no later, with a status of its own': {
      ws: { verifyClient: (_info, answer) => setImmediate(() => answer(false, 403, 'not you', { 'X-Why': 'a' })) },
      status: 403,
    },
    'the path is another': { ws: { path: '/elsewhere' }, status: 400 },
    'the subprotocols are no tokens': { ws: {}, fields: 'Sec-WebSocket-Protocol: a b\r\n', status: 400 },
    'the extensions cannot be read': {
      ws: { perMessageDeflate: true },
      fields: 'Sec-WebSocket-Extensions: permessage-deflate; x=\r\n',
      status: 400,
    },
  };
  for (const [what, { ws, fields = '', status }] of Object.entries(byLibrary)) {
    test(`is refused by the library where ${what}: a whole answer, and the end`, async (t) => {
      const { server, errors } = await start(t, ws);
      const client = await connect(t, server);
      client.write(`GET / HTTP/1.1\r\n${HANDSHAKE_FIELDS}${fields}\r\n`);
      const answer = await client.readToEnd();
      const [, length, body] = /^HTTP\/1\.1 \d+ [^]*?content-length: (\d+)[^]*?\r\n\r\n([^]*)$/i.exec(answer) ?? [];
      assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
      assert.equal(body?.length, Number(length));
      assert.match(answer, /^Connection: close\r$/m);
      while (server.connections().length > 0) await new Promise(setImmediate);
      assert.deepEqual(errors, []);
    });
  }

  test('comes over TLS beside HTTP/2, and the library can see that it is secure', async (t) => {
    const secure: boolean[] = [];
    const library = new WebSocketServer({
      noServer: true,
      verifyClient: (info: { secure: boolean }) => secure.push(info.secure) > 0,
    });
    const server = await serve({
      port: 0,
      tls: identity('localhost'),
      fetch: async (request, context) => {
        const { socket, answer } = await upgradeWebSocket(library, request, context);
        socket?.on('message', (data) => socket.send(data));
        return answer;
      },
    });
    t.after(() => server.destroy());
    const socket = new WebSocket(server.url.replace('https', 'wss'), { rejectUnauthorized: false });
    t.after(() => socket.terminate());
    await once(socket, 'open');
    const big = Buffer.alloc(1_000_000, 'tls');
    assert.ok((await echoed(socket, big)).data.equals(big));
    assert.deepEqual(secure, [true]);
    const closed = closing(socket);
    assert.deepEqual((await server.close({ idleGraceMs: 0 })).destroyed, []);
    assert.equal((await closed).code, 1012);
  });

  test('over HTTP/2 is refused, and nothing throws', async (t) => {
    const { server, errors } = await start(t);
    const client = http2.connect(server.url);
    t.after(() => client.destroy());
    const stream = client.request({ ':path': '/', 'sec-websocket-version': '13' });
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & { ':status': number }];
    assert.equal(headers[':status'], 426);
    assert.equal(headers.upgrade, undefined);
    assert.deepEqual(errors, []);
  });

  test('may be thought over', async (t) => {
    const { open } = await start(t, { verifyClient: (_info, answer) => setTimeout(() => answer(true), 10) });
    assert.equal(String((await echoed(await open(), 'in')).data), 'in');
  });
});

describe('a shutdown with WebSockets', { timeout: 30_000 }, () => {
  test('closes them with 1012, waits for their handshakes, and names nobody', async (t) => {
    const { open, server } = await start(t);
    const sockets = await Promise.all([open(), open(), open()]);
    const codes = Promise.all(sockets.map(closing));
    const report = await server.close({ drainMs: 10_000 });
    assert.deepEqual(report.destroyed, []);
    assert.equal(report.closed, 3);
    assert.ok(report.durationMs < 5_000);
    for (const told of await codes) assert.deepEqual(told, { code: 1012, reason: 'the server is shutting down' });
  });

  test('closes them with the code and reason that were asked for', async (t) => {
    const { open, server } = await start(t, {}, { drainingCode: 1001, drainingReason: 'bye' });
    const closed = closing(await open());
    await server.close();
    assert.deepEqual(await closed, { code: 1001, reason: 'bye' });
  });

  test('takes what is said before the close', async (t) => {
    const { open, server, library } = await start(t);
    const socket = await open();
    const said: string[] = [];
    socket.on('message', (data: Buffer) => said.push(data.toString()));
    const [peer] = library.clients;
    peer!.send('last words');
    const closed = closing(socket);
    await server.close();
    await closed;
    assert.deepEqual(said, ['last words']);
  });

  test('names those who do not close, and destroys them at its deadline', async (t) => {
    const { server } = await start(t);
    const client = await connect(t, server);
    client.write(HANDSHAKE);
    await client.readUntil('\r\n\r\n');
    const { destroyed } = await server.close({ drainMs: 100 });
    assert.deepEqual(
      destroyed.map(({ remote }) => remote),
      [`127.0.0.1:${client.localPort}`],
    );
    assert.equal((await client.readToEnd()).slice(0, 4), '\x88\x1d\x03\xf4');
  });

  test('refuses new ones with 503 while it still listens', async (t) => {
    const { open, server } = await start(t);
    const client = await connect(t, server);
    const holding = await open();
    const report = server.close({ drainMs: 10_000, lameDuckMs: 500 });
    client.write(HANDSHAKE);
    assert.match(await client.readToEnd(), /^HTTP\/1\.1 503 [^]*Connection: close\r\n/);
    client.end();
    await closing(holding);
    await report;
  });
});

test('options that make no sense are refused by name', async (t) => {
  for (const [name, options] of Object.entries({
    drainingCode: { drainingCode: 1000 as never },
    drainingReason: { drainingReason: 'x'.repeat(124) },
  })) {
    const { server, errors } = await start(t, {}, options);
    const client = await connect(t, server);
    client.write(HANDSHAKE);
    assert.match(await client.readUntil('\r\n\r\n'), /^HTTP\/1\.1 500 /);
    assert.ok(errors[0] instanceof OptionError && errors[0].option === name);
  }
});
