// Connections over TLS 1.2 and 1.3, on loopback: what is negotiated, what is resumed, and how their transports behave.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { OptionError, TimeoutError } from '#src/errors.js';
import { prepareTls, SocketTransport } from '#src/io/index.js';
import type { Connector, OpenedConnection } from '#src/io/index.js';
import { commonTlsContext } from '#src/io/tls-context.js';
import { TlsClient } from '#src/io/tls-handshake.js';
import { ManualClock } from '#src/testing/index.js';
import { RecordingSink } from '../support/recording-sink.ts';
import {
  certificate,
  failure,
  identity,
  listenTcp,
  makeConnector,
  open,
  start,
  target,
  tlsAcceptor,
} from './opening.ts';
import { until } from './opening.ts';
import type { TestServer } from './opening.ts';

const CA = certificate('authority');
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

interface TlsServer extends TestServer {
  readonly secured: tls.TLSSocket[];
}

/** A TLS server for localhost that says `hello`, so that whoever has read it has its tickets, too. */
async function listenTls(context: TestContext, options: tls.TlsOptions = {}): Promise<TlsServer> {
  const secured: tls.TLSSocket[] = [];
  const accept = tlsAcceptor({ ...identity('localhost'), ...options }, (socket) => {
    secured.push(socket);
    socket.write('hello');
  });
  return { ...(await listenTcp(context, accept)), secured };
}

function https(port: number, host = 'localhost'): Parameters<typeof open>[1] {
  return target(port, { scheme: 'https', host });
}

/** Opens a connection and reads what tells that its tickets have arrived. */
async function greeted(opener: Connector, to: Parameters<typeof open>[1]): Promise<OpenedConnection> {
  const opened = await open(opener, to);
  const sink = new RecordingSink();
  opened.transport.attach(sink);
  await until(() => sink.received === 'hello');
  opened.transport.destroy();
  return opened;
}

test('what is trusted is not shared with clients that trust something else', async (context) => {
  const server = await listenTls(context);
  const to = https(server.port);
  const connect = async (options: Record<string, unknown>): Promise<void> => {
    (await open(makeConnector({ tls: options }), to)).transport.destroy();
  };
  await connect({ ca: CA });
  // The same again, in other words: what else is asked for is no part of what is trusted.
  await connect({ ca: CA, ALPNProtocols: [] });
  assert.match(String(await failure(makeConnector({ tls: { ALPNProtocols: [] } }), to)), /certificate/);
  await connect({ rejectUnauthorized: false });
  assert.match(String(await failure(makeConnector(), to)), /certificate/);
  await connect({ ca: CA });
});

test('what was taken out of a list is not trusted by the clients that are made of it later, and what was put in is', async (context) => {
  const to = https((await listenTls(context)).port);
  const ca = [CA];
  const connector = makeConnector({ tls: { ca } });
  (await open(connector, to)).transport.destroy();
  ca.length = 0;
  assert.match(String(await failure(makeConnector({ tls: { ca } }), to)), /certificate/);
  ca.push(CA);
  (await open(makeConnector({ tls: { ca } }), to)).transport.destroy();
});

test('what the process has as its defaults by then holds for clients that are made later, shared or not', async (context) => {
  const to = https((await listenTls(context)).port);
  const before = tls.DEFAULT_MAX_VERSION;
  context.after(() => {
    tls.DEFAULT_MAX_VERSION = before;
  });
  for (const version of ['TLSv1.3', 'TLSv1.2', 'TLSv1.3'] as const) {
    tls.DEFAULT_MAX_VERSION = version;
    for (const sharesTlsDefaults of [true, false]) {
      const opened = await open(makeConnector({ tls: { rejectUnauthorized: false }, sharesTlsDefaults }), to);
      opened.transport.destroy();
      assert.equal(opened.tls?.protocol, version);
    }
  }
});

test('only those who share the defaults have one context for all', () => {
  assert.equal(commonTlsContext(), commonTlsContext());
  const { secureContext: one } = prepareTls({ ca: CA });
  assert.notEqual(one, prepareTls({ ca: CA })['secureContext']);
  assert.notEqual(one, commonTlsContext());
  // Nothing to prepare, so the defaults stay what they are when they are needed.
  assert.deepEqual(prepareTls({ rejectUnauthorized: false }), { rejectUnauthorized: false });
});

test('certificates set for the process are those that the defaults have from then on', (context) => {
  // Of Node.js 24.5 and later; here the runtime's part is played.
  const runtime = tls as unknown as Record<string, unknown>;
  const before = { get: runtime['getCACertificates'], set: runtime['setDefaultCACertificates'] };
  context.after(() => {
    for (const [name, value] of [
      ['getCACertificates', before.get],
      ['setDefaultCACertificates', before.set],
    ] as const) {
      if (value === undefined) delete runtime[name];
      else runtime[name] = value;
    }
  });
  let certificates: readonly string[] = ['of the system'];
  runtime['getCACertificates'] = () => certificates;
  runtime['setDefaultCACertificates'] = () => {};
  const first = commonTlsContext();
  assert.equal(commonTlsContext(), first);
  certificates = [];
  assert.notEqual(commonTlsContext(), first);
});

test('thousands of clients that were given one context cost little more than one, and so do those that say nothing', async (context) => {
  const timeMs = (times: number, make: () => unknown): number => {
    const startMs = performance.now();
    for (let index = 0; index < times; index += 1) make();
    return (performance.now() - startMs) / times;
  };
  const ofOneMs = timeMs(20, () => tls.createSecureContext({ ca: CA }));
  const prepared = prepareTls({ ca: CA, ALPNProtocols: [] });
  assert.ok(timeMs(1_000, () => makeConnector({ tls: prepared })) < ofOneMs / 5);
  assert.ok(timeMs(1_000, () => makeConnector({ tls: { ALPNProtocols: [] } })) < ofOneMs / 5);
  (await open(makeConnector({ tls: prepared }), https((await listenTls(context)).port))).transport.destroy();
});

describe('a connection over TLS', () => {
  test('says what was negotiated, under the name of the target and for HTTP/1.1', async (context) => {
    for (const version of VERSIONS) {
      const server = await listenTls(context, {
        minVersion: version,
        maxVersion: version,
        ALPNProtocols: ['http/1.1'],
      });
      const opener = makeConnector({ tls: { ca: CA } });
      const opened = await greeted(opener, https(server.port));
      assert.deepEqual(
        { ...opened.tls, handshakeMs: 0 },
        {
          protocol: version,
          resumed: false,
          alpn: 'http/1.1',
          handshakeMs: 0,
        },
      );
      assert.ok(opened.tls!.handshakeMs > 0 && opened.tls!.handshakeMs + opened.connectMs <= opened.totalMs);
      assert.equal(opened.transport.remote, `127.0.0.1:${server.port}`);
      const [socket] = server.secured;
      assert.equal(socket!.alpnProtocol, 'http/1.1');
      assert.equal((socket as tls.TLSSocket & { servername: unknown }).servername, 'localhost');
    }
  });

  test('names no address to the server, no dot at the end, and checks the certificate against the target', async (context) => {
    const server = await listenTls(context);
    const opener = makeConnector({
      tls: { ca: CA },
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    for (const host of ['127.0.0.1', 'perdura.test.']) await greeted(opener, https(server.port, host));
    assert.deepEqual(
      server.secured.map((socket) => (socket as tls.TLSSocket & { servername: unknown }).servername),
      [false, 'perdura.test'],
    );
    const accept = tlsAcceptor(identity('localhost'));
    const { port } = await listenTcp(context, accept, { host: '127.0.0.2' });
    const { message } = await failure(opener, https(port, '127.0.0.2'));
    assert.match(message, /another name: IP: 127\.0\.0\.2 is not in the cert's list: 127\.0\.0\.1, /);
  });

  test('takes the options of the user as tls.connect does', async (context) => {
    const server = await listenTls(context, { ...identity('other-name'), ALPNProtocols: ['other/1'] });
    const options = { ca: CA, servername: 'other.test', ALPNProtocols: ['other/1'], maxVersion: 'TLSv1.2' };
    const opener = makeConnector({ tls: { ...options, host: '192.0.2.1', port: 1, path: '/nowhere' } });
    const opened = await greeted(opener, https(server.port));
    assert.equal(opened.tls?.protocol, 'TLSv1.2');
    assert.equal(server.secured[0]!.alpnProtocol, 'other/1');
    const careless = makeConnector({ tls: { rejectUnauthorized: false } });
    await greeted(careless, https((await listenTls(context, identity('self-signed'))).port));
    const context13 = tls.createSecureContext({ ca: CA, minVersion: 'TLSv1.3' });
    const prepared = makeConnector({ tls: { secureContext: context13 } });
    assert.equal((await greeted(prepared, https((await listenTls(context)).port))).tls?.protocol, 'TLSv1.3');
  });

  test('leads through a unix socket', async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 'server.sock');
    await listenTcp(
      context,
      tlsAcceptor(identity('localhost'), (socket) => socket.write('hello')),
      { path: socketPath },
    );
    const opener = makeConnector({ tls: { ca: CA } });
    const to = { ...https(443), socketPath };
    assert.equal((await greeted(opener, to)).tls?.resumed, false);
    assert.equal((await greeted(opener, to)).tls?.resumed, true);
  });

  test('has no listener but those of its transport, and one that remembers sessions', async (context) => {
    const server = await listenTls(context);
    const counts = (socket: net.Socket): Record<string, number> =>
      Object.fromEntries(socket.eventNames().map((event) => [String(event), socket.listenerCount(event)]));
    const bareRaw = net.connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    await once(bareRaw, 'connect');
    const bare = tls.connect({ socket: bareRaw, ca: CA, host: 'localhost' });
    await once(bare, 'secureConnect');
    const raw = net.connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    await once(raw, 'connect');
    const secured = await new Promise<tls.TLSSocket>((resolve, reject) => {
      new TlsClient({ ca: CA }).start(raw, https(server.port), { onSecured: resolve, onHandshakeFailed: reject });
    });
    bare.on('session', () => {});
    const expected = counts(bare);
    assert.deepEqual(counts(secured), expected);
    assert.deepEqual(counts(raw), counts(bareRaw));
    new SocketTransport(secured).attach(new RecordingSink());
    for (const event of ['data', 'end', 'drain', 'error', 'close']) expected[event] = (expected[event] ?? 0) + 1;
    assert.deepEqual(counts(secured), expected);
    secured.destroy();
    bare.destroy();
  });
});

describe('the options of TLS', () => {
  test('that cannot be used are told at once, without what they hold', () => {
    for (const options of [{ key: 'secret nonsense' }, { key: certificate('localhost'), passphrase: 123_456 }]) {
      assert.throws(
        () => makeConnector({ tls: options }),
        (error) => {
          assert.ok(error instanceof OptionError);
          assert.match(error.message, /^tls(?:\.passphrase)?: node:tls cannot use it \(ERR_\w+\); /);
          assert.doesNotMatch(String(error.stack), /secret|123.?456/);
          return true;
        },
      );
    }
  });

  test('that only the handshake refuses fail the opening', async (context) => {
    const server = await listenTcp(context, (socket) => socket.resume());
    const error = await failure(makeConnector({ tls: { ca: CA, minDHSize: -1 } }), https(server.port));
    assert.ok(error instanceof OptionError);
    assert.match(error.message, /^tls\.minDHSize: /);
    await until(() => server.sockets.length === 1 && server.sockets[0]!.readableEnded);
  });
});

describe('TLS sessions', () => {
  for (const version of VERSIONS) {
    test(`of ${version} are resumed with the next connection to the same peer, and with no other`, async (context) => {
      // Each would take the tickets of the other.
      const pinned = { minVersion: version, maxVersion: version, ticketKeys: Buffer.alloc(48, 'key') };
      const [server, other] = [await listenTls(context, pinned), await listenTls(context, pinned)];
      const opener = makeConnector({ tls: { ca: CA } });
      const resumed: boolean[] = [];
      for (const port of [server.port, server.port, server.port, other.port]) {
        resumed.push((await greeted(opener, https(port))).tls!.resumed);
      }
      resumed.push((await greeted(opener, https(server.port, '127.0.0.1'))).tls!.resumed);
      resumed.push((await greeted(makeConnector({ tls: { ca: CA } }), https(server.port))).tls!.resumed);
      assert.deepEqual(resumed, [false, true, true, false, false, false]);
      assert.deepEqual(
        server.secured.map((socket) => socket.isSessionReused()),
        [false, true, true, false, false],
      );
    });
  }

  /** A server that can be told to treat its next connection otherwise; its tickets stay good. */
  async function moody(
    context: TestContext,
  ): Promise<{ port: number; next: (treat: (socket: net.Socket) => void) => void }> {
    const accept = tlsAcceptor(identity('localhost'), (socket) => socket.write('hello'));
    const treatments: ((socket: net.Socket) => void)[] = [];
    const { port } = await listenTcp(context, (socket) => (treatments.shift() ?? accept)(socket));
    return { port, next: (treat) => void treatments.push(treat) };
  }

  test('with which a handshake failed, or took too long, are not offered again', async (context) => {
    const server = await moody(context);
    const clock = new ManualClock();
    const opener = makeConnector({ clock, tls: { ca: CA } });
    await greeted(opener, https(server.port));
    server.next((socket) => socket.destroy());
    assert.match((await failure(opener, https(server.port))).message, /during the TLS handshake/);
    assert.equal((await greeted(opener, https(server.port))).tls?.resumed, false);
    assert.equal((await greeted(opener, https(server.port))).tls?.resumed, true);

    let silent: net.Socket | undefined;
    server.next((socket) => (silent = socket));
    const { outcome } = start(opener, https(server.port));
    await until(() => silent !== undefined);
    // The client says hello when it has heard that it is connected.
    await once(silent!, 'readable');
    clock.advance(10_000);
    await assert.rejects(outcome, (error) => {
      assert.ok(error instanceof TimeoutError);
      assert.equal(
        error.message,
        `cannot connect to localhost:${server.port} within 10000 ms: the TLS handshake at 127.0.0.1 was not finished; ` +
          'check host and port, and that no firewall swallows the packets, or raise timeouts.connectMs',
      );
      return true;
    });
    assert.equal(clock.pendingTimers, 0);
    silent!.resume();
    await once(silent!, 'end');
    assert.equal((await greeted(opener, https(server.port))).tls?.resumed, false);
  });

  test('survive a handshake that was aborted, which ends the connection silently', async (context) => {
    const server = await moody(context);
    const clock = new ManualClock();
    const opener = makeConnector({ clock, tls: { ca: CA } });
    await greeted(opener, https(server.port));
    let silent: net.Socket | undefined;
    server.next((socket) => (silent = socket));
    const { opening, told } = start(opener, https(server.port));
    await until(() => silent !== undefined);
    await once(silent!, 'readable');
    opening.abort();
    silent!.resume();
    await once(silent!, 'end');
    clock.advance(20_000);
    assert.deepEqual([told.length, clock.pendingTimers], [0, 0]);
    assert.equal((await greeted(opener, https(server.port))).tls?.resumed, true);
  });
});

for (const watchTlsClose of [false, true]) {
  describe(`a transport over TLS${watchTlsClose ? ' whose end is watched' : ''}`, () => {
    const pair = async (
      context: TestContext,
      version: tls.SecureVersion,
    ): Promise<{ opened: OpenedConnection; sink: RecordingSink; peer: tls.TLSSocket; errors: Error[] }> => {
      const server = await listenTls(context, { minVersion: version, maxVersion: version });
      const opened = await open(makeConnector({ tls: { ca: CA }, watchTlsClose }), https(server.port));
      const sink = new RecordingSink();
      opened.transport.attach(sink);
      await until(() => sink.received === 'hello');
      const [peer] = server.secured;
      const errors: Error[] = [];
      peer!.on('error', (error) => errors.push(error));
      return { opened, sink, peer: peer!, errors };
    };

    for (const version of VERSIONS) {
      test(`takes an answer after its own FIN, and does not answer the peer’s with one (${version})`, async (context) => {
        const first = await pair(context, version);
        first.opened.transport.write('question');
        first.opened.transport.end();
        let heard = '';
        first.peer.on('data', (bytes) => (heard += bytes.toString()));
        await once(first.peer, 'end');
        assert.equal(heard, 'question');
        first.peer.end('answer');
        await until(() => first.sink.log.includes('closed'));
        assert.deepEqual(first.sink.log.slice(1), ['data:answer', 'end', 'closed']);

        const second = await pair(context, version);
        second.peer.end('last words');
        await until(() => second.sink.log.includes('end'));
        let late = '';
        second.peer.on('data', (bytes) => (late += bytes.toString()));
        second.opened.transport.write('still here');
        await until(() => late === 'still here');
        assert.equal(second.peer.readableEnded, false);
        second.opened.transport.end();
        await until(() => second.sink.log.includes('closed'));
        assert.deepEqual(second.sink.log.slice(1), ['data:last words', 'end', 'closed']);
      });

      test(`stops reading when paused, and says when to wait and when to go on (${version})`, async (context) => {
        const { opened, sink, peer } = await pair(context, version);
        const { transport } = opened;
        transport.pause();
        peer.write('early');
        peer.pause();
        const piece = Buffer.alloc(1_048_576, 'x');
        let writtenBytes = piece.length;
        while (transport.write(piece)) writtenBytes += piece.length;
        assert.ok(transport.pendingBytes > 0);
        let heardBytes = 0;
        peer.on('data', (bytes) => (heardBytes += bytes.length));
        peer.resume();
        await until(() => heardBytes === writtenBytes && sink.log.includes('drain'));
        assert.deepEqual(sink.log.slice(1), ['drain'], 'nothing is read meanwhile');
        transport.resume();
        await until(() => sink.log.includes('data:early'));
        transport.destroy();
        await until(() => sink.log.includes('closed'));
      });

      test(`ends at once when it is reset or destroyed (${version})`, async (context) => {
        for (const end of ['reset', 'destroy'] as const) {
          const { opened, sink, peer } = await pair(context, version);
          opened.transport[end]();
          opened.transport.reset();
          opened.transport.setIdle(true);
          peer.resume();
          // TLS of Node.js has no RST of its own; where its end is watched, the socket below is at hand.
          await (end === 'reset' && watchTlsClose ? once(peer, 'error') : once(peer, 'end'));
          await until(() => sink.log.includes('closed'));
          assert.deepEqual(sink.log, ['data:hello', 'closed']);
          peer.destroy();
        }
      });
    }

    test('is closed by an alert that comes after the handshake, and says so', async (context) => {
      // TLS 1.3 checks the certificate of the client when the client has long begun to send.
      const { port } = await listenTls(context, { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' });
      const { transport } = await open(makeConnector({ tls: { ca: CA }, watchTlsClose }), https(port));
      const sink = new RecordingSink();
      transport.attach(sink);
      await until(() => sink.log.length > 0);
      assert.equal(sink.log.length, 1);
      assert.equal((sink.error as NodeJS.ErrnoException).code, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
      assert.equal(transport.failure, sink.error);
    });
  });
}
