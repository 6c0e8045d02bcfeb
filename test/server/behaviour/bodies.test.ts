// Bodies in both directions, whole and in pieces, with clients and handlers that do not read, the same over every protocol.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { PerduraError } from '#src/errors.js';
import { Response } from '#src/server/index.js';
import { until } from '../../io/opening.ts';
import { gate } from '../driven-server.ts';
import { readAll, readSome } from './behaviour-client.ts';
import { PROTOCOLS, patternOf, startBench } from './protocols.ts';

const MEBIBYTE = 1_048_576;
const PIECE = Buffer.alloc(65_536, 'p');

/** More than all buffers and windows between a client and a handler can hold. */
const ENDLESS_PIECES = 1_024;

/** What a side may take before the other side reads: the kernel's buffers of both sockets, which grow, and our own. */
const BOUND_BYTES = 24 * MEBIBYTE;

/** Nothing happens for so long: whoever could go on would have. */
const QUIET_MS = 250;

/** Resolves when the count has not changed for a while. */
async function settled(count: () => number): Promise<number> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
  return count();
}

for (const protocol of PROTOCOLS) {
  describe(`bodies over ${protocol.name}`, { timeout: 120_000 }, () => {
    for (const bytes of [0, 1, 65_535, 65_536, 5 * MEBIBYTE]) {
      test(`of ${bytes} bytes arrive whole, in both directions`, async (context) => {
        const { client } = await startBench(context, protocol, {
          fetch: async (request) => new Response(new Uint8Array(await request.arrayBuffer())),
        });
        const sent = patternOf(bytes);
        const { status, body } = await client.send({ method: 'POST', body: sent }).answer();
        assert.equal(status, 200);
        assert.ok(body.equals(sent));
      });
    }

    test('go through piece by piece, both at the same time', async (context) => {
      const { client } = await startBench(context, protocol, { handler: ({ body }) => ({ body: body! }) });
      const exchange = client.send({ method: 'POST', open: true });
      exchange.upload.write('begin');
      const download = await exchange.download();
      assert.equal((await readSome(download, 5)).toString(), 'begin');
      for (const word of ['one', 'two', 'three']) {
        exchange.upload.write(word);
        // Each one comes back before the next is sent.
        assert.equal((await readSome(download, word.length)).toString(), word);
      }
      exchange.upload.end('end');
      assert.equal((await readAll(download)).toString(), 'end');
    });

    test('of 5 MiB go through as a stream', async (context) => {
      const { client } = await startBench(context, protocol, { handler: ({ body }) => ({ body: body! }) });
      const sent = patternOf(5 * MEBIBYTE);
      const { body } = await client.send({ method: 'POST', body: sent }).answer();
      assert.ok(body.equals(sent));
    });

    test('are not taken further than buffers reach while the handler does not read', async (context) => {
      const goOn = gate();
      const { client } = await startBench(context, protocol, {
        fetch: async (request) => {
          await goOn.promise;
          let bytes = 0;
          for await (const piece of request.body!) bytes += piece.length;
          return new Response(String(bytes));
        },
      });
      const exchange = client.send({ method: 'POST', open: true });
      let taken = 0;
      for (let count = 0; count < ENDLESS_PIECES; count += 1)
        exchange.upload.write(PIECE, () => (taken += PIECE.length));
      exchange.upload.end();
      assert.ok((await settled(() => taken)) < BOUND_BYTES, `${taken} bytes were taken`);
      goOn.open();
      assert.equal((await exchange.answer()).body.toString(), String(ENDLESS_PIECES * PIECE.length));
    });

    test('are not asked of their source further than buffers reach while the client does not read', async (context) => {
      let pulled = 0;
      const { client } = await startBench(context, protocol, {
        handler: () => ({
          body: (async function* endless() {
            for (let count = 0; count < ENDLESS_PIECES; count += 1) {
              pulled += PIECE.length;
              yield PIECE;
            }
          })(),
        }),
      });
      const exchange = client.send();
      const download = await exchange.download();
      assert.ok((await settled(() => pulled)) < BOUND_BYTES, `${pulled} bytes were pulled`);
      assert.equal((await readAll(download)).length, ENDLESS_PIECES * PIECE.length);
    });

    test('that the client gives up end for the handler: its signal, its reading and its source', async (context) => {
      const log: string[] = [];
      const begun = gate();
      const { client, errors } = await startBench(context, protocol, {
        fetch: (request) => {
          request.signal.addEventListener('abort', () => {
            // HTTP/1 sees a body that ends too early, HTTP/2 a reset.
            assert.ok(request.signal.reason instanceof PerduraError);
            log.push('signal');
          });
          const read = request.text().then(
            () => log.push('read whole'),
            () => log.push('read broke off'),
          );
          const source = async function* source(): AsyncGenerator<string> {
            try {
              yield 'first';
              begun.open();
              await read;
              yield 'never sent';
            } finally {
              log.push('source ended');
            }
          };
          return new Response(source());
        },
      });
      const exchange = client.send({ method: 'POST', open: true });
      exchange.upload.write('a part');
      const download = await exchange.download();
      download.on('error', () => {});
      await begun.promise;
      exchange.abort();
      await until(() => log.length === 3);
      assert.deepEqual(log.toSorted(), ['read broke off', 'signal', 'source ended']);
      assert.deepEqual(errors, []);
    });

    // A client of HTTP/1 that ends its side still waits for its answer, for all that can be known, and TLS has no RST.
    const canTell = protocol.version !== 1 || !protocol.secure;
    const testWhereItCanBeTold = canTell ? test : (): void => {};
    void testWhereItCanBeTold('that the client gives up before the answer abort the signal', async (context) => {
      const waiting = gate<AbortSignal>();
      const { client, errors, events } = await startBench(context, protocol, {
        fetch: (request) => {
          waiting.open(request.signal);
          return new Promise((_resolve, reject) => {
            request.signal.addEventListener('abort', () => reject(request.signal.reason as Error));
          });
        },
      });
      const exchange = client.send();
      const signal = await waiting.promise;
      exchange.abort();
      if (!signal.aborted) await once(signal, 'abort');
      await assert.rejects(exchange.head);
      // Nobody was answered, so there is nothing to tell of.
      assert.deepEqual(errors, []);
      assert.equal(
        events.some(({ type }) => type === 'exchange'),
        false,
      );
    });

    test('that are larger than the limit are refused with 413, announced or not', async (context) => {
      const seen: string[] = [];
      const { client } = await startBench(context, protocol, {
        limits: { bodyBytes: 1_000 },
        fetch: async (request) => {
          try {
            return new Response(await request.text());
          } catch (error) {
            seen.push((error as Error).name);
            throw error;
          }
        },
      });
      const announced = await client
        .send({ method: 'POST', headers: [['content-length', '1001']], body: Buffer.alloc(1_001) })
        .answer();
      assert.equal(announced.status, 413);
      const exchange = client.send({ method: 'POST', open: true });
      exchange.upload.write(Buffer.alloc(600));
      exchange.upload.write(Buffer.alloc(600));
      assert.equal((await exchange.answer()).status, 413);
      const { status, body } = await client.send({ method: 'POST', body: Buffer.alloc(1_000, 'x') }).answer();
      assert.deepEqual([status, body.length], [200, 1_000]);
      assert.ok(seen.length <= 1 && seen.every((name) => name === 'ProtocolError'));
    });

    test('are asked for when the client expects it and the handler wants them, not before', async (context) => {
      const { client } = await startBench(context, protocol, {
        fetch: async (request) =>
          request.url.endsWith('/wanted')
            ? new Response(await request.text())
            : new Response('no thanks', { status: 403 }),
      });
      const wanted = client.send({
        method: 'POST',
        path: '/wanted',
        headers: [['expect', '100-continue']],
        open: true,
      });
      await until(() => wanted.interim.length > 0);
      assert.equal(wanted.interim[0]!.status, 100);
      wanted.upload.end('body');
      assert.equal((await wanted.answer()).body.toString(), 'body');
      const refused = client.send({ method: 'POST', path: '/no', headers: [['expect', '100-continue']], open: true });
      const { status } = await refused.answer();
      assert.deepEqual([status, refused.interim.length], [403, 0]);
    });

    test('are asked for by an answer that is made of them', async (context) => {
      const { client } = await startBench(context, protocol, { fetch: (request) => new Response(request.body) });
      const echoed = client.send({ method: 'POST', headers: [['expect', '100-continue']], open: true });
      await until(() => echoed.interim.length > 0);
      assert.equal(echoed.interim[0]!.status, 100);
      echoed.upload.end('body');
      assert.equal((await echoed.answer()).body.toString(), 'body');
    });

    test('that nobody reads keep no client from its answer', async (context) => {
      const { client } = await startBench(context, protocol, { handler: () => ({ status: 202, body: 'early' }) });
      for (const bytes of [3, 100_000, 5 * MEBIBYTE]) {
        const { status, body } = await client.send({ method: 'POST', body: Buffer.alloc(bytes) }).answer();
        assert.deepEqual([status, body.toString()], [202, 'early'], `${bytes} bytes`);
      }
      assert.equal((await client.send().answer()).status, 202);
    });
  });
}
