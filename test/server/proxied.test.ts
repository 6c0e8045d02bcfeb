// Connections that a proxy announces by the PROXY protocol, on real sockets, plain and over TLS; and what handlers and logs see of it.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import net from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { accessLog } from '#src/observe/index.js';
import { serve } from '#src/server/index.js';
import type { ServeOptions, Server, TraceEvent } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { RawConnection } from '../support/raw-client.ts';
import { AUTHORITY, identity } from './tls-bench.ts';

const WAIT = { timeoutMs: 10_000 };
const HEADER = 'PROXY TCP4 192.0.2.9 198.51.100.1 4711 443\r\n';
/** 192.0.2.9:4711 to 198.51.100.1:443, over TLS (PP2_TYPE_SSL). */
const HEADER_2 = Buffer.from('0d0a0d0a000d0a515549540a21110014c0000209c6336401126701bb2000050100000000', 'hex');
const LOCAL_2 = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex');
const REQUEST = 'GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n';

/** Answers with what it sees. */
const handler: ServeOptions['handler'] = (request, { client, connection }) => ({
  body: `${JSON.stringify({ url: request.url, client, remote: connection.remote, proxied: connection.proxied })}\n`,
});

interface Seen {
  readonly url: string;
  readonly client: object;
  readonly remote: string;
  readonly proxied?: { readonly via: string; readonly destination?: object; readonly secure?: boolean };
}

/** A server that trusts loopback; ends with the test. */
async function start(
  context: TestContext,
  options: Partial<ServeOptions> = {},
): Promise<{ server: Server; events: TraceEvent[] }> {
  const events: TraceEvent[] = [];
  const server = await serve({
    handler,
    port: 0,
    trust: { proxies: ['loopback'], proxyProtocol: true },
    trace: (event) => void events.push(event),
    ...options,
  } as ServeOptions);
  context.after(() => server.close({ drainMs: 0 }));
  return { server, events };
}

async function ask(connection: RawConnection): Promise<Seen> {
  connection.write(REQUEST);
  return readSeen(await connection.readUntil(/\}\n/));
}

const readSeen = (answer: string): Seen => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Seen;

const CLIENT = { address: '192.0.2.9', port: 4_711, host: 'a.example' };

describe('a connection that begins with a PROXY header', () => {
  for (const [name, header, protocol] of [
    ['version 1', Buffer.from(HEADER), 'http'],
    ['version 2', HEADER_2, 'https'],
  ] as const) {
    test(`of ${name} is that of the client, on every request`, async (context) => {
      const { server, events } = await start(context);
      const connection = await RawConnection.open(server.port, WAIT);
      connection.write(Buffer.concat([header, Buffer.from(REQUEST)]));
      const seen = readSeen(await connection.readUntil(/\}\n/));
      assert.deepEqual(seen.client, { ...CLIENT, protocol });
      assert.equal(seen.url, `${protocol}://a.example/a`);
      assert.equal(seen.remote, '192.0.2.9:4711');
      assert.match(seen.proxied?.via ?? '', /^127\.0\.0\.1:\d+$/);
      assert.deepEqual(seen.proxied?.destination, { address: '198.51.100.1', port: 443 });
      assert.deepEqual((await ask(connection)).client, seen.client);
      const [opened] = events;
      assert.ok(opened?.type === 'opened' && opened.connection.remote === '192.0.2.9:4711');
      connection.destroy();
    });

    test(`of ${name} may come byte by byte, and its request with it`, async (context) => {
      const { server } = await start(context);
      const connection = await RawConnection.open(server.port, WAIT);
      for (const byte of Buffer.concat([header, Buffer.from(REQUEST)])) {
        connection.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      assert.deepEqual(readSeen(await connection.readUntil(/\}\n/)).client, { ...CLIENT, protocol });
      connection.destroy();
    });

    test(`of ${name} is read before TLS, whether or not its hello comes along`, async (context) => {
      const { server } = await start(context, { tls: identity('localhost') });
      for (const corked of [true, false]) {
        const below = net.connect(server.port, '127.0.0.1');
        if (corked) below.cork();
        below.write(header);
        const secure = tls.connect({ socket: below, servername: 'localhost', ca: AUTHORITY });
        if (corked) process.nextTick(() => setImmediate(() => below.uncork()));
        secure.write(REQUEST);
        let text = '';
        for await (const piece of secure) if ((text += String(piece)).includes('}\n')) break;
        assert.deepEqual(readSeen(text).client, { ...CLIENT, protocol: 'https' });
        secure.destroy();
      }
    });
  }

  for (const version of ['1', '2'] as const) {
    test(`of version ${version} is read before HTTP/2 by prior knowledge, whose handlers see the client too`, async (context) => {
      const { server } = await start(context);
      const socket = net.connect(server.port, '127.0.0.1');
      socket.write(version === '1' ? HEADER : HEADER_2);
      const session = http2.connect('http://a.example', { createConnection: () => socket });
      const stream = session.request({ ':path': '/a', ':authority': 'a.example', 'x-forwarded-for': '203.0.113.5' });
      let text = '';
      for await (const piece of stream) text += String(piece);
      const seen = JSON.parse(text) as Seen;
      const protocol = version === '1' ? 'http' : 'https';
      assert.deepEqual(seen.client, { ...CLIENT, protocol });
      assert.equal(seen.url, `${protocol}://a.example/a`);
      assert.deepEqual(seen.proxied?.destination, { address: '198.51.100.1', port: 443 });
      session.close();
    });
  }

  test('is answered where its client sent FIN with its request', async (context) => {
    const { server } = await start(context);
    const connection = await RawConnection.open(server.port, WAIT);
    connection.write(HEADER + REQUEST);
    connection.end();
    assert.equal(readSeen(await connection.readToEnd()).remote, '192.0.2.9:4711');
    connection.destroy();
  });

  test('is that of the proxy itself where the header says so', async (context) => {
    const { server } = await start(context);
    for (const header of [LOCAL_2, 'PROXY UNKNOWN\r\n']) {
      const connection = await RawConnection.open(server.port, WAIT);
      connection.write(header);
      const seen = await ask(connection);
      assert.equal(seen.remote, seen.proxied?.via);
      connection.destroy();
    }
  });

  test('is not asked for further ones: a second header is a bad request', async (context) => {
    const { server } = await start(context);
    const connection = await RawConnection.open(server.port, WAIT);
    connection.write(HEADER + HEADER + REQUEST);
    assert.match(await connection.readToEnd(), /^HTTP\/1\.1 400 /);
    connection.destroy();
  });
});

describe('a trusted proxy that sends no PROXY header', () => {
  for (const [name, bytes] of [
    ['but a request', REQUEST],
    ['but a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['but a broken one', 'PROXY TCP4 192.0.2.999 198.51.100.1 4711 443\r\n'],
  ] as const) {
    test(`${name} is not served`, async (context) => {
      const { server, events } = await start(context);
      const connection = await RawConnection.open(server.port, WAIT);
      connection.write(bytes);
      assert.equal(await connection.readToEnd(), '');
      assert.deepEqual(events, [
        { type: 'refused', remote: (events[0] as { remote: string }).remote, reason: 'badProxyHeader' },
      ]);
      connection.destroy();
    });
  }

  test('in time is cut off when handshakeMs are over, exactly', async (context) => {
    const clock = new ManualClock();
    const { server, events } = await start(context, { clock, timeouts: { handshakeMs: 5_000 } });
    const connection = await RawConnection.open(server.port, WAIT);
    connection.write(HEADER.slice(0, 20));
    while (clock.pendingTimers === 0) await new Promise(setImmediate);
    clock.advance(4_999);
    assert.deepEqual(events, []);
    clock.advance(1);
    assert.equal(await connection.readToEnd(), '');
    assert.equal((events[0] as unknown as { reason: string }).reason, 'handshakeTimeout');
    connection.destroy();
  });
});

test('whoever is not trusted sends a PROXY header in vain', async (context) => {
  const { server } = await start(context, { trust: { proxies: ['192.0.2.0/24'], proxyProtocol: true } });
  const connection = await RawConnection.open(server.port, WAIT);
  connection.write(HEADER + REQUEST);
  assert.match(await connection.readToEnd(), /^HTTP\/1\.1 400 /);
  connection.destroy();
  const other = await RawConnection.open(server.port, WAIT);
  assert.match((await ask(other)).remote, /^127\.0\.0\.1:/);
  other.destroy();
});

describe('fields of a trusted proxy', () => {
  const trust = { proxies: ['loopback'], forwarded: true, forwardedHost: true };
  const request = (lines: string): string => `GET /a?b HTTP/1.1\r\nHost: inside\r\n${lines}\r\n`;
  const FIELDS = 'X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example\r\n';

  test('make the URL of the request, the client and the access log', async (context) => {
    const lines: string[] = [];
    const { server } = await start(context, { trust, trace: accessLog((line) => void lines.push(line)) });
    const connection = await RawConnection.open(server.port, WAIT);
    connection.write(request(FIELDS));
    const seen = readSeen(await connection.readUntil(/\}\n/));
    assert.equal(seen.url, 'https://a.example/a?b');
    assert.deepEqual(seen.client, { address: '192.0.2.9', protocol: 'https', host: 'a.example' });
    assert.match(seen.remote, /^127\.0\.0\.1:/);
    assert.match(lines[0] ?? '', /^192\.0\.2\.9 - - /);
    connection.destroy();
  });

  test('count over HTTP/2 as well', async (context) => {
    const { server, events } = await start(context, { trust });
    const session = http2.connect(server.url);
    const stream = session.request({
      ':path': '/a',
      ':authority': 'inside',
      'x-forwarded-for': '192.0.2.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'a.example',
    });
    let text = '';
    for await (const piece of stream) text += String(piece);
    const seen = JSON.parse(text) as Seen;
    assert.equal(seen.url, 'https://a.example/a');
    assert.deepEqual(seen.client, { address: '192.0.2.9', protocol: 'https', host: 'a.example' });
    await new Promise((resolve) => session.close(() => resolve(undefined)));
    const exchange = events.find((event) => event.type === 'exchange')?.exchange;
    assert.deepEqual(exchange?.client, seen.client);
  });

  test('count for each request anew', async (context) => {
    const { server } = await start(context, { trust });
    const connection = await RawConnection.open(server.port, WAIT);
    for (const address of ['192.0.2.9', '192.0.2.10']) {
      connection.write(request(`X-Forwarded-For: ${address}\r\n`));
      const seen = readSeen(await connection.readUntil(/\}\n/));
      assert.deepEqual(seen.client, { address, protocol: 'http', host: 'inside' });
    }
    connection.destroy();
  });

  test('change nothing where they come from somebody else, or nobody is trusted', async (context) => {
    for (const options of [{ trust: { ...trust, proxies: ['192.0.2.0/24'] } }, { trust: undefined as never }]) {
      const { server } = await start(context, options);
      const connection = await RawConnection.open(server.port, WAIT);
      connection.write(request(FIELDS));
      const seen = readSeen(await connection.readUntil(/\}\n/));
      assert.equal(seen.url, 'http://inside/a?b');
      assert.equal((seen.client as { address: string }).address, '127.0.0.1');
      connection.destroy();
    }
  });

  test('are believed behind a PROXY header only where the client that it names is a proxy itself', async (context) => {
    const { server } = await start(context, {
      trust: { ...trust, proxies: ['loopback', '198.51.100.0/24'], proxyProtocol: true },
    });
    for (const [source, address] of [
      ['192.0.2.9', '192.0.2.9'],
      ['198.51.100.7', '203.0.113.5'],
    ] as const) {
      const connection = await RawConnection.open(server.port, WAIT);
      connection.write(`PROXY TCP4 ${source} 198.51.100.1 4711 443\r\n${request('X-Forwarded-For: 203.0.113.5\r\n')}`);
      const { client } = readSeen(await connection.readUntil(/\}\n/));
      assert.equal((client as { address: string }).address, address);
      connection.destroy();
    }
  });

  test('do not change a target that is a whole URL, whose host is the one that counts', async (context) => {
    const { server } = await start(context, { trust });
    const connection = await RawConnection.open(server.port, WAIT);
    connection.write('GET http://b.example:81/x HTTP/1.1\r\nHost: inside\r\n\r\n');
    const seen = readSeen(await connection.readUntil(/\}\n/));
    assert.equal(seen.url, 'http://b.example:81/x');
    assert.equal((seen.client as { host: string }).host, 'b.example:81');
    connection.destroy();
  });
});
