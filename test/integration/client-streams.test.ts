// Bodies that are too large to be held, many small ones, trailers and content codings, over real sockets.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Session } from '#src/client/index.js';
import { payload, sha256Of } from './payload.ts';

const MIB = 1_048_576;
const LIMIT = { timeout: 60_000 };
/** Beyond buffers of sockets and streams there is garbage that nobody has collected yet. */
const GROWTH_BYTES = 32 * MIB;
/** A kernel holds up to 6 MiB for the receiver and 4 for the sender. */
const IN_FLIGHT_BYTES = 16 * MIB;
const STILL_MS = 200;
const CHUNKS = 200;

let server: http.Server;
let url = '';
/** Bytes of the download that the server has been asked for. */
let produced = 0;

async function* counted(bytes: number): AsyncGenerator<Buffer> {
  produced = 0;
  for await (const piece of payload(bytes)) {
    produced += piece.length;
    yield piece;
  }
}

/** Takes a rest with every mebibyte, so that the client is always faster. */
async function* slowly(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const piece of pieces) {
    const rests = Math.floor((received + piece.length) / MIB) - Math.floor(received / MIB);
    received += piece.length;
    if (rests > 0) await sleep(10);
    yield piece;
  }
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'http://a');
  if (pathname === '/download') {
    await pipeline(Readable.from(counted(Number(searchParams.get('bytes')))), response);
  } else if (pathname === '/upload') {
    response.end(await sha256Of(slowly(request)));
  } else if (pathname === '/chunks') {
    response.writeHead(200, { trailer: 'x-chunks' });
    for (let number = 0; number < CHUNKS; number += 1) response.write(`${number}\n`);
    response.addTrailers({ 'x-chunks': String(CHUNKS) });
    response.end();
  } else {
    const text = `${pathname} `.repeat(10_000);
    const coding = pathname.slice(1);
    response.setHeader('content-encoding', coding);
    response.end(coding === 'br' ? brotliCompressSync(text) : gzipSync(text));
  }
}

before(async () => {
  server = http.createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

interface StreamReport {
  readonly digest: string;
  readonly grownBytes: number;
  /** Bytes that the server had produced beyond those that the client had read, when the client read none for a while. */
  readonly aheadBytes: number;
}

/** Resolves when the server was asked for nothing for a while. */
async function untilStill(): Promise<void> {
  for (let last = -1; last !== produced;) {
    last = produced;
    await sleep(STILL_MS);
  }
}

/** Runs the client in a process of its own. */
async function runClient(t: TestContext, way: 'download' | 'upload', bytes: number): Promise<StreamReport> {
  const script = path.resolve(import.meta.dirname, 'fixtures/stream-client.js');
  const child = fork(script, [way, `${url}/${way}`, String(bytes)]);
  t.after(() => child.kill('SIGKILL'));
  let [aheadBytes, report] = [0, undefined as StreamReport | undefined];
  child.on('message', (message: { received?: number; digest?: string; grownBytes?: number }) => {
    if (message.received !== undefined) {
      void untilStill().then(() => {
        aheadBytes = produced - message.received!;
        child.send('go on');
      });
    } else report = { digest: message.digest!, grownBytes: message.grownBytes!, aheadBytes };
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
  t.diagnostic(
    `${bytes / MIB} MiB: memory grew by ${(report!.grownBytes / MIB).toFixed(1)} MiB` +
      (way === 'download' ? `, the server was ${(report!.aheadBytes / MIB).toFixed(1)} MiB ahead` : ''),
  );
  return report!;
}

describe('large bodies', () => {
  test('a download goes no further than it is read, and is not held in memory', LIMIT, async (t) => {
    const { digest, grownBytes, aheadBytes } = await runClient(t, 'download', 100 * MIB);
    assert.equal(digest, await sha256Of(payload(100 * MIB)));
    assert.ok(grownBytes < GROWTH_BYTES, `${grownBytes} bytes`);
    assert.ok(aheadBytes < IN_FLIGHT_BYTES, `${aheadBytes} bytes`);
  });

  test('an upload goes no faster than the server takes it, and is not held in memory', LIMIT, async (t) => {
    const { digest, grownBytes } = await runClient(t, 'upload', 50 * MIB);
    assert.equal(digest, await sha256Of(payload(50 * MIB)));
    assert.ok(grownBytes < GROWTH_BYTES, `${grownBytes} bytes`);
  });
});

describe('small pieces', () => {
  test('chunked responses with trailers follow each other on their connections', LIMIT, async () => {
    await using session = new Session({ baseUrl: url, limits: { perOrigin: 4 } });
    const expected = Array.from({ length: CHUNKS }, (_, number) => `${number}\n`).join('');
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const { body } = await session.request('/chunks');
        let text = '';
        for await (const piece of body) text += Buffer.from(piece).toString();
        assert.equal(text, expected);
        assert.equal(body.trailers?.get('x-chunks'), String(CHUNKS));
      }),
    );
    const { connectionsOpened, retries } = session.stats();
    assert.deepEqual({ connectionsOpened, retries }, { connectionsOpened: 4, retries: 0 });
  });

  for (const coding of ['gzip', 'br']) {
    test(`a body that is coded as ${coding} is undone by fetch`, LIMIT, async () => {
      await using session = new Session({ baseUrl: url });
      const response = await session.fetch(`/${coding}`);
      assert.equal(response.headers.get('content-encoding'), coding);
      assert.equal(await response.text(), `/${coding} `.repeat(10_000));
    });
  }
});
