// What is asked of `refuse` when a request is broken, too large or late, and what becomes of the connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer, ExactRecord, Refusal } from '#src/server/index.js';
import { CLOSE, DATE, DrivenServer, gate, get } from './driven-server.ts';
import type { DrivenClient, DrivenOptions } from './driven-server.ts';

/** A server that writes down what it is asked to refuse, and answers with `answer`. */
class RefusingServer extends DrivenServer {
  readonly refusals: Refusal[] = [];

  constructor(answer: Answer | undefined, options: Partial<DrivenOptions> = {}) {
    super({
      http2: false,
      handler: async (_request, { raw }) => {
        await raw!.discardBody();
        return { body: raw!.target };
      },
      refuse: (refusal) => {
        this.refusals.push(refusal);
        return answer;
      },
      ...options,
    });
  }

  /** What it was told, without sentences. */
  get causes(): unknown[] {
    return this.refusals.map(({ cause, status, headComplete, requestLine, fields }) => [
      cause,
      status,
      headComplete,
      requestLine,
      fields,
    ]);
  }
}

const NO: Answer = { status: 400, body: 'no' };
const SAID_NO = `HTTP/1.1 400 Bad Request\r\n${DATE}${CLOSE}Content-Length: 2\r\n\r\nno`;

/** Everything that a client was told, once it was told the end. */
function finalWords(client: DrivenClient): string {
  assert.equal(client.ended, true);
  return client.take();
}

describe('whoever refuses is told', () => {
  test('the line that is broken, and the whole field lines before a broken one', async () => {
    const server = new RefusingServer(NO);
    for (const bytes of [
      'G@T /x HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /x HTTP/1.1\r\nHOST: a\r\nx: \xe9\r\nbroken\r\nC: d\r\n\r\n',
      'GET /x HTTP/1.1\r\nX: y\r\n\r\n',
      'GET /x HTTP/1.1\nHost: a\r\n\r\n',
    ]) {
      const client = server.connect();
      await client.send(bytes);
      assert.equal(finalWords(client), SAID_NO);
    }
    assert.deepEqual(server.causes, [
      ['badMethod', 400, false, 'G@T /x HTTP/1.1', []],
      ['badFieldName', 400, false, 'GET /x HTTP/1.1', ['HOST', 'a', 'x', '\xe9']],
      ['badHost', 400, false, 'GET /x HTTP/1.1', ['X', 'y']],
      ['badLineEnd', 400, false, 'GET /x HTTP/1.1', []],
    ]);
  });

  test('where folds are taken, when the line behind a broken one has come, and of nothing that belongs to the broken one', async () => {
    const server = new RefusingServer(NO, { accept: { foldedFields: true } });
    for (const broken of [
      'b d: x\r\n',
      'b d: x\r\n fold\r\n',
      'b d: x\r\n fold\r\n \x00\r\n\tfold\r\n',
      'e: \x00\r\n fold\r\n',
    ]) {
      const client = server.connect();
      await client.send(`GET /x HTTP/1.1\r\nHost: a\r\nX: one\r\n \ttwo\r\n${broken}`);
      assert.equal(client.ended, false);
      await client.send('C: d\r\n');
      assert.equal(finalWords(client), SAID_NO);
    }
    const fields = ['Host', 'a', 'X', 'one two'];
    const told = (cause: string): unknown[] => [cause, 400, false, 'GET /x HTTP/1.1', fields];
    assert.deepEqual(server.causes, ['badFieldName', 'badFieldName', 'badFieldName', 'badFieldValue'].map(told));
  });

  test('of a broken line at once where nothing can follow that belongs to it', async () => {
    const server = new RefusingServer(NO, { limits: { headerFields: 1 } });
    for (const broken of ['b d: x\r\n', 'b: \x00\r\n', 'b: c\r\nd: e\r\n']) {
      const client = server.connect();
      await client.send(`GET /x HTTP/1.1\r\n${broken}`);
      assert.equal(finalWords(client), SAID_NO);
    }
    assert.deepEqual(
      server.refusals.map(({ cause }) => cause),
      ['badFieldName', 'badFieldValue', 'tooManyFields'],
    );
  });

  test('nothing before the line is complete', async () => {
    const server = new RefusingServer(NO);
    const client = server.connect();
    await client.send('G@T /x HTTP/1.1');
    assert.deepEqual(server.causes, []);
    await client.send('\r\n');
    assert.deepEqual(server.causes, [['badMethod', 400, false, 'G@T /x HTTP/1.1', []]]);
  });

  test('of a body that is broken, with the whole head', async () => {
    const server = new RefusingServer(NO);
    const client = server.connect();
    await client.send('POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz');
    assert.equal(finalWords(client), SAID_NO);
    assert.deepEqual(server.causes, [
      ['badChunkSize', 400, true, 'POST /x HTTP/1.1', ['Host', 'a', 'Transfer-Encoding', 'chunked']],
    ]);
  });

  test('of a client that ends its side within a head or a body', async () => {
    const server = new RefusingServer(NO);
    for (const bytes of [
      'GET /x',
      'GET /x HTTP/1.1\r\nA: b\r\nC',
      'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab',
    ]) {
      const client = server.connect();
      client.write(bytes);
      await client.end();
    }
    assert.deepEqual(server.causes, [
      ['unexpectedEnd', 400, false, undefined, []],
      ['unexpectedEnd', 400, false, 'GET /x HTTP/1.1', ['A', 'b']],
      ['unexpectedEnd', 400, true, 'POST /x HTTP/1.1', ['Host', 'a', 'Content-Length', '5']],
    ]);
  });

  test('of limits, at their edges', async () => {
    const server = new RefusingServer(undefined, {
      limits: { requestLineBytes: 20, fieldLineBytes: 10, headerFields: 2, emptyLines: 1, bodyBytes: 3 },
      accept: { foldedFields: true },
    });
    const line = (bytes: number): string => `GET /${'a'.repeat(bytes - 14)} HTTP/1.1\r\n`;
    const field = (bytes: number): string => `A: ${'b'.repeat(bytes - 3)}\r\n`;
    const fits = server.connect();
    await fits.send(`\r\n${line(20)}Host: a\r\n${field(10)}\r\n`);
    await fits.send(`${line(20)}Host: a\r\nContent-Length: 3\r\n\r\nabc`.replace('Content-Length: 3', 'A:\r\n b'));
    assert.deepEqual(server.causes, []);
    for (const bytes of [
      line(21),
      `${line(20)}${field(11)}`,
      `${line(20)}A: b\r\n cdef\r\n`,
      `${line(20)}A: b\r\n`.concat('C: d\r\n', 'E: f\r\n', '\r\n'),
      `\r\n\r\n`,
    ])
      await server.connect().send(bytes);
    assert.deepEqual(
      server.refusals.map(({ cause, status }) => [cause, status]),
      [
        ['requestLineTooLong', 414],
        ['fieldLineTooLong', 431],
        ['fieldLineTooLong', 431],
        ['tooManyFields', 431],
        ['badMethod', 400],
      ],
    );
  });
});

describe('a trailer line', () => {
  test('is measured as a line of the head is, without its end', async () => {
    const server = new RefusingServer(NO, { limits: { fieldLineBytes: 26 } });
    const posted = (trailer: string): string =>
      `POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n${trailer}\r\n\r\n`;
    const client = server.connect();
    await client.send(posted(`C: ${'d'.repeat(23)}`));
    assert.deepEqual(server.causes, []);
    await client.send(posted(`C: ${'d'.repeat(24)}`));
    assert.deepEqual(
      server.refusals.map(({ cause, status, headComplete }) => [cause, status, headComplete]),
      [['fieldLineTooLong', 431, true]],
    );
  });
});

describe('a request that is late', () => {
  test('is told of with what came of it: nothing, a part of its line, a part of its head, its head', async () => {
    const server = new RefusingServer(NO);
    const clients = [];
    for (const bytes of [
      '',
      'GET /x',
      'GET /x HTTP/1.1\r\nA: b\r\nC',
      'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n',
    ]) {
      const client = server.connect();
      clients.push(client);
      await client.send(bytes);
    }
    await server.advance(61_000);
    assert.deepEqual(
      clients.map((client) => client.received.endsWith('\r\n\r\nno')),
      [false, true, true, true],
    );
    assert.deepEqual(
      clients.map((client) => client.ended),
      [true, true, true, true],
    );
    assert.deepEqual(server.causes, [
      ['headTimeout', 408, false, undefined, []],
      ['headTimeout', 408, false, 'GET /x HTTP/1.1', ['A', 'b']],
      ['bodyTimeout', 408, true, 'POST /x HTTP/1.1', ['Host', 'a', 'Content-Length', '5']],
    ]);
  });

  test('is told of on a connection that served others before', async () => {
    const server = new RefusingServer(NO);
    const client = server.connect();
    await client.send(get());
    client.take();
    await client.send('GET /y HTTP/1.1\r\n');
    await server.advance(41_000);
    assert.match(finalWords(client), /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\nno$/);
    assert.deepEqual(server.causes, [['headTimeout', 408, false, 'GET /y HTTP/1.1', []]]);
  });

  test('may pause no longer than it is allowed to, however fast it was before', async () => {
    const server = new RefusingServer(NO, { timeouts: { pauseMs: 1_000 } });
    const head = server.connect();
    await head.send('GET /x HTTP/1.1\r\n');
    const body = server.connect();
    await body.send(`POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n${'a'.repeat(50_000)}`);
    for (let round = 0; round < 3; round += 1) {
      await server.advance(900);
      head.write('A: b\r\n');
      await body.send('a');
    }
    assert.deepEqual(server.refusals, []);
    await server.advance(999);
    assert.deepEqual(server.refusals, []);
    await server.advance(1);
    assert.deepEqual(new Set(server.refusals.map(({ cause }) => cause)), new Set(['headTimeout', 'slowBody']));
  });

  test('gets no more time for its body than the upper bound, and earns by the rate of bodies', async () => {
    const server = new RefusingServer(NO, {
      timeouts: { bodyMs: 1_000, bodyMaxMs: 3_000, minRateBytesPerSecond: 1, bodyMinRateBytesPerSecond: 100 },
    });
    const slow = server.connect();
    await slow.send('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n' + 'a'.repeat(50));
    const quick = server.connect();
    await quick.send('POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n' + 'a'.repeat(5_000));
    await server.advance(1_499);
    assert.deepEqual(server.refusals, []);
    await server.advance(1);
    assert.deepEqual(
      server.refusals.map(({ requestLine }) => requestLine),
      ['POST /slow HTTP/1.1'],
    );
    await server.advance(1_499);
    assert.equal(server.refusals.length, 1);
    await server.advance(1);
    assert.equal(server.refusals.length, 2);
  });
});

describe('where whoever refuses', () => {
  test('says nothing, the connection ends in an orderly way without a word', async () => {
    const server = new RefusingServer(undefined);
    const client = server.connect();
    await client.send('G@T /x HTTP/1.1\r\n');
    assert.equal(finalWords(client), '');
    assert.equal(client.over, undefined);
    await client.end();
    assert.deepEqual(server.closed, ['1 protocolError']);
    assert.deepEqual(
      server.events.filter(({ type }) => type === 'exchange'),
      [],
    );
  });

  test('says nothing, requests before it are answered all the same, and it is asked behind them', async () => {
    const opened = gate();
    const order: string[] = [];
    const server = new DrivenServer({
      handler: async () => {
        await opened.promise;
        order.push('handler');
        return { body: 'a' };
      },
      refuse: () => {
        order.push('refuse');
        return undefined;
      },
    });
    const client = server.connect();
    await client.send(`${get()}G@T / HTTP/1.1\r\n`);
    assert.deepEqual(order, []);
    opened.open();
    await server.run();
    assert.deepEqual(order, ['handler', 'refuse']);
    assert.match(finalWords(client), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\na$/);
  });

  test('answers exactly, that is what goes out, and its request is described to it', async () => {
    const records: ExactRecord[] = [];
    const seen: unknown[] = [];
    const server = new DrivenServer({
      handler: () => NO,
      refuse: (_refusal, { raw, client, connection }) => {
        const { requestNumber, requestLine, method, fields, hasBody } = raw!;
        seen.push({ requestNumber, requestLine, method, fields, hasBody, address: client.address, id: connection.id });
        return {
          status: 400,
          body: 'no',
          exact: {
            head: ({ mustClose }) => ({
              statusLine: `HTTP/1.1 400 ${mustClose}`,
              fieldLines: '',
              framing: 'untilClose',
              persistent: true,
              keepAliveTimeoutMs: 1,
            }),
            done: (record) => void records.push(record),
          },
        };
      },
    });
    const client = server.connect();
    await client.send(`${get()}GET /x HTTP/1.1\r\nHost: a\r\nb\r\n\r\n`);
    assert.ok(client.received.endsWith('HTTP/1.1 400 protocolError\r\n\r\nno'), client.received);
    assert.equal(client.ended, true);
    assert.deepEqual(seen, [
      {
        requestNumber: 2,
        requestLine: 'GET /x HTTP/1.1',
        method: '',
        fields: ['Host', 'a'],
        hasBody: false,
        address: '127.0.0.1',
        id: 1,
      },
    ]);
    assert.deepEqual(
      records.map(({ receivedBytes, sentBytes, persistent, aborted }) => [
        receivedBytes,
        sentBytes,
        persistent,
        aborted,
      ]),
      [['GET /x HTTP/1.1\r\nHost: a\r\nb\r\n'.length, 'HTTP/1.1 400 protocolError\r\n\r\nno'.length, false, false]],
    );
  });

  test('throws, the server answers by itself, and its owner is told', async () => {
    const server = new DrivenServer({
      handler: () => NO,
      refuse: () => {
        throw new Error('refuse failed');
      },
    });
    const client = server.connect();
    await client.send('G@T / HTTP/1.1\r\n');
    assert.match(finalWords(client), /^HTTP\/1\.1 400 Bad Request\r\n[^]*the request method is not a token/);
    assert.match(String(server.errors[0]), /refuse failed/);
  });
});
