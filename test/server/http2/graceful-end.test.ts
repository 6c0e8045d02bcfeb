// The graceful end on a connection, frame by frame: what the client sees, and that it loses nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ACKNOWLEDGEMENT_MS, GracefulEnd } from '#src/server/http2/graceful-end.js';
import { answer, driveSession } from './driven-session.ts';
import type { DrivenSession } from './driven-session.ts';
import { requestFrame } from './raw-http2-client.ts';
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
