// How a peer ends TLS: with close_notify before its FIN (RFC 8446 §6.1), with a FIN alone, or with RST; and that watching for it
// leaves nothing behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import type { Transport } from '#src/io/index.js';
import { TlsClient } from '#src/io/tls-handshake.js';
import { RecordingSink } from '../support/recording-sink.ts';
import {
  certificate,
  failure,
  identity,
  listenTcp,
  makeConnector,
  open,
  target,
  tlsAcceptor,
  until,
} from './opening.ts';

const CA = certificate('authority');
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

interface Joined {
  readonly transport: Transport;
  readonly sink: RecordingSink;
  /** TLS of the peer, and the TCP socket under it. */
  readonly peer: tls.TLSSocket;
  readonly peerRaw: net.Socket;
}

/** Not attached yet. */
async function connectWatched(context: TestContext, version: tls.SecureVersion): Promise<Joined> {
  const secured: tls.TLSSocket[] = [];
  const accept = tlsAcceptor({ ...identity('localhost'), minVersion: version, maxVersion: version }, (socket) =>
    secured.push(socket),
  );
  const { port, sockets } = await listenTcp(context, accept);
  const opener = makeConnector({ tls: { ca: CA }, watchTlsClose: true });
  const { transport } = await open(opener, target(port, { scheme: 'https' }));
  await until(() => secured.length === 1);
  return { transport, sink: new RecordingSink(), peer: secured[0]!, peerRaw: sockets[0]! };
}

/** A connection that has carried bytes in both directions. */
async function join(context: TestContext, version: tls.SecureVersion): Promise<Joined> {
  const joined = await connectWatched(context, version);
  const { transport, sink, peer } = joined;
  transport.attach(sink);
  peer.once('data', (bytes) => peer.write(bytes));
  transport.write('hello');
  await until(() => sink.received === 'hello');
  return joined;
}

async function ended(sink: RecordingSink): Promise<void> {
  await until(() => sink.log.some((event) => event === 'end' || event.startsWith('closed')));
}

describe('a transport over TLS whose end is watched', () => {
  for (const version of VERSIONS) {
    test(`knows close_notify from a FIN alone, also behind the last bytes (${version})`, async (context) => {
      for (const [lastWords, isNotified] of [
        ['', true],
        ['bye', true],
        ['', false],
        ['bye', false],
      ] as const) {
        const { transport, sink, peer, peerRaw } = await join(context, version);
        assert.equal(transport.closeNotified, undefined);
        if (isNotified) peer.end(lastWords);
        else if (lastWords === '') peerRaw.end();
        else peer.write(lastWords, () => peerRaw.end());
        await ended(sink);
        assert.equal(transport.closeNotified, isNotified, `'${lastWords}'`);
        assert.deepEqual(sink.log.slice(1), lastWords === '' ? ['end'] : ['data:bye', 'end']);
        transport.end();
        await until(() => sink.log.includes('closed'));
        assert.equal(transport.closeNotified, isNotified, 'the FIN behind it changes nothing');
      }
    });

    test(`is told an end of the peer that destroys, and what it was (${version})`, async (context) => {
      const { transport, sink, peerRaw } = await join(context, version);
      peerRaw.destroy();
      await ended(sink);
      assert.deepEqual([sink.log.at(-1), transport.closeNotified], ['end', false]);
      transport.destroy();
      await until(() => sink.log.includes('closed'));
    });

    test(`is told a reset as such, idle or within an exchange (${version})`, async (context) => {
      for (const lastWords of ['', 'half an ans']) {
        const { transport, sink, peer, peerRaw } = await join(context, version);
        if (lastWords !== '') {
          peer.write(lastWords);
          await until(() => sink.log.length > 1);
        }
        peerRaw.resetAndDestroy();
        await until(() => sink.log.at(-1)!.startsWith('closed'));
        assert.equal(sink.log.at(-1), 'closed:read ECONNRESET');
        assert.equal((sink.error as NodeJS.ErrnoException).code, 'ECONNRESET');
        assert.equal(transport.failure, sink.error);
        assert.equal(transport.closeNotified, undefined);
      }
    });

    test(`knows it also where nobody read when the end came (${version})`, async (context) => {
      for (const isNotified of [true, false]) {
        for (const isAttached of [true, false]) {
          const { transport, sink, peer, peerRaw } = await connectWatched(context, version);
          if (isAttached) {
            transport.attach(sink);
            transport.pause();
          }
          const heard = once(peer, 'data');
          transport.write('hello');
          await heard;
          if (isNotified) peer.end('bye');
          else peer.write('bye', () => peerRaw.end());
          await once(isNotified ? peer : peerRaw, 'finish');
          // Long enough for all of it to have arrived.
          let turns = 0;
          await until(() => (turns += 1) > 50);
          assert.deepEqual(sink.log, []);
          if (isAttached) transport.resume();
          else transport.attach(sink);
          await ended(sink);
          assert.deepEqual(sink.log, ['data:bye', 'end']);
          assert.equal(transport.closeNotified, isNotified);
          transport.destroy();
        }
      }
    });

    test(`reads everything before the end, however much it is and however slowly it reads (${version})`, async (context) => {
      for (const isNotified of [true, false]) {
        const { transport, sink, peer, peerRaw } = await join(context, version);
        const piece = Buffer.alloc(3_000_000, 'x');
        const lengths = (): number => sink.pieces.reduce((sum, { length }) => sum + length, 0);
        transport.pause();
        if (isNotified) peer.end(piece);
        else peer.write(piece, () => peerRaw.end());
        while (!sink.log.includes('end')) {
          const before = sink.log.length;
          transport.resume();
          await until(() => sink.log.length > before);
          transport.pause();
        }
        assert.equal(lengths(), 'hello'.length + piece.length);
        assert.equal(transport.closeNotified, isNotified);
        transport.destroy();
      }
    });

    test(`is closed without an error where we end it ourselves, whatever was still to be written (${version})`, async (context) => {
      for (const end of ['destroy', 'reset'] as const) {
        const { transport, sink } = await join(context, version);
        // More than the kernel takes at once.
        transport.write(Buffer.alloc(8_000_000));
        transport[end]();
        await until(() => sink.log.length > 1);
        assert.deepEqual(sink.log.slice(1), ['closed']);
      }
    });

    test(`does not take the answer to its own end for anything else (${version})`, async (context) => {
      const { transport, sink, peer, peerRaw } = await join(context, version);
      transport.end();
      await once(peer, 'end');
      peerRaw.end();
      await until(() => sink.log.includes('closed'));
      assert.deepEqual([sink.log.slice(1), transport.closeNotified], [['end', 'closed'], false]);
    });
  }

  test('fails to open as any other does, and leaves no socket behind', async (context) => {
    const silent = await listenTcp(context, (socket) => void socket.once('data', () => socket.end()).resume());
    const reset = await listenTcp(context, (socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const plain = await listenTcp(context, (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400\r\n')));
    const opener = makeConnector({ tls: { ca: CA }, watchTlsClose: true });
    for (const [{ port, sockets }, words] of [
      [silent, /the peer closed the connection during the TLS handshake/],
      [reset, /the peer closed the connection during the TLS handshake \(ECONNRESET\)/],
      [plain, /the peer does not speak TLS/],
    ] as const) {
      assert.match((await failure(opener, target(port, { scheme: 'https' }))).message, words);
      await until(() => sockets[0]!.readableEnded || sockets[0]!.destroyed);
    }
    const untrusted = await listenTcp(context, tlsAcceptor(identity('self-signed')));
    const { message } = await failure(opener, target(untrusted.port, { scheme: 'https' }));
    assert.match(message, /the certificate is self-signed/);
  });

  test('has four listeners on its socket, and none is left when it is over', async (context) => {
    const secured: tls.TLSSocket[] = [];
    const accept = tlsAcceptor(identity('localhost'), (socket) => secured.push(socket));
    const { port } = await listenTcp(context, accept);
    const raw = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(raw, 'connect');
    const counts = (): Record<string, number> =>
      Object.fromEntries(['data', 'end', 'error', 'close'].map((event) => [event, raw.listenerCount(event)]));
    const bare = counts();
    const socket = await new Promise<tls.TLSSocket>((resolve, reject) => {
      new TlsClient({ ca: CA }, true).start(raw, target(port, { scheme: 'https', host: 'localhost' }), {
        onSecured: resolve,
        onHandshakeFailed: reject,
      });
    });
    const watched = counts();
    for (const event of Object.keys(bare)) bare[event]! += 1;
    assert.deepEqual(watched, bare);
    await until(() => secured.length === 1);
    const [peer] = secured;
    socket.pause();
    const fin = once(raw, 'end');
    peer!.end('bye');
    await fin;
    for (let round = 0; round < 5; round++) socket.resume().pause();
    assert.ok(socket.listenerCount('resume') <= 1);
    socket.resume();
    await once(socket, 'end');
    assert.equal(socket.listenerCount('resume'), 0);
    socket.destroy();
    await once(raw, 'close');
    // What is left swallows what a socket says that nobody wants any more.
    assert.deepEqual([raw.listenerCount('data'), raw.listenerCount('error')], [0, 1]);
  });

  test('is no affair of the others: they know nothing of it', async (context) => {
    const { port } = await listenTcp(
      context,
      tlsAcceptor(identity('localhost'), (socket) => void socket.end()),
    );
    const { transport } = await open(makeConnector({ tls: { ca: CA } }), target(port, { scheme: 'https' }));
    const sink = new RecordingSink();
    transport.attach(sink);
    await ended(sink);
    assert.equal(transport.closeNotified, undefined);
    transport.destroy();
  });
});
