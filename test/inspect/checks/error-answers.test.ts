// The check of errors, against servers that keep the connection behind them, announce that they do not, or just end it.
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import type { InspectOptions, Measurements } from '#src/inspect/index.js';
import { Response, serve } from '#src/server/index.js';
import { measuredBy, startNodeServer } from '../run-one-check.ts';
import { plainAnswer, startRawServer } from '../raw-server.ts';
import type { RawConnection } from '../raw-server.ts';

interface Errors {
  /** Status, and whether the connection ends. */
  readonly badRequest: [Measurements['badRequestStatus'], Measurements['badRequestCloses']];
  /** Status, and whether it is kept. */
  readonly notFound: [Measurements['notFoundStatus'], Measurements['notFoundKept']];
  readonly tooLarge: [Measurements['tooLargeStatus'], Measurements['tooLargeConnection']];
}

async function errors(url: string, options?: InspectOptions): Promise<Errors> {
  const measured = await measuredBy('error-answers', url, options);
  return {
    badRequest: [measured.badRequestStatus, measured.badRequestCloses],
    notFound: [measured.notFoundStatus, measured.notFoundKept],
    tooLarge: [measured.tooLargeStatus, measured.tooLargeConnection],
  };
}

async function errorsOfNode(handler: RequestListener, options?: InspectOptions): Promise<Errors> {
  await using server = await startNodeServer(handler);
  return await errors(server.url, options);
}

type Reaction = (connection: RawConnection) => void;

/** A server that answers well, but for what the test says. */
async function errorsOfRaw(on: { readonly noRequest?: Reaction; readonly tooLarge?: Reaction }): Promise<Errors> {
  await using server = await startRawServer((head, connection) => {
    const { socket } = connection;
    if (head.startsWith('This line')) (on.noRequest ?? answerBad)(connection);
    else if (/^Expect:/m.test(head)) (on.tooLarge ?? answerTooLarge)(connection);
    else socket.write(head.includes('/perdura-check/') ? plainAnswer('', '', '404 Not Found') : plainAnswer());
  });
  return await errors(server.url);
}

const answerBad: Reaction = ({ socket }) =>
  void socket.end(plainAnswer('', 'Connection: close\r\n', '400 Bad Request'));
const answerTooLarge: Reaction = ({ socket }) =>
  void socket.end(plainAnswer('', 'Connection: close\r\n', '413 Content Too Large'));

describe('error-answers', { concurrency: 3 }, () => {
  test('node:http: 400 closes, 404 does not, and the body is asked for', async () => {
    const ofNode = await errorsOfNode((request, response) => {
      response.writeHead(request.url === '/' ? 200 : 404).end('…');
    });
    assert.deepEqual(ofNode, { badRequest: [400, true], notFound: [404, true], tooLarge: [100, null] });
  });

  test('serve(): 400 closes, 404 does not, and a refused body is an announced close', async () => {
    const options = { port: 0, hostname: '127.0.0.1', limits: { bodyBytes: 1_000 } };
    await using server = await serve({
      ...options,
      fetch: ({ url }) => new Response('…', { status: new URL(url).pathname === '/' ? 200 : 404 }),
    });
    const { badRequest, notFound, tooLarge } = await errors(server.url);
    assert.deepEqual({ badRequest, notFound }, { badRequest: [400, true], notFound: [404, true] });
    assert.deepEqual(tooLarge, [413, 'announcedClose']);
  });

  test('the body of an expectation is never sent, also where it is asked for', async () => {
    const received: number[] = [];
    await errorsOfNode((request, response) => {
      if (request.method !== 'POST') {
        response.end();
        return;
      }
      let bytes = 0;
      request.on('data', (piece: Buffer) => (bytes += piece.length)).on('error', () => {});
      request.on('close', () => received.push(bytes));
    });
    assert.deepEqual(received, [0]);
  });

  test('a connection that goes on behind what is no request is told', async () => {
    const { badRequest } = await errorsOfRaw({
      noRequest: ({ socket }) => void socket.write(plainAnswer('', '', '400 Bad Request')),
    });
    assert.deepEqual(badRequest, [400, false]);
  });

  test('an end without an answer has no status', async () => {
    const { badRequest, tooLarge } = await errorsOfRaw({
      noRequest: ({ socket }) => void socket.end(),
      tooLarge: ({ socket }) => void socket.resetAndDestroy(),
    });
    assert.deepEqual(badRequest, [null, true]);
    assert.deepEqual(tooLarge, [null, 'unannouncedClose']);
  });

  test('what is neither answered nor closed is not guessed at', async () => {
    const silent = new Set<number>();
    await using server = await startRawServer((head, { socket, number }) => {
      if (head.startsWith('This line') || /^Expect:/m.test(head)) silent.add(number);
      else if (!silent.has(number)) socket.write(plainAnswer());
    });
    const { badRequest, tooLarge } = await errors(server.url);
    assert.deepEqual(
      [badRequest, tooLarge],
      [
        [null, null],
        [null, null],
      ],
    );
  });

  test('behind a final answer to an expectation the connection is kept, closed, or takes the next request for the body', async () => {
    const refused = plainAnswer('', '', '417 Expectation Failed');
    const kept = await errorsOfRaw({ tooLarge: ({ socket }) => void socket.write(refused) });
    assert.deepEqual(kept.tooLarge, [417, 'kept']);
    const closed = await errorsOfRaw({ tooLarge: ({ socket }) => void socket.end(refused) });
    assert.deepEqual(closed.tooLarge, [417, 'unannouncedClose']);
    const silent = await errorsOfRaw({
      tooLarge: ({ socket }) => void socket.removeAllListeners('data').resume().write(refused),
    });
    assert.deepEqual(silent.tooLarge, [417, null]);
  });

  test('404 that ends the connection is told', async () => {
    const { notFound } = await errorsOfNode((request, response) => {
      response.writeHead(request.url === '/' ? 200 : 404, { connection: 'close' }).end();
    });
    assert.deepEqual(notFound, [404, false]);
  });

  test('gently, nothing is sent that is no request', async () => {
    let malformed = 0;
    await using server = await startRawServer((head, { socket }) => {
      if (!/^\w+ \S+ HTTP\/1\.1\r\n/.test(head)) malformed += 1;
      socket.write(plainAnswer());
    });
    const { badRequest, notFound } = await errors(server.url, { gentle: true });
    assert.deepEqual([badRequest, notFound, malformed], [[null, null], [200, true], 0]);
  });
});
