// Connections over TCP and unix sockets, on loopback: what is told of them, what they carry, and that nothing stays behind.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ConnectError, PerduraError, TimeoutError } from '#src/errors.js';
import { systemClock } from '#src/io/index.js';
import type { ResolvedAddress } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';
import { RecordingSink } from '../support/recording-sink.ts';
import { failure, listenTcp, makeConnector, open, start, target, until } from './opening.ts';

const V4_ALIVE: ResolvedAddress = { address: '127.0.0.1', family: 4 };
/** All of 127.0.0.0/8 is this machine (RFC 1122 §3.2.1.3), and nobody listens there. */
const V4_REFUSING: ResolvedAddress = { address: '127.0.0.3', family: 4 };
const V6: ResolvedAddress = { address: '::1', family: 6 };

function names(...addresses: readonly ResolvedAddress[]): () => Promise<readonly ResolvedAddress[]> {
  return () => Promise.resolve(addresses);
}

/** The sockets that are made from now on until the test ends. */
function watchSockets(context: TestContext): net.Socket[] {
  const sockets: net.Socket[] = [];
  const note = (message: unknown): void => void sockets.push((message as { socket: net.Socket }).socket);
  diagnosticsChannel.subscribe('net.client.socket', note);
  context.after(() => diagnosticsChannel.unsubscribe('net.client.socket', note));
  return sockets;
}

/** Lets the sockets that were just made connect, and keeps the loop from seeing it for so long. */
function staySoBusy(ms: number): Promise<void> {
  // node:net connects in the next tick; the kernel completes the handshake while we are busy.
  return new Promise((resolve) => {
    process.nextTick(() => {
      const untilMs = systemClock.nowMs() + ms;
      while (systemClock.nowMs() < untilMs);
      resolve();
    });
  });
}

/** A port of 127.0.0.1 on which connecting takes for ever: a server that never accepts, with its queue full. */
async function listenSilently(context: TestContext, port = 0): Promise<number> {
  const child = fork(path.join(import.meta.dirname, 'fixtures/never-accepts.js'), [String(port)]);
  const fill: net.Socket[] = [];
  context.after(() => {
    child.kill('SIGKILL');
    for (const socket of fill) socket.destroy();
  });
  const [taken] = (await once(child, 'message')) as [number];
  // A backlog of 1 has room for two.
  for (let count = 0; count < 2; count++) {
    const socket = net.connect({ port: taken, host: '127.0.0.1' });
    fill.push(socket);
    await once(socket, 'connect');
  }
  return taken;
}

describe('a connection that is opened', () => {
  test('says where it leads and how long it took, and carries bytes', async (context) => {
    const { port } = await listenTcp(context, (socket) => socket.on('data', (bytes) => socket.write(bytes)));
    const opened = await open(makeConnector(), target(port));
    assert.equal(opened.address, '127.0.0.1');
    assert.equal(opened.lookupMs, 0);
    assert.equal(opened.tls, undefined);
    assert.ok(opened.connectMs > 0 && opened.connectMs <= opened.totalMs);
    assert.equal(opened.transport.remote, `127.0.0.1:${port}`);
    const sink = new RecordingSink();
    opened.transport.attach(sink);
    opened.transport.write('echo');
    await until(() => sink.received === 'echo');
    opened.transport.destroy();
    await until(() => sink.log.includes('closed'));
  });

  test('takes an answer after its own FIN, and does not answer the peer’s with one', async (context) => {
    const { port, sockets } = await listenTcp(context);
    const { transport } = await open(makeConnector(), target(port));
    const sink = new RecordingSink();
    transport.attach(sink);
    await until(() => sockets.length === 1);
    const [peer] = sockets;
    let heard = '';
    peer!.on('data', (bytes) => (heard += bytes.toString()));
    peer!.end('last words');
    await until(() => sink.log.includes('end'));
    assert.deepEqual(sink.log, ['data:last words', 'end']);
    transport.write('still here');
    await until(() => heard === 'still here');
    assert.equal(peer!.readableEnded, false);
    transport.end();
    await until(() => sink.log.includes('closed'));

    const second = await open(makeConnector(), target(port));
    const secondSink = new RecordingSink();
    second.transport.attach(secondSink);
    second.transport.write('question');
    second.transport.end();
    await until(() => sockets.length === 2);
    sockets[1]!.resume();
    await once(sockets[1]!, 'end');
    sockets[1]!.end('answer');
    await until(() => secondSink.log.includes('closed'));
    assert.deepEqual(secondSink.log, ['data:answer', 'end', 'closed']);
  });

  test('has no listener but those of its transport', async (context) => {
    const sockets = watchSockets(context);
    const { port } = await listenTcp(context);
    const bare = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(bare, 'connect');
    const opener = makeConnector({ lookup: names(V4_REFUSING, V4_ALIVE) });
    const { transport } = await open(opener, target(port, { host: 'perdura.test' }));
    transport.attach(new RecordingSink());
    const counts = (socket: net.Socket): Record<string, number> =>
      Object.fromEntries(socket.eventNames().map((event) => [String(event), socket.listenerCount(event)]));
    const expected = counts(bare);
    for (const event of ['data', 'end', 'drain', 'error', 'close']) expected[event] = (expected[event] ?? 0) + 1;
    const won = sockets.at(-1)!;
    assert.deepEqual(counts(won), expected);
    transport.destroy();
    bare.destroy();
  });

  test('may break before anybody listens to it', async (context) => {
    const { port, sockets } = await listenTcp(context);
    const { transport } = await open(makeConnector(), target(port));
    await until(() => sockets.length === 1);
    sockets[0]!.resetAndDestroy();
    await until(() => transport.failure !== undefined);
  });

  test('leads through a unix socket where the target names one', async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 'server.sock');
    await listenTcp(context, (socket) => socket.on('data', (bytes) => socket.write(bytes)), { path: socketPath });
    const opener = makeConnector({ lookup: () => Promise.reject(new Error('nothing to look up')) });
    const opened = await open(opener, target(80, { host: 'perdura.test', socketPath }));
    assert.equal(opened.address, '');
    assert.equal(opened.lookupMs, 0);
    assert.equal(opened.transport.remote, '');
    const sink = new RecordingSink();
    opened.transport.attach(sink);
    opened.transport.write('echo');
    await until(() => sink.received === 'echo');
    opened.transport.reset();
    await until(() => sink.log.includes('closed'));
  });
});

describe('an opening', () => {
  test('never tells its sink anything within open()', async (context) => {
    const { port } = await listenTcp(context);
    const opener = makeConnector({ lookup: names(V4_ALIVE) });
    const openings = [
      start(opener, target(port)),
      start(opener, target(port, { host: 'perdura.test' })),
      // No port at all: node:net throws.
      start(opener, target(70_000)),
      start(opener, target(80, { socketPath: '/no/such/socket' })),
    ];
    for (const { told } of openings) assert.deepEqual(told, []);
    const outcomes = await Promise.allSettled(openings.map(({ outcome }) => outcome));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'rejected'],
    );
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') outcome.value.transport.destroy();
  });

  test('measures the lookup apart from the handshake', async (context) => {
    const clock = new ManualClock();
    const { port } = await listenTcp(context);
    let answer = (_addresses: readonly ResolvedAddress[]): void => {};
    const opener = makeConnector({ clock, lookup: () => new Promise((resolve) => (answer = resolve)) });
    const started = start(opener, target(port, { host: 'perdura.test' }));
    await Promise.resolve();
    clock.advance(40);
    answer([V4_ALIVE]);
    const { lookupMs, connectMs, totalMs, address, transport } = await started.outcome;
    assert.deepEqual(
      { lookupMs, connectMs, totalMs, address },
      { lookupMs: 40, connectMs: 0, totalMs: 40, address: '127.0.0.1' },
    );
    assert.equal(clock.pendingTimers, 0);
    transport.destroy();
  });

  test('looks names up with the resolver of the machine where no other is given', async (context) => {
    const { port } = await listenTcp(context);
    const { address, transport } = await open(makeConnector(), target(port, { host: 'localhost' }));
    assert.equal(address, '127.0.0.1');
    transport.destroy();
  });
});

describe('a name with several addresses', () => {
  test('is reached by the next one at once where one refuses', async (context) => {
    const clock = new ManualClock();
    const { port } = await listenTcp(context);
    const opener = makeConnector({ clock, lookup: names(V6, V4_REFUSING, V4_ALIVE) });
    const { address, connectMs, transport } = await open(opener, target(port, { host: 'perdura.test' }));
    assert.equal(address, '127.0.0.1', 'no time passed');
    assert.equal(connectMs, 0);
    assert.equal(clock.pendingTimers, 0);
    transport.destroy();
  });

  test('is reached by the next one, of the other family, after the delay where one is silent', async (context) => {
    const sockets = watchSockets(context);
    const clock = new ManualClock();
    const live = await listenTcp(context, () => {}, { host: '::1' });
    const port = await listenSilently(context, live.port);
    sockets.length = 0;
    const opener = makeConnector({ clock, lookup: names(V4_ALIVE, V4_REFUSING, V6) });
    const started = start(opener, target(port, { host: 'perdura.test' }));
    await until(() => sockets.length === 1);
    clock.advance(249);
    assert.equal(sockets.length, 1);
    clock.advance(1);
    assert.equal(sockets.length, 2);
    const { address, connectMs, totalMs, transport } = await started.outcome;
    assert.deepEqual({ address, connectMs, totalMs }, { address: '::1', connectMs: 0, totalMs: 250 });
    assert.deepEqual(
      sockets.map(({ destroyed }) => destroyed),
      [true, false],
    );
    assert.equal(clock.pendingTimers, 0);
    transport.destroy();
  });

  test('is tried at one address alone where the answer came in time, however busy the loop was', async (context) => {
    const sockets = watchSockets(context);
    const { port } = await listenTcp(context);
    const opener = makeConnector({ attemptDelayMs: 10, lookup: names(V4_ALIVE, V6) });
    const { outcome } = start(opener, target(port, { host: 'perdura.test' }));
    // One to begin, one for the answer of the lookup, and one to spare.
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    assert.equal(sockets.length, 1);
    await staySoBusy(30);
    const { transport } = await outcome;
    assert.equal(sockets.length, 1);
    transport.destroy();
  });

  test('fails once every address has, and names all of them', async (context) => {
    const sockets = watchSockets(context);
    const { port } = await listenTcp(context);
    const opener = makeConnector({ lookup: names(V4_REFUSING, V6) });
    const error = await failure(opener, target(port, { host: 'perdura.test' }));
    assert.ok(error instanceof ConnectError);
    assert.equal(error.origin, `http://perdura.test:${port}`);
    assert.equal(
      error.message,
      `cannot connect to perdura.test:${port}: connection refused (ECONNREFUSED) at 127.0.0.3, connection refused (ECONNREFUSED) at ::1; ` +
        'nothing listens on that port: start the server, or check host and port',
    );
    assert.ok(error.cause instanceof AggregateError);
    assert.deepEqual(
      error.cause.errors.map(({ code }: NodeJS.ErrnoException) => code),
      ['ECONNREFUSED', 'ECONNREFUSED'],
    );
    assert.deepEqual(
      sockets.map(({ destroyed }) => destroyed),
      [true, true],
    );
  });

  test('that has none after all says so', async () => {
    const error = await failure(makeConnector({ lookup: names() }), target(80, { host: 'perdura.test' }));
    assert.match(error.message, /^cannot connect to perdura\.test:80: the name has no address; /);
  });
});

describe('an opening that is aborted', () => {
  test('before it began makes no socket', async (context) => {
    const sockets = watchSockets(context);
    const clock = new ManualClock();
    const { opening, told } = start(makeConnector({ clock }), target(80));
    opening.abort();
    await new Promise(setImmediate);
    assert.deepEqual([sockets.length, told.length, clock.pendingTimers], [0, 0, 0]);
  });

  test('during the lookup ignores what it says later', async (context) => {
    const sockets = watchSockets(context);
    for (const outcome of ['addresses', 'error'] as const) {
      const clock = new ManualClock();
      let settle = (): void => {};
      const lookup = (): Promise<readonly ResolvedAddress[]> =>
        new Promise((resolve, reject) => {
          settle = () => (outcome === 'error' ? reject(new Error('no such name')) : resolve([V4_ALIVE]));
        });
      const { opening, told } = start(makeConnector({ clock, lookup }), target(80, { host: 'perdura.test' }));
      await Promise.resolve();
      opening.abort();
      opening.abort();
      settle();
      await new Promise(setImmediate);
      assert.deepEqual([sockets.length, told.length, clock.pendingTimers], [0, 0, 0]);
    }
  });

  test('while addresses are tried destroys all attempts', async (context) => {
    const sockets = watchSockets(context);
    const clock = new ManualClock();
    const port = await listenSilently(context);
    sockets.length = 0;
    const lookup = names(V4_ALIVE, { address: '127.0.0.1', family: 4 }, { ...V4_ALIVE, family: 6 });
    const { opening, told } = start(makeConnector({ clock, lookup }), target(port, { host: 'perdura.test' }));
    await until(() => sockets.length === 1);
    clock.advance(250);
    assert.equal(sockets.length, 2);
    opening.abort();
    await new Promise(setImmediate);
    clock.advance(20_000);
    assert.deepEqual([sockets.length, told.length, clock.pendingTimers], [2, 0, 0]);
    for (const socket of sockets) assert.ok(socket.destroyed && socket.listenerCount('connect') === 0);
  });

  test('when it is open changes nothing', async (context) => {
    const { port } = await listenTcp(context, (socket) => socket.on('data', (bytes) => socket.write(bytes)));
    const { opening, outcome, told } = start(makeConnector(), target(port));
    const { transport } = await outcome;
    opening.abort();
    const sink = new RecordingSink();
    transport.attach(sink);
    transport.write('echo');
    await until(() => sink.received === 'echo');
    assert.deepEqual(told, ['opened']);
    transport.destroy();
  });
});

describe('an opening that takes too long', () => {
  const rejected = async (outcome: Promise<unknown>): Promise<TimeoutError> => {
    const error: unknown = await outcome.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof TimeoutError);
    assert.equal(error.phase, 'connect');
    assert.equal(error.timeoutMs, 10_000);
    return error;
  };

  test('fails while the name is looked up', async () => {
    const clock = new ManualClock();
    const opener = makeConnector({ clock, lookup: () => new Promise(() => {}) });
    const { outcome, told } = start(opener, target(80, { host: 'perdura.test' }));
    await Promise.resolve();
    clock.advance(9_999);
    assert.deepEqual(told, []);
    clock.advance(1);
    assert.equal(
      (await rejected(outcome)).message,
      'cannot connect to perdura.test:80 within 10000 ms: the name was still being looked up; ' +
        'check the network and the DNS settings of this machine, or raise timeouts.connectMs',
    );
    assert.equal(clock.pendingTimers, 0);
  });

  test('fails while addresses are tried, names all of them, and destroys them', async (context) => {
    const sockets = watchSockets(context);
    const clock = new ManualClock();
    const port = await listenSilently(context);
    sockets.length = 0;
    const opener = makeConnector({ clock, lookup: names(V4_REFUSING, V4_ALIVE) });
    const { outcome } = start(opener, target(port, { host: 'perdura.test' }));
    await until(() => sockets.length === 2);
    clock.advance(10_000);
    assert.equal(
      (await rejected(outcome)).message,
      `cannot connect to perdura.test:${port} within 10000 ms: connection refused (ECONNREFUSED) at 127.0.0.3, no answer at 127.0.0.1; ` +
        'check host and port, and that no firewall swallows the packets, or raise timeouts.connectMs',
    );
    assert.ok(sockets.every(({ destroyed }) => destroyed));
    assert.equal(clock.pendingTimers, 0);
  });

  test('has no deadline with Infinity', async () => {
    const clock = new ManualClock();
    const opener = makeConnector({ clock, connectTimeoutMs: Infinity, lookup: () => new Promise(() => {}) });
    const { opening } = start(opener, target(80, { host: 'perdura.test' }));
    assert.equal(clock.pendingTimers, 0);
    opening.abort();
  });

  test('is not held against an answer that came in time, however busy the loop was', async (context) => {
    const { port } = await listenTcp(context);
    const started = start(makeConnector({ connectTimeoutMs: 10 }), target(port));
    const connecting = watchSockets(context);
    await Promise.resolve();
    assert.equal(connecting.length, 1);
    await staySoBusy(30);
    const { transport } = await started.outcome;
    transport.destroy();
  });
});

describe('resolving a name', () => {
  test('asks each time, and names every address once', async () => {
    const answers = [[V4_ALIVE, V6, V4_ALIVE], [V6]];
    const opener = makeConnector({ lookup: () => Promise.resolve(answers.shift() ?? []) });
    assert.deepEqual(await opener.resolve('perdura.test'), ['127.0.0.1', '::1']);
    assert.deepEqual(await opener.resolve('perdura.test'), ['::1']);
  });

  test('that is an address resolves to itself', async () => {
    const opener = makeConnector({ lookup: () => Promise.reject(new Error('nothing to look up')) });
    assert.deepEqual(await opener.resolve('192.0.2.1'), ['192.0.2.1']);
    assert.deepEqual(await opener.resolve('2001:db8::1'), ['2001:db8::1']);
  });

  test('that does not resolve rejects and says so', async () => {
    // RFC 6761: .invalid never resolves.
    await assert.rejects(makeConnector().resolve('no-such-host.invalid'), (error) => {
      assert.ok(error instanceof PerduraError);
      assert.equal(error.code, 'ERR_PERDURA_CONNECT');
      assert.match(error.message, /^cannot look up no-such-host\.invalid: .+ \((?:ENOTFOUND|EAI_AGAIN)\); /);
      return true;
    });
  });
});
