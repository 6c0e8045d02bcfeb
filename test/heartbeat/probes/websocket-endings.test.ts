// What becomes of a signal whose WebSocket ends: closed in good order, with a wish for calm, refused, or not read by whoever has it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { ConnectError, PerduraError } from '#src/errors.js';
import { webSocketProbe } from '#src/heartbeat/index.js';
import { eventually } from '../../server/http2/served.ts';
import { TurningClock } from '../../server/http2/turning-clock.ts';
import { RecordingProbeSink } from './recording-probe-sink.ts';
import { beat, listen, next } from './websocket-server.ts';

const NEVER = new AbortController().signal;

describe('a WebSocket that is closed while a signal is under way', { timeout: 30_000 }, () => {
  for (const code of [1000, 1001, 1012, 4000]) {
    test(`with ${code} is opened anew for the same signal`, async (t) => {
      const { url, library } = await listen(t, { autoPong: false });
      library.on('connection', (socket) => {
        socket.once('ping', (first) => {
          socket.pong(first);
          socket.once('ping', () => socket.close(code, 'bye'));
        });
      });
      const heartbeat = beat(t, url, { tolerance: 1, intervalMs: 5 });
      const told: string[] = [];
      for (const type of ['missed', 'down', 'calmed'] as const) heartbeat.on(type, () => void told.push(type));
      for (let count = 0; count < 4; count += 1) assert.equal((await next(heartbeat, 'ack')).connection, 'new');
      assert.deepEqual(told, []);
    });
  }

  test('as soon as it was opened is missed, with the code: that is a refusal', async (t) => {
    const { url, library } = await listen(t, { autoPong: false });
    let connections = 0;
    library.on('connection', (socket) => {
      connections += 1;
      socket.close(1011, 'no database');
    });
    const probe = webSocketProbe(url);
    await assert.rejects(probe.send(NEVER), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.message, "the WebSocket was closed with 1011, internal error: 'no database'");
      assert.equal(error.origin, url.slice(0, -1));
      return true;
    });
    assert.equal(connections, 1);
  });

  test('is opened anew once: a peer that closes the new one, too, is missed', async (t) => {
    const { url, library } = await listen(t, { autoPong: false });
    let connections = 0;
    library.on('connection', (socket) => {
      connections += 1;
      let pongs = connections === 1 ? 1 : 0;
      socket.on('ping', (data) => {
        if (pongs === 0) return socket.close(1001);
        pongs -= 1;
        socket.pong(data);
      });
    });
    const probe = webSocketProbe(url);
    assert.equal((await probe.send(NEVER))?.connection, 'new');
    await assert.rejects(probe.send(NEVER), { message: 'the WebSocket was closed with 1001, going away' });
    assert.equal(connections, 2);
  });

  test('without a close frame is missed, with what is known', async (t) => {
    const { url, library } = await listen(t, { autoPong: false });
    library.on('connection', (socket) => {
      socket.once('ping', (first) => {
        socket.pong(first);
        socket.once('ping', () => socket.terminate());
      });
    });
    const probe = webSocketProbe(url);
    await probe.send(NEVER);
    await assert.rejects(probe.send(NEVER), (error) => {
      assert.ok(error instanceof PerduraError && error.code === 'ERR_PERDURA_CONNECTION_LOST');
      return error.message.startsWith('the WebSocket ended without a close frame (1006)');
    });
  });

  for (const code of [1008, 1013]) {
    test(`with ${code} lives and asks for calm: it is acknowledged, told once, and not opened at once`, async (t) => {
      const { url, library } = await listen(t, { autoPong: false });
      let connections = 0;
      library.on('connection', (socket) => {
        connections += 1;
        socket.once('ping', (first) => {
          socket.pong(first);
          socket.once('ping', () => socket.close(code));
        });
      });
      const heartbeat = beat(t, url, { tolerance: 1, intervalMs: 20_000 });
      const calmed: number[] = [];
      heartbeat.on('calmed', ({ intervalMs }) => void calmed.push(intervalMs));
      await next(heartbeat, 'ack');
      heartbeat.beatNow();
      const { detail, rttMs } = await next(heartbeat, 'ack');
      assert.match(detail!, new RegExp(`^the WebSocket was closed with ${code}, `));
      assert.equal(rttMs, undefined);
      assert.deepEqual(calmed, [40_000]);
      assert.ok(heartbeat.stats().nextInMs! > 30_000);
      assert.equal(heartbeat.stats().missedInAll, 0);
      assert.equal(connections, 1);
    });
  }
});

describe('a WebSocket that is closed right after the handshake', { timeout: 30_000 }, () => {
  for (const [code, words, isCalming] of [
    [1008, 'policy violation', false],
    [1013, 'try again later', true],
  ] as const) {
    test(`with ${code} is refused${isCalming ? ', and asks for calm' : ', which fewer signals would not mend'}`, async (t) => {
      // The close frame comes with the answer to the handshake, behind it, or with the ping.
      for (const when of ['at once', 'later', 'on ping'] as const) {
        const { url, library } = await listen(t, { autoPong: false });
        library.on('connection', (socket) => {
          const close = (): void => socket.close(code, 'token');
          if (when === 'at once') close();
          else if (when === 'later') setImmediate(close);
          else socket.once('ping', close);
        });
        const probe = webSocketProbe(url);
        const sink = new RecordingProbeSink();
        probe.attach!(sink);
        const text = `the WebSocket was closed with ${code}, ${words}: 'token'`;
        await assert.rejects(probe.send(NEVER), (error) => error instanceof ConnectError && error.message === text);
        assert.deepEqual(
          sink.log.filter((line) => line.startsWith('calm')),
          isCalming ? [`calm: ${text}`] : [],
          when,
        );
      }
    });
  }
});

test(
  'a WebSocket that closes when the next signal is due is waited for, and then opened anew',
  { timeout: 30_000 },
  async (t) => {
    const { url, library } = await listen(t);
    // Its end of the connection stays open until the test lets go.
    const front = net.createServer({ allowHalfOpen: true }, (near) => {
      const far = net.connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
      near.pipe(far);
      far.on('data', (chunk) => near.write(chunk));
      far.on('end', () => void release.then(() => near.end()));
      for (const socket of [near, far]) socket.on('error', () => {});
      t.after(() => [near, far].map((socket) => socket.destroy()));
    });
    let letGo = (): void => {};
    const release = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    front.listen(0, '127.0.0.1');
    t.after(() => front.close());
    await once(front, 'listening');
    const probe = webSocketProbe(`ws://127.0.0.1:${(front.address() as AddressInfo).port}/`);
    t.after(() => probe.close?.());
    await probe.send(NEVER);
    const [first] = library.clients;
    first!.close(1001);
    await once(first!, 'close');
    const second = probe.send(NEVER);
    const unheardMs = probe.unheardMs!;
    await eventually(() => probe.unheardMs! > unheardMs);
    assert.equal(library.clients.size, 0);
    letGo();
    assert.equal((await second)?.connection, 'new');
    assert.equal(library.clients.size, 1);
  },
);

describe('a WebSocket that the application does not read', { timeout: 30_000 }, () => {
  test('is held nothing against, in either role, and asked when it is read', async (t) => {
    const { pair } = await listen(t);
    const sockets = await pair();
    for (const socket of sockets) {
      const clock = new TurningClock();
      const heartbeat = beat(t, socket, { clock, timeoutMs: 1_000, intervalMs: 5_000, tolerance: 1 }, { clock });
      const missed: unknown[] = [];
      heartbeat.on('missed', (event) => void missed.push(event));
      const pass = async (ms: number): Promise<void> => {
        clock.advance(ms);
        for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      };
      clock.advance(1);
      await next(heartbeat, 'ack');
      // With a signal under way,
      clock.advance(5_000);
      socket.pause();
      for (let count = 0; count < 100; count += 1) await pass(500);
      assert.equal(heartbeat.state, 'awaitingAck');
      socket.resume();
      assert.equal((await next(heartbeat, 'ack')).rttMs, undefined);
      // and before one is due.
      socket.pause();
      for (let count = 0; count < 100; count += 1) await pass(500);
      assert.equal(heartbeat.state, 'suspended');
      socket.resume();
      assert.equal((await next(heartbeat, 'ack')).connection, 'kept');
      assert.deepEqual(missed, []);
      assert.equal(socket.readyState, WebSocket.OPEN);
      heartbeat.stop();
    }
  });
});

test(
  'a signal on a WebSocket of yours that closes is missed with code and reason, as every one behind it',
  { timeout: 30_000 },
  async (t) => {
    const { pair } = await listen(t, { autoPong: false });
    const [client, server] = await pair();
    const probe = webSocketProbe(server);
    server.on('ping', () => {});
    const sent = probe.send(NEVER);
    client.close(1001, 'restart');
    const told = {
      code: 'ERR_PERDURA_CONNECTION_LOST',
      message: "the WebSocket was closed with 1001, going away: 'restart'",
    };
    await assert.rejects(sent, told);
    await assert.rejects(probe.send(NEVER), told);
    await assert.rejects(webSocketProbe(server).send(NEVER), { ...told, message: 'the WebSocket is closed' });
  },
);

describe('messages of a peer to a client that the probe opened', { timeout: 30_000 }, () => {
  for (const [options, maxBytes] of [
    [{}, 1_048_576],
    [{ maxMessageBytes: 1_000 }, 1_000],
    // Options of TLS are no way around it.
    [{ maxMessageBytes: 1_000, tls: { maxPayload: 0 } }, 1_000],
  ] as const) {
    test(`may have ${maxBytes} bytes and no more with ${JSON.stringify(options)}`, async (t) => {
      const { url, library } = await listen(t);
      const probe = webSocketProbe(url, options);
      t.after(() => probe.close?.());
      const sink = new RecordingProbeSink();
      probe.attach!(sink);
      for (let count = 0; count < 2; count += 1) await probe.send(NEVER);
      const [socket] = library.clients;
      socket!.send(Buffer.alloc(maxBytes));
      assert.notEqual((await probe.send(NEVER))?.connection, 'new');
      const closed = once(socket!, 'close') as Promise<[number]>;
      socket!.send(Buffer.alloc(maxBytes + 1));
      await sink.told('lost');
      assert.match(
        sink.log.at(-1)!,
        new RegExp(`: the peer sent a message of more than maxMessageBytes, ${maxBytes}$`),
      );
      assert.equal((await closed)[0], 1009);
      assert.equal((await probe.send(NEVER))?.connection, 'new');
    });
  }

  test('may have any length where that is wanted', async (t) => {
    const { url, library } = await listen(t);
    const probe = webSocketProbe(url, { maxMessageBytes: Infinity });
    t.after(() => probe.close?.());
    await probe.send(NEVER);
    for (const socket of library.clients) socket.send(Buffer.alloc(5_000_000));
    assert.notEqual((await probe.send(NEVER))?.connection, 'new');
  });
});
