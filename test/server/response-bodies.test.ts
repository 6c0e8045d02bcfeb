// Bodies of responses, whatever they are given as: framing, truncation, back-pressure, and the client that goes away.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AnswerBody, AnswerHeaders } from '#src/server/index.js';
import { Response } from '#src/server/index.js';
import { CLOSE, DATE, DrivenServer, KEEP, gate, get } from './driven-server.ts';
import type { DrivenClient } from './driven-server.ts';

const KEEP_ALIVE_10 = 'Connection: keep-alive\r\n';

/** Asks once for an answer with this body. */
async function fetchBody(
  body: () => AnswerBody,
  request: string = get(),
  headers: AnswerHeaders = {},
): Promise<{ server: DrivenServer; client: DrivenClient }> {
  const server = new DrivenServer({ handler: () => ({ headers, body: body() }) });
  const client = server.connect();
  await client.send(request);
  return { server, client };
}

/** Long enough for what was sent before to arrive: some turns of the event loop. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
}

/** Pieces that come one after the other, and an end or a failure that comes after the last of them has arrived. */
async function* pieces(...all: (string | Uint8Array | Error)[]): AsyncGenerator<string | Uint8Array> {
  for (const piece of all) {
    await turns();
    if (piece instanceof Error) throw piece;
    yield piece;
  }
  await turns();
}

const length = (bytes: number): string => `HTTP/1.1 200 OK\r\n${DATE}${KEEP}Content-Length: ${bytes}\r\n\r\n`;
const chunked = `HTTP/1.1 200 OK\r\n${DATE}${KEEP}Transfer-Encoding: chunked\r\n\r\n`;

describe('a body that is at hand', () => {
  test('of ASCII text has its length', async () => {
    const { client } = await fetchBody(() => 'hello');
    assert.equal(client.received, `${length(5)}hello`);
  });

  test('of other text is sent as UTF-8 with its length in bytes', async () => {
    const { client } = await fetchBody(() => 'señal €');
    assert.equal(client.received, length(10) + Buffer.from('señal €').toString('latin1'));
  });

  test('of bytes is sent as it is', async () => {
    const bytes = Buffer.from([0, 13, 10, 255, 128]);
    const { client } = await fetchBody(() => bytes);
    assert.equal(client.received, length(5) + bytes.toString('latin1'));
  });

  test('of a view into a larger buffer is only that view', async () => {
    const { client } = await fetchBody(
      () => new Uint8Array(Buffer.from('_view_').buffer, Buffer.from('').byteOffset, 0),
    );
    assert.equal(client.received, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`);
    const whole = new TextEncoder().encode('_view_');
    const { client: other } = await fetchBody(() => whole.subarray(1, 5));
    assert.equal(other.received, `${length(4)}view`);
  });

  test('that is empty says so', async () => {
    for (const body of ['', new Uint8Array(0), null]) {
      const { client } = await fetchBody(() => body);
      assert.equal(client.received, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`);
    }
  });

  for (const size of [262_143, 262_144, 262_145, 1_000_000]) {
    test(`of ${size} bytes arrives whole, as bytes and as text`, async () => {
      for (const body of [Buffer.alloc(size, 'b'), 't'.repeat(size), `é${'t'.repeat(size - 2)}`]) {
        const { server, client } = await fetchBody(() => body);
        assert.equal(client.received.length, length(size).length + size);
        await client.send(get());
        assert.equal(client.received.length, 2 * (length(size).length + size));
        assert.deepEqual(server.errors, []);
      }
    });
  }

  test('of more than 256 KiB is sent only as fast as the peer reads', async () => {
    const server = new DrivenServer({ handler: () => ({ body: Buffer.alloc(3_000_000) }) });
    const client = server.connect();
    client.pause();
    await client.send(get());
    assert.ok(client.writes.join('').length < 200_000, 'only the first slices are on their way');
    await client.resume();
    assert.equal(client.received.length, length(3_000_000).length + 3_000_000);
  });

  test('agrees with a content-length that the handler announces, or the answer is 500', async () => {
    const { client } = await fetchBody(() => 'hello', get(), { 'content-length': '5' });
    assert.equal(client.received, `${length(5)}hello`);
    const { server, client: other } = await fetchBody(() => 'hello', get(), { 'content-length': '6' });
    assert.match(other.received, /^HTTP\/1\.1 500 /);
    assert.match(String(server.errors[0]), /announced 6 bytes and gave 5/);
  });
});

describe('a stream of known length', () => {
  const announce = { 'content-length': '10' };

  test('is sent with that length', async () => {
    const { client } = await fetchBody(() => pieces('hello', 'world'), get(), announce);
    assert.equal(client.received, `${length(10)}helloworld`);
    await client.send(get());
    assert.equal(client.received, `${length(10)}helloworld`.repeat(2));
  });

  test('that is too short breaks the connection off', async () => {
    const { server, client } = await fetchBody(() => pieces('hello'), get(), announce);
    assert.equal(client.received, `${length(10)}hello`);
    assert.deepEqual(server.closed, ['1 aborted']);
    assert.match(String(server.errors[0]), /5 bytes are missing/);
  });

  test('that is too long breaks the connection off, and nothing beyond the length is sent', async () => {
    const { server, client } = await fetchBody(() => pieces('hello', 'world!'), get(), announce);
    assert.equal(client.received, `${length(10)}hello`);
    assert.deepEqual(server.closed, ['1 aborted']);
    assert.match(String(server.errors[0]), /1 bytes too many/);
  });

  test('that is too short ends in RST for HTTP/1.0, whatever was announced', async () => {
    const { client } = await fetchBody(() => pieces('hello'), get('/', '', '1.0'), announce);
    assert.match(client.received, /hello$/);
    assert.equal(client.over, 'read ECONNRESET');
  });

  test('of 0 does not touch its source', async () => {
    let touched = false;
    const source: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          touched = true;
          return Promise.reject(new Error('nobody asked'));
        },
        return: () => Promise.resolve({ done: true, value: undefined }),
      }),
    };
    const { client } = await fetchBody(() => source, get(), { 'content-length': '0' });
    assert.equal(client.received, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`);
    assert.equal(touched, false);
  });
});

describe('a stream of unknown length', () => {
  test('is chunked', async () => {
    const { client } = await fetchBody(() => pieces('hello', Buffer.from('world!!')));
    assert.equal(client.received, `${chunked}5\r\nhello\r\n7\r\nworld!!\r\n0\r\n\r\n`);
    await client.send(get());
    assert.match(client.received, /0\r\n\r\nHTTP.*0\r\n\r\n$/s);
  });

  test('leaves out pieces without bytes, which would end it', async () => {
    const { server, client } = await fetchBody(() => pieces('a', '', new Uint8Array(0), 'b'));
    await server.run();
    assert.equal(client.received, `${chunked}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`);
  });

  test('ends with the connection for HTTP/1.0, even with keep-alive', async () => {
    const { server, client } = await fetchBody(() => pieces('hello', 'world'), get('/', KEEP_ALIVE_10, '1.0'));
    assert.equal(client.received, `HTTP/1.1 200 OK\r\n${DATE}${CLOSE}\r\nhelloworld`);
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(server.closed, ['1 bodyUntilClose']);
  });

  test('that turns out to be empty, or one piece at once, is sent with its length', async () => {
    const { client } = await fetchBody(() => new ReadableStream({ start: (controller) => controller.close() }));
    assert.equal(client.received, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`);
    async function* one(): AsyncGenerator<string> {
      yield 'at once';
    }
    const { client: other } = await fetchBody(one, get('/', KEEP_ALIVE_10, '1.0'));
    assert.equal(other.received, `${length(7)}at once`);
  });

  test('that is slow to begin lets its head go first', async () => {
    const first = gate<string>();
    async function* slow(): AsyncGenerator<string> {
      yield await first.promise;
    }
    const { server, client } = await fetchBody(slow);
    assert.equal(client.take(), chunked);
    first.open('late');
    await server.run();
    assert.equal(client.take(), '4\r\nlate\r\n0\r\n\r\n');
  });

  test('delivers each piece when it comes', async () => {
    const second = gate<string>();
    async function* slow(): AsyncGenerator<string> {
      yield 'first';
      yield await second.promise;
    }
    const { server, client } = await fetchBody(slow);
    assert.equal(client.take(), `${chunked}5\r\nfirst\r\n`);
    second.open('second');
    await server.run();
    assert.equal(client.take(), '6\r\nsecond\r\n0\r\n\r\n');
  });

  test('that fails before its head went out is a 500', async () => {
    const broken = (): AnswerBody => new ReadableStream({ pull: () => Promise.reject(new Error('no such row')) });
    const { server, client } = await fetchBody(broken);
    assert.match(client.received, /^HTTP\/1\.1 500 Internal Server Error\r\n/);
    assert.doesNotMatch(client.received, /no such row/);
    assert.match(String(server.errors[0]), /no such row/);
    await client.send(get());
    assert.equal(client.received.split('500 Internal Server Error\r\n').length - 1, 2, 'the connection goes on');
  });

  test('that fails in the middle is broken off without its last chunk', async () => {
    const { server, client } = await fetchBody(() => pieces('hello', new Error('disk gone')));
    assert.equal(client.received, `${chunked}5\r\nhello\r\n`);
    assert.deepEqual(server.closed, ['1 aborted']);
    assert.match(String(server.errors[0]), /disk gone/);
  });

  test('that fails in the middle ends in RST where its end is the end of the connection', async () => {
    const { client } = await fetchBody(() => pieces('hello', new Error('disk gone')), get('/', '', '1.0'));
    assert.match(client.received, /hello$/);
    assert.equal(client.over, 'read ECONNRESET');
  });

  test('that yields something else than bytes or text is broken off', async () => {
    const { server, client } = await fetchBody(() => pieces('hello', 42 as unknown as string));
    assert.equal(client.received, `${chunked}5\r\nhello\r\n`);
    assert.match(String(server.errors[0]), /must be bytes or text, not number/);
  });

  test('that was already locked is a 500', async () => {
    const stream = new ReadableStream<Uint8Array>();
    stream.getReader();
    const { client } = await fetchBody(() => stream);
    assert.match(client.received, /^HTTP\/1\.1 500 /);
  });

  test('carries any pieces unchanged', async () => {
    async function* atOnce(all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
      yield* all;
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), async (all) => {
        const { client } = await fetchBody(() => atOnce(all), get('/', '', '1.0'));
        const body = client.received.slice(client.received.indexOf('\r\n\r\n') + 4);
        assert.equal(body, Buffer.concat(all).toString('latin1'));
      }),
      { numRuns: 40 },
    );
  });
});

describe('back-pressure', () => {
  test('reaches the source: it is pulled only as fast as the peer reads', async () => {
    let pulls = 0;
    const stream = (): ReadableStream<Uint8Array> =>
      new ReadableStream(
        {
          pull: (controller) => {
            pulls += 1;
            if (pulls > 50) controller.close();
            else controller.enqueue(Buffer.alloc(10_000, 'x'));
          },
        },
        { highWaterMark: 0 },
      );
    const server = new DrivenServer({ handler: () => ({ body: stream() }) });
    const client = server.connect();
    client.pause();
    await client.send(get());
    assert.ok(pulls <= 4, `${pulls} pieces were pulled although nobody reads`);
    await server.advance(50_000);
    assert.ok(pulls <= 4);
    await client.resume();
    assert.equal(pulls, 51);
    assert.equal(client.received.split('x').length - 1, 500_000);
  });

  test('does not make a failing source an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      async function* fails(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(200_000);
        throw new Error('while the peer does not read');
      }
      const headers = { 'content-length': '1000000' };
      const server = new DrivenServer({ handler: () => ({ headers, body: fails() }) });
      const client = server.connect();
      client.pause();
      await client.send(get());
      await new Promise(setImmediate);
      assert.deepEqual(unhandled, []);
      await client.resume();
      assert.match(String(server.errors[0]), /while the peer does not read/);
      assert.deepEqual(server.closed, ['1 aborted']);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('a client that is gone', () => {
  test('cancels the source and aborts the signal', async () => {
    const log: string[] = [];
    const server = new DrivenServer({
      fetch: (request) => {
        request.signal.addEventListener('abort', () => log.push(`signal: ${String(request.signal.reason)}`));
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(Buffer.from('first')),
            cancel: () => void log.push('cancel'),
          }),
        );
      },
    });
    const client = server.connect();
    await client.send(get());
    await client.reset();
    assert.deepEqual(log, ['signal: AbortedError: the client closed the connection', 'cancel']);
    assert.deepEqual(server.errors, [], 'that is nobody’s mistake');
  });

  test('runs the finally block of a generator', async () => {
    const log: string[] = [];
    const next = gate();
    async function* generate(): AsyncGenerator<string> {
      try {
        yield 'first';
        await next.promise;
        yield 'second';
      } finally {
        log.push('finally');
      }
    }
    const { server, client } = await fetchBody(generate);
    await client.reset();
    next.open();
    await server.run();
    assert.deepEqual(log, ['finally']);
  });

  test('is forgotten even where the clean-up of the source throws', async () => {
    for (const returned of [
      () => {
        throw new Error('clean-up failed');
      },
      () => Promise.reject(new Error('clean-up failed')),
      () => ({ done: true, value: undefined }),
      undefined,
    ]) {
      const source = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: returned }),
      } as unknown as AsyncIterable<string>;
      const { server, client } = await fetchBody(() => source);
      await client.reset();
      assert.deepEqual(server.closed, ['1 peerReset']);
      assert.equal(server.core.connections.size, 0);
    }
  });

  test('is noticed by a source that waits for back-pressure to end', async () => {
    const log: string[] = [];
    const body = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(Buffer.alloc(50_000)),
        cancel: () => void log.push('cancel'),
      });
    const server = new DrivenServer({ handler: () => ({ body: body() }) });
    const client = server.connect();
    client.pause();
    await client.send(get());
    await client.reset();
    assert.deepEqual(log, ['cancel']);
    assert.deepEqual(server.closed, ['1 peerReset']);
  });

  test('is noticed by an answer that is ready too late: its source is cancelled', async () => {
    const log: string[] = [];
    const answer = gate<Response>();
    const server = new DrivenServer({ fetch: () => answer.promise });
    const client = server.connect();
    await client.send(get());
    await client.reset();
    answer.open(new Response(new ReadableStream({ cancel: () => void log.push('cancel') })));
    await server.run();
    assert.deepEqual(log, ['cancel']);
    assert.deepEqual(server.errors, []);
  });

  test('does not leave the source of an answer open that cannot be sent', async () => {
    const log: string[] = [];
    const body = (): ReadableStream<Uint8Array> => new ReadableStream({ cancel: () => void log.push('cancel') });
    for (const answer of [
      { status: 99, body: body() },
      { headers: { 'x-a': '\u0007' }, body: body() },
    ]) {
      const server = new DrivenServer({ handler: () => answer });
      const client = server.connect();
      await client.send(get());
      assert.match(client.received, /^HTTP\/1\.1 500 /);
    }
    assert.deepEqual(log, ['cancel', 'cancel']);
  });
});
