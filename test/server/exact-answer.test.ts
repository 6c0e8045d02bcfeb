// Answers whose head is the handler's to the byte: what goes out, whether the connection stays, and what is told afterwards.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MisuseError } from '#src/errors.js';
import { serve } from '#src/server/index.js';
import type { Answer, AnswerBody, ExactHead, ExactRecord, HandlerContext } from '#src/server/index.js';
import { CLOSE, DATE, DrivenServer, gate, get, post } from './driven-server.ts';
import type { DrivenOptions } from './driven-server.ts';

const OK = 'HTTP/1.1 200 OK';

/** What handlers of these tests say where nothing else matters. */
const HEAD: ExactHead = {
  statusLine: OK,
  fieldLines: 'Content-Length: 2\r\n',
  framing: 'length',
  persistent: true,
  keepAliveTimeoutMs: 5_000,
};

/** A server with one exact answer for all requests. What it was told stands in `records` and `mustClose`. */
class ExactServer extends DrivenServer {
  readonly records: ExactRecord[] = [];
  readonly mustClose: (string | undefined)[] = [];
  head: Partial<ExactHead>;
  body: AnswerBody;

  constructor(head: Partial<ExactHead> = {}, body: AnswerBody = 'ok', options: Partial<DrivenOptions> = {}) {
    super({
      http2: false,
      limits: { pipelinedHandlers: 1 },
      handler: (_request, context) => this.answer(context),
      ...options,
    });
    this.head = head;
    this.body = body;
  }

  answer(_context: HandlerContext): Answer {
    return {
      body: this.body,
      exact: {
        head: ({ mustClose }) => {
          this.mustClose.push(mustClose);
          return { ...HEAD, ...this.head };
        },
        done: (record) => void this.records.push(record),
      },
    };
  }
}

async function* pieces(...list: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of list) yield Buffer.from(piece, 'latin1');
}

describe('an exact answer', () => {
  test('is sent as it is, in one write with its body, and nothing is added', async () => {
    const server = new ExactServer({
      statusLine: 'HTTP/1.0 299 Odd  Words',
      fieldLines: 'b: 1\r\nA:2\r\nContent-length: 2\r\n',
    });
    const client = server.connect();
    await client.send(get());
    assert.deepEqual(client.writes, ['HTTP/1.0 299 Odd  Words\r\nb: 1\r\nA:2\r\nContent-length: 2\r\n\r\nok']);
    assert.equal(client.ended, false);
  });

  test('takes a text as bytes, one for each character', async () => {
    const server = new ExactServer({ fieldLines: 'Content-Length: 2\r\nX: \xe9\r\n' }, '\xe9\xff');
    const client = server.connect();
    await client.send(get());
    assert.equal(client.received, `${OK}\r\nContent-Length: 2\r\nX: \xe9\r\n\r\n\xe9\xff`);
  });

  test('without a body to follow still announces its length', async () => {
    const server = new ExactServer({ framing: 'none', fieldLines: 'Content-Length: 7\r\n' }, pieces('never read'));
    const client = server.connect();
    await client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.send(get());
    assert.equal(client.received, `${OK}\r\nContent-Length: 7\r\n\r\n`.repeat(2));
    assert.deepEqual(
      server.records.map(({ bodyBytes }) => bodyBytes),
      [0, 0],
    );
  });

  test('in chunks has one for each piece, or one for a body that is whole', async () => {
    const server = new ExactServer(
      { framing: 'chunked', fieldLines: 'Transfer-Encoding: chunked\r\n' },
      pieces('ab', 'cde'),
    );
    const client = server.connect();
    await client.send(get());
    const head = `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    assert.equal(client.take(), `${head}2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n`);
    server.body = '\xe9\xe9';
    await client.send(get());
    assert.equal(client.take(), `${head}2\r\n\xe9\xe9\r\n0\r\n\r\n`);
    server.body = '';
    await client.send(get());
    assert.equal(client.take(), `${head}0\r\n\r\n`);
    assert.deepEqual(
      server.records.map(({ bodyBytes, sentBytes }) => [bodyBytes, sentBytes]),
      [
        [5, head.length + 20],
        [2, head.length + 12],
        [0, head.length + 5],
      ],
    );
  });

  test('that ends with the connection ends it, whatever it says', async () => {
    const server = new ExactServer({ framing: 'untilClose', fieldLines: '' }, pieces('ab', 'cd'));
    const client = server.connect();
    await client.send(get() + get());
    assert.equal(client.received, `${OK}\r\n\r\nabcd`);
    assert.equal(client.ended, true);
    assert.deepEqual(client.calls.includes('reset'), false);
  });

  test('may have no head at all, as in HTTP/0.9', async () => {
    const server = new ExactServer({ statusLine: undefined, framing: 'untilClose' }, 'hello\n');
    const client = server.connect();
    await client.send(get());
    assert.equal(client.received, 'hello\n');
    assert.equal(client.ended, true);
    assert.equal(server.records[0]?.sentBytes, 6);
  });

  test('that is not to persist ends the connection, and what is pipelined behind it is dropped', async () => {
    const server = new ExactServer({
      persistent: false,
      fieldLines: 'Content-Length: 2\r\nConnection: Keep-Alive\r\n',
    });
    const client = server.connect();
    await client.send(get('/1') + get('/2'));
    assert.equal(client.received, `${OK}\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\nok`);
    assert.equal(client.ended, true);
    assert.equal(server.records.length, 1);
  });

  test('keeps its connection for its own time, to the millisecond, and only until the next request', async () => {
    const server = new ExactServer({ keepAliveTimeoutMs: 1_234 });
    const client = server.connect();
    await client.send(get());
    await server.advance(1_233);
    assert.equal(client.ended, false);
    server.head = { keepAliveTimeoutMs: 50 };
    await client.send(get());
    await server.advance(49);
    assert.equal(client.ended, false);
    await server.advance(1);
    assert.equal(client.ended, true);
    await client.end();
    assert.deepEqual(server.closed, ['1 idleTimeout']);
  });
});

describe('the head of an exact answer is told why the connection must end', () => {
  test('nothing is against keeping it by default, nor at a FIN of the client', async () => {
    const server = new ExactServer();
    const client = server.connect();
    await client.send(get());
    client.write(get());
    await client.end();
    assert.deepEqual(server.mustClose, [undefined, undefined]);
    assert.equal(client.ended, true);
  });

  test('the server is draining', async () => {
    const server = new ExactServer();
    const client = server.connect();
    server.core.announceDraining();
    await client.send(get());
    assert.deepEqual(server.mustClose, ['draining']);
    assert.equal(client.ended, true);
    assert.equal(server.records[0]?.persistent, false);
  });

  test('the request asked for it, or is of HTTP/1.0 without keep-alive', async () => {
    const server = new ExactServer();
    for (const request of [
      get('/', 'Connection: close\r\n'),
      get('/', '', '1.0'),
      get('/', 'Connection: keep-alive\r\n', '1.0'),
    ])
      await server.connect().send(request);
    assert.deepEqual(server.mustClose, ['peerSentClose', 'http10WithoutKeepAlive', undefined]);
  });

  test('its body will not be read to its end', async () => {
    const server = new ExactServer();
    await server.connect().send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    await server.connect().send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n');
    assert.deepEqual(server.mustClose, ['bodyNotConsumed', 'bodyNotConsumed']);
  });
});

describe('the record of an exact answer', () => {
  test('counts the bytes of the request and of the answer, with interim responses and chunks', async () => {
    const server = new ExactServer({}, 'ok', {
      handler: async (_request, context) => {
        context.sendInformational(100);
        await context.raw?.discardBody();
        return server.answer(context);
      },
    });
    const client = server.connect();
    const request = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    await client.send(`${request}\r\n${get()}`);
    const answerBytes = `${OK}\r\nContent-Length: 2\r\n\r\nok`.length;
    assert.deepEqual(
      server.records.map(({ bodyBytes, sentBytes, receivedBytes }) => ({ bodyBytes, sentBytes, receivedBytes })),
      [
        { bodyBytes: 2, sentBytes: answerBytes + 25, receivedBytes: request.length },
        { bodyBytes: 2, sentBytes: answerBytes + 25, receivedBytes: get().length + 2 },
      ],
    );
  });

  test('tells when the request began and how long all of it took', async () => {
    const opened = gate();
    const server = new ExactServer({}, 'ok', {
      refuse: () => undefined,
      handler: async (_request, context) => {
        await opened.promise;
        return server.answer(context);
      },
    });
    const client = server.connect();
    const startedAtMs = server.clock.wallMs();
    await client.send('GET / HTTP/1.1\r\n');
    await server.advance(300);
    await client.send('Host: a\r\n\r\n');
    await server.advance(40);
    opened.open();
    await server.run();
    assert.deepEqual(
      server.records.map(({ startedAtMs: at, durationMs, persistent, aborted }) => [
        at,
        durationMs,
        persistent,
        aborted,
      ]),
      [[startedAtMs, 340, true, false]],
    );
  });

  test('tells of an answer that broke off, and of one that nobody was there for', async () => {
    const opened = gate();
    const server = new ExactServer({}, 'ok', {
      handler: async (_request, context) => {
        await opened.promise;
        return server.answer(context);
      },
    });
    const gone = server.connect();
    await gone.send(get());
    await gone.reset();
    opened.open();
    await server.run();
    server.body = (async function* failing() {
      yield Buffer.from('a');
      throw new Error('the disk is gone');
    })();
    const other = server.connect();
    await other.send(get());
    assert.deepEqual(
      server.records.map(({ aborted, sentBytes }) => [aborted, sentBytes > 0]),
      [
        [true, false],
        [true, true],
      ],
    );
    assert.ok(other.calls.includes('destroy'));
    assert.match(String(server.errors[0]), /the disk is gone/);
  });
});

describe('an exact answer that makes no sense', () => {
  const PLAIN = `HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/plain; charset=utf-8\r\n`;

  for (const [what, head, body] of [
    ['whose length is not announced', { fieldLines: '' }, 'ok'],
    ['whose body is longer than it says', {}, 'long'],
    ['whose body is shorter than it says', {}, 'o'],
  ] as const)
    test(`${what} becomes a plain 500, and the handler's owner is told`, async () => {
      const server = new ExactServer(head, body);
      const client = server.connect();
      await client.send(get());
      assert.ok(client.received.startsWith(PLAIN), client.received);
      assert.ok(server.errors[0] instanceof MisuseError);
    });

  test('whose head throws becomes a plain 500', async () => {
    const server = new DrivenServer({
      handler: () => ({
        exact: {
          head: () => {
            throw new Error('no head');
          },
        },
      }),
    });
    const client = server.connect();
    await client.send(get('/', 'Connection: close\r\n'));
    assert.equal(client.received, `${PLAIN}${DATE}${CLOSE}Content-Length: 26\r\n\r\n500 Internal Server Error\n`);
    assert.match(String(server.errors[0]), /no head/);
  });

  test('whose stream ends early breaks the connection off', async () => {
    const server = new ExactServer({}, pieces('o'));
    const client = server.connect();
    await client.send(get());
    assert.equal(client.received, `${OK}\r\nContent-Length: 2\r\n\r\n`);
    assert.ok(client.calls.includes('destroy'));
    assert.ok(server.errors[0] instanceof MisuseError);
  });
});

describe('a handler can know of its request, as it was on the wire', () => {
  test('line, target, version, fields, number, body and both ends', async () => {
    const seen: unknown[] = [];
    const server = new DrivenServer({
      handler: (_request, { raw }) => {
        const { requestNumber, requestLine, method, target, version, fields, hasBody, remote, local, secure } = raw!;
        seen.push({ requestNumber, requestLine, method, target, version, fields, hasBody, remote, local, secure });
        return {};
      },
    });
    const client = server.connect();
    await client.send('\r\nGET /a%2f?b HTTP/1.1\r\nhOsT: a\r\nX:  1 \r\nx: \xe9\r\n\r\n');
    await client.send(post('abc'));
    const ends = { remote: { address: '127.0.0.1', port: 50_000 }, local: { address: '', port: 0 }, secure: false };
    assert.deepEqual(seen, [
      {
        requestNumber: 1,
        requestLine: 'GET /a%2f?b HTTP/1.1',
        method: 'GET',
        target: '/a%2f?b',
        version: 'HTTP/1.1',
        fields: ['hOsT', 'a', 'X', '1', 'x', '\xe9'],
        hasBody: false,
        ...ends,
      },
      {
        requestNumber: 2,
        requestLine: 'POST / HTTP/1.1',
        method: 'POST',
        target: '/',
        version: 'HTTP/1.1',
        fields: ['Host', 'a', 'Content-Length', '3'],
        hasBody: true,
        ...ends,
      },
    ]);
  });

  test('both ends of a real connection, and whether it is secure', async () => {
    const seen: unknown[] = [];
    await using server = await serve({
      port: 0,
      handler: (_request, { raw }) => {
        seen.push(raw!.local, raw!.remote.address, raw!.remote.port > 0, raw!.secure);
        return {};
      },
    });
    await fetch(server.url, { headers: { connection: 'close' } });
    assert.deepEqual(seen, [{ address: '127.0.0.1', port: server.port }, '127.0.0.1', true, false]);
  });

  test('one after another, where only one handler may run, each with its number', async () => {
    const numbers: number[] = [];
    const gates = [gate(), gate(), gate()];
    const server = new ExactServer({}, 'ok', {
      handler: async (_request, context) => {
        numbers.push(context.raw!.requestNumber);
        await gates[context.raw!.requestNumber - 1]!.promise;
        return server.answer(context);
      },
    });
    const client = server.connect();
    await client.send(get() + get() + get());
    assert.deepEqual(numbers, [1]);
    gates[0]!.open();
    await server.run();
    assert.deepEqual(numbers, [1, 2]);
    server.head = { persistent: false };
    gates[1]!.open();
    await server.run();
    assert.deepEqual(numbers, [1, 2]);
    assert.equal(client.ended, true);
  });
});
