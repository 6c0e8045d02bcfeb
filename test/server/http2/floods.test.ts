// Floods: what costs a client little and a server much. Each ends with GOAWAY, and harms nobody else.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeFields } from './hpack.ts';
import {
  dataFrame,
  pingFrame,
  rawFrame,
  requestFields,
  requestFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from './raw-http2-client.ts';
import type { RawHttp2Client } from './raw-http2-client.ts';
import { serveHttp2 } from './served.ts';
import type { ServedHttp2 } from './served.ts';

const CANCEL = 8;

function times(count: number, make: (index: number) => Buffer): Buffer[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** A request that is reset in the same breath, the `index`th of a connection. */
function takenBack(index: number, first = 1): Buffer {
  const stream = first + 2 * index;
  return Buffer.concat([requestFrame(stream, { path: '/held' }), resetFrame(stream, CANCEL)]);
}

/** The client is told what was too much, and its connection ends in an orderly way. */
async function assertCalmed(client: RawHttp2Client, limit: string): Promise<void> {
  assert.equal(await client.ended(), 'fin', client.story.slice(-2_000));
  const [goaway] = client.goaways;
  assert.equal(goaway?.code, 'ENHANCE_YOUR_CALM');
  assert.ok(goaway.debug.endsWith(`(${limit})`), goaway.debug);
}

/** Nobody else has noticed anything. */
async function assertServes(served: ServedHttp2): Promise<void> {
  const client = await served.connect();
  assert.equal((await client.fetch(1, { path: '/other' })).body, '/other');
}

describe('a flood of', () => {
  test('requests that are taken back at once ends, with no more handlers asked than the limit allows', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { resets: 20 } } }, 'passes');
    const client = await served.connect();
    client.write(...times(3_000, (index) => takenBack(index)));
    await assertCalmed(client, 'http2.floods.resets');
    assert.ok(served.asked.length <= 21);
    assert.equal(served.aborted.length, served.asked.length);
    await assertServes(served);
  });

  test('requests that are taken back at once ends by default, too', async (context) => {
    const served = await serveHttp2(context, {}, 'passes');
    const client = await served.connect();
    client.write(...times(500, (index) => takenBack(index)));
    await assertCalmed(client, 'http2.floods.resets');
    assert.ok(served.asked.length <= 201);
  });

  test('requests that are taken back by the thousand ends, whoever of us two sees it first', async (context) => {
    const served = await serveHttp2(context, {}, 'passes');
    const client = await served.connect();
    client.write(...times(5_000, (index) => takenBack(index)));
    assert.equal(await client.ended(), 'fin');
    assert.notEqual(client.goaways[0]?.code, 'NO_ERROR');
    assert.ok(served.asked.length <= 201);
    await assertServes(served);
  });

  test('requests whose handlers are at work when they are taken back ends', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { resets: 5 } } }, 'passes');
    const client = await served.connect();
    for (let stream = 1; stream < 13; stream += 2) {
      client.request(stream, { path: '/held' });
      await client.settled();
      client.write(resetFrame(stream, CANCEL));
    }
    await assertCalmed(client, 'http2.floods.resets');
    assert.equal(served.asked.length, 6);
    assert.equal(served.aborted.length, 6);
  });

  test('requests that are answered, but taken back at once, ends as well', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { resets: 20 } } }, 'passes');
    const client = await served.connect();
    client.write(
      ...times(3_000, (index) => Buffer.concat([requestFrame(1 + 2 * index), resetFrame(1 + 2 * index, CANCEL)])),
    );
    await assertCalmed(client, 'http2.floods.resets');
    assert.ok(served.asked.length <= 21);
  });

  test('PING ends', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { pings: 20 } } }, 'passes');
    const client = await served.connect();
    client.write(...times(20, () => pingFrame('good one')));
    await client.until('20 acknowledgements', () => client.frames.filter(({ type }) => type === 'PING').length === 20);
    client.write(...times(1_000, () => pingFrame('too many')));
    await assertCalmed(client, 'http2.floods.pings');
    await assertServes(served);
  });

  test('SETTINGS ends; those of the preface are none of it', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { settings: 5 } } }, 'passes');
    const client = await served.connect();
    client.write(...times(5, () => settingsFrame()));
    assert.ok(await client.settled());
    client.write(...times(1_000, () => settingsFrame()));
    await assertCalmed(client, 'http2.floods.settings');
    await assertServes(served);
  });

  test('requests that break the rules ends', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { streamErrors: 5 } } }, 'passes');
    const client = await served.connect();
    // A body that is shorter than announced shows only when the handler is at work (MadeYouReset).
    for (let stream = 1; client.ending === 'open'; stream += 2) {
      client.request(stream, { method: 'POST', path: '/held', more: [['content-length', '5']], end: false });
      client.write(dataFrame(stream, 'x', true));
      await client.until(
        `the reset of ${stream}`,
        () => client.resetOf(stream) !== undefined || client.ending !== 'open',
        true,
      );
    }
    assert.ok(served.asked.length <= 10);
    await assertCalmed(client, 'http2.floods.streamErrors');
    await assertServes(served);
  });

  test('PING is none where as many come in each window as may', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { pings: 20, windowMs: 1_000 } } });
    const client = await served.connect();
    for (let round = 0; round < 5; round += 1) {
      // The one more is the mark behind them.
      client.write(...times(19, () => pingFrame('good one')));
      assert.ok(await client.settled(), client.story.slice(-500));
      await served.advance(1_000);
    }
    assert.deepEqual(client.goaways, []);
  });
});

describe('what only nghttp2 can see', () => {
  const block = encodeFields(requestFields('POST', '/held'));
  const floods: readonly (readonly [string, (client: RawHttp2Client) => void])[] = [
    [
      'DATA without contents',
      (client) => client.write(rawFrame(1, 4, 1, block), ...times(2_000, () => dataFrame(1, ''))),
    ],
    ['CONTINUATION', (client) => client.write(rawFrame(1, 0, 1, block), ...times(2_000, () => rawFrame(9, 0, 1)))],
    [
      'heads that are no request',
      (client) => client.write(...times(2_000, (index) => rawFrame(1, 5, 1 + 2 * index, encodeFields([['x', 'y']])))),
    ],
    [
      'requests above the limit of streams',
      (client) => client.write(...times(2_000, (index) => requestFrame(1 + 2 * index, { path: '/held' }))),
    ],
    ['acknowledgements of PING', (client) => client.write(...times(2_000, () => rawFrame(6, 1, 0, Buffer.alloc(8))))],
  ];
  for (const [name, flood] of floods) {
    test(`ends the connection: a flood of ${name}`, async (context) => {
      const served = await serveHttp2(context, {}, 'passes');
      const client = await served.connect();
      flood(client);
      await client.until('GOAWAY', () => client.goaways.length > 0);
      assert.notEqual(client.goaways[0]!.code, 'NO_ERROR');
      assert.ok(served.asked.length <= 128);
      await assertServes(served);
    });
  }

  const noise: readonly (readonly [string, (index: number) => Buffer])[] = [
    ['WINDOW_UPDATE of the connection', () => windowFrame(0, 1)],
    ['WINDOW_UPDATE of a stream', () => windowFrame(1, 1)],
    ['PRIORITY', (index) => rawFrame(2, 0, 3 + 2 * index, Buffer.from([0, 0, 0, 0, 15]))],
    ['frames of an unknown type', () => rawFrame(0xf0, 0, 0, Buffer.from('noise'))],
    ['DATA that is nothing but padding', () => rawFrame(0, 8, 1, Buffer.from([0]))],
  ];
  for (const [name, frame] of noise) {
    test(`costs no more than its bytes: a flood of ${name}`, async (context) => {
      const served = await serveHttp2(context, {}, 'passes');
      const client = await served.connect();
      client.request(1, { method: 'POST', path: '/held', end: false });
      const before = process.memoryUsage().rss;
      for (let round = 0; round < 20 && client.ending === 'open'; round += 1) {
        client.write(...times(1_000, (index) => frame(1_000 * round + index)));
        await client.settled();
      }
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024);
      await assertServes(served);
      // From Node.js 22 on nghttp2 has a limit for some of these, too: 10,000, and 330 a second.
      if (client.ending !== 'open') {
        assert.equal(client.goaways[0]?.code, 'ENHANCE_YOUR_CALM');
        return;
      }
      served.release();
      client.write(dataFrame(1, '', true));
      assert.equal((await client.answer(1)).body, '/held');
    });
  }
});

describe('a client that means well', () => {
  test('may take back every other request for ever', async (context) => {
    const served = await serveHttp2(context, { http2: { floods: { resets: 2 } } }, 'passes');
    const client = await served.connect();
    for (let round = 0; round < 50; round += 1) {
      client.write(takenBack(2 * round));
      assert.equal((await client.fetch(3 + 4 * round)).status, 200);
    }
    assert.deepEqual(client.goaways, []);
  });

  test('may ask for as many streams as it likes before it knows the limit: those refused can be sent again', async (context) => {
    const served = await serveHttp2(context, { http2: { maxConcurrentStreams: 3 } });
    const client = await served.connect({ acknowledges: false });
    client.write(...times(10, (index) => requestFrame(1 + 2 * index, { path: '/held' })));
    await client.until('seven refusals', () => client.frames.filter(({ type }) => type === 'RST_STREAM').length === 7);
    for (let stream = 7; stream < 21; stream += 2) assert.equal(client.resetOf(stream), 'REFUSED_STREAM');
    assert.equal(served.asked.length, 3);
    served.release();
    for (const stream of [1, 3, 5]) assert.equal((await client.answer(stream)).body, '/held');
    assert.equal((await client.fetch(21, { path: '/again' })).body, '/again');
    assert.equal(served.asked.length, 4);
  });

  test('gets its PING acknowledged while handlers wait and a stream is blocked', async (context) => {
    const served = await serveHttp2(context, {
      handler: (request) => (request.url.endsWith('/held') ? new Promise(() => {}) : { body: 'x'.repeat(1_000_000) }),
    });
    const client = await served.connect({ settings: { INITIAL_WINDOW_SIZE: 10 } });
    client.write(requestFrame(1, { path: '/held' }), requestFrame(3));
    await client.next('DATA', ({ payload }) => payload.length === 10);
    assert.ok(await client.settled());
  });
});
