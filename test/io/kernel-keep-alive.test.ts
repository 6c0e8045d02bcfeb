// Keepalive of the kernel: what it is told of what was asked for, and that it really has it, over TCP and TLS.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { listen } from '#src/io/index.js';
import type { OpenedConnection, Transport } from '#src/io/index.js';
import { planKeepAlive } from '#src/io/kernel-keep-alive.js';
import { KERNEL_SOCKETS, keepaliveTimersTo } from '../support/kernel-sockets.ts';
import { RawConnection } from '../support/raw-client.ts';
import { RecordingSink } from '../support/recording-sink.ts';
import { certificate, identity, listenTcp, makeConnector, open, target, tlsAcceptor, until } from './opening.ts';

/** Which of both forms this Node.js has: the third and fourth parameter came with interval and count. */
const TAKES_ALL = net.Socket.prototype.setKeepAlive.length >= 4;

describe('what the kernel is told', () => {
  test('is what was asked for where this Node.js takes all of it, in whole seconds', () => {
    assert.deepEqual(planKeepAlive({ idleMs: 59_001, intervalMs: 5_000, count: 3 }, true), {
      idleMs: 60_000,
      intervalMs: 5_000,
      count: 3,
      lostAfterMs: 75_000,
    });
  });

  test('is an interval of 1 s and ten segments where they cannot be chosen, and where they are not', () => {
    const fixed = { idleMs: 60_000, intervalMs: 1_000, count: 10, lostAfterMs: 70_000 };
    assert.deepEqual(planKeepAlive({ idleMs: 60_000, intervalMs: 5_000, count: 3 }, false), fixed);
    assert.deepEqual(planKeepAlive({ idleMs: 60_000 }, true), fixed);
  });

  test('is never what Linux refuses, never less patient than asked for within that, and adds up', () => {
    const ms = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: 1, max: 1000 }), fc.boolean(), (idleMs, intervalMs, count, takesAll) => {
        const taken = planKeepAlive({ idleMs, intervalMs, count }, takesAll);
        for (const [asked, got] of [[idleMs, taken.idleMs], ...(takesAll ? [[intervalMs, taken.intervalMs]] : [])]) {
          assert.ok(got! % 1000 === 0 && got! >= 1000 && got! <= 32_767_000, `${got}`);
          assert.ok(got! >= Math.min(asked!, 32_767_000) && got! < asked! + 1000, `${asked} became ${got}`);
        }
        assert.ok(Number.isInteger(taken.count) && taken.count >= 1 && taken.count <= 127, `${taken.count}`);
        assert.equal(taken.lostAfterMs, taken.idleMs + taken.intervalMs * taken.count);
      }),
    );
  });
});

/** A connection to a server of this process, in clear or over TLS. */
async function connected(
  context: TestContext,
  kind: 'tcp' | 'tls' | 'watched tls',
): Promise<OpenedConnection & { port: number }> {
  const isTls = kind !== 'tcp';
  const { port } = await listenTcp(context, isTls ? tlsAcceptor(identity('localhost')) : undefined);
  const opener = makeConnector(
    isTls ? { tls: { ca: certificate('authority') }, watchTlsClose: kind === 'watched tls' } : {},
  );
  const opened = await open(opener, target(port, { scheme: isTls ? 'https' : 'http' }));
  context.after(() => opened.transport.destroy());
  return { ...opened, port };
}

describe('keepalive of a connection', () => {
  for (const kind of ['tcp', 'tls', 'watched tls'] as const) {
    test(`is with the kernel once it was asked for (${kind})`, KERNEL_SOCKETS, async (context) => {
      const { transport, port } = await connected(context, kind);
      transport.attach(new RecordingSink());
      assert.deepEqual(keepaliveTimersTo(port), [], 'not by itself');
      const taken = transport.keepAlive?.({ idleMs: 60_000, intervalMs: 5_000, count: 3 });
      assert.equal(taken?.lostAfterMs, TAKES_ALL ? 75_000 : 70_000);
      // Not while the kernel waits for the acknowledgement of what TLS has sent: one timer serves both.
      await until(() => keepaliveTimersTo(port).length === 1);
      const [timerMs = 0] = keepaliveTimersTo(port);
      // It counts from the last segment, which was a moment ago.
      assert.ok(timerMs > 50_000 && timerMs <= 60_000, `${timerMs} ms`);
    });
  }

  test(
    'can be had of accepted connections, too, and by those that do not read yet',
    KERNEL_SOCKETS,
    async (context) => {
      const taken: Transport[] = [];
      const listener = await listen(
        { port: 0, hostname: '127.0.0.1' },
        { accept: (connection) => taken.push(connection.transport) },
      );
      const client = await RawConnection.open(listener.port);
      await until(() => taken.length === 1);
      const transport = taken[0]!;
      context.after(() => {
        transport.destroy();
        client.destroy();
        listener.stop();
      });
      assert.equal(transport.keepAlive?.({ idleMs: 30_000 })?.lostAfterMs, 40_000);
      await until(() => keepaliveTimersTo(client.localPort).length === 1);
    },
  );

  test('is not to be had on a unix socket, nor on one that is gone', async (context) => {
    const place = { path: path.join(await mkdtemp(path.join(tmpdir(), 'keep-alive-')), 'socket') };
    context.after(() => rm(path.dirname(place.path), { recursive: true }));
    await listenTcp(context, undefined, place);
    const unix = await open(makeConnector(), target(1, { socketPath: place.path }));
    unix.transport.attach(new RecordingSink());
    assert.equal(unix.transport.keepAlive?.({ idleMs: 1_000 }), undefined);
    unix.transport.destroy();

    const { transport } = await connected(context, 'tcp');
    const sink = new RecordingSink();
    transport.attach(sink);
    transport.destroy();
    assert.equal(transport.keepAlive?.({ idleMs: 1_000 }), undefined);
    await until(() => sink.log.includes('closed'));
    assert.equal(transport.keepAlive?.({ idleMs: 1_000 }), undefined);
  });
});
