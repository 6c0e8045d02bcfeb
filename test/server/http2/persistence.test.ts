// How long connections of HTTP/2 live, and how they end: the same reasons as in HTTP/1, said with GOAWAY. Time is the test's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import tls from 'node:tls';
import { ACKNOWLEDGEMENT_MS } from '#src/server/http2/graceful-end.js';
import { CONNECTION_PREFACE } from '#src/inspect/http2/frames.js';
import { identity } from '../../io/opening.ts';
import { requestFrame, windowFrame } from './raw-http2-client.ts';
import type { RawHttp2Client, RawHttp2Options } from './raw-http2-client.ts';
import { eventually, serveHttp2 } from './served.ts';
import type { ServedHttp2 } from './served.ts';

const NOTICE = 2 ** 31 - 1;

/** The client saw GOAWAY twice, the second time with this number, and then the end. */
async function assertGoodbye(client: RawHttp2Client, lastStream: number): Promise<void> {
  assert.equal(await client.ended(), 'fin');
  const [first, second] = client.goaways;
  assert.deepEqual(first, { code: 'NO_ERROR', lastStream: NOTICE, debug: '' }, client.story);
  assert.deepEqual(second, { code: 'NO_ERROR', lastStream, debug: '' }, client.story);
}

async function connectOverTls(served: ServedHttp2, options: RawHttp2Options = {}): Promise<RawHttp2Client> {
  const socket = tls.connect({
    port: served.server.port,
    host: '127.0.0.1',
    ALPNProtocols: ['h2'],
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  return served.connect({ socket, ...options });
}

describe('an idle connection', () => {
  for (const { options, realMs } of [
    { options: {}, realMs: 68_250 },
    { options: { keepAliveTimeoutMs: 5_000 }, realMs: 6_000 },
    { options: { keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 0 }, realMs: 5_000 },
  ]) {
    test(`with ${JSON.stringify(options)} ends after ${realMs} ms, and not a millisecond before`, async (context) => {
      const served = await serveHttp2(context, options);
      const client = await served.connect();
      await client.fetch(1);
      await served.advance(realMs - 1);
      assert.ok(await client.settled());
      assert.deepEqual(client.goaways, []);
      await served.advance(1);
      await assertGoodbye(client, 1);
      client.end();
      await eventually(() => served.closed.length > 0);
      assert.deepEqual(served.closed, ['1 idleTimeout']);
    });
  }

  test('is not kept by PING', async (context) => {
    const served = await serveHttp2(context, { keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 0 });
    const client = await served.connect();
    await client.fetch(1);
    await served.advance(4_000);
    assert.ok(await client.settled());
    await served.advance(1_000);
    await assertGoodbye(client, 1);
  });

  test('is none while a request is open, and counts from the end of the last answer', async (context) => {
    const served = await serveHttp2(context, { keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 0 });
    const client = await served.connect();
    client.request(1, { path: '/held' });
    await client.settled();
    await served.advance(60_000);
    assert.equal((await client.fetch(3)).status, 200);
    await served.advance(60_000);
    served.release();
    await client.answer(1);
    await eventually(() => served.server.connections()[0]?.state === 'idle');
    await served.advance(4_999);
    assert.ok(await client.settled());
    assert.deepEqual(client.goaways, []);
    await served.advance(1);
    await assertGoodbye(client, 3);
  });

  test('answers a request that crosses its notice', async (context) => {
    const served = await serveHttp2(context, { keepAliveTimeoutMs: 5_000, keepAliveGraceMs: 0 });
    const client = await served.connect({ acknowledges: false });
    await client.fetch(1);
    await served.advance(5_000);
    await client.next('GOAWAY');
    assert.equal((await client.fetch(3, { path: '/crossed' })).body, '/crossed');
    await served.advance(ACKNOWLEDGEMENT_MS);
    await assertGoodbye(client, 3);
  });

  test('without a timeout is kept for ever', async (context) => {
    const served = await serveHttp2(context, { keepAliveTimeoutMs: Infinity });
    const client = await served.connect();
    await client.fetch(1);
    await served.advance(1e9);
    assert.equal((await client.fetch(3)).status, 200);
  });

  test('makes room for a newcomer', async (context) => {
    const served = await serveHttp2(context, { limits: { connections: 1 } });
    const client = await served.connect();
    await client.fetch(1);
    await served.advance(1_500);
    const newcomer = await served.connect();
    assert.equal((await newcomer.fetch(1)).status, 200);
    await assertGoodbye(client, 1);
  });

  test('that does not end its side is not waited for longer than lingerMs', async (context) => {
    const served = await serveHttp2(context, {
      keepAliveTimeoutMs: 5_000,
      keepAliveGraceMs: 0,
      timeouts: { lingerMs: 2_000 },
    });
    const client = await served.connect();
    await client.fetch(1);
    await served.advance(5_000);
    await assertGoodbye(client, 1);
    await served.advance(1_999);
    assert.deepEqual(served.closed, []);
    await served.advance(1);
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 idleTimeout']);
  });
});

describe('a connection that never asks', () => {
  test('ends when a head would have been due', async (context) => {
    const served = await serveHttp2(context, { timeouts: { headerMs: 20_000 } });
    const client = await served.connect();
    await client.settled();
    await served.advance(19_999);
    assert.ok(await client.settled());
    await served.advance(1);
    await assertGoodbye(client, 0);
    client.end();
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 headTimeout']);
  });

  test('ends then, too, in the middle of its preface', async (context) => {
    const served = await serveHttp2(context, { timeouts: { headerMs: 20_000 } });
    const client = await served.connect({ hello: false });
    client.expectText();
    client.write(CONNECTION_PREFACE.slice(0, 10));
    await eventually(() => served.server.connections().length > 0);
    await served.advance(20_000);
    assert.equal(await client.ended(), 'fin');
  });
});

describe('a connection with a limit of requests', () => {
  test('answers exactly as many, and refuses the others so that they can be sent again', async (context) => {
    const served = await serveHttp2(context, { maxKeepAliveRequests: 3 });
    const client = await served.connect();
    client.write(...Array.from({ length: 6 }, (_, index) => requestFrame(1 + 2 * index, { path: `/${index}` })));
    for (const [index, stream] of [1, 3, 5].entries()) assert.equal((await client.answer(stream)).body, `/${index}`);
    for (const stream of [7, 9, 11]) {
      await client.until(`the refusal of ${stream}`, () => client.resetOf(stream) !== undefined);
      assert.equal(client.resetOf(stream), 'REFUSED_STREAM');
    }
    assert.deepEqual(served.asked, ['/0', '/1', '/2']);
    assert.equal(await client.ended(), 'fin');
    assert.equal(client.goaways[0]?.lastStream, NOTICE);
    client.end();
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 maxRequests']);
  });

  test('says so with the last request, not with the last answer', async (context) => {
    const served = await serveHttp2(context, { maxKeepAliveRequests: 2 });
    const client = await served.connect();
    await client.fetch(1);
    assert.deepEqual(client.goaways, []);
    client.request(3, { path: '/held' });
    await client.next('GOAWAY');
    await client.next('GOAWAY', ({ payload }) => payload.readUInt32BE(0) === 3);
    served.release();
    assert.equal((await client.answer(3)).body, '/held');
    await assertGoodbye(client, 3);
  });

  test('of one, where keep-alive is off', async (context) => {
    const served = await serveHttp2(context, { keepAlive: false });
    const client = await served.connect();
    await client.fetch(1);
    await assertGoodbye(client, 1);
    client.end();
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 weSentClose']);
  });
});

describe('a connection with a maximum age', () => {
  test('ends with the first request above it', async (context) => {
    const served = await serveHttp2(context, { maxAgeMs: 10_000 });
    const client = await served.connect();
    await client.fetch(1);
    await served.advance(9_999);
    await client.fetch(3);
    assert.deepEqual(client.goaways, []);
    await served.advance(1);
    assert.equal((await client.fetch(5)).status, 200);
    await assertGoodbye(client, 5);
  });
});

describe('a server that shuts down', () => {
  test('answers what is open and what crosses its notice, and reports nobody', async (context) => {
    const served = await serveHttp2(context);
    const client = await served.connect({ acknowledges: false });
    client.request(1, { path: '/held' });
    await client.settled();
    const report = served.server.close();
    await client.next('GOAWAY');
    assert.equal((await client.fetch(3, { path: '/crossed' })).body, '/crossed');
    await served.advance(ACKNOWLEDGEMENT_MS);
    await client.next('GOAWAY');
    served.release();
    assert.equal((await client.answer(1)).body, '/held');
    await assertGoodbye(client, 3);
    client.end();
    const { destroyed, closed } = await report;
    assert.deepEqual(destroyed, []);
    assert.equal(closed, 1);
    assert.deepEqual(served.closed, ['1 draining']);
  });

  test('lets go of idle connections at once', async (context) => {
    const served = await serveHttp2(context);
    const client = await served.connect();
    await client.fetch(1);
    const report = served.server.close();
    await assertGoodbye(client, 1);
    client.end();
    assert.deepEqual((await report).destroyed, []);
  });

  test('destroys what holds on at its deadline, and says who', async (context) => {
    const served = await serveHttp2(context);
    const client = await served.connect();
    client.request(1, { path: '/held' });
    await client.settled();
    const report = served.server.close({ drainMs: 10_000 });
    await client.next('GOAWAY');
    await served.advance(10_000);
    const { destroyed } = await report;
    assert.deepEqual(
      destroyed.map(({ id, protocol, requests }) => ({ id, protocol, requests })),
      [{ id: 1, protocol: 'h2', requests: 1 }],
    );
    assert.notEqual(await client.ended(), 'open');
    assert.deepEqual(served.aborted, ['/held']);
  });

  test('answers the first request of a connection that comes to the lame duck, and lets it go', async (context) => {
    const served = await serveHttp2(context);
    const report = served.server.close({ lameDuckMs: 5_000 });
    const client = await served.connect();
    assert.equal((await client.fetch(1)).status, 200);
    await assertGoodbye(client, 1);
    client.end();
    await served.advance(5_000);
    assert.deepEqual((await report).destroyed, []);
  });
});

describe('a client that ends its side', () => {
  test('gets the answers to what it has asked', async (context) => {
    const served = await serveHttp2(context);
    const client = await served.connect();
    client.write(requestFrame(1, { path: '/held' }), requestFrame(3, { path: '/held' }));
    await client.settled();
    client.end();
    await eventually(() => served.asked.length === 2);
    served.release();
    assert.equal((await client.answer(1)).body, '/held');
    assert.equal((await client.answer(3)).body, '/held');
    assert.equal(await client.ended(), 'fin');
    await eventually(() => served.closed.length > 0);
    assert.deepEqual(served.closed, ['1 peerClosed']);
  });

  for (const secure of [false, true]) {
    test(`${secure ? 'over TLS ' : ''}is not answered any more after lingerMs, for it is gone`, async (context) => {
      const served = await serveHttp2(context, secure ? { tls: identity('localhost') } : {});
      const client = secure ? await connectOverTls(served) : await served.connect();
      client.write(requestFrame(1, { path: '/held' }));
      await client.settled();
      client.end();
      await eventually(() => served.server.connections()[0]?.state === 'draining');
      await served.advance(1_999);
      assert.deepEqual(served.aborted, []);
      await served.advance(1);
      await eventually(() => served.closed.length > 0);
      assert.deepEqual(served.aborted, ['/held']);
      assert.deepEqual(served.closed, ['1 peerClosed']);
      assert.deepEqual(served.server.connections(), []);
    });
  }
});

describe('a connection over TLS', () => {
  test('says GOAWAY twice, too, while its client takes nothing of a large answer', async (context) => {
    const body = 'x'.repeat(8_000_000);
    const served = await serveHttp2(context, { tls: identity('localhost'), handler: () => ({ body }) });
    const client = await connectOverTls(served, { settings: { INITIAL_WINDOW_SIZE: 2 ** 31 - 1 } });
    client.write(windowFrame(0, 2 ** 31 - 1 - 65_535), requestFrame(1));
    await client.next('DATA');
    client.pause();
    const report = served.server.close();
    for (let round = 0; round < 20; round += 1) await new Promise(setImmediate);
    client.resume();
    assert.equal((await client.answer(1)).body.length, body.length);
    await assertGoodbye(client, 1);
    client.end();
    assert.deepEqual((await report).destroyed, []);
  });
});
