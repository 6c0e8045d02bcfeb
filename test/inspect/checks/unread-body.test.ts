// The check of bodies that nobody reads, against servers that drop them, close, reset, or go on reading them as requests.
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import type { InspectOptions, Measurements } from '#src/inspect/index.js';
import { Response, serve } from '#src/server/index.js';
import { measuredBy, startNodeServer } from '../run-one-check.ts';
import { plainAnswer, startRawServer } from '../raw-server.ts';

/** Answered, kept, misread. */
type Treatment = [
  Measurements['unreadBodyAnswered'],
  Measurements['unreadBodyKept'],
  Measurements['unreadBodyMisread'],
];

async function treatment(url: string, options: InspectOptions = {}): Promise<Treatment> {
  const measured = await measuredBy('unread-body', url, options);
  return [measured.unreadBodyAnswered, measured.unreadBodyKept, measured.unreadBodyMisread];
}

async function treatmentByNode(handler: RequestListener, options?: InspectOptions): Promise<Treatment> {
  await using server = await startNodeServer(handler);
  return await treatment(server.url, options);
}

describe('unread-body', { concurrency: 3 }, () => {
  test('node:http and serve() answer, drop the body and go on', async () => {
    assert.deepEqual(await treatmentByNode((_request, response) => void response.end('ok\n')), [true, true, false]);
    await using server = await serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok\n') });
    assert.deepEqual(await treatment(server.url), [true, true, false]);
  });

  test('a body that is taken for requests is found', async () => {
    await using server = await startRawServer((_head, { socket }) => socket.write(plainAnswer()));
    assert.deepEqual(await treatment(server.url), [true, false, true]);
  });

  test('a body whose rest is taken for a request is found by the 400 to the next one', async () => {
    const confused = new Set<number>();
    await using server = await startRawServer((head, { socket, number }) => {
      if (head.startsWith('GET /perdura-check/')) return;
      socket.write(plainAnswer('', '', confused.has(number) ? '400 Bad Request' : '200 OK'));
      if (head.startsWith('POST')) confused.add(number);
    });
    assert.deepEqual(await treatment(server.url), [true, false, true]);
  });

  test('an answer that closes keeps nothing, and shows nothing', async () => {
    const closing = await treatmentByNode(
      (_request, response) => void response.writeHead(413, { connection: 'close' }).end(),
    );
    assert.deepEqual(closing, [true, false, null]);
  });

  test('no answer is found, to a small body or to a large one alone', async () => {
    const resets = await treatmentByNode((request, response) => {
      if (request.method === 'POST') request.socket.resetAndDestroy();
      else response.end('ok\n');
    });
    assert.deepEqual(resets, [false, null, null]);
    const resetsLarge = await treatmentByNode((request, response) => {
      if (Number(request.headers['content-length'] ?? 0) > 100_000) request.socket.resetAndDestroy();
      else response.end('ok\n');
    });
    assert.deepEqual(resetsLarge, [false, true, false]);
  });

  test('gently, no large body is sent', async () => {
    const lengths: number[] = [];
    const handler: RequestListener = (request, response) => {
      if (request.method === 'POST') lengths.push(Number(request.headers['content-length']));
      response.end('ok\n');
    };
    assert.deepEqual(await treatmentByNode(handler, { gentle: true }), [true, true, false]);
    assert.deepEqual(lengths, [65_536]);
    assert.deepEqual(await treatmentByNode(handler), [true, true, false]);
    assert.deepEqual(lengths, [65_536, 65_536, 1_048_576]);
  });
});
