// What TCP alone tells, by a connection for each signal or by one that is held.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { tcpProbe } from '#src/heartbeat/index.js';
import type { Acknowledgement } from '#src/heartbeat/index.js';
import { certificate, identity, listenTcp, tlsAcceptor, until } from '../../io/opening.ts';
import { KERNEL_SOCKETS, keepaliveTimersTo } from '../../support/kernel-sockets.ts';
import { freePort, PeerProcess } from '../peer-process.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';

const signal = (): AbortSignal => AbortSignal.timeout(5_000);

const TLS = { ca: certificate('self-signed'), servername: 'localhost' };

function withoutTime({ rttMs, ...rest }: Acknowledgement | void = assert.fail()): Omit<Acknowledgement, 'rttMs'> {
  assert.ok(rttMs === undefined || rttMs > 0);
  return rest;
}

describe('a connection for each signal', () => {
  test('is acknowledged when it is accepted, and ended with a FIN', async (context) => {
    const { port, sockets } = await listenTcp(context, (socket) => socket.resume().on('end', () => socket.end()));
    for (const target of [`127.0.0.1:${port}`, `tcp://127.0.0.1:${port}`, { host: '127.0.0.1', port }]) {
      const probe = tcpProbe(target);
      assert.equal(probe.target, `tcp://127.0.0.1:${port}`);
      const acknowledgement = await probe.send(signal());
      assert.ok((acknowledgement?.rttMs ?? 0) > 0);
      assert.deepEqual(withoutTime(acknowledgement), { connection: 'new', detail: 'accepted' });
    }
    await until(
      () => sockets.length === 3 && sockets.every(({ readableEnded, errored }) => readableEnded && errored === null),
    );
  });

  test('is not acknowledged where nothing listens, and says so', async () => {
    await assert.rejects(tcpProbe({ host: '127.0.0.1', port: await freePort() }).send(signal()), {
      code: 'ERR_PERDURA_CONNECT',
      message: /connection refused/,
    });
  });

  test('belongs to a handshake where TLS is asked for', async (context) => {
    const { port } = await listenTcp(context, tlsAcceptor(identity('self-signed')));
    const options = { tls: TLS };
    assert.equal(withoutTime(await tcpProbe(`tls://127.0.0.1:${port}`, options).send(signal())).detail, 'accepted');
    assert.equal(withoutTime(await tcpProbe({ host: '127.0.0.1', port, tls: TLS }).send(signal())).detail, 'accepted');
    const silent = await listenTcp(context);
    await assert.rejects(tcpProbe(`tls://127.0.0.1:${silent.port}`, options).send(AbortSignal.timeout(50)), {
      name: 'TimeoutError',
    });
    await until(() => silent.sockets.every(({ destroyed, readableLength }) => destroyed || readableLength > 0));
  });

  test('ends with the probe', async () => {
    const probe = tcpProbe({ host: '127.0.0.1', port: await freePort() });
    const sent = probe.send(signal());
    probe.close?.();
    await assert.rejects(sent, { code: 'ERR_PERDURA_ABORTED' });
    await assert.rejects(probe.send(AbortSignal.abort(new Error('before'))), /before/);
  });
});

describe('a connection that is held', () => {
  test('is looked at, which measures nothing, and kept alive by the kernel', KERNEL_SOCKETS, async (context) => {
    const { port, sockets } = await listenTcp(context);
    const probe = tcpProbe({ host: '127.0.0.1', port }, { hold: true, keepAlive: { idleMs: 20_000 } });
    assert.equal(probe.kernelKeepAlive, undefined);
    const opened = await probe.send(signal());
    assert.ok((opened?.rttMs ?? 0) > 0);
    assert.deepEqual(withoutTime(opened), {
      connection: 'new',
      detail: 'held, keepalive after 20 s, 10 times every 1 s',
    });
    assert.deepEqual(probe.kernelKeepAlive, { idleMs: 20_000, intervalMs: 1_000, count: 10, lostAfterMs: 30_000 });
    await until(() => keepaliveTimersTo(port).length === 1);
    const held = { connection: 'kept', detail: 'held', isUnmeasured: true };
    assert.deepEqual(await probe.send(signal()), held);
    assert.deepEqual(await probe.send(signal()), held);
    assert.equal(sockets.length, 1);
    probe.close?.();
    assert.equal(probe.kernelKeepAlive, undefined);
    await once(sockets[0]!.resume(), 'end');
  });

  test('tells at once how it ended, and what the peer says is a sign of life', async (context) => {
    const { port, sockets } = await listenTcp(context);
    const probe = tcpProbe(`127.0.0.1:${port}`, { hold: true });
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    await probe.send(signal());
    await probe.send(signal());
    sockets[0]!.write('hello');
    await sink.told('received');
    sockets[0]!.end();
    await sink.told('lost');
    assert.equal((await probe.send(signal()))?.connection, 'new');
    assert.equal((await probe.send(signal()))?.connection, 'kept');
    sockets[1]!.resetAndDestroy();
    await until(() => sink.log.length === 3);
    assert.deepEqual(sink.log, [
      'received',
      'lost: the peer ended the connection',
      'lost: the connection broke: read ECONNRESET',
    ]);
    probe.close?.();
  });

  test('that the peer ends at once is no loss to be told: nobody is asked without a pause', async (context) => {
    const { port, sockets } = await listenTcp(context, (socket) => socket.end());
    const probe = tcpProbe(`127.0.0.1:${port}`, { hold: true });
    const sink = new RecordingProbeSink();
    probe.attach?.(sink);
    for (let count = 1; count <= 3; count += 1) {
      assert.equal((await probe.send(signal()))?.connection, 'new');
      await until(() => sockets[count - 1]!.readableEnded || sockets[count - 1]!.resume().destroyed);
    }
    assert.deepEqual(sink.log, []);
  });

  test('that has ended without a turn to see it is replaced by the signal that looks', async (context) => {
    const { port, sockets } = await listenTcp(context);
    const probe = tcpProbe(`127.0.0.1:${port}`, { hold: true });
    await probe.send(signal());
    await until(() => sockets.length === 1);
    sockets[0]!.resetAndDestroy();
    assert.equal((await probe.send(signal()))?.connection, 'new');
    probe.close?.();
  });

  test('is given up with its signal, and with the probe', async (context) => {
    const { port } = await listenTcp(context);
    const probe = tcpProbe(`127.0.0.1:${port}`, { hold: true });
    const controller = new AbortController();
    const sent = probe.send(controller.signal);
    controller.abort(new Error('too late'));
    const next = probe.send(signal());
    await assert.rejects(sent, /too late/);
    assert.equal((await next)?.connection, 'new');
    probe.close?.();
    assert.equal((await probe.send(signal()))?.connection, 'new', 'it can begin anew');
    const looking = probe.send(signal());
    probe.close?.();
    await assert.rejects(looking, { code: 'ERR_PERDURA_ABORTED' });
    await assert.rejects(tcpProbe(`127.0.0.1:${await freePort()}`, { hold: true }).send(signal()), {
      code: 'ERR_PERDURA_CONNECT',
    });
  });
});

const LISTENER = `
  require('node:net').createServer((socket) => socket.on('error', () => {}).resume())
    .listen(Number(process.argv[1]), '127.0.0.1');
`;

for (const hold of [false, true]) {
  describeStopAndKill({
    name: hold ? 'a TCP connection that is held' : 'new TCP connections',
    start: (port) => new PeerProcess(process.execPath, ['-e', LISTENER, String(port)]).untilListening(port),
    probe: (port) => tcpProbe({ host: '127.0.0.1', port }, { hold }),
    // Its kernel answers for it.
    noticesStop: false,
  });
}
