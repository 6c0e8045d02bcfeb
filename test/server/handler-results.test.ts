// What a handler may return, throw or never do; what it may say in fields; and requests that it never sees.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer } from '#src/server/index.js';
import { Response } from '#src/server/index.js';
import { reportError } from '#src/server/report-error.js';
import { CLOSE, DATE, DrivenServer, KEEP, get, post } from './driven-server.ts';
import type { DrivenClient } from './driven-server.ts';

/** Calls a handler that returns whatever the test wants, typed or not. */
async function answerWith(
  handler: (request: Request) => unknown,
  request: string = get(),
): Promise<{ server: DrivenServer; client: DrivenClient }> {
  const server = new DrivenServer({ handler: handler as () => Answer });
  const client = server.connect();
  await client.send(request);
  return { server, client };
}

const text = (type: string, body: string): string =>
  `HTTP/1.1 200 OK\r\n${type === '' ? '' : `content-type: ${type}\r\n`}${DATE}${KEEP}Content-Length: ${body.length}\r\n\r\n${body}`;
const SERVER_ERROR = `HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain; charset=utf-8\r\n${DATE}${KEEP}Content-Length: 26\r\n\r\n500 Internal Server Error\n`;

/** As a query builder: something that can be awaited, and is no Promise. */
class Thenable {
  // oxlint-disable-next-line unicorn/no-thenable -- this is what is tested
  then(resolve: (answer: Answer) => void): void {
    resolve({ body: 'hi' });
  }
}

describe('a handler returns', () => {
  const good: Record<string, { value: () => unknown; bytes: string }> = {
    'our Response': { value: () => new Response('hi'), bytes: text('text/plain;charset=UTF-8', 'hi') },
    'the global Response': {
      value: () => new globalThis.Response('hi'),
      bytes: text('text/plain;charset=UTF-8', 'hi'),
    },
    'a plain answer': { value: () => ({ body: 'hi' }), bytes: text('', 'hi') },
    'a promise of our Response': {
      value: async () => new Response('hi'),
      bytes: text('text/plain;charset=UTF-8', 'hi'),
    },
    'a promise of the global Response': {
      value: async () => new globalThis.Response('hi'),
      bytes: text('text/plain;charset=UTF-8', 'hi'),
    },
    'a promise of a plain answer': { value: async () => ({ body: 'hi' }), bytes: text('', 'hi') },
    'a thenable that is no Promise': {
      value: () => new Thenable(),
      bytes: text('', 'hi'),
    },
    JSON: { value: () => Response.json({ a: 1 }), bytes: text('application/json', '{"a":1}') },
    'an empty answer': { value: () => ({}), bytes: `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n` },
    'a redirect': {
      value: () => Response.redirect('http://b/x'),
      bytes: `HTTP/1.1 302 Found\r\nlocation: http://b/x\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`,
    },
    'a status without a registered phrase': {
      value: () => ({ status: 799 }),
      bytes: `HTTP/1.1 799 \r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`,
    },
  };
  for (const [what, { value, bytes }] of Object.entries(good)) {
    test(`${what}: it is sent`, async () => {
      const { server, client } = await answerWith(value);
      assert.equal(client.received, bytes);
      assert.deepEqual(server.errors, []);
    });
  }

  const bad: Record<string, () => unknown> = {
    nothing: () => undefined,
    null: () => null,
    'a string': () => 'hi',
    'a number': () => 42,
    'a promise of nothing': async () => undefined,
    'a status of 99': () => ({ status: 99 }),
    'a status of 100': () => ({ status: 100 }),
    'a status of 1000': () => ({ status: 1_000 }),
    'a status that is text': () => ({ status: '200' }),
    'a status with a fraction': () => ({ status: 200.5 }),
    'a body that is a number': () => ({ body: 42 }),
    'a body that is an object': () => ({ body: { a: 1 } }),
    'a network error': () => globalThis.Response.error(),
    'a used global Response': async () => {
      const response = new globalThis.Response('hi');
      await response.text();
      return response;
    },
    'a used Response of ours': async () => {
      const response = new Response('hi');
      await response.text();
      return response;
    },
    'a length that is no number': () => ({ headers: { 'content-length': '5x' }, body: 'hello' }),
    'a negative length': () => ({ headers: { 'content-length': '-1' }, body: null }),
    'two lengths': () => ({
      headers: [
        ['content-length', '2'],
        ['content-length', '3'],
      ],
      body: 'hi',
    }),
    'a length without a body': () => ({ headers: { 'content-length': '2' } }),
    'fields that are no fields': () => ({ headers: 42 }),
    'a field name with a space': () => ({ headers: { 'x y': '1' } }),
  };
  for (const [what, value] of Object.entries(bad)) {
    test(`${what}: it is a 500, reported, and the connection goes on`, async () => {
      const { server, client } = await answerWith(value);
      assert.equal(client.take(), SERVER_ERROR);
      assert.equal(server.errors.length, 1);
      await client.send(get());
      assert.equal(client.take(), SERVER_ERROR);
    });
  }
});

describe('a handler throws', () => {
  for (const [what, handler] of Object.entries({
    'at once': () => {
      throw new Error('secret');
    },
    later: async () => {
      await Promise.resolve();
      throw new Error('secret');
    },
    'something that is no error': () => {
      throw 'secret';
    },
    'when it is asked whether it comes later': () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- this is what is tested
      get then(): never {
        throw new Error('secret');
      },
    }),
  })) {
    test(`${what}: it is a 500 that does not tell the peer why, and the connection goes on`, async () => {
      const { server, client } = await answerWith(handler);
      assert.equal(client.take(), SERVER_ERROR);
      assert.match(String(server.errors[0]), /secret/);
      await client.send(get());
      assert.equal(client.take(), SERVER_ERROR);
    });
  }

  test('and the reporter of errors throws too: the peer still gets its 500', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const stderr: unknown[] = [];
    const error = console.error;
    console.error = (...all: unknown[]) => void stderr.push(...all);
    try {
      for (const handler of [
        () => {
          throw new Error('sync');
        },
        async () => {
          throw new Error('async');
        },
        () => ({ status: 1 }),
      ]) {
        const server = new DrivenServer({
          handler,
          onError: () => {
            throw new Error('the log is full');
          },
        });
        const client = server.connect();
        await client.send(get());
        assert.equal(client.received, SERVER_ERROR);
      }
      assert.deepEqual(unhandled, []);
      assert.match(String(stderr), /the log is full/);
    } finally {
      console.error = error;
      process.off('unhandledRejection', note);
    }
  });

  test('and the default reporter prints method, path and error, whatever the target is', () => {
    const printed: unknown[][] = [];
    const original = console.error;
    console.error = (...all: unknown[]) => void printed.push(all);
    try {
      const error = new Error('x');
      reportError(error, { method: 'GET', url: 'http://a/path?secret=1' } as Request);
      reportError(error, { method: 'GET', url: 'http://a:99999/path?secret=1' } as Request);
      reportError(error, { method: 'GET', url: 'http://1.2.3.4.5/path' } as Request);
      assert.equal(printed.length, 3);
      for (const line of printed) {
        assert.match(String(line[0]), /GET .*\/path/);
        assert.doesNotMatch(String(line[0]), /secret/);
        assert.equal(line[1], error);
      }
    } finally {
      console.error = original;
    }
  });
});

test('a handler that never settles keeps its connection, and nobody else’s', async () => {
  const server = new DrivenServer({
    handler: (request) => (request.url.endsWith('/never') ? new Promise(() => {}) : { body: 'ok' }),
  });
  const stuck = server.connect();
  const other = server.connect();
  await stuck.send(get('/never'));
  await other.send(get());
  await server.advance(1e9);
  assert.match(other.received, /ok$/);
  assert.equal(stuck.received, '');
  assert.equal(stuck.connection.state, 'active');
});

describe('fields of an answer', () => {
  const evil = ['a\r\nx-injected: 1', 'a\nx-injected: 1', 'a\rx-injected: 1', 'a\0b', 'snow\u2603'];
  const doors: Record<string, (value: string) => unknown> = {
    'an object': (value) => ({ headers: { 'x-a': value } }),
    pairs: (value) => ({ headers: [['x-a', value]] }),
    'a name': (value) => ({ headers: { [value]: 'x' } }),
    connection: (value) => ({ headers: { connection: value } }),
    'content-length': (value) => ({ headers: { 'content-length': value }, body: 'ok' }),
    date: (value) => ({ headers: { date: value } }),
    'our Headers': (value) => ({
      headers: new (new Response().headers.constructor as typeof Headers)([['x-a', value]]),
    }),
    'global Headers': (value) => ({ headers: new globalThis.Headers([['x-a', value]]) }),
    'our Response': (value) => new Response('ok', { headers: { 'x-a': value } }),
    'the global Response': (value) => new globalThis.Response('ok', { headers: { 'x-a': value } }),
    'our statusText': (value) => new Response('ok', { statusText: value }),
    'the global statusText': (value) => new globalThis.Response('ok', { statusText: value }),
    append: (value) => {
      const response = new Response('ok');
      response.headers.append('x-a', value);
      return response;
    },
    'an object that pretends to be Headers': (value) => ({
      headers: Object.assign(Object.create(globalThis.Headers.prototype) as object, {
        *[Symbol.iterator]() {
          yield ['x-a', value];
        },
      }),
    }),
    'a redirect': (value) => Response.redirect(`http://b/${value}`),
    'a type': (value) => new Response(new Blob(['ok'], { type: value })),
  };
  for (const [door, make] of Object.entries(doors)) {
    test(`cannot be injected through ${door}`, async () => {
      for (const value of evil) {
        const { client } = await answerWith(() => make(value));
        assert.doesNotMatch(client.received, /^x-injected/m, JSON.stringify(value));
        assert.doesNotMatch(client.received, /[\r\n]x-injected|\0/);
        assert.equal(client.received.split('HTTP/1.1 ').length - 1, 1);
        const head = client.received.slice(0, client.received.indexOf('\r\n\r\n'));
        assert.doesNotMatch(head.replaceAll('\r\n', ''), /[\r\n]/);
      }
    });
  }

  test('keep their order and repetition', async () => {
    const { client } = await answerWith(() => ({
      headers: [
        ['Set-Cookie', 'a=1'],
        ['X-B', 'é'],
        ['set-cookie', 'b=2'],
      ],
      body: '',
    }));
    assert.equal(
      client.received,
      `HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nx-b: é\r\nset-cookie: b=2\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`,
    );
  });

  test('that belong to the hop are the server’s own: those of the handler are ignored', async () => {
    const headers = {
      connection: 'x-secret, keep-alive',
      'keep-alive': 'timeout=1',
      'proxy-connection': 'close',
      'transfer-encoding': 'chunked',
      'x-kept': '1',
    };
    const { client } = await answerWith(() => ({ headers, body: 'hi' }));
    assert.equal(client.received, `HTTP/1.1 200 OK\r\nx-kept: 1\r\n${DATE}${KEEP}Content-Length: 2\r\n\r\nhi`);
  });

  test('may name a protocol to upgrade to, as a 426 must', async () => {
    const { client } = await answerWith(() => ({ status: 426, headers: { upgrade: 'h2c' } }));
    assert.match(client.received, /^HTTP\/1\.1 426 Upgrade Required\r\nUpgrade: h2c\r\nConnection: upgrade\r\n/);
  });

  test('cannot carry control characters that HTTP does not know', async () => {
    const { client } = await answerWith(() => ({ headers: { 'x-a': 'bell \u0007' } }));
    assert.match(client.received, /^HTTP\/1\.1 500 /);
  });

  test('may have a Date of the handler, which is then the only one', async () => {
    const { client } = await answerWith(() => ({ headers: { Date: 'Mon, 01 Jan 2024 00:00:00 GMT' } }));
    assert.match(client.received, /\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\n/);
    assert.equal(client.received.toLowerCase().split('\r\ndate:').length - 1, 1);
  });

  test('have the Date of the moment', async () => {
    const { server, client } = await answerWith(() => ({}));
    client.take();
    await server.advance(999);
    await client.send(get());
    assert.match(client.take(), /Date: Sun, 09 Sep 2001 01:46:40 GMT/);
    await server.advance(1);
    await client.send(get());
    assert.match(client.take(), /Date: Sun, 09 Sep 2001 01:46:41 GMT/);
    server.clock.jumpWall(-3_600_000);
    await client.send(get());
    assert.match(client.take(), /Date: Sun, 09 Sep 2001 00:46:41 GMT/);
  });
});

describe('answers that have no body', () => {
  async function* stream(): AsyncGenerator<string> {
    yield 'streamed';
  }
  const bodies: Record<string, { body: () => unknown; length: string }> = {
    null: { body: () => null, length: 'Content-Length: 0\r\n' },
    text: { body: () => 'text', length: 'Content-Length: 4\r\n' },
    'other text': { body: () => '€', length: 'Content-Length: 3\r\n' },
    bytes: { body: () => Buffer.from('bytes'), length: 'Content-Length: 5\r\n' },
    'a large body': { body: () => 'x'.repeat(300_000), length: 'Content-Length: 300000\r\n' },
    'a generator': { body: stream, length: '' },
    'a stream': { body: () => ReadableStream.from(stream()), length: '' },
  };
  for (const [what, { body, length }] of Object.entries(bodies)) {
    test(`to HEAD say what GET would, with ${what}`, async () => {
      const { client } = await answerWith(() => ({ body: body() }), get().replace('GET', 'HEAD') + get('/', CLOSE));
      const head = `HTTP/1.1 200 OK\r\n${length}${DATE}${KEEP}\r\n`;
      assert.equal(client.received.slice(0, head.length), head);
      assert.ok(
        client.received.slice(head.length).startsWith('HTTP/1.1 200 OK\r\n'),
        'the next answer follows at once',
      );
    });

    test(`with 204 have neither body nor length, with ${what}`, async () => {
      const { client } = await answerWith(() => ({ status: 204, body: body() }));
      assert.equal(client.received, `HTTP/1.1 204 No Content\r\n${DATE}${KEEP}\r\n`);
    });

    test(`with 205 have no body and say so, with ${what}`, async () => {
      const { client } = await answerWith(() => ({ status: 205, body: body() }));
      assert.equal(client.received, `HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n${DATE}${KEEP}\r\n`);
    });

    test(`with 304 have no body, and a length only where the handler says so, with ${what}`, async () => {
      const { client } = await answerWith(() => ({ status: 304, body: body() }));
      assert.equal(client.received, `HTTP/1.1 304 Not Modified\r\n${DATE}${KEEP}\r\n`);
      const announced = await answerWith(() => ({ status: 304, headers: { 'content-length': '9' }, body: body() }));
      assert.equal(announced.client.received, `HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n${DATE}${KEEP}\r\n`);
    });
  }

  test('cancel the stream that they do not send', async () => {
    for (const request of [get().replace('GET', 'HEAD'), get()]) {
      const log: string[] = [];
      await answerWith(
        () => ({
          status: request.startsWith('GET') ? 204 : 200,
          body: new ReadableStream({ cancel: () => void log.push('cancelled') }),
        }),
        request,
      );
      assert.deepEqual(log, ['cancelled']);
    }
  });

  test('to HEAD may announce the length of what is not made', async () => {
    const { client } = await answerWith(
      () => ({ headers: { 'content-length': '12345' } }),
      get().replace('GET', 'HEAD'),
    );
    assert.match(client.received, /Content-Length: 12345\r\n/);
  });
});

describe('requests that are the server’s own affair', () => {
  const never = (): never => {
    throw new Error('the handler must not be asked');
  };

  test('TRACE is refused with 405, because it would echo secrets', async () => {
    const { server, client } = await answerWith(never, get().replace('GET', 'TRACE') + get().replace('GET', 'TRACE'));
    assert.match(client.received, /^HTTP\/1\.1 405 Method Not Allowed\r\n.*\r\nallow: GET, HEAD.*405/s);
    assert.ok(!client.ended);
    assert.deepEqual(server.errors, []);
  });

  test('CONNECT is refused with 501 and the end: what follows could be the tunnel’s bytes', async () => {
    const { client } = await answerWith(never, `CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n\x16\x03\x01${get()}`);
    assert.match(client.received, /^HTTP\/1\.1 501 Not Implemented\r\n(?:.+\r\n)*Connection: close\r\n/);
    assert.equal(client.received.split('HTTP/1.1').length - 1, 1);
    assert.ok(client.ended);
  });

  test('OPTIONS * is answered with 204', async () => {
    const { client } = await answerWith(never, 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal(client.received, `HTTP/1.1 204 No Content\r\n${DATE}${KEEP}\r\n`);
  });

  test('an unread body of theirs is drained', async () => {
    const { client } = await answerWith(() => ({ body: 'ok' }), `${post('body').replace('POST', 'TRACE')}${get()}`);
    assert.match(client.received, /405.*ok$/s);
  });
});

describe('the URL of a request', () => {
  const url = async (request: string): Promise<string> => {
    const { client } = await answerWith((incoming) => ({ body: incoming.url }), request);
    return client.received.slice(client.received.indexOf('\r\n\r\n') + 4);
  };

  test('is made of Host and target, as they were sent', async () => {
    assert.equal(await url(get('/a/../b%20?x=1&y')), 'http://a/a/../b%20?x=1&y');
    assert.equal(await url('GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n'), 'http://[::1]:8080/');
  });

  test('is the target itself in absolute form, whatever Host says', async () => {
    assert.equal(await url('GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n'), 'http://b/x?y');
    assert.equal(await url('OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n'), 'http://b');
  });

  test('names the server itself where the request names no host', async () => {
    assert.equal(await url('GET /x HTTP/1.0\r\n\r\n'), 'http://127.0.0.1:8080/x');
    assert.equal(await url('GET /x HTTP/1.1\r\nHost:\r\n\r\n'), 'http://127.0.0.1:8080/x');
  });
});
