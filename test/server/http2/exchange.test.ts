// What is particular to requests over HTTP/2: their streams, windows and deadlines (RFC 9113 §5.1, §5.2, §8.1), frame by frame.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response } from '#src/server/index.js';
import { gate } from '../driven-server.ts';
import { dataFrame, requestFrame, resetFrame, windowFrame } from './raw-http2-client.ts';
import type { HeardFrame, RawHttp2Client } from './raw-http2-client.ts';
import { eventually, serveHttp2 } from './served.ts';

/** RFC 9113 §7. */
const NO_ERROR = 0;
const CANCEL = 8;

/** Bytes of window that the server has granted a stream since it began. */
function grantedTo(client: RawHttp2Client, stream: number): number {
  return client.frames
    .filter((frame: HeardFrame) => frame.type === 'WINDOW_UPDATE' && frame.stream === stream)
    .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
}

function bytesOf(client: RawHttp2Client, stream: number): number {
  return client.frames
    .filter((frame) => frame.type === 'DATA' && frame.stream === stream)
    .reduce((sum, { payload }) => sum + payload.length, 0);
}

/** Frames of the default size, a window full and no byte more. */
function bodyFrames(stream: number, bytes: number): Buffer[] {
  const frames: Buffer[] = [];
  for (let left = bytes; left > 0; left -= 16_384)
    frames.push(dataFrame(stream, Buffer.alloc(Math.min(left, 16_384), 'b')));
  return frames;
}

describe('the body of a request', { timeout: 60_000 }, () => {
  test('is granted more window only as the handler reads, and holds up no other stream', async (context) => {
    const read = gate();
    const windowBytes = 262_144;
    const { connect } = await serveHttp2(context, {
      fetch: async (request) => {
        if (request.method === 'GET') return new Response('quick');
        await read.promise;
        return new Response(String((await request.arrayBuffer()).byteLength));
      },
    });
    const client = await connect();
    // Its settings hold once they are acknowledged.
    await client.settled();
    client.write(requestFrame(1, { method: 'POST', end: false }));
    // Not more than the connection's own window at once, of which every byte is given back, read or not.
    for (const frame of bodyFrames(1, windowBytes)) client.write(frame);
    await client.settled();
    // What the queue of the handler takes without being read is 64 KiB and a frame.
    assert.ok(grantedTo(client, 1) <= 131_072, `${grantedTo(client, 1)} bytes`);
    assert.ok(grantedTo(client, 0) >= windowBytes / 2);
    assert.equal((await client.fetch(3)).body, 'quick');
    read.open();
    await client.until('more window', () => grantedTo(client, 1) >= windowBytes / 2);
    client.write(dataFrame(1, 'x', true));
    assert.equal((await client.answer(1)).body, String(windowBytes + 1));
  });

  test('that comes too late is answered with 408, and asked for no more', async (context) => {
    const aborted = gate();
    const { connect, advance } = await serveHttp2(context, {
      timeouts: { bodyMs: 1_000, minRateBytesPerSecond: 10 },
      fetch: async (request) => {
        request.signal.addEventListener('abort', () => aborted.open());
        return new Response(await request.text());
      },
    });
    const client = await connect();
    client.write(requestFrame(1, { method: 'POST', end: false }), dataFrame(1, 'x'.repeat(20)));
    await client.settled();
    // Twenty bytes have earned two seconds.
    await advance(2_999);
    await client.settled();
    assert.equal(
      client.frames.some(({ type }) => type === 'HEADERS'),
      false,
    );
    await advance(2);
    await aborted.promise;
    const { status, body } = await client.answer(1);
    assert.deepEqual([status, body], [408, '408 Request Timeout: the request body did not arrive in time\n']);
    await client.until('the reset', () => client.resetOf(1) !== undefined);
    assert.equal(client.resetOf(1), 'NO_ERROR');
    assert.equal(await client.settled(), true);
  });

  test('is not late while the handler does not read, or has not asked for it', async (context) => {
    const read = gate();
    const { connect, advance } = await serveHttp2(context, {
      timeouts: { bodyMs: 1_000 },
      fetch: async (request) => {
        await read.promise;
        return new Response(String((await request.arrayBuffer()).byteLength));
      },
    });
    const client = await connect();
    await client.settled();
    client.write(requestFrame(1, { method: 'POST', end: false }));
    for (const frame of bodyFrames(1, 131_072)) client.write(frame);
    client.write(requestFrame(3, { method: 'POST', end: false, more: [['expect', '100-continue']] }));
    await client.settled();
    await advance(600_000);
    read.open();
    await client.until('100', () => client.answerOf(3).status === 100);
    client.write(dataFrame(1, '', true), dataFrame(3, '', true));
    assert.deepEqual([(await client.answer(1)).body, (await client.answer(3)).body], ['131072', '0']);
  });

  test('that nobody read is asked for no more behind the answer', async (context) => {
    const { connect } = await serveHttp2(context);
    const client = await connect();
    client.write(requestFrame(1, { method: 'POST', end: false }), dataFrame(1, 'some'));
    assert.equal((await client.answer(1)).status, 200);
    await client.until('the reset', () => client.resetOf(1) !== undefined);
    assert.equal(client.resetOf(1), 'NO_ERROR');
    // What was on its way by then breaks nothing.
    client.write(dataFrame(1, 'more', true));
    assert.equal((await client.fetch(3)).status, 200);
  });

  test('that has come whole by then needs no reset', async (context) => {
    const { connect } = await serveHttp2(context);
    const client = await connect();
    client.write(requestFrame(1, { method: 'POST', end: false }), dataFrame(1, 'all of it', true));
    assert.equal((await client.answer(1)).status, 200);
    await client.settled();
    assert.equal(client.resetOf(1), undefined);
  });
});

describe('an answer', { timeout: 60_000 }, () => {
  test('waits for the window of its stream, and its source with it', async (context) => {
    let pulled = 0;
    const { connect } = await serveHttp2(context, {
      handler: (request) => ({
        body: request.url.endsWith('/small')
          ? 'small'
          : (async function* source() {
              for (; pulled < 1_000; pulled += 1) yield Buffer.alloc(1_000);
            })(),
      }),
    });
    const client = await connect({ settings: { INITIAL_WINDOW_SIZE: 1_000 } });
    client.write(requestFrame(1, { path: '/large' }));
    await client.until('a window full', () => bytesOf(client, 1) === 1_000);
    // Streams have windows of their own.
    assert.equal((await client.fetch(3, { path: '/small' })).body, 'small');
    // What Node.js takes before it asks to wait, and a piece behind it.
    assert.ok(pulled <= 128, `${pulled} pieces`);
    client.write(windowFrame(1, 2_000_000), windowFrame(0, 2_000_000));
    assert.equal((await client.answer(1)).body.length, 1_000_000);
  });

  for (const [what, body] of Object.entries({ small: 'x'.repeat(100), large: Buffer.alloc(1_000_000) })) {
    test(`that is ${what} and not taken in time is reset, and the connection lives`, async (context) => {
      const { connect, advance } = await serveHttp2(context, {
        timeouts: { writeMs: 5_000 },
        handler: (request) => ({ body: request.url.endsWith('/stalls') ? body : null }),
      });
      const client = await connect({ settings: { INITIAL_WINDOW_SIZE: 10 } });
      client.write(requestFrame(1, { path: '/stalls' }));
      await client.until('what the window allows', () => bytesOf(client, 1) === 10);
      await advance(4_999);
      await client.settled();
      assert.equal(client.resetOf(1), undefined);
      await advance(2);
      await client.until('the reset', () => client.resetOf(1) !== undefined);
      assert.equal(client.resetOf(1), 'INTERNAL_ERROR');
      assert.equal((await client.fetch(3)).status, 200);
    });
  }

  for (const code of [NO_ERROR, CANCEL]) {
    test(`that waits for window when it is taken back with code ${code} is over`, async (context) => {
      const body = async function* (): AsyncGenerator<string> {
        yield 'x'.repeat(1_024);
        await new Promise(() => {});
      };
      const served = await serveHttp2(context, { fetch: () => new Response(body()) });
      const client = await served.connect({ settings: { INITIAL_WINDOW_SIZE: 0 } });
      client.request(1);
      await client.next('HEADERS');
      await client.settled();
      client.write(resetFrame(1, code));
      await client.settled();
      await eventually(() => served.server.connections()[0]?.state === 'idle');
    });
  }

  test('that is taken slowly is not reset', async (context) => {
    const { connect, advance } = await serveHttp2(context, {
      timeouts: { writeMs: 5_000 },
      handler: () => ({ body: Buffer.alloc(300_000) }),
    });
    const client = await connect();
    client.write(windowFrame(0, 1_000_000), requestFrame(1));
    let taken = 65_535;
    await client.until('the first window', () => bytesOf(client, 1) === taken);
    while (taken < 300_000) {
      await advance(4_000);
      const bytes = Math.min(70_000, 300_000 - taken);
      client.write(windowFrame(1, bytes));
      taken += bytes;
      await client.until('the next window', () => bytesOf(client, 1) === taken);
    }
    assert.equal((await client.answer(1)).body.length, 300_000);
  });

  test('whose end is held back by an exhausted window is not reset for it', async (context) => {
    const { connect } = await serveHttp2(context, {
      handler: () => ({
        body: (async function* source() {
          for (let piece = 0; piece < 2; piece += 1) {
            yield Buffer.alloc(100);
            for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate);
          }
        })(),
      }),
    });
    const client = await connect({ settings: { INITIAL_WINDOW_SIZE: 200 } });
    for (const [stream, method] of [
      [1, 'GET'],
      [3, 'POST'],
    ] as const) {
      client.write(requestFrame(stream, { method, end: method === 'GET' }));
      await client.until('all of the body', () => bytesOf(client, stream) === 200);
      for (let trips = 0; trips < 20; trips += 1) await client.settled();
      assert.equal(client.resetOf(stream), undefined, client.story);
      client.write(windowFrame(stream, 1));
      assert.equal((await client.answer(stream)).body.length, 200);
    }
    // Only now is the client asked to stop.
    client.write(dataFrame(3, 'late'));
    await client.until('the reset', () => client.resetOf(3) !== undefined);
    assert.equal(client.resetOf(3), 'NO_ERROR');
  });

  test('to a client that reads nothing at all ends its connection', async (context) => {
    const { connect, advance, closed, server } = await serveHttp2(context, {
      timeouts: { writeMs: 5_000 },
      handler: () => ({
        body: (async function* endless() {
          for (;;) yield Buffer.alloc(65_536);
        })(),
      }),
    });
    const client = await connect({ settings: { INITIAL_WINDOW_SIZE: 2 ** 31 - 1 } });
    client.write(windowFrame(0, 2 ** 31 - 65_536));
    await client.settled();
    client.pause();
    client.write(requestFrame(1));
    await eventually(() => server.connections()[0]?.requests === 1);
    // However much the kernel takes, there comes an end.
    for (let waits = 0; closed.length === 0 && waits < 100; waits += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await advance(5_001);
    }
    assert.deepEqual(closed, ['1 writeTimeout']);
  });

  test('that asks for the end of the connection gets GOAWAY', async (context) => {
    const { connect, closed } = await serveHttp2(context, {
      handler: () => ({ headers: { connection: 'close' }, body: 'last' }),
    });
    const client = await connect();
    const { body, fields } = await client.fetch(1);
    assert.equal(body, 'last');
    assert.equal(
      fields.some(([name]) => name === 'connection'),
      false,
    );
    assert.equal(await client.ended(), 'fin');
    client.end();
    await eventually(() => closed.length === 1);
    assert.deepEqual(closed, ['1 weSentClose']);
    assert.deepEqual(new Set(client.goaways.map(({ code }) => code)), new Set(['NO_ERROR']));
  });

  test('has no upgrade to offer', async (context) => {
    const errors: unknown[] = [];
    const { connect } = await serveHttp2(context, {
      onError: (error) => void errors.push(error),
      handler: (_request, handling) => ({ body: handling.upgrade().head }),
    });
    const client = await connect();
    assert.equal((await client.fetch(1)).status, 500);
    assert.match(String(errors), /HTTP\/2 has no upgrade/);
  });
});

describe('a head', { timeout: 60_000 }, () => {
  const heads: readonly [string, Parameters<typeof requestFrame>[1], number][] = [
    ['with a fragment in its path', { path: '/a#b' }, 400],
    ['with a byte above ASCII in its path', { path: '/\u00e9' }, 400],
    ['with a Host that is another than the authority', { more: [['host', 'b']] }, 400],
    ['with a Host that is the authority', { more: [['host', 'A']] }, 200],
    ['with another expectation', { more: [['expect', 'a miracle']] }, 417],
    ['with more fields than allowed', { more: Array.from({ length: 101 }, (_, at) => [`x-${at}`, 'v'] as const) }, 431],
    [
      'with cookies in more fields than allowed',
      { more: Array.from({ length: 200 }, () => ['cookie', 'a=b'] as const) },
      200,
    ],
  ];
  for (const [what, options, status] of heads) {
    test(`${what} is answered with ${status}`, async (context) => {
      const { connect } = await serveHttp2(context);
      const client = await connect();
      assert.equal((await client.fetch(1, options)).status, status);
      assert.equal(await client.settled(), true);
    });
  }

  test('that is far too large resets its stream alone', async (context) => {
    const { connect, asked } = await serveHttp2(context, { limits: { headerBytes: 1_000, headerFields: 10 } });
    const client = await connect();
    await client.settled();
    client.write(requestFrame(1, { more: [['x-large', 'v'.repeat(5_000)]] }));
    await client.until('the reset', () => client.resetOf(1) !== undefined);
    assert.equal(client.resetOf(1), 'ENHANCE_YOUR_CALM');
    assert.equal((await client.fetch(3, { path: '/next' })).body, '/next');
    assert.deepEqual(asked, ['/next']);
  });

  test('has its cookies in one field again', async (context) => {
    const { connect } = await serveHttp2(context, {
      fetch: (request) => Response.json([...request.headers]),
    });
    const client = await connect();
    const { body } = await client.fetch(1, {
      more: [
        ['x-before', 'cookie'],
        ['cookie', 'a=b'],
        ['cookie', 'c=d'],
        ['x-after', '1'],
        ['cookie', 'e=f'],
      ],
    });
    assert.deepEqual(JSON.parse(body), [
      ['cookie', 'a=b; c=d; e=f'],
      ['x-after', '1'],
      ['x-before', 'cookie'],
    ]);
  });
});
