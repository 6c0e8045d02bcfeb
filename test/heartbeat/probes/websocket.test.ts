// Pings by WebSocket to real servers and clients of `ws`, in both roles.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { ConnectError, OptionError } from '#src/errors.js';
import { Heartbeat, probeFor, webSocketProbe } from '#src/heartbeat/index.js';
import type { HeartbeatEvent } from '#src/heartbeat/index.js';
import { describeWebSocketEnd } from '#src/heartbeat/probes/websocket/websocket-close.js';
import { eventually } from '../../server/http2/served.ts';
import { TurningClock } from '../../server/http2/turning-clock.ts';
import { PeerProcess } from '../peer-process.ts';
import { describeStopAndKill } from '../stop-and-kill.ts';
import { beat, listen, next } from './websocket-server.ts';

const SERVER = `
  const { WebSocketServer } = require('ws');
  new WebSocketServer({ port: Number(process.argv[1]), host: '127.0.0.1' }).on('connection', (socket) => socket.on('error', () => {}));
`;

describeStopAndKill({
  name: 'a WebSocket server',
  start: (port) => new PeerProcess(process.execPath, ['-e', SERVER, String(port)]).untilListening(port),
  probe: (port) => webSocketProbe(`ws://127.0.0.1:${port}/`),
});

describe('a client that the probe opens', { timeout: 30_000 }, () => {
  test('is kept from signal to signal, and its pings have payloads of their own', async (t) => {
    const { url, library } = await listen(t);
    const payloads: string[] = [];
    library.on('connection', (socket) => socket.on('ping', (data) => void payloads.push(String(data))));
    const heartbeat = beat(t, url);
    const connections = [];
    for (let count = 0; count < 4; count += 1) connections.push((await next(heartbeat, 'ack')).connection);
    assert.deepEqual(connections, ['new', 'kept', 'kept', 'kept']);
    assert.equal(library.clients.size, 1);
    assert.equal(new Set(payloads).size, payloads.length);
    const { rtt } = heartbeat.stats();
    assert.ok(rtt.lastMs !== undefined && rtt.lastMs < 1_000);
    const [socket] = library.clients;
    const closed = once(socket!, 'close');
    heartbeat.stop();
    assert.equal((await closed)[0], 1000);
  });

  test('brings fields, subprotocols and the user of its URL, which nobody is told', async (t) => {
    const { url, library } = await listen(t, { handleProtocols: (offered) => [...offered].at(-1)! });
    const connected = once(library, 'connection') as Promise<[WebSocket, IncomingMessage]>;
    const secret = url.replace('//', '//user:secret@').concat('chat?token=secret');
    const heartbeat = beat(t, secret, {}, { headers: { cookie: 'a=1' }, protocols: ['one', 'two'] });
    const { target } = await next(heartbeat, 'ack');
    const [socket, request] = await connected;
    assert.equal(socket.protocol, 'two');
    assert.equal(request.headers.cookie, 'a=1');
    assert.equal(request.headers.authorization, `Basic ${Buffer.from('user:secret').toString('base64')}`);
    assert.equal(request.url, '/chat?token=secret');
    assert.equal(target, `${url}chat`);
  });

  test('speaks TLS with the options of node:tls, and says why where it cannot', async (t) => {
    const { url } = await listen(t, {}, true);
    const tls = { rejectUnauthorized: false };
    const trusting = beat(t, url, {}, { tls });
    assert.equal((await next(trusting, 'ack')).connection, 'new');
    const distrusting = beat(t, url, { tolerance: 1 });
    const { error, reason } = await next(distrusting, 'down');
    assert.ok(error instanceof ConnectError);
    assert.match(reason!, /certificate/);
  });

  for (const [status, calms] of [
    ['403 Forbidden', false],
    ['429 Too Many Requests', true],
  ] as const) {
    test(`tells that its handshake was answered ${status}${calms ? ', which asks for fewer signals' : ''}`, async (t) => {
      const code = Number.parseInt(status, 10);
      const { url } = await listen(t, { verifyClient: (_info, answer) => answer(false, code) });
      const heartbeat = beat(t, url, { tolerance: 1 });
      const calmed: string[] = [];
      heartbeat.on('calmed', ({ reason }) => void calmed.push(reason!));
      const { reason, error } = await next(heartbeat, 'down');
      assert.equal(reason, `the handshake was answered ${status}`);
      assert.ok(error instanceof ConnectError && error.status === code);
      assert.deepEqual(calmed, calms ? [reason] : []);
    });
  }

  test('shows what was said beside the status of its handshake without anything that a terminal would act upon', async (t) => {
    const { url, server } = await listen(t);
    server.prependListener('upgrade', (_request, socket) => {
      socket.end(Buffer.from('HTTP/1.1 403 \u009B2JNo\r\nContent-Length: 0\r\n\r\n', 'latin1'));
    });
    const probe = webSocketProbe(url);
    await assert.rejects(probe.send(new AbortController().signal), {
      message: 'the handshake was answered 403 \\x9b2JNo',
    });
  });

  test('is opened anew at once where it ended without a close frame, and after the interval where it was closed', async (t) => {
    const { url, library } = await listen(t);
    const heartbeat = beat(t, url, { intervalMs: 60_000 });
    await next(heartbeat, 'ack');
    heartbeat.beatNow();
    await next(heartbeat, 'ack');
    for (const socket of library.clients) socket.terminate();
    assert.equal((await next(heartbeat, 'ack')).connection, 'new');
    const [socket] = library.clients;
    socket!.close(1001, 'bye');
    await once(socket!, 'close');
    await new Promise(setImmediate);
    assert.ok(heartbeat.stats().nextInMs! > 40_000);
    heartbeat.beatNow();
    assert.equal((await next(heartbeat, 'ack')).connection, 'new');
    assert.equal(heartbeat.stats().missedInAll, 0);
  });

  test('that the server cuts off after one pong is not opened without a pause', async (t) => {
    const { url, library } = await listen(t, { autoPong: false });
    library.on('connection', (socket) =>
      socket.on('ping', (data) => socket.pong(data, false, () => socket.terminate())),
    );
    const heartbeat = beat(t, url, { intervalMs: 400, jitter: 0 });
    await next(heartbeat, 'ack');
    const startMs = performance.now();
    assert.equal((await next(heartbeat, 'ack')).connection, 'new');
    assert.ok(performance.now() - startMs > 300);
  });

  for (const code of [1008, 1013]) {
    test(`takes a close with ${code} for a wish for fewer signals`, async (t) => {
      const { url, library } = await listen(t);
      const heartbeat = beat(t, url, { intervalMs: 40_000 });
      await next(heartbeat, 'ack');
      const calmed = next(heartbeat, 'calmed');
      for (const socket of library.clients) socket.close(code, 'slower\u001B[2J');
      const { reason, intervalMs } = await calmed;
      assert.equal(intervalMs, 80_000);
      assert.match(reason!, new RegExp(`^the WebSocket was closed with ${code}, .*: 'slower\\\\x1b\\[2J'$`));
    });
  }

  test('that gets no pong is given up, so that a path which has forgotten it is found again by the next signal', async (t) => {
    const { url, library } = await listen(t, { autoPong: false });
    const heartbeat = beat(t, url, { timeoutMs: 100, tolerance: 5 });
    const connected = once(library, 'connection') as Promise<[WebSocket]>;
    await next(heartbeat, 'missed');
    const [silent] = await connected;
    if (silent.readyState !== WebSocket.CLOSED) await once(silent, 'close');
    library.on('connection', (socket) => socket.on('ping', (data) => socket.pong(data)));
    assert.equal((await next(heartbeat, 'ack')).connection, 'new');
  });

  test('that says other things instead is kept, and a pong that comes late harms nobody', async (t) => {
    const { url, library } = await listen(t, { autoPong: false });
    let pings = 0;
    library.on('connection', (socket) => {
      const late: Buffer[] = [];
      socket.on('ping', (data) => {
        pings += 1;
        late.push(data);
        socket.send('I am still here');
        // Each time the pong of the ping before.
        if (pings > 1) for (const payload of late.slice(0, pings > 3 ? undefined : -1)) socket.pong(payload);
      });
    });
    const heartbeat = beat(t, url, { timeoutMs: 100, tolerance: 50 });
    const { connection } = await next(heartbeat, 'ack');
    assert.equal(connection, 'kept');
    assert.equal(library.clients.size, 1);
    assert.ok(heartbeat.stats().missedInAll >= 3);
    assert.equal(heartbeat.state, 'scheduled');
  });
});

describe('a WebSocket that the probe is given', { timeout: 30_000 }, () => {
  test('is pinged in either role, is never ended, and carries what it carries besides', async (t) => {
    const { pair } = await listen(t);
    const sockets = await pair();
    for (const socket of sockets) {
      const heartbeat = beat(t, socket);
      await next(heartbeat, 'ack');
      assert.equal((await next(heartbeat, 'ack')).connection, 'kept');
      heartbeat.stop();
      assert.deepEqual(
        ['message', 'ping', 'pong'].map((event) => socket.listenerCount(event)),
        [0, 0, 0],
      );
    }
    const [client, server] = sockets;
    const heard = once(client, 'message');
    server.send('hello');
    assert.equal(String((await heard)[0]), 'hello');
  });

  test('may still be opening', async (t) => {
    const { url } = await listen(t);
    const socket = new WebSocket(url);
    t.after(() => socket.terminate());
    assert.equal((await next(beat(t, socket), 'ack')).missed, 0);
  });

  test('serves two peers in both directions, each of which also takes the pings of the other for signs of life', async (t) => {
    const { pair } = await listen(t);
    const [client, server] = await pair();
    const far = beat(t, server, { intervalMs: 5_000, jitter: 0 });
    await next(far, 'ack');
    const near = beat(t, client, { intervalMs: 20, jitter: 0 });
    let dueInMs = 0;
    for (let count = 0; count < 5; count += 1) {
      await next(near, 'ack');
      dueInMs = far.stats().nextInMs!;
    }
    // It has just heard a ping.
    assert.ok(dueInMs > 4_900, `${dueInMs}`);
    assert.equal(far.stats().sent, 1);
    assert.equal(near.stats().missedInAll, 0);
    near.stop();
    far.beatNow();
    assert.equal((await next(far, 'ack')).connection, 'kept');
  });

  test('postpones the signal with every message', async (t) => {
    const { pair } = await listen(t);
    const [client, server] = await pair();
    const clock = new TurningClock();
    const heartbeat = beat(t, server, { clock, intervalMs: 1_000, jitter: 0, initialDelayMs: 1_000 }, { clock });
    for (let count = 0; count < 10; count += 1) {
      clock.advance(900);
      assert.equal(heartbeat.stats().nextInMs, 100);
      client.send('busy');
      await eventually(() => heartbeat.stats().nextInMs === 1_000);
    }
    assert.equal(heartbeat.stats().sent, 0);
    clock.advance(1_000);
    await next(heartbeat, 'ack');
  });

  test('postpones the signal with every part of a message', async (t) => {
    const { pair } = await listen(t);
    const [client, server] = await pair();
    const clock = new TurningClock();
    const heartbeat = beat(t, server, { clock, intervalMs: 1_000, jitter: 0, initialDelayMs: 1_000 }, { clock });
    for (let count = 0; count < 10; count += 1) {
      clock.advance(900);
      client.send('part', { fin: count === 9 });
      await eventually(() => heartbeat.stats().nextInMs === 1_000);
    }
    assert.equal(heartbeat.stats().sent, 0);
  });

  test('that is closed is told of in words', async (t) => {
    const { pair } = await listen(t);
    const [client, server] = await pair();
    const heartbeat = beat(t, server, { timeoutMs: 30 });
    await next(heartbeat, 'ack');
    client.close(4_321, 'had enough');
    const { reason } = await next(heartbeat, 'down');
    assert.equal(reason, "the WebSocket was closed with 4321: 'had enough'");
    assert.equal((await next(beat(t, server, { timeoutMs: 30 }), 'missed')).reason, 'the WebSocket is closed');
  });

  test('of a peer that does not read holds signals back, and goes on when it reads', async (t) => {
    const { pair } = await listen(t);
    const [client, server] = await pair();
    client.pause();
    const clock = new TurningClock();
    const heartbeat = beat(t, server, { clock, timeoutMs: 1_000, initialDelayMs: 1_000, tolerance: 1 }, { clock });
    const missed: HeartbeatEvent[] = [];
    heartbeat.on('missed', (event) => void missed.push(event));
    for (let count = 0; count < 40; count += 1) server.send(Buffer.alloc(1_000_000));
    clock.advance(1_000);
    await eventually(() => heartbeat.state === 'suspended');
    // Longer than the time an acknowledgement may take.
    for (let count = 0; count < 30; count += 1) await pass(clock, 1_000);
    assert.ok(server.bufferedAmount > 0);
    assert.deepEqual(missed, []);
    client.resume();
    await next(heartbeat, 'ack');
    assert.deepEqual(missed, []);
  });

  test('of a peer that takes nothing for stalledMs is missed, and says why', async (t) => {
    const { pair } = await listen(t);
    const [client, server] = await pair();
    client.pause();
    for (let count = 0; count < 40; count += 1) server.send(Buffer.alloc(1_000_000));
    const clock = new TurningClock();
    const heartbeat = beat(t, server, { clock, timeoutMs: 1_000 }, { clock, stalledMs: 30_000 });
    const reasons: string[] = [];
    heartbeat.on('missed', ({ reason }) => void reasons.push(reason!));
    await pass(clock, 1);
    await eventually(() => heartbeat.state === 'suspended');
    while (reasons.length === 0) await pass(clock, 1_000);
    assert.deepEqual(reasons, ['the peer has taken nothing for 30 s of what waits for it']);
    assert.ok(clock.nowMs() >= 30_000);
  });
});

/** Lets time pass, with what follows from it. */
async function pass(clock: TurningClock, ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

const CLIENT = `
  const { WebSocket } = require('ws');
  const socket = new WebSocket(process.argv[1]);
  socket.on('error', () => {});
`;

for (const how of ['stop', 'kill'] as const) {
  test(
    `a client that is ${how === 'stop' ? 'stopped' : 'killed'} is told of to the server's side in time`,
    { timeout: 30_000 },
    async (t) => {
      const { url, library } = await listen(t);
      const connected = once(library, 'connection') as Promise<[WebSocket]>;
      const peer = new PeerProcess(process.execPath, ['-e', CLIENT, url]);
      t.after(() => peer.kill());
      const [socket] = await connected;
      const heartbeat = beat(t, socket, { intervalMs: 300, timeoutMs: 250, tolerance: 2 });
      for (let count = 0; count < 3; count += 1) await next(heartbeat, 'ack');
      const startMs = performance.now();
      const down = next(heartbeat, 'down');
      if (how === 'stop') peer.stop();
      else void peer.kill();
      const { reason } = await down;
      const tookMs = performance.now() - startMs;
      t.diagnostic(`down told after ${tookMs.toFixed(0)} ms: ${reason}`);
      assert.ok(tookMs <= 300 + 2 * 250 + 100, `${tookMs}`);
      // The socket is its owner's, who may end it now.
      assert.equal(socket.readyState, how === 'stop' ? WebSocket.OPEN : WebSocket.CLOSED);
      socket.terminate();
    },
  );
}

test('ends of WebSockets are told in words', () => {
  for (const [code, reason, text] of [
    [1000, '', 'the WebSocket was closed with 1000, normal closure'],
    [1001, 'bye', "the WebSocket was closed with 1001, going away: 'bye'"],
    [1005, '', 'the WebSocket was closed without a code'],
    [1006, '', 'the WebSocket ended without a close frame (1006): broken'],
    [1012, '', 'the WebSocket was closed with 1012, service restart'],
    [3008, '', 'the WebSocket was closed with 3008, timeout'],
    [4000, 'a\nbé\u009B\u202E', "the WebSocket was closed with 4000: 'a\\nbé\\x9b\\u{202e}'"],
  ] as const) {
    const end = describeWebSocketEnd(code, reason, { isProven: true, failure: new Error('broken') });
    assert.equal(end.text, text);
    assert.equal(end.isLost, code === 1006);
    assert.equal(end.isCalming, false);
  }
});

describe('options of a WebSocket probe', () => {
  for (const [what, make, option] of [
    ['no URL', () => webSocketProbe('nonsense'), 'target'],
    ['another scheme', () => webSocketProbe('http://user:secret@127.0.0.1/'), 'target'],
    ['a fragment', () => webSocketProbe('ws://127.0.0.1/#a'), 'target'],
    ['no socket', () => webSocketProbe({} as never), 'target'],
    ['a misspelt name', () => webSocketProbe('ws://a/', { header: {} } as never), 'header'],
    ['no list', () => webSocketProbe('ws://a/', { protocols: 'one' as never }), 'protocols'],
    ['no token', () => webSocketProbe('ws://a/', { protocols: ['a b'] }), 'protocols'],
    ['the same twice', () => webSocketProbe('ws://a/', { protocols: ['a', 'a'] }), 'protocols'],
    ['no length', () => webSocketProbe('ws://a/', { maxMessageBytes: 0 }), 'maxMessageBytes'],
    ['no time', () => webSocketProbe('ws://a/', { stalledMs: 0 }), 'stalledMs'],
  ] as const) {
    test(`${what} is refused by name, and without secrets`, () => {
      assert.throws(
        make,
        (error) => error instanceof OptionError && error.option === option && !error.message.includes('secret'),
      );
    });
  }
});

test('a target of ws: is asked with the fields that were given', { timeout: 30_000 }, async (t) => {
  const { url, library } = await listen(t);
  const connected = once(library, 'connection') as Promise<[WebSocket, IncomingMessage]>;
  const heartbeat = new Heartbeat({ probe: probeFor(url, { headers: { 'x-a': '1' } }) });
  t.after(() => heartbeat.stop());
  heartbeat.start();
  assert.equal((await next(heartbeat, 'ack')).target, url);
  assert.equal((await connected)[1].headers['x-a'], '1');
});

test(
  'a client that the probe opened does not keep the process alive, nor does its end',
  { timeout: 30_000 },
  async (t) => {
    const { url, library } = await listen(t);
    const program = `
    const { Heartbeat, webSocketProbe } = await import('#src/heartbeat/index.js');
    const heartbeat = new Heartbeat({ probe: webSocketProbe(process.argv[1]), holdsProcess: false });
    const held = setInterval(() => {}, 1_000);
    heartbeat.on('ack', () => {
      console.log('ack');
      clearInterval(held);
    });
    heartbeat.start();
  `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, url]);
    t.after(() => child.kill());
    const connected = once(library, 'connection');
    await once(child.stdout, 'data');
    await connected;
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
  },
);

test('the library is not loaded until a client is opened', () => {
  const program = `
    const { createRequire } = await import('node:module');
    const { webSocketProbe } = await import('#src/heartbeat/index.js');
    const probe = webSocketProbe('ws://127.0.0.1:1/');
    const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/ws/lib/'));
    const before = isLoaded();
    await probe.send(AbortSignal.timeout(5000)).catch(() => {});
    console.log(before, isLoaded());
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  assert.equal(output.trim(), 'false true');
});
