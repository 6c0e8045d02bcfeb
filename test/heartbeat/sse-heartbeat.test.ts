// Heartbeats for event streams of servers that are not ours: when they go out, when they do not, and what is told of clients that do not read.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { OptionError } from '#src/errors.js';
import { sseHeartbeat } from '#src/heartbeat/index.js';
import type { SseHeartbeat, SseHeartbeatOptions } from '#src/heartbeat/index.js';
import { ManualClock } from '#src/testing/index.js';
import { stolenStderr } from '../support/stolen-stderr.ts';

const CADENCE = 'heartbeat: 1000\n\n';
const COMMENT = ': \n\n';

interface Talk {
  readonly clock: ManualClock;
  readonly writable: PassThrough;
  readonly heartbeat: SseHeartbeat;
  readonly take: () => string;
}

function talk(options: SseHeartbeatOptions = {}): Talk {
  const clock = new ManualClock();
  const writable = new PassThrough({ highWaterMark: 64 });
  const heartbeat = sseHeartbeat(writable, { intervalMs: 1_000, random: () => 0, clock, ...options });
  return { clock, writable, heartbeat, take: () => String(writable.read() ?? '') };
}

describe('a heartbeat of an event stream', () => {
  test('tells its interval at once, and goes out while nothing else does', () => {
    const { clock, take } = talk();
    assert.equal(take(), CADENCE);
    clock.advance(999);
    assert.equal(take(), '');
    clock.advance(1);
    assert.equal(take(), COMMENT);
    clock.advance(3_000);
    assert.equal(take(), COMMENT.repeat(3));
  });

  test('is an event where it has a name', () => {
    const { clock, take } = talk({ event: 'beat' });
    take();
    clock.advance(1_000);
    assert.equal(take(), 'event: beat\nheartbeat: 1000\ndata: {"intervalMs":1000}\n\n');
  });

  test('is put off by what else is sent', () => {
    const { clock, heartbeat, take } = talk();
    take();
    for (let round = 0; round < 10; round += 1) {
      clock.advance(900);
      heartbeat.sent();
    }
    assert.equal(take(), '');
    clock.advance(1_000);
    assert.equal(take(), COMMENT);
  });

  test('comes earlier by chance, and never later', () => {
    const { clock, take } = talk({ random: () => 1, jitter: 0.2 });
    take();
    clock.advance(799);
    assert.equal(take(), '');
    clock.advance(1);
    assert.equal(take(), COMMENT);
  });

  test('waits while the client does not read, tells for how long, and begins anew when it does', async () => {
    const blocked: number[] = [];
    const { clock, writable, heartbeat, take } = talk({ onBlocked: (ms) => void blocked.push(ms) });
    clock.advance(300);
    // More than fits: of what is written nothing is read.
    writable.write('x'.repeat(200));
    heartbeat.sent();
    assert.equal(heartbeat.blockedMs, 0);
    clock.advance(3_500);
    assert.deepEqual(blocked, [1_000, 2_000, 3_000]);
    assert.equal(heartbeat.blockedMs, 3_500);
    const drained = once(writable, 'drain');
    const waiting = writable.readableLength;
    assert.ok(take().length >= Math.min(waiting, 64));
    while (take() !== '');
    await drained;
    assert.equal(heartbeat.blockedMs, 0);
    assert.equal(writable.listenerCount('drain'), 0);
    clock.advance(999);
    assert.equal(take(), '');
    clock.advance(1);
    assert.equal(take(), COMMENT);
    assert.equal(blocked.length, 3);
  });

  test('notices a blocked client without being told of what is sent', () => {
    const blocked: number[] = [];
    const { clock, writable } = talk({ onBlocked: (ms) => void blocked.push(ms) });
    writable.write('x'.repeat(200));
    clock.advance(2_000);
    assert.deepEqual(blocked, [0, 1_000]);
  });

  test('goes on where whoever is told of a blocked client throws, which is told on standard error', async () => {
    let calls = 0;
    const onBlocked = (): void => {
      calls += 1;
      throw new Error('no such log');
    };
    const { clock, writable, take } = talk({ onBlocked });
    writable.write('x'.repeat(200));
    const printed = await stolenStderr(() => clock.advance(3_000));
    assert.equal(calls, 3);
    assert.deepEqual(printed, Array(3).fill('perdura: sseHeartbeat.onBlocked failed:'));
    while (take() !== '');
    clock.advance(1_000);
    assert.equal(take(), COMMENT);
  });

  test('stops where the stream throws, as a response does whose head makes no sense', async () => {
    const { clock, writable } = talk();
    let writes = 0;
    writable.write = () => {
      writes += 1;
      throw new RangeError('Invalid status code');
    };
    const printed = await stolenStderr(() => clock.advance(5_000));
    assert.equal(writes, 1);
    assert.deepEqual(printed, ['perdura: write() of the stream of sseHeartbeat failed:']);
    assert.equal(writable.listenerCount('close'), new PassThrough().listenerCount('close'));
  });

  test('stops with the stream, however that ends, and leaves nothing behind', async () => {
    const ends: ((writable: PassThrough) => void)[] = [
      (writable) => void writable.end(),
      (writable) => void writable.destroy(),
      (writable) => {
        writable.on('error', () => {});
        writable.destroy(new Error('x'));
      },
    ];
    for (const end of ends) {
      const { clock, writable, heartbeat } = talk();
      const before = new PassThrough();
      writable.write('x'.repeat(200));
      heartbeat.sent();
      const closed = new Promise<void>((resolve) => void writable.prependOnceListener('close', resolve));
      end(writable);
      writable.resume();
      await closed;
      assert.equal(clock.pendingTimers, 0);
      for (const name of ['close', 'finish', 'drain'])
        assert.equal(writable.listenerCount(name), before.listenerCount(name), name);
      heartbeat.sent();
      heartbeat.stop();
      assert.equal(clock.pendingTimers, 0);
    }
  });

  test('does not write behind the end that is not out yet', () => {
    const { clock, writable } = talk();
    writable.on('error', (error) => assert.fail(error));
    writable.write('x'.repeat(200));
    writable.end();
    clock.advance(5_000);
    assert.equal(clock.pendingTimers, 0);
  });

  test('refuses options that make no sense, by name', () => {
    const bad: Record<string, SseHeartbeatOptions> = {
      intervalMs: { intervalMs: Infinity },
      event: { event: 'a\nb' },
      jitter: { jitter: 2 },
      onBlocked: { onBlocked: 5 as never },
      clock: { clock: {} as never },
      every: { every: 5 } as never,
    };
    for (const [name, options] of Object.entries(bad)) {
      assert.throws(
        () => sseHeartbeat(new PassThrough(), options),
        (error) => error instanceof OptionError && error.option.includes(name),
        name,
      );
    }
    assert.throws(() => sseHeartbeat({} as never), /writable: is not a Writable: it has no method write\(\)/);
  });
});

describe('a heartbeat on a response', () => {
  test(
    'of node:http does not send its head, and tells its interval when that is out',
    { timeout: 10_000 },
    async (t) => {
      const clock = new ManualClock();
      let response: http.ServerResponse | undefined;
      const server = http.createServer((_request, given) => {
        response = given;
        sseHeartbeat(given, { intervalMs: 1_000, random: () => 0, clock });
        assert.equal(given.headersSent, false);
        given.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.after(() => server.close());
      const request = http.get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
      const [incoming] = (await once(request, 'response')) as [http.IncomingMessage];
      assert.equal(incoming.headers['content-type'], 'text/event-stream');
      incoming.setEncoding('utf8');
      const hear = async (): Promise<unknown> => {
        const piece = once(incoming, 'data');
        clock.advance(1_000);
        return (await piece)[0];
      };
      assert.equal(await hear(), CADENCE);
      assert.equal(await hear(), COMMENT);
      const closed = once(response!, 'close');
      request.destroy();
      await closed;
      assert.equal(clock.pendingTimers, 0);
    },
  );

  test('of node:http2 is told that the client does not read', { timeout: 10_000 }, async (t) => {
    const clock = new ManualClock();
    const blocked: number[] = [];
    let response: http2.Http2ServerResponse | undefined;
    const server = http2.createServer((_request, given) => {
      response = given;
      given.writeHead(200, { 'content-type': 'text/event-stream' });
      sseHeartbeat(given, { intervalMs: 1_000, random: () => 0, clock, onBlocked: (ms) => void blocked.push(ms) });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    t.after(() => {
      client.destroy();
      server.close();
    });
    const stream = client.request();
    await once(stream, 'response');
    assert.deepEqual(String((await once(stream, 'data'))[0]), CADENCE);
    stream.pause();
    response!.write('x'.repeat(1_000_000));
    clock.advance(1_000);
    clock.advance(1_000);
    assert.deepEqual(blocked, [0, 1_000]);
    const closed = once(response!, 'close');
    stream.on('error', () => {});
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await closed;
    clock.advance(5_000);
    assert.deepEqual(blocked, [0, 1_000]);
    assert.equal(clock.pendingTimers, 0);
  });
});
