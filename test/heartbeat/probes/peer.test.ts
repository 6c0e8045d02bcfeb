// Signals between two peers on one connection: in memory, where every interleaving is the test's choice, and on real sockets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Heartbeat } from '#src/heartbeat/index.js';
import type { HeartbeatOptions } from '#src/heartbeat/index.js';
import { peerProbe, PeerSignals, peerSignals } from '#src/heartbeat/probes/peer/peer.js';
import type { Transport } from '#src/io/transport.js';
import { ManualClock, transportPair } from '#src/testing/index.js';
import type { TransportPair } from '#src/testing/index.js';
import { NetTransport } from '../../support/net-transport.ts';
import { RecordingSink } from '../../support/recording-sink.ts';

const NEVER = new AbortController().signal;

/** What becomes of a promise, once promises had their turn. */
interface Outcome {
  state: string;
}

function watch(promise: Promise<unknown>): Outcome {
  const outcome: Outcome = { state: 'open' };
  promise.then(
    () => (outcome.state = 'acknowledged'),
    (error: Error) => (outcome.state = error.message),
  );
  return outcome;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

/** What a sink is told. */
function noted(signals: PeerSignals): string[] {
  const log: string[] = [];
  signals.attach({
    onReceived: () => log.push('received'),
    onSent: () => log.push('sent'),
    onLost: (reason) => log.push(`lost: ${reason}`),
    onCalm: () => log.push('calm'),
    onBlocked: () => log.push('blocked'),
  });
  return log;
}

function pairOfSignals(): { pair: TransportPair; one: PeerSignals; other: PeerSignals } {
  const pair = transportPair();
  return { pair, one: peerSignals(pair[0]), other: peerSignals(pair[1]) };
}

describe('peerSignals', () => {
  test('who asks is answered, and the other side is told of a sign of life', async () => {
    const { pair, one, other } = pairOfSignals();
    const logs = [noted(one), noted(other)];
    const outcome = watch(one.send(NEVER));
    pair.deliver(pair[1]);
    await settle();
    assert.equal(outcome.state, 'open');
    assert.equal(pair.deliverAll(), 1);
    await settle();
    assert.equal(outcome.state, 'acknowledged');
    assert.deepEqual(logs, [[], ['sent', 'received']]);
    assert.equal(one.target, 'peer 127.0.0.1:8080');
  });

  test('is ENQ and ACK on the wire, one byte each', () => {
    const pair = transportPair();
    const wire = new RecordingSink();
    pair[1].attach(wire);
    const one = peerSignals(pair[0]);
    void one.send(NEVER);
    pair[1].write('\x06\x05\x05');
    pair.deliverAll();
    assert.equal(wire.received, '\x05\x06\x06');
  });

  test('signals that cross are both answered', async () => {
    const { pair, one, other } = pairOfSignals();
    const outcomes = [watch(one.send(NEVER)), watch(other.send(NEVER))];
    assert.equal(pair.deliverAll(), 4);
    await settle();
    assert.deepEqual(outcomes, [{ state: 'acknowledged' }, { state: 'acknowledged' }]);
  });

  test('an answer that comes too late is a sign of life, and not the answer to the next signal', async () => {
    const { pair, one } = pairOfSignals();
    const log = noted(one);
    const deadline = new AbortController();
    const late = watch(one.send(deadline.signal));
    pair.deliver(pair[1]);
    deadline.abort();
    const next = watch(one.send(NEVER));
    pair.deliver(pair[0]);
    await settle();
    assert.deepEqual([late.state, next.state, log], ['the signal was given up', 'open', ['received']]);
    pair.deliverAll();
    await settle();
    assert.deepEqual([next.state, log], ['acknowledged', ['received']]);
  });

  test('whatever the interleaving, each signal that is not given up is acknowledged, and no other', async () => {
    const step = fc.record({
      end: fc.constantFrom<0 | 1>(0, 1),
      do: fc.constantFrom('ask', 'give up', 'deliver', 'deliver'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { pair, one, other } = pairOfSignals();
        const ends = [one, other] as const;
        const asked: { readonly outcome: Outcome; readonly deadline: AbortController; isGivenUp: boolean }[] = [];
        for (const { end, do: action } of steps) {
          if (action === 'ask') {
            const deadline = new AbortController();
            asked.push({ outcome: watch(ends[end].send(deadline.signal)), deadline, isGivenUp: false });
          } else if (action === 'deliver') pair.deliver(pair[end]);
          else {
            await settle();
            const open = asked.find(({ outcome }) => outcome.state === 'open');
            if (open === undefined) continue;
            open.isGivenUp = true;
            open.deadline.abort();
          }
        }
        pair.deliverAll();
        await settle();
        for (const { outcome, isGivenUp } of asked) {
          assert.equal(outcome.state, isGivenUp ? 'the signal was given up' : 'acknowledged');
        }
        assert.deepEqual([one.isEnded, other.isEnded], [false, false]);
      }),
      { numRuns: 200 },
    );
  });

  for (const [bytes, what] of [
    ['A', 'sent the byte 0x41, which is no signal'],
    ['\x05\0', 'sent the byte 0x00, which is no signal'],
    ['\x06\x06', 'answered a signal that was never sent'],
  ] as const) {
    test(`${JSON.stringify(bytes)} ends it: the peer ${what}`, async () => {
      const pair = transportPair();
      const one = peerSignals(pair[0], { target: 'worker 7' });
      const log = noted(one);
      const wire = new RecordingSink();
      pair[1].attach(wire);
      const outcome = watch(one.send(NEVER));
      pair[1].write(bytes);
      pair.deliver(pair[0]);
      await settle();
      const message = `worker 7 ${what}: it must speak the protocol of peerSignals`;
      if (bytes.startsWith('\x06')) assert.equal(outcome.state, 'acknowledged');
      else assert.equal(outcome.state, message);
      assert.deepEqual(log, [`lost: ${message}`]);
      assert.equal((await one.ended)?.message, message);
      await assert.rejects(one.send(NEVER), { message, code: 'ERR_PERDURA_PROTOCOL' });
      pair.deliverAll();
      assert.match(wire.log.at(-1) ?? '', /^(?:end|closed)/);
    });
  }

  test('what the peer closes is over in both directions, and nobody has broken it', async () => {
    const { pair, one, other } = pairOfSignals();
    const log = noted(other);
    const outcome = watch(other.send(NEVER));
    one.close();
    pair.deliverAll();
    await settle();
    assert.equal(outcome.state, 'peer 127.0.0.1:50000 has closed the connection');
    assert.deepEqual(log, ['lost: peer 127.0.0.1:50000 has closed the connection']);
    assert.deepEqual([one.isEnded, other.isEnded], [true, true]);
    assert.equal(await one.ended, undefined);
    await assert.rejects(one.send(NEVER), { code: 'ERR_PERDURA_ABORTED' });
  });

  test('what the peer closes while nothing is under way is told once, as closed', async () => {
    const { pair, one, other } = pairOfSignals();
    const log = noted(other);
    one.close();
    pair.deliverAll();
    assert.deepEqual(log, ['lost: peer 127.0.0.1:50000 has closed the connection']);
    assert.equal(await other.ended, undefined);
    await assert.rejects(other.send(NEVER), {
      code: 'ERR_PERDURA_CONNECTION_LOST',
      message: 'peer 127.0.0.1:50000 has closed the connection',
    });
  });

  test('a peer that owes an answer is not waited for when the connection is closed', async () => {
    const pair = transportPair();
    const wire = new RecordingSink();
    pair[1].attach(wire);
    const one = peerSignals(pair[0]);
    const outcome = watch(one.send(NEVER));
    one.close();
    assert.equal((pair[0] as unknown as { closed: boolean }).closed, true);
    await settle();
    assert.equal(outcome.state, 'the connection to peer 127.0.0.1:8080 was closed');
  });

  test('a connection that breaks is told with what broke it', async () => {
    const pair = transportPair();
    const one = peerSignals(pair[0]);
    pair[1].attach(new RecordingSink());
    pair[1].reset();
    pair.deliverAll();
    assert.equal((await one.ended)?.message, 'the connection to peer 127.0.0.1:8080 broke: read ECONNRESET');
    await assert.rejects(one.send(NEVER), { code: 'ERR_PERDURA_CONNECTION_LOST' });
  });

  test('a signal that was given up beforehand is not sent', async () => {
    const { pair, one } = pairOfSignals();
    await assert.rejects(one.send(AbortSignal.abort()), { code: 'ERR_PERDURA_ABORTED' });
    assert.equal(pair.deliverAll(), 0);
  });

  test('whoever asks without end and does not read is not read any further', () => {
    const pair = transportPair({ highWaterMarkBytes: 100, readBytes: 50 });
    peerSignals(pair[0]);
    pair[1].attach(new RecordingSink());
    pair[1].pause();
    pair[1].write('\x05'.repeat(10_000));
    pair.deliverAll();
    assert.equal(pair[0].pendingBytes, 100);
    pair[1].resume();
    pair.deliverAll();
    assert.deepEqual([pair[0].pendingBytes, pair[1].pendingBytes], [0, 0]);
  });

  test('what is neither a transport nor a stream is refused, and so is an unknown option', () => {
    assert.throws(() => peerSignals({} as Transport), {
      message: /^connection: is an object, it must be a Transport or/,
    });
    const [transport] = transportPair();
    assert.throws(() => peerProbe(transport, { name: 'x' } as object), {
      message: /^name: is not the name of an option/,
    });
  });
});

describe('heartbeats in both directions on one connection', () => {
  /** Two heartbeats on one clock, and a wire that the test can cut. */
  function twoHeartbeats(options: Omit<HeartbeatOptions, 'probe'>): {
    readonly heartbeats: readonly Heartbeat[];
    readonly log: string[];
    readonly counted: { enq: number };
    readonly run: (ms: number, isCut?: boolean) => Promise<void>;
  } {
    const clock = new ManualClock();
    const pair = transportPair();
    const counted = { enq: 0 };
    const log: string[] = [];
    const heartbeats = pair.map((transport, end) => {
      const write = transport.write.bind(transport);
      transport.write = (data) => {
        counted.enq += Buffer.from(data as Uint8Array).filter((byte) => byte === 0x05).length;
        return write(data);
      };
      const heartbeat = new Heartbeat({ ...options, probe: peerProbe(transport), clock, random: () => end / 2 });
      for (const type of ['missed', 'down', 'up'] as const) {
        heartbeat.on(type, () => log.push(`${clock.nowMs()} ${end} ${type}`));
      }
      return heartbeat.start();
    });
    const run = async (ms: number, isCut = false): Promise<void> => {
      for (const untilMs = clock.nowMs() + ms; clock.nowMs() < untilMs;) {
        clock.advance(Math.min(clock.nextTimerMs ?? Infinity, untilMs) - clock.nowMs());
        for (let turn = 0; turn < 3; turn += 1) {
          await settle();
          if (!isCut) pair.deliverAll();
          clock.turn();
        }
        await settle();
      }
    };
    return { heartbeats, log, counted, run };
  }

  test('send little more than one alone does, and neither misses anything', async () => {
    const { heartbeats, log, counted, run } = twoHeartbeats({ intervalMs: 1_000, timeoutMs: 200, jitter: 0.2 });
    await run(100_000);
    assert.deepEqual(log, []);
    assert.ok(counted.enq >= 100 && counted.enq <= 125, `${counted.enq} signals of both in 100 intervals`);
    for (const heartbeat of heartbeats) heartbeat.stop();
  });

  test('both tell that the path is dead, and that it lives again', async () => {
    const { heartbeats, log, run } = twoHeartbeats({ intervalMs: 1_000, timeoutMs: 200, tolerance: 2, jitter: 0 });
    await run(10_500);
    await run(1_500, true);
    assert.deepEqual(log.map((line) => line.replace(/^\d+ /, '')).toSorted(), [
      '0 down',
      '0 missed',
      '0 missed',
      '1 down',
      '1 missed',
      '1 missed',
    ]);
    for (const line of log) assert.ok(Number(line.split(' ', 1)[0]) <= 10_500 + 1_000 + 2 * 200, line);
    log.length = 0;
    await run(3_000);
    assert.deepEqual(log.map((line) => line.replace(/^\d+ /, '')).toSorted(), ['0 up', '1 up']);
    for (const heartbeat of heartbeats) heartbeat.stop();
  });
});

describe('peerProbe', () => {
  test('ends a connection that it was given, and not signals that somebody else began', async () => {
    const { pair, one, other } = pairOfSignals();
    const probe = peerProbe(one, { target: 'other side' });
    assert.equal(probe.target, 'other side');
    probe.close?.();
    const outcome = watch(other.send(NEVER));
    pair.deliverAll();
    await settle();
    assert.equal(outcome.state, 'acknowledged');
    const owned = transportPair();
    const wire = new RecordingSink();
    owned[1].attach(wire);
    peerProbe(owned[0]).close?.();
    owned.deliverAll();
    assert.deepEqual(wire.log, ['end']);
  });
});

describe('peerSignals on real sockets', () => {
  /** Both ends of an HTTP connection after an upgrade. */
  async function upgraded(): Promise<{ readonly ends: readonly [Duplex, Duplex]; readonly close: () => void }> {
    const server = http.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const accepted = once(server, 'upgrade').then(([, socket]: Duplex[]) => {
      socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: signals\r\n\r\n');
      return socket!;
    });
    const request = http.get({ port, host: '127.0.0.1', headers: { connection: 'upgrade', upgrade: 'signals' } });
    const [, client] = (await once(request, 'upgrade')) as [unknown, Duplex];
    return { ends: [client, await accepted], close: () => void server.close() };
  }

  test(
    'two heartbeats share what an HTTP upgrade leaves, and the end of one is told to the other',
    { timeout: 10_000 },
    async () => {
      const { ends, close } = await upgraded();
      const heartbeats = ends.map(
        (stream) => new Heartbeat({ probe: peerProbe(stream), intervalMs: 20, timeoutMs: 2_000, tolerance: 1 }),
      );
      const acknowledged = heartbeats.map((heartbeat) => next(heartbeat, 'ack'));
      const [one, other] = heartbeats.map((heartbeat) => heartbeat.start());
      await Promise.all(acknowledged);
      const down = next(other!, 'down');
      one!.stop();
      assert.match(String((await down).reason), /closed the connection|has ended|ECONNRESET/);
      other!.stop();
      close();
    },
  );

  test('a transport and a stream understand each other', { timeout: 10_000 }, async () => {
    const server = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    const [accepted] = (await once(server, 'connection')) as [net.Socket];
    const one = peerSignals(client);
    const other = peerSignals(new NetTransport(accepted));
    await Promise.all([one.send(NEVER), other.send(NEVER), one.send(NEVER)]);
    accepted.resetAndDestroy();
    assert.match((await one.ended)?.message ?? '', /^the connection to peer broke: read ECONNRESET$/);
    assert.equal((await other.ended)?.message, undefined);
    server.close();
  });

  test('a stream that fails is told with its error', async () => {
    const stream = new PassThrough();
    const signals = peerSignals(stream);
    stream.destroy(new Error('cable pulled'));
    assert.equal((await signals.ended)?.message, 'the connection to peer broke: cable pulled');
  });

  function next(heartbeat: Heartbeat, type: 'ack' | 'down'): Promise<{ readonly reason: string | undefined }> {
    return new Promise((resolve) => {
      heartbeat.on(type, (event) => resolve(event));
    });
  }
});
