// Requests at the edge of each limit: what is exactly as large as it may be is served, one more is refused, and the answer arrives.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RawConnection } from '../support/raw-client.ts';
import { DrivenServer, get } from './driven-server.ts';
import type { DrivenClient, DrivenOptions } from './driven-server.ts';
import { serve } from '#src/server/index.js';

/** A server that counts its handlers' calls. */
class Counting {
  calls = 0;
  readonly server: DrivenServer;

  constructor(limits: DrivenOptions['limits']) {
    this.server = new DrivenServer({
      limits: limits!,
      handler: async (request) => {
        this.calls += 1;
        return { body: `${(await request.text()).length}` };
      },
    });
  }

  async send(bytes: string): Promise<DrivenClient> {
    const client = this.server.connect();
    await client.send(bytes);
    return client;
  }
}

const isRefused = (client: DrivenClient, status: number): void => {
  assert.match(client.received, new RegExp(String.raw`^HTTP/1\.1 ${status} (?:.+\r\n)+?Connection: close\r\n`));
  assert.ok(client.ended);
};

const isServed = (client: DrivenClient): void => {
  assert.match(client.received, /^HTTP\/1\.1 200 /);
  assert.ok(!client.ended);
};

test('a target of targetBytes is served, one more is 414', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), async (targetBytes) => {
      const counting = new Counting({ targetBytes });
      isServed(await counting.send(get(`/${'x'.repeat(targetBytes - 1)}`)));
      isRefused(await counting.send(get(`/${'x'.repeat(targetBytes)}`)), 414);
      assert.equal(counting.calls, 1);
    }),
    { numRuns: 20 },
  );
});

test('a head of headerBytes is served, one more is 431', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 64, max: 2_000 }), async (headerBytes) => {
      const counting = new Counting({ headerBytes });
      const rest = 'GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n'.length;
      isServed(await counting.send(get('/', `X: ${'x'.repeat(headerBytes - rest)}\r\n`)));
      isRefused(await counting.send(get('/', `X: ${'x'.repeat(headerBytes - rest + 1)}\r\n`)), 431);
      assert.equal(counting.calls, 1);
    }),
    { numRuns: 20 },
  );
});

test('a head of headerFields lines is served, one more is 431', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 200 }), async (headerFields) => {
      const counting = new Counting({ headerFields });
      isServed(await counting.send(get('/', 'X: y\r\n'.repeat(headerFields - 1))));
      isRefused(await counting.send(get('/', 'X: y\r\n'.repeat(headerFields))), 431);
      assert.equal(counting.calls, 1);
    }),
    { numRuns: 20 },
  );
});

describe('a body', () => {
  const length = (announced: number, lines = ''): string =>
    `POST / HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: ${announced}\r\n\r\n`;

  test('of bodyBytes is served, announced or in chunks', async () => {
    const counting = new Counting({ bodyBytes: 10 });
    isServed(await counting.send(`${length(10)}0123456789`));
    const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    isServed(await counting.send(`${chunked}4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n`));
    isRefused(await counting.send(`${chunked}4\r\n0123\r\n7\r\n456789x\r\n`), 413);
  });

  test('that is announced too large is 413 at once, without its handler, whatever of it comes along', async () => {
    for (const bytes of ['', 'x', 'x'.repeat(200_000)]) {
      const counting = new Counting({ bodyBytes: 10 });
      isRefused(await counting.send(length(1_000_000) + bytes), 413);
      assert.equal(counting.calls, 0);
    }
  });

  test('that is announced too large is never asked for by 100 Continue', async () => {
    const counting = new Counting({ bodyBytes: 10 });
    isRefused(await counting.send(length(11, 'Expect: 100-continue\r\n')), 413);
    const allowed = await counting.send(length(10, 'Expect: 100-continue\r\n'));
    assert.equal(allowed.received, 'HTTP/1.1 100 Continue\r\n\r\n');
    assert.equal(counting.calls, 1);
  });

  test('that is too large is refused behind the answers to what came before it, and nothing behind it is served', async () => {
    const counting = new Counting({ bodyBytes: 10 });
    const client = await counting.send(`${get()}${length(11)}${'x'.repeat(11)}${get()}`);
    assert.deepEqual(client.received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 413']);
    assert.ok(client.ended);
    assert.equal(counting.calls, 1);
  });

  test(
    'that goes on being sent does not cost its sender the 413: we read on behind our FIN',
    { timeout: 20_000 },
    async () => {
      await using server = await serve({ port: 0, handler: () => ({ body: 'ok' }), limits: { bodyBytes: 10 } });
      const client = await RawConnection.open(server.port);
      client.write(length(900_000));
      for (let sent = 0; sent < 900_000; sent += 10_000) {
        client.write('x'.repeat(10_000));
        await new Promise(setImmediate);
      }
      client.end();
      assert.match(await client.readToEnd(), /^HTTP\/1\.1 413 /);
      assert.equal(client.ending, 'fin');
      client.destroy();
    },
  );
});
