// The graceful end on a connection, frame by frame: what the client sees, and that it loses nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { countQueuedBytes } from '#src/io/index.js';
import { ACKNOWLEDGEMENT_MS, GracefulEnd } from '#src/server/http2/graceful-end.js';
import { answer, driveSession } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';
import { requestFrame, windowFrame } from './raw-http2-client.ts';
import type { RawHttp2Options } from './raw-http2-client.ts';

async function endable(
  context: TestContext,
  options: RawHttp2Options & { encrypted?: boolean } = {},
): Promise<DrivenSession & { end: GracefulEnd }> {
  const driven = await driveSession(context, () => {}, options);
  const { session, socket, clock } = driven;
  await driven.client.settled();
  const below = {
    encrypted: options.encrypted ?? false,
    bytesWritten: socket.bytesWritten,
    write: socket.write.bind(socket),
    // Where Node.js keeps what is known of a write under way.
    _handle: Reflect.get(socket, '_handle') as unknown,
  };
  return { ...driven, end: new GracefulEnd(session, below, clock) };
}

const NOTICE = { code: 'NO_ERROR', lastStream: 2 ** 31 - 1, debug: '' };

describe('a connection that ends', () => {
  test('says GOAWAY twice, and answers what crossed the first one', async (context) => {
    const { client, streams, end } = await endable(context, { acknowledges: false });
    client.request(1);
    await client.settled();
    end.begin('maxAge');
    await client.next('GOAWAY');
    const ping = await client.next('PING', ({ flags }) => flags === 0);
    // On its way while the notice was on the way to us.
    client.request(3);
    await client.settled();
    assert.equal(streams.length, 2);
    assert.deepEqual(client.goaways, [NOTICE]);
    client.write(Buffer.concat([Buffer.from([0, 0, 8, 6, 1, 0, 0, 0, 0]), ping.payload]));
    const last = await client.next('GOAWAY');
    assert.equal(last.payload.readUInt32BE(0), 3);
    for (const stream of streams) answer(stream);
    assert.equal((await client.answer(1)).body, 'answer 1');
    assert.equal((await client.answer(3)).body, 'answer 3');
    assert.equal(await client.ended(), 'fin');
  });

  test('ignores what comes behind the last GOAWAY, which says so by its number', async (context) => {
    const { client, streams, end } = await endable(context);
    client.request(1);
    await client.settled();
    end.begin('draining');
    await client.next('GOAWAY');
    await client.next('GOAWAY', ({ payload }) => payload.readUInt32BE(0) === 1);
    client.request(3);
    await client.settled();
    assert.equal(streams.length, 1);
    answer(streams[0]!);
    assert.equal((await client.answer(1)).body, 'answer 1');
    assert.equal(await client.ended(), 'fin');
  });

  test('with nothing open ends as soon as its PING is acknowledged', async (context) => {
    const { client, clock, end } = await endable(context);
    end.begin('idleTimeout');
    assert.equal(await client.ended(), 'fin');
    assert.deepEqual(client.goaways[0], NOTICE);
    assert.deepEqual(client.goaways[1], { code: 'NO_ERROR', lastStream: 0, debug: '' });
    assert.equal(clock.pendingTimers, 0);
  });

  test('waits for an acknowledgement, and not a millisecond longer than it must', async (context) => {
    const { client, clock, end } = await endable(context, { acknowledges: false });
    end.begin('idleTimeout');
    await client.next('PING', ({ flags }) => flags === 0);
    clock.advance(ACKNOWLEDGEMENT_MS - 1);
    await client.settled();
    assert.deepEqual(client.goaways, [NOTICE]);
    clock.advance(1);
    assert.equal(await client.ended(), 'fin');
  });

  test('keeps its first reason, and does not begin anew for a second one', async (context) => {
    const { client, end } = await endable(context);
    end.begin('maxAge');
    end.begin('draining');
    await client.ended();
    assert.equal(end.reason, 'maxAge');
    assert.equal(client.goaways.filter(({ lastStream }) => lastStream === NOTICE.lastStream).length, 1);
  });

  test('over TLS does not process what crosses the notice, and says so', async (context) => {
    const { client, streams, end } = await endable(context, { encrypted: true, acknowledges: false });
    client.request(1);
    await client.settled();
    end.begin('maxAge');
    await client.next('GOAWAY');
    const ping = await client.next('PING', ({ flags }) => flags === 0);
    client.request(3);
    await client.settled();
    assert.equal(streams.length, 1);
    assert.deepEqual(client.goaways, [NOTICE]);
    client.write(Buffer.concat([Buffer.from([0, 0, 8, 6, 1, 0, 0, 0, 0]), ping.payload]));
    await client.next('GOAWAY');
    assert.equal(client.goaways[1]?.lastStream, 1);
    answer(streams[0]!);
    assert.equal((await client.answer(1)).body, 'answer 1');
    assert.equal(await client.ended(), 'fin');
  });

  test('leaves its notice to the session where the client does not read, so that no foreign write is reported to it', async (context) => {
    const { clock, client, session, socket, streams, end } = await endable(context, {
      settings: { INITIAL_WINDOW_SIZE: 2 ** 31 - 1 },
    });
    client.write(windowFrame(0, 2 ** 30));
    client.request(1);
    await client.settled();
    client.pause();
    streams[0]!.respond({ ':status': 200 });
    streams[0]!.end(Buffer.alloc(30_000_000));
    while (countQueuedBytes(socket) === 0) await new Promise(setImmediate);
    end.begin('draining');
    clock.advance(ACKNOWLEDGEMENT_MS);
    client.resume();
    assert.equal((await client.answer(1)).body.length, 30_000_000);
    assert.deepEqual(client.goaways[0], NOTICE);
    assert.equal(await client.ended(), 'fin');
    assert.equal(session.destroyed, true);
  });

  test('is given up where the kernel does not take the notice at once', async (context) => {
    const { session, clock } = await endable(context);
    const handle = { writeQueueSize: 0 };
    const below = {
      bytesWritten: 100,
      _handle: handle,
      write: (bytes: Uint8Array) => {
        handle.writeQueueSize += bytes.length;
        return false;
      },
    };
    const told: string[] = [];
    const end = new GracefulEnd(
      session,
      below,
      clock,
      () => void told.push('last'),
      () => void told.push('stuck'),
    );
    end.begin('draining');
    assert.deepEqual(told, ['stuck']);
  });

  test('does not say its notice before its own first SETTINGS', async (context) => {
    const { client } = await driveSession(context, (session, driven, socket) => {
      new GracefulEnd(session, socket, driven).begin('draining');
    });
    assert.equal(client.frames[0]?.type, 'SETTINGS');
    assert.equal(await client.ended(), 'fin');
    assert.deepEqual(client.goaways[0], NOTICE);
  });

  test('that is broken meanwhile waits for nothing any more', async (context) => {
    const { session, clock, end } = await endable(context, { acknowledges: false });
    end.begin('draining');
    assert.equal(clock.pendingTimers, 1);
    session.destroy();
    end.stop();
    assert.equal(clock.pendingTimers, 0);
    end.begin('draining');
    assert.equal(clock.pendingTimers, 0);
  });

  test('reads on behind its FIN, so that no answer is lost to a RST', async (context) => {
    const { client, streams, end } = await endable(context);
    client.request(1);
    await client.settled();
    end.begin('draining');
    await client.next('GOAWAY');
    await client.next('GOAWAY');
    client.pause();
    answer(streams[0]!);
    // Requests that nobody reads: closing on them would make the kernel reset the connection.
    for (let stream = 3; stream < 400; stream += 2) client.write(requestFrame(stream));
    client.resume();
    assert.equal((await client.answer(1)).body, 'answer 1');
    assert.equal(await client.ended(), 'fin');
  });
});
