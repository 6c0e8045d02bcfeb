// The check of answers that have no body, against servers that send one all the same, or announce the wrong one.
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import type { Measurements } from '#src/inspect/index.js';
import { Response, serve } from '#src/server/index.js';
import { measuredBy, startNodeServer } from '../run-one-check.ts';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import type { RawConnection } from '../raw-server.ts';

type Framing = [Measurements['headFraming'], Measurements['headFault'], Measurements['notModifiedFraming']];

async function framing(url: string): Promise<Framing> {
  const { headFraming, headFault, notModifiedFraming } = await measuredBy('head-and-304', url);
  return [headFraming, headFault, notModifiedFraming];
}

async function framingOfNode(handler: RequestListener): Promise<Framing> {
  await using server = await startNodeServer(handler);
  return await framing(server.url);
}

/** A server that answers well, but to the other request what the test says. */
async function framingOfRaw(
  isOther: (head: string) => boolean,
  answer: (connection: RawConnection) => string | undefined,
): Promise<Framing> {
  await using server = await startRawServer((head, connection) => {
    const plain = isHead(head) ? HEAD_ANSWER : plainAnswer('hello\n', 'ETag: "1"\r\n');
    const text = isOther(head) ? answer(connection) : plain;
    if (text !== undefined) connection.socket.write(text);
  });
  return await framing(server.url);
}

const isHead = (head: string): boolean => head.startsWith('HEAD ');
const isConditional = (head: string): boolean => /^If-None-Match: "1"/m.test(head);

const HEAD_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n';
const NOT_MODIFIED = 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n';

describe('head-and-304', { concurrency: 3 }, () => {
  test('two servers in turn, each with a page of its own, are told from one that announces a wrong length', async () => {
    // By connection, and by request.
    for (const [by, first] of [
      ['number', 0],
      ['number', 1],
      ['requests', 0],
    ] as const) {
      let asked = first;
      await using server = await startRawServer((head, connection) => {
        const page = 'hello'.repeat(1 + ((by === 'number' ? connection.number + first : (asked += 1)) % 2));
        const text = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${isHead(head) ? '' : page}`;
        connection.socket.write(text);
      });
      assert.deepEqual((await framing(server.url)).slice(0, 2), [true, null]);
    }
  });

  test('node:http and serve() keep both in step', async () => {
    const ofNode = await framingOfNode((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"1"';
      response.writeHead(isKnown ? 304 : 200, { etag: '"1"' }).end(isKnown ? undefined : 'hello\n');
    });
    assert.deepEqual(ofNode, [true, null, true]);
    await using server = await serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: ({ headers }) =>
        headers.get('if-modified-since') === null
          ? new Response('hello\n', { headers: { 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' } })
          : new Response(null, { status: 304 }),
    });
    assert.deepEqual(await framing(server.url), [true, null, true]);
  });

  test('a server that closes after each answer is not to blame', async () => {
    const ofNode = await framingOfNode((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"1"';
      response
        .writeHead(isKnown ? 304 : 200, { etag: '"1"', connection: 'close' })
        .end(isKnown ? undefined : 'hello\n');
    });
    assert.deepEqual(ofNode, [true, null, true]);
  });

  test('a body behind the answer to HEAD is found, at once, later, or with the end of the connection', async () => {
    const found: Framing = [false, 'body', null];
    assert.deepEqual((await framingOfRaw(isHead, () => `${HEAD_ANSWER}hello\n`)).slice(0, 2), found.slice(0, 2));
    const later = await framingOfRaw(isHead, ({ socket }) => {
      setTimeout(() => socket.write('hello\n'), 50);
      return HEAD_ANSWER;
    });
    assert.deepEqual(later.slice(0, 2), found.slice(0, 2));
    const closing = await framingOfRaw(isHead, ({ socket }) => {
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello\n');
      return undefined;
    });
    assert.deepEqual(closing.slice(0, 2), found.slice(0, 2));
  });

  test('the end of a chunked body is a body', async () => {
    const [, fault] = await framingOfRaw(
      isHead,
      () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    assert.equal(fault, 'body');
  });

  test('HEAD without an answer is found', async () => {
    const closed = await framingOfRaw(isHead, ({ socket }) => void socket.end());
    const silent = await framingOfRaw(isHead, () => undefined);
    assert.deepEqual([closed[1], silent[1]], ['unanswered', 'unanswered']);
  });

  test('an answer to HEAD that is none, or after which nothing is answered, is found', async () => {
    const garbage = await framingOfRaw(isHead, () => 'hello\r\n\r\n');
    assert.deepEqual(garbage.slice(0, 2), [false, 'framing']);
    const stuck = new Set<number>();
    await using server = await startRawServer((head, { socket, number }) => {
      if (stuck.has(number)) return;
      if (isHead(head)) stuck.add(number);
      socket.write(isHead(head) ? HEAD_ANSWER : plainAnswer('hello\n'));
    });
    assert.deepEqual(await framing(server.url), [false, 'framing', null]);
  });

  test('another length than that of GET is found', async () => {
    const [isRight, fault] = await framingOfRaw(isHead, () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    assert.deepEqual([isRight, fault], [false, 'length']);
  });

  test('a page that has another length each time, or whose HEAD has another status, is no fault', async () => {
    let asked = 0;
    const changing = await framingOfNode((_request, response) => {
      asked += 1;
      const body = 'x'.repeat(asked);
      response.writeHead(200, { 'content-length': body.length }).end(body);
    });
    assert.deepEqual(changing, [true, null, null]);
    const refused = await framingOfRaw(isHead, () => 'HTTP/1.1 405 Not Allowed\r\nContent-Length: 19\r\n\r\n');
    assert.equal(refused[0], true);
  });

  test('304 with a body, or with the end of one, is found', async () => {
    for (const answer of [
      `${NOT_MODIFIED}hello\n`,
      'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ]) {
      assert.deepEqual(await framingOfRaw(isConditional, () => answer), [true, null, false]);
    }
  });

  test('304 that announces the length of the body that it does not have is right', async () => {
    const answer = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n';
    assert.deepEqual(await framingOfRaw(isConditional, () => answer), [true, null, true]);
  });

  test('where there is no validator, or it is ignored, nothing is said about 304', async () => {
    assert.deepEqual(await framingOfNode((_request, response) => void response.end('hello\n')), [true, null, null]);
    const ignored = await framingOfRaw(isConditional, () => plainAnswer('hello\n', 'ETag: "1"\r\n'));
    assert.equal(ignored[2], null);
  });
});
