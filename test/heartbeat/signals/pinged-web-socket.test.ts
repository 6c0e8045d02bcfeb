// Pings on a WebSocket that the test drives, on a clock that stands still: when they go out, what could be heard, and what is known of a
// socket whose library keeps less of itself open than `ws`.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { PingedWebSocket } from '#src/heartbeat/signals/pinged-web-socket.js';
import { countQueuedBytes } from '#src/io/index.js';
import { ManualClock } from '#src/testing/index.js';
import { RecordingProbeSink } from '../probes/recording-probe-sink.ts';

/** A stream that can be paused, as those of Node.js. */
class DrivenStream extends EventEmitter {
  writableLength = 0;
  bytesWritten = 0;
  #isPaused = false;

  isPaused(): boolean {
    return this.#isPaused;
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.emit(isPaused ? 'pause' : 'resume');
  }
}

/** A WebSocket without a stream that anybody could find, and without anything that not every library has. */
class DrivenSocket extends EventEmitter {
  readyState?: number;
  bufferedAmount?: number;
  isPaused?: boolean;
  readonly pings: Uint8Array[] = [];

  declare on: (event: string, listener: (...values: never[]) => void) => this;
  declare off: (event: string, listener: (...values: never[]) => void) => this;

  ping(data: Uint8Array, _mask: unknown, written: () => void): void {
    this.pings.push(data);
    written();
  }

  pong(): void {
    this.emit('pong', this.pings.at(-1));
  }
}

class Pinged {
  readonly clock = new ManualClock();
  readonly socket = new DrivenSocket();
  readonly sink = new RecordingProbeSink();
  readonly controller = new AbortController();
  readonly log: string[] = [];
  readonly stream: DrivenStream | undefined;
  readonly pinged: PingedWebSocket;

  constructor(stream?: DrivenStream) {
    this.stream = stream;
    const { clock, sink } = this;
    this.pinged = new PingedWebSocket(this.socket, {
      clock,
      stalledMs: 60_000,
      sink,
      ...(stream === undefined ? {} : { stream }),
    });
  }

  send(): void {
    this.pinged.send(this.controller.signal).then(
      ({ rttMs, isUnmeasured = false }) => this.log.push(`ack ${rttMs}${isUnmeasured ? ', unmeasured' : ''}`),
      (error: Error) => this.log.push(error.message),
    );
  }

  async pass(ms: number): Promise<void> {
    this.clock.turn();
    this.clock.advance(ms);
    await new Promise(setImmediate);
  }
}

describe('a ping', () => {
  test('goes out at once on a socket that is read, and its round trip is known', async () => {
    for (const stream of [undefined, new DrivenStream()]) {
      const beat = new Pinged(stream);
      beat.send();
      assert.equal(beat.socket.pings.length, 1);
      await beat.pass(7);
      beat.socket.pong();
      await beat.pass(0);
      assert.deepEqual(beat.log, ['ack 7']);
      assert.deepEqual(beat.sink.log, []);
      assert.equal(beat.clock.pendingTimers, 0);
    }
  });

  test('waits while the application does not read, without a deadline', async () => {
    const stream = new DrivenStream();
    const beat = new Pinged(stream);
    stream.setPaused(true);
    beat.send();
    await beat.pass(100_000);
    assert.deepEqual(beat.sink.log, ['blocked']);
    assert.equal(beat.socket.pings.length, 0);
    stream.setPaused(false);
    // Before the ping, so that its deadline begins with it.
    assert.deepEqual(beat.sink.log, ['blocked', 'unblocked']);
    await beat.pass(0);
    assert.equal(beat.socket.pings.length, 1);
    await beat.pass(5);
    beat.socket.pong();
    await beat.pass(0);
    assert.deepEqual(beat.log, ['ack 5']);
    assert.equal(beat.clock.pendingTimers, 0);
  });

  test('waits for a socket that tells nobody when it is read again, too', async () => {
    const beat = new Pinged();
    beat.socket.isPaused = true;
    beat.send();
    await beat.pass(100_000);
    assert.equal(beat.socket.pings.length, 0);
    beat.socket.isPaused = false;
    await beat.pass(1_000);
    assert.equal(beat.socket.pings.length, 1);
    assert.deepEqual(beat.sink.log, ['blocked', 'unblocked']);
  });

  test('has no round trip where its pong may have lain unread', async () => {
    const stream = new DrivenStream();
    const beat = new Pinged(stream);
    beat.send();
    stream.setPaused(true);
    await beat.pass(5_000);
    stream.setPaused(false);
    beat.socket.pong();
    await beat.pass(0);
    assert.deepEqual(beat.log, ['ack 5000, unmeasured']);
  });

  test('that waits is given up by its AbortSignal, and fails where the socket ends', async () => {
    for (const end of [
      (beat: Pinged) => beat.controller.abort(new Error('over')),
      (beat: Pinged) => beat.pinged.end(new Error('over')),
    ]) {
      for (const state of [{ isPaused: true }, { readyState: 0 }, { readyState: 2 }, {}]) {
        const beat = new Pinged();
        Object.assign(beat.socket, state);
        beat.send();
        await beat.pass(10_000);
        assert.equal(beat.pinged.isAwaited, true);
        end(beat);
        await beat.pass(0);
        assert.deepEqual(beat.log, ['over'], JSON.stringify(state));
        assert.equal(beat.pinged.isAwaited, false);
        assert.equal(beat.clock.pendingTimers, 0);
        assert.equal(beat.sink.log.length, 'isPaused' in state ? 2 : 0);
      }
    }
  });

  test('on a socket that has ended fails as that did, and nothing is listened to any more', async () => {
    const stream = new DrivenStream();
    const beat = new Pinged(stream);
    beat.pinged.end(new Error('closed'));
    beat.pinged.end(new Error('given up'));
    beat.send();
    await beat.pass(0);
    assert.deepEqual(beat.log, ['closed']);
    assert.deepEqual(
      [...beat.socket.eventNames(), ...stream.eventNames()].filter((name) => name !== 'error'),
      [],
    );
  });
});

describe('time in which no pong could be heard', () => {
  test('is that in which the stream was paused, to the millisecond', async () => {
    const stream = new DrivenStream();
    const { clock, pinged } = new Pinged(stream);
    for (const ms of [10, 20, 30]) {
      clock.advance(1_000);
      stream.setPaused(true);
      clock.advance(ms);
      assert.ok(pinged.unheardMs >= ms);
      stream.setPaused(false);
    }
    clock.advance(1_000);
    assert.equal(pinged.unheardMs, 60);
  });

  test('is guessed in favour of the peer where nobody tells: from one look to the next', () => {
    const { clock, pinged, socket } = new Pinged();
    clock.advance(1_000);
    assert.equal(pinged.unheardMs, 0);
    clock.advance(60);
    socket.isPaused = true;
    clock.advance(40);
    assert.equal(pinged.unheardMs, 100);
    clock.advance(60);
    socket.isPaused = false;
    clock.advance(40);
    assert.equal(pinged.unheardMs, 200);
    clock.advance(1_000);
    assert.equal(pinged.unheardMs, 200);
  });

  test('is that in which the socket closes', () => {
    const { clock, pinged, socket } = new Pinged();
    socket.readyState = 2;
    clock.advance(500);
    assert.equal(pinged.unheardMs, 500);
    socket.readyState = 3;
    assert.equal(pinged.unheardMs, 500);
    clock.advance(500);
    assert.equal(pinged.unheardMs, 500);
  });
});

describe('a socket whose stream nobody can find', () => {
  test('has signs of life in whole messages and pings', () => {
    const { socket, sink, pinged } = new Pinged();
    assert.equal(pinged.hasHeard, false);
    socket.emit('message', Buffer.from('a'), false);
    socket.emit('ping', Buffer.from('b'));
    assert.deepEqual(sink.log, ['received', 'received']);
    assert.equal(pinged.hasHeard, true);
  });

  test('has taken something whenever less of it waits than before', () => {
    const { socket, pinged } = new Pinged();
    assert.equal(pinged.queuedBytes, 0);
    const seen = [500, 500, 400, 600, 599].map((bytes) => {
      socket.bufferedAmount = bytes;
      return pinged.progress;
    });
    assert.deepEqual(seen, [0, 0, 1, 1, 2]);
    assert.equal(pinged.queuedBytes, 599);
  });

  test('does not get one by something else of that name', () => {
    for (const value of [null, 'text', { isPaused: true }]) {
      const socket = Object.assign(new DrivenSocket(), { _socket: value });
      const sink = new RecordingProbeSink();
      const pinged = new PingedWebSocket(socket, { clock: new ManualClock(), stalledMs: 1_000, sink });
      socket.emit('message', Buffer.from('a'), false);
      assert.deepEqual(sink.log, ['received']);
      assert.equal(pinged.unheardMs, 0);
    }
  });
});

test('the stream of a socket of `ws` is found, with what the kernel has of it', { timeout: 10_000 }, async (t) => {
  const library = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => library.close());
  await once(library, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(library.address() as AddressInfo).port}/`);
  t.after(() => client.terminate());
  const sink = new RecordingProbeSink();
  const clock = new ManualClock();
  // While it opens there is none.
  const pinged = new PingedWebSocket(client, { clock, stalledMs: 1_000, sink });
  const [socket] = (await once(library, 'connection')) as [WebSocket];
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
  // Told of the stream, at once; `isPaused` alone would have to be looked at.
  client.pause();
  clock.advance(10);
  client.resume();
  await new Promise(setImmediate);
  clock.advance(1_000);
  assert.equal(pinged.unheardMs, 10);
  const part = sink.told('received');
  socket.send('part', { fin: false });
  await part;
  const below = Reflect.get(client, '_socket') as object;
  assert.equal(countQueuedBytes(below), 0);
  const before = pinged.progress;
  client.send('four');
  assert.ok(pinged.progress > before);
});
