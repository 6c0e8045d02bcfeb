// A write to a connection that the peer has reset, before our event loop has looked: what is known of it, and when.
// The reset reaches the kernel within the call that sends it; nothing polls between that call and our write.
import assert from 'node:assert/strict';
import type net from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import tls from 'node:tls';
import { systemClock } from '#src/io/index.js';
import type { Transport } from '#src/io/index.js';
import { RecordingSink } from '../support/recording-sink.ts';
import { certificate, identity, listenTcp, makeConnector, open, target, tlsAcceptor, until } from './opening.ts';

interface Joined {
  readonly transport: Transport;
  readonly sink: RecordingSink;
  /** The TCP socket of the peer. */
  readonly peer: net.Socket;
}

/** A connection that has carried bytes in both directions. */
async function join(context: TestContext, version?: tls.SecureVersion): Promise<Joined> {
  const echo = (socket: net.Socket): void => void socket.on('data', (bytes) => socket.write(bytes));
  const versions = version === undefined ? {} : { minVersion: version, maxVersion: version };
  const accept = version === undefined ? echo : tlsAcceptor({ ...identity('localhost'), ...versions }, echo);
  const { port, sockets } = await listenTcp(context, accept);
  const opener = makeConnector({ tls: { ca: certificate('authority') } });
  const { transport } = await open(opener, target(port, { scheme: version === undefined ? 'http' : 'https' }));
  const sink = new RecordingSink();
  transport.attach(sink);
  transport.write('first');
  await until(() => sink.received === 'first');
  return { transport, sink, peer: sockets[0]! };
}

function syscall(error: NodeJS.ErrnoException | undefined): string | undefined {
  return error?.syscall;
}

describe('a write to a connection that was reset', () => {
  for (const version of [undefined, 'TLSv1.2', 'TLSv1.3'] as const) {
    const over = version ?? 'TCP';

    test(`is known to have failed when it returns (${over})`, async (context) => {
      const { transport, sink, peer } = await join(context, version);
      // TLS takes up to the end of the turn to be done with a write: the one of join() shall be.
      await until(() => transport.pendingBytes === 0);
      peer.resetAndDestroy();
      assert.equal(syscall(transport.failure), undefined, 'nobody has looked');
      assert.equal(transport.write('request'), false);
      const { failure } = transport;
      assert.equal(syscall(failure), 'write');
      assert.deepEqual(sink.log, ['data:first'], 'known before it is told');
      await until(() => sink.log.length > 1);
      assert.deepEqual(sink.log, ['data:first', 'closed:write ECONNRESET']);
      assert.equal(sink.error, failure);
      assert.equal(transport.failure, failure);
    });

    test(`is known to have failed also where the loop was busy meanwhile (${over})`, async (context) => {
      const { transport, sink, peer } = await join(context, version);
      await until(() => transport.pendingBytes === 0);
      peer.resetAndDestroy();
      const untilMs = systemClock.nowMs() + 50;
      while (systemClock.nowMs() < untilMs);
      assert.equal(transport.write('request'), false);
      assert.equal(syscall(transport.failure), 'write');
      await until(() => sink.log.length > 1);
    });
  }

  test('behind another write of the same turn is known at once over TCP, but over TLS it is not even tried', async (context) => {
    const known: (string | undefined)[] = [];
    for (const version of [undefined, 'TLSv1.2', 'TLSv1.3'] as const) {
      const { transport, sink, peer } = await join(context, version);
      await until(() => transport.pendingBytes === 0);
      transport.write('head');
      peer.resetAndDestroy();
      transport.write('body');
      known.push(syscall(transport.failure));
      await until(() => sink.log.length > 1);
      // Over TLS reading may find out first.
      assert.match(
        sink.log[1]!,
        version === undefined ? /^closed:write ECONNRESET$/ : /^closed:(?:read|write) ECONNRESET$/,
      );
      assert.equal(sink.error, transport.failure);
    }
    assert.deepEqual(known, ['write', undefined, undefined]);
  });

  test('is told as a read that failed where the loop had looked before', async (context) => {
    const { transport, sink, peer } = await join(context);
    peer.resetAndDestroy();
    await until(() => sink.log.length > 1);
    assert.deepEqual(sink.log, ['data:first', 'closed:read ECONNRESET']);
    assert.equal(transport.failure, sink.error);
    transport.write('request');
    assert.equal(transport.failure, sink.error, 'the first failure stays');
  });
});
