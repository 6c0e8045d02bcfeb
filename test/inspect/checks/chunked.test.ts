// The check of chunked requests, against servers that understand them, refuse them, or take the chunks for something else.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurements } from '#src/inspect/index.js';
import { Response, serve } from '#src/server/index.js';
import { measuredBy, startNodeServer } from '../run-one-check.ts';
import { plainAnswer, startRawServer } from '../raw-server.ts';

type Understood = [Measurements['chunked'], Measurements['requestTrailers']];

async function understood(url: string): Promise<Understood> {
  const { chunked, requestTrailers } = await measuredBy('chunked', url);
  return [chunked, requestTrailers];
}

/** node:http understands chunked requests: what the test makes of them is what it says. */
async function understoodByNode(
  onChunked: (request: IncomingMessage, response: ServerResponse) => void,
  onOther: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.end('ok\n'),
): Promise<Understood> {
  await using server = await startNodeServer((request, response) => {
    const isChunked = request.headers['transfer-encoding'] === 'chunked';
    (isChunked ? onChunked : onOther)(request, response);
  });
  return await understood(server.url);
}

function refuse(
  status: number,
  headers: Record<string, string> = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  return (_request, response) => void response.writeHead(status, headers).end();
}

describe('chunked', { concurrency: 3 }, () => {
  test('node:http and serve() understand chunks and trailers, whatever the status', async () => {
    assert.deepEqual(await understoodByNode(refuse(200)), [true, true]);
    assert.deepEqual(await understoodByNode(refuse(404)), [true, true]);
    assert.deepEqual(await understoodByNode(refuse(501)), [true, true]);
    await using server = await serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok\n') });
    assert.deepEqual(await understood(server.url), [true, true]);
  });

  test('chunks that are taken for a request are found by the answer too many', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.write(plainAnswer()));
    assert.deepEqual(await understood(server.url), [false, null]);
  });

  test('the answer too many is found also where it is taken for that to the next request', async () => {
    const answered = new Map<number, Promise<void>>();
    await using server = await startRawServer((head, { socket, number }) => {
      const pauseMs = /^(?:GET|POST) /.test(head) ? 0 : 250;
      const before = answered.get(number) ?? Promise.resolve();
      answered.set(
        number,
        before.then(() => sleep(pauseMs)).then(() => void socket.write(plainAnswer())),
      );
    });
    assert.deepEqual(await understood(server.url), [false, null]);
  });

  test('a server that answers 400 to chunks, and not to a length, does not understand them', async () => {
    assert.deepEqual(await understoodByNode(refuse(400)), [false, null]);
    assert.deepEqual(await understoodByNode(refuse(400, { connection: 'close' })), [false, null]);
  });

  test('a server that answers 400 to every body says nothing about chunks, and the connection does', async () => {
    const badPost = (request: IncomingMessage, response: ServerResponse): void =>
      void response.writeHead(request.method === 'POST' ? 400 : 200).end('no\n');
    assert.deepEqual(await understoodByNode(badPost, badPost), [true, true]);
  });

  test('a server that refuses and closes leaves it open, unless it sends chunks itself', async () => {
    const refused = refuse(411, { connection: 'close' });
    assert.deepEqual(await understoodByNode(refused), [null, null]);
    const sendsChunks = await understoodByNode(refused, (_request, response) => {
      response.write('o');
      response.end('k\n');
    });
    assert.deepEqual(sendsChunks, [true, null]);
  });

  test('no answer counts only where a length is answered', async () => {
    const silent = (): void => {};
    assert.deepEqual(await understoodByNode(silent), [false, null]);
    const silentToPost = (request: IncomingMessage, response: ServerResponse): void => {
      if (request.method !== 'POST') response.end('ok\n');
    };
    assert.deepEqual(await understoodByNode(silent, silentToPost), [null, null]);
  });

  test('an answer whose chunks are malformed counts', async () => {
    const malformed = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nok\n\r\n0\r\n\r\n';
    await using server = await startRawServer((head, { socket }) => {
      if (/^(?:GET|POST) /.test(head)) socket.write(head.startsWith('POST') ? malformed : plainAnswer());
    });
    assert.deepEqual(await understood(server.url), [false, null]);
  });

  test('refused trailers are found', async () => {
    const refused = await understoodByNode((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(Object.keys(request.trailers).length > 0 ? 400 : 200).end();
      });
    });
    assert.deepEqual(refused, [true, false]);
    const dropped = await understoodByNode((request, response) => {
      if (request.headers.trailer === undefined) response.end();
      else request.socket.destroy();
    });
    assert.deepEqual(dropped, [true, false]);
  });
});
