// Trailer fields (RFC 9110 §6.5, RFC 9112 §7.1.2) and reason phrases: when they are sent, and what may not stand in them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Response } from '#src/server/index.js';
import type { Answer } from '#src/server/index.js';
import { DATE, DrivenServer, KEEP, gate, get } from './driven-server.ts';

async function answerWith(
  answer: () => Answer | globalThis.Response | Promise<Answer>,
  request: string = get(),
): Promise<{ server: DrivenServer; received: string; ended: boolean }> {
  const server = new DrivenServer({ handler: answer });
  const client = server.connect();
  await client.send(request);
  return { server, received: client.received, ended: client.ended };
}

async function* pieces(): AsyncGenerator<string> {
  yield 'ab';
  await new Promise(setImmediate);
  yield 'c';
}

const CHUNKED = `HTTP/1.1 200 OK\r\n${DATE}${KEEP}Transfer-Encoding: chunked\r\n\r\n`;
const sum = (): Record<string, string> => ({ 'X-Sum': '3' });

describe('trailers', () => {
  test('follow the body, in chunks, and the connection persists', async () => {
    const server = new DrivenServer({ handler: () => ({ body: pieces(), trailers: sum }) });
    const client = server.connect();
    await client.send(get() + get());
    const one = `${CHUNKED}2\r\nab\r\n1\r\nc\r\n0\r\nx-sum: 3\r\n\r\n`;
    assert.equal(client.received, one + one);
  });

  test('that fail while their answer waits for its turn do not end the process', async (t) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    t.after(() => process.off('unhandledRejection', note));
    const first = gate();
    const server = new DrivenServer({
      handler: async ({ url }): Promise<Answer> => {
        if (url.endsWith('/late')) return { body: 'abc', trailers: Promise.reject(new Error('no sum')) };
        await first.promise;
        return { body: 'first' };
      },
      onError: () => {},
    });
    const client = server.connect();
    await client.send(get('/') + get('/late'));
    await new Promise(setImmediate);
    first.open();
    await server.run();
    assert.deepEqual(unhandled, []);
  });

  test('are evaluated when the body has ended, not before', async () => {
    const order: string[] = [];
    const { received } = await answerWith(() => ({
      body: (async function* body() {
        order.push('begun');
        yield 'abc';
        order.push('ended');
      })(),
      trailers: async () => {
        order.push('trailers');
        await new Promise(setImmediate);
        return sum();
      },
    }));
    assert.deepEqual(order, ['begun', 'ended', 'trailers']);
    assert.equal(received, `${CHUNKED}3\r\nabc\r\n0\r\nx-sum: 3\r\n\r\n`);
  });

  const bodies: Record<string, Answer['body'] | undefined> = { text: 'abc', bytes: Buffer.from('abc') };
  for (const [what, body] of Object.entries(bodies)) {
    test(`put ${what} that is wholly at hand into chunks`, async () => {
      const { received } = await answerWith(() => ({ body: body!, trailers: sum }));
      assert.equal(received, `${CHUNKED}3\r\nabc\r\n0\r\nx-sum: 3\r\n\r\n`);
    });
  }

  test('follow an empty body and a missing one', async () => {
    for (const answer of [{ body: '' }, {}]) {
      const { received } = await answerWith(() => ({ ...answer, trailers: sum }));
      assert.equal(received, `${CHUNKED}0\r\nx-sum: 3\r\n\r\n`);
    }
  });

  test('may come by promise, several of one name, or be none in the end', async () => {
    const list = [
      ['x-a', '1'],
      ['X-A', '2'],
    ] as const;
    const promised = await answerWith(() => ({ body: 'abc', trailers: Promise.resolve(list) }));
    assert.equal(promised.received, `${CHUNKED}3\r\nabc\r\n0\r\nx-a: 1\r\nx-a: 2\r\n\r\n`);
    const none = await answerWith(() => ({ body: 'abc', trailers: () => ({}) }));
    assert.equal(none.received, `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`);
  });

  test('are announced where the handler does so', async () => {
    const { received } = await answerWith(() => ({ headers: { Trailer: 'X-Sum' }, body: 'abc', trailers: sum }));
    assert.match(received, /^trailer: X-Sum\r$/m);
  });

  test('are not asked for where they cannot be sent', async () => {
    let asked = 0;
    const trailers = (): Record<string, string> => {
      asked += 1;
      return sum();
    };
    const cases: Record<string, [Answer, string]> = {
      'HTTP/1.0': [{ body: 'abc' }, get('/', '', '1.0')],
      'a stream for HTTP/1.0': [{ body: pieces() }, get('/', '', '1.0')],
      HEAD: [{ body: 'abc' }, get().replace('GET', 'HEAD')],
      '204': [{ status: 204 }, get()],
      '304': [{ status: 304 }, get()],
      '205': [{ status: 205 }, get()],
    };
    for (const [what, [answer, request]] of Object.entries(cases)) {
      const { server, received } = await answerWith(() => ({ ...answer, trailers }), request);
      assert.doesNotMatch(received, /x-sum|chunked/i, what);
      assert.deepEqual(server.errors, [], what);
    }
    assert.equal(asked, 0);
  });

  test('beside an announced length hold the body to it', async () => {
    const headers = { 'content-length': '3' };
    const whole = await answerWith(() => ({ headers, body: pieces(), trailers: sum }));
    assert.equal(whole.received, `${CHUNKED}2\r\nab\r\n1\r\nc\r\n0\r\nx-sum: 3\r\n\r\n`);
    const short = await answerWith(() => ({ headers: { 'content-length': '4' }, body: pieces(), trailers: sum }));
    assert.doesNotMatch(short.received, /\r\n0\r\n/);
    assert.equal(short.server.errors.length, 1);
  });

  test('that fail break the answer off, as a failing body does', async () => {
    const failures: Record<string, () => NonNullable<Answer['trailers']>> = {
      'a function that throws': () => () => {
        throw new Error('of the trailers');
      },
      'a promise that fails': () => Promise.reject(new Error('of the trailers')),
      'a name that is none': () => () => ({ 'x y': '1' }),
      'a value with a control character': () => () => ({ 'x-sum': '\u0001' }),
      'no fields at all': () => () => undefined as never,
    };
    for (const [what, trailers] of Object.entries(failures)) {
      const { server, received, ended } = await answerWith(() => ({ body: 'abc', trailers: trailers() }));
      assert.doesNotMatch(received, /\r\n0\r\n/, what);
      assert.ok(ended, what);
      assert.equal(server.errors.length, 1, what);
    }
  });

  test('refuse what must be known before the body', async () => {
    for (const name of [
      'Content-Length',
      'transfer-encoding',
      'Host',
      'Set-Cookie',
      'Content-Type',
      'Trailer',
      'Date',
    ]) {
      const { server, received } = await answerWith(() => ({ body: 'abc', trailers: () => ({ [name]: '1' }) }));
      assert.doesNotMatch(received, /\r\n0\r\n/, name);
      assert.match(String(server.errors[0]), new RegExp(`${name.toLowerCase()} may not be sent as a trailer`));
    }
  });

  test('must be a function or a promise', async () => {
    const { server, received } = await answerWith(() => ({ body: 'abc', trailers: { 'x-sum': '3' } as never }));
    assert.match(received, /^HTTP\/1\.1 500 /);
    assert.match(String(server.errors[0]), /function or a promise/);
  });

  test('by a promise that fails end no process where nobody asks for them', async () => {
    const failing = (): Answer => ({ body: 'abc', trailers: Promise.reject(new Error('of the trailers')) });
    const head = await answerWith(failing, get().replace('GET', 'HEAD'));
    assert.deepEqual(head.server.errors, []);
    const late = gate<Answer>();
    const server = new DrivenServer({ handler: () => late.promise });
    const client = server.connect();
    await client.send(get());
    await client.reset();
    late.open(failing());
    await server.run();
    assert.deepEqual(server.errors, []);
  });
});

describe('a reason phrase', () => {
  const answers: Record<string, () => Answer | globalThis.Response> = {
    'a plain answer': () => ({ statusText: 'Fine by me' }),
    'our Response': () => new Response(null, { statusText: 'Fine by me' }),
    'our Response with fields': () => new Response(null, { statusText: 'Fine by me', headers: { a: 'b' } }),
    'the global Response': () => new globalThis.Response(null, { statusText: 'Fine by me' }),
  };
  for (const [what, answer] of Object.entries(answers)) {
    test(`of ${what} is sent as it is`, async () => {
      const { received } = await answerWith(answer);
      assert.match(received, /^HTTP\/1\.1 200 Fine by me\r\n/);
    });
  }

  test('is the registered one where none is given', async () => {
    const { received } = await answerWith(() => ({ status: 404, statusText: '' }));
    assert.match(received, /^HTTP\/1\.1 404 Not Found\r\n/);
  });

  test('cannot hold what would end the line, or does not fit in a byte', async () => {
    for (const statusText of ['a\r\nset-cookie: x', 'a\0', '✓', 42 as never]) {
      const { server, received } = await answerWith(() => ({ statusText }));
      assert.match(received, /^HTTP\/1\.1 500 Internal Server Error\r\n/);
      assert.equal(server.errors.length, 1);
    }
  });
});
