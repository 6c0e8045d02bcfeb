// The server over TLS: what handlers see, what ALPN agrees on, what whoever speaks the wrong protocol is told, and how connections end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { describe, test } from 'node:test';
import { serve } from '#src/server/index.js';
import { RecordingSink } from '../support/recording-sink.ts';
import { RawConnection } from '../support/raw-client.ts';
import { makeConnector, open, target } from '../io/opening.ts';
import { gate } from './driven-server.ts';
import { AUTHORITY, certificate, identity, startTls, TlsClient, until } from './tls-bench.ts';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

const getBody = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', servername: 'localhost', ca: AUTHORITY, agent: false };
    https
      .get(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });

describe('a handler behind TLS', () => {
  test('sees https in its URL, by the Host of the request or by that of the server', async (context) => {
    const { server } = await startTls(context, { fetch: (request) => new Response(`${request.url} ok`) });
    assert.equal(server.url, `https://127.0.0.1:${server.port}/`);
    const client = await TlsClient.open(server.port);
    assert.match(
      await client.ask('GET /a?b HTTP/1.1\r\nHost: localhost:99\r\n\r\n'),
      /https:\/\/localhost:99\/a\?b ok$/,
    );
    assert.match(await client.ask('GET /a HTTP/1.1\r\nHost:\r\n\r\n'), new RegExp(`${server.url}a ok$`));
    client.socket.destroy();
  });

  for (const version of VERSIONS) {
    test(`sees what the handshake agreed on (${version})`, async (context) => {
      const { server } = await startTls(context, {
        handler: (_request, { connection }) => ({ body: JSON.stringify(connection.tls) + ' ok' }),
      });
      const pinned = { minVersion: version, maxVersion: version };
      const client = await TlsClient.open(server.port, { ...pinned, ALPNProtocols: ['http/1.1'] });
      const [, json = ''] = /\r\n\r\n(.*) ok$/.exec(await client.ask()) ?? [];
      const { name: cipher } = client.socket.getCipher();
      assert.deepEqual(JSON.parse(json), {
        alpn: 'http/1.1',
        version,
        cipher,
        servername: 'localhost',
        resumed: false,
      });
      const bare = await TlsClient.open(server.port, { ...pinned, servername: '' });
      const [, other = ''] = /\r\n\r\n(.*) ok$/.exec(await bare.ask()) ?? [];
      assert.deepEqual(JSON.parse(other), { version, cipher, resumed: false });
      client.socket.destroy();
      bare.socket.destroy();
    });
  }

  test('answers node:https', async (context) => {
    const { server } = await startTls(context);
    assert.equal(await getBody(server.port), 'ok');
  });
});

describe('the handshake', () => {
  test('ends with no_application_protocol where the client offers only what nobody here speaks', async (context) => {
    const { server, refusals } = await startTls(context);
    const client = new TlsClient(server.port, { ALPNProtocols: ['spdy/3'] });
    await client.closed();
    assert.match(client.error?.code ?? '', /NO_APPLICATION_PROTOCOL/);
    await until(() => refusals.length > 0);
    assert.deepEqual(refusals, ['handshakeFailed ERR_SSL_NO_APPLICATION_PROTOCOL']);
  });

  test('wants TLS 1.2 at the least, and what was asked for', async (context) => {
    const { server, refusals } = await startTls(context);
    const old = new TlsClient(server.port, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    await old.closed();
    assert.match(old.error?.code ?? '', /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
    await until(() => refusals.length > 0);
    assert.deepEqual(refusals, ['handshakeFailed ERR_SSL_UNSUPPORTED_PROTOCOL']);
    const modern = await startTls(context, { tls: { ...identity('localhost'), minVersion: 'TLSv1.3' } });
    const newer = new TlsClient(modern.server.port, { maxVersion: 'TLSv1.2' });
    await newer.closed();
    assert.match(newer.error?.code ?? '', /PROTOCOL_VERSION/);
  });
});

describe('who speaks the wrong protocol is told', () => {
  test('plain HTTP on a port for TLS: 400 in plain text, then FIN', async (context) => {
    const { server, refusals, events } = await startTls(context);
    for (const request of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'G', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
      const client = await RawConnection.open(server.port);
      client.write(request);
      const answer = await client.readToEnd();
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n.*\r\nConnection: close\r\n.*this port speaks TLS/s);
      const [, length, body = ''] = /Content-Length: (\d+)\r\n\r\n(.*)$/s.exec(answer) ?? [];
      assert.equal(body.length, Number(length));
      assert.equal(client.ending, 'fin');
      client.end();
    }
    assert.deepEqual(refusals, ['plainHttp', 'plainHttp', 'plainHttp']);
    assert.equal(events.length, 3, 'nothing was opened');
  });

  test('a large upload in plain HTTP does not cost it that answer: what still comes is thrown away', async (context) => {
    const { server } = await startTls(context);
    const client = net.connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    let answer = '';
    let error: Error | undefined;
    client.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1'))).on('error', (told) => (error = told));
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(300_000)}`);
    await once(client, 'end');
    assert.match(answer, /^HTTP\/1\.1 400 .*this port speaks TLS/s);
    for (let pieces = 0; pieces < 6; pieces += 1) {
      client.write('x'.repeat(100_000));
      await new Promise(setImmediate);
    }
    client.end();
    await until(() => client.closed);
    assert.equal(error, undefined, 'no RST');
  });

  test('TLS on a port for plain HTTP: 400, which a client of TLS calls by its name', async () => {
    await using server = await serve({ port: 0, handler: () => ({ body: 'ok' }) });
    const client = new TlsClient(server.port);
    await client.closed();
    assert.match(client.error?.code ?? '', /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/);
  });
});

describe('a connection over TLS', () => {
  for (const version of VERSIONS) {
    const pinned = { minVersion: version, maxVersion: version };

    test(`answers a client that has ended its side (${version})`, async (context) => {
      const { server } = await startTls(context);
      const client = await TlsClient.open(server.port, { ...pinned, allowHalfOpen: true });
      client.socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.closed();
      assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n.*ok$/s);
      assert.deepEqual([client.ended, client.error], [true, undefined]);
    });

    test(`is ended with close_notify before the FIN (${version})`, async (context) => {
      const { server } = await startTls(context, { tls: { ...identity('localhost'), maxVersion: version } });
      const opener = makeConnector({ tls: { ca: AUTHORITY }, watchTlsClose: true });
      const { transport } = await open(opener, target(server.port, { scheme: 'https' }));
      const sink = new RecordingSink();
      transport.attach(sink);
      transport.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      await until(() => sink.log.includes('end'));
      assert.equal(transport.closeNotified, true);
      assert.match(sink.received, /ok$/);
      transport.end();
    });

    test(`breaks off with RST where a FIN would make half a body look whole (${version})`, async (context) => {
      const halfRead = gate();
      const { server } = await startTls(context, {
        handler: () => ({ body: failingBody(halfRead.promise) }),
        onError: () => {},
      });
      const client = await TlsClient.open(server.port, pinned);
      client.socket.write('GET / HTTP/1.0\r\n\r\n');
      await until(() => client.received.endsWith('half'));
      halfRead.open();
      await client.closed();
      assert.match(client.received, /half$/);
      assert.equal(client.error?.code, 'ECONNRESET');
      assert.equal(client.ended, false);
    });

    test(`never loses its last answer to bytes that nobody reads (${version})`, async (context) => {
      const body = 'x'.repeat(300_000);
      const { server } = await startTls(context, { handler: () => ({ headers: { connection: 'close' }, body }) });
      const client = await TlsClient.open(server.port, { ...pinned, allowHalfOpen: true });
      client.socket.pause();
      client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      // What a RST would be the answer to, had the server closed with it unread.
      for (let pieces = 0; pieces < 8; pieces += 1) client.socket.write('y'.repeat(60_000));
      let turns = 0;
      await until(() => (turns += 1) > 200);
      client.socket.resume();
      await until(() => client.ended || client.error !== undefined);
      assert.equal(client.error, undefined);
      assert.ok(client.received.endsWith(body));
      client.socket.end();
    });

    test(`carries large bodies both ways, also to who reads slowly (${version})`, async (context) => {
      const bytes = 4_000_000;
      const { server } = await startTls(context, {
        handler: async (request) => ({ body: new Uint8Array(await request.arrayBuffer()) }),
      });
      const client = await TlsClient.open(server.port, pinned);
      client.socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
      client.socket.write(Buffer.alloc(bytes, 'z'));
      while (client.received.length < bytes) {
        client.socket.pause();
        await new Promise(setImmediate);
        client.socket.resume();
        const { length } = client.received;
        await until(() => client.received.length > length || client.socket.destroyed);
        assert.equal(client.socket.destroyed, false);
      }
      assert.ok(client.received.endsWith('z'.repeat(1_000)));
      client.socket.destroy();
    });

    test(`ends with an error where a record is broken, and is not left open (${version})`, async (context) => {
      const { server, events } = await startTls(context);
      const raw = net.connect(server.port, '127.0.0.1');
      const client = await TlsClient.open(server.port, { ...pinned, socket: raw });
      await client.ask();
      raw.write(Buffer.from('17030300100123456789abcdef0123456789abcdef', 'hex'));
      await until(() => events.at(-1)?.type === 'closed');
      const last = events.at(-1);
      assert.equal(last?.type === 'closed' ? last.reason : '', 'peerReset');
      raw.destroy();
    });
  }

  test('does not tell its key to anybody who looks at the server', async (context) => {
    const { server, events } = await startTls(context);
    const client = await TlsClient.open(server.port);
    await client.ask();
    const key =
      certificate('localhost')
        .toString()
        .split('\n')
        .find((line) => line.length === 64) ?? '';
    const told = JSON.stringify([server.tls, server.connections(), events]);
    assert.ok(key !== '' && !told.includes(key) && !told.includes('PRIVATE KEY'));
    client.socket.destroy();
  });
});

async function* failingBody(halfRead: Promise<void>): AsyncGenerator<string> {
  yield 'half';
  await halfRead;
  throw new Error('the source failed');
}
