// Several requests on the wire at once (RFC 9112 §9.3.2): order, concurrency, what is dropped, and how few writes it takes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CLOSE, DATE, DrivenServer, KEEP, gate, get, post } from './driven-server.ts';
import type { DrivenOptions, Gate } from './driven-server.ts';

/** A server whose handlers answer with the path when the test opens their gate; `begun` holds the paths in order of begin. */
function gatedServer(options: Partial<DrivenOptions> = {}): {
  server: DrivenServer;
  begun: string[];
  aborted: string[];
  answer: (path: string, headers?: Record<string, string>) => Promise<void>;
} {
  const gates = new Map<string, Gate<Record<string, string>>>();
  const begun: string[] = [];
  const aborted: string[] = [];
  const server = new DrivenServer({
    handler: async (request) => {
      const path = new URL(request.url).pathname;
      begun.push(path);
      request.signal.addEventListener('abort', () => aborted.push(path));
      const mine = gate<Record<string, string>>();
      gates.set(path, mine);
      return { headers: await mine.promise, body: path };
    },
    ...options,
  });
  const answer = async (path: string, headers: Record<string, string> = {}): Promise<void> => {
    gates.get(path)!.open(headers);
    await server.run();
  };
  return { server, begun, aborted, answer };
}

/** The bodies of all answers, in order; every body begins with a slash. */
function bodies(received: string): string[] {
  return received.split(/HTTP\/1\.1 .*\r\n(?:.+\r\n)*\r\n/).slice(1);
}

describe('pipelined requests', () => {
  test('behind the last one that will be answered reach no handler', async () => {
    for (const options of [{ maxKeepAliveRequests: 1 }, { keepAlive: false }]) {
      const { server, begun, answer } = gatedServer(options);
      const client = server.connect();
      await client.send(get('/1') + get('/2') + get('/3'));
      assert.deepEqual(begun, ['/1']);
      await answer('/1');
      assert.deepEqual(bodies(client.received), ['/1']);
      assert.ok(client.ended);
    }
  });

  test('whose handlers are async and finish together leave in one write', async () => {
    const server = new DrivenServer({ handler: async (request) => ({ body: new URL(request.url).pathname }) });
    const client = server.connect();
    await client.send(get('/1') + get('/2') + get('/3') + get('/4'));
    assert.deepEqual(bodies(client.received), ['/1', '/2', '/3', '/4']);
    assert.equal(client.writes.length, 1);
  });

  test('keep their fields, however late these are read and whatever came behind them', async () => {
    const requests: Request[] = [];
    const server = new DrivenServer({
      handler: (request) => {
        requests.push(request);
        return {};
      },
    });
    const client = server.connect();
    await client.send(get('/1', 'X-First: 1\r\n') + get('/2', 'X-Second-And-Longer: 2\r\nX-Third: 3\r\n'));
    await client.send(get('/3'));
    assert.deepEqual(
      requests.map((request) => [...request.headers]),
      [
        [
          ['host', 'a'],
          ['x-first', '1'],
        ],
        [
          ['host', 'a'],
          ['x-second-and-longer', '2'],
          ['x-third', '3'],
        ],
        [['host', 'a']],
      ],
    );
  });

  test('are answered in order, whatever the order in which their handlers finish', async () => {
    const { server, begun, answer } = gatedServer();
    const client = server.connect();
    await client.send(get('/1') + get('/2') + get('/3'));
    assert.deepEqual(begun, ['/1', '/2', '/3']);
    await answer('/3');
    await answer('/2');
    assert.equal(client.received, '');
    await answer('/1');
    assert.deepEqual(bodies(client.received), ['/1', '/2', '/3']);
    assert.equal(client.writes.length, 1, 'what became ready at once leaves in one write');
  });

  test('are answered in order for any order of finishing', async () => {
    const order = fc.integer({ min: 2, max: 8 }).chain((count) =>
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, index) => `/${index}`),
        { minLength: count },
      ),
    );
    await fc.assert(
      fc.asyncProperty(order, async (finishing) => {
        const { server, answer } = gatedServer();
        const client = server.connect();
        const asked = finishing.toSorted();
        await client.send(asked.map((path) => get(path)).join(''));
        for (const path of finishing) await answer(path);
        assert.deepEqual(bodies(client.received), asked);
      }),
      { numRuns: 30 },
    );
  });

  test('of safe methods run concurrently up to the bound, and the next begins when one is answered', async () => {
    const { server, begun, answer } = gatedServer({ limits: { pipelinedHandlers: 3 } });
    const client = server.connect();
    await client.send(['/1', '/2', '/3', '/4', '/5'].map((path) => get(path)).join(''));
    assert.deepEqual(begun, ['/1', '/2', '/3']);
    assert.ok(client.paused, 'a client that asks for more than is answered feels it');
    await answer('/2');
    assert.deepEqual(begun, ['/1', '/2', '/3'], 'an answer that cannot be sent frees no place');
    await answer('/1');
    assert.deepEqual(begun, ['/1', '/2', '/3', '/4', '/5']);
    assert.ok(!client.paused);
    await answer('/3');
    await answer('/4');
    await answer('/5');
    assert.deepEqual(bodies(client.received), ['/1', '/2', '/3', '/4', '/5']);
  });

  test('run one by one with a bound of 1', async () => {
    const { server, begun, answer } = gatedServer({ limits: { pipelinedHandlers: 1 } });
    const client = server.connect();
    await client.send(get('/1') + get('/2') + get('/3'));
    assert.deepEqual(begun, ['/1']);
    await answer('/1');
    assert.deepEqual(begun, ['/1', '/2']);
    await answer('/2');
    await answer('/3');
    assert.deepEqual(bodies(client.received), ['/1', '/2', '/3']);
  });

  test('wait where they are not safe, and make those behind them wait', async () => {
    const { server, begun, answer } = gatedServer();
    const client = server.connect();
    await client.send(get('/1') + post('body', '', '/2') + get('/3') + get('/4'));
    assert.deepEqual(begun, ['/1']);
    await answer('/1');
    assert.deepEqual(begun, ['/1', '/2']);
    await answer('/2');
    assert.deepEqual(begun, ['/1', '/2', '/3', '/4']);
    await answer('/4');
    await answer('/3');
    assert.deepEqual(bodies(client.received), ['/1', '/2', '/3', '/4']);
  });

  test('with a body wait even where their method is safe', async () => {
    const { server, begun, answer } = gatedServer();
    const client = server.connect();
    await client.send(`${get('/1')}GET /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxx${get('/3')}`);
    assert.deepEqual(begun, ['/1']);
    await answer('/1');
    assert.deepEqual(begun, ['/1', '/2']);
    await answer('/2');
    await answer('/3');
    assert.deepEqual(bodies(client.received), ['/1', '/2', '/3']);
  });

  test('are the same however their bytes are cut', async () => {
    const bytes = get('/1') + post('x'.repeat(20), '', '/2') + get('/3') + post('', '', '/4') + get('/5', CLOSE);
    const expected = ['/1', '/2', '/3', '/4', '/5'];
    const handler: DrivenOptions['handler'] = async (request) => {
      await request.text();
      return { body: new URL(request.url).pathname };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }),
        async (cuts) => {
          const server = new DrivenServer({ handler });
          const client = server.connect();
          let from = 0;
          for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
            await client.send(bytes.slice(from, cut));
            from = cut;
          }
          assert.deepEqual(bodies(client.received), expected);
          assert.ok(client.ended);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('writes', () => {
  test('one answers all requests of one read', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }) });
    const client = server.connect();
    await client.send(get().repeat(10));
    const one = `HTTP/1.1 200 OK\r\n${DATE}${KEEP}Content-Length: 2\r\n\r\nok`;
    assert.deepEqual(client.writes, [one.repeat(10)]);
  });

  test('one answers a read batch of text and bytes, with and without a body', async () => {
    const server = new DrivenServer({
      handler: (request) => (request.method === 'HEAD' ? { body: 'head' } : { body: Buffer.from('bytes') }),
    });
    const client = server.connect();
    await client.send(get() + get().replace('GET', 'HEAD') + get());
    assert.equal(client.writes.length, 1);
    assert.equal(client.received.split('bytes').length - 1, 2);
  });

  test('one holds head and body of a global Response', async () => {
    const server = new DrivenServer({ fetch: () => new globalThis.Response('text') });
    const client = server.connect();
    await client.send(get());
    assert.equal(client.writes.length, 1);
    assert.match(client.received, /\r\nContent-Length: 4\r\n\r\ntext$/);
  });

  test('none is made for a read that completes nothing', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }) });
    const client = server.connect();
    await client.send('GET / HTTP/1.1\r\n');
    assert.deepEqual(client.writes, []);
  });

  test('are not put off for as long as a read has requests: what nobody takes is not made', async () => {
    let begun = 0;
    const server = new DrivenServer({
      handler: () => {
        begun += 1;
        return { body: 'x'.repeat(50_000) };
      },
    });
    const client = server.connect();
    client.pause();
    await client.send(get().repeat(100));
    assert.ok(begun < 5, `${begun} answers were made`);
    await client.resume();
    assert.equal(begun, 100);
    assert.equal(bodies(client.received).filter((body) => body === 'x'.repeat(50_000)).length, 100);
  });
});

describe('the end of a connection in the middle of a pipeline', () => {
  test('comes with the answer to a request that says close; nothing behind it is looked at', async () => {
    const { server, begun, answer } = gatedServer();
    const client = server.connect();
    await client.send(`${get('/1')}${get('/2', CLOSE)}${get('/3')}not even HTTP`);
    assert.deepEqual(begun, ['/1', '/2']);
    await answer('/1');
    await answer('/2');
    assert.deepEqual(bodies(client.received), ['/1', '/2']);
    assert.ok(client.ended);
    await client.send(get('/4'));
    assert.deepEqual(begun, ['/1', '/2']);
  });

  test('comes with the answer that says close; running handlers behind it see their signal aborted', async () => {
    const { server, begun, aborted, answer } = gatedServer();
    const client = server.connect();
    await client.send(get('/1') + get('/2') + get('/3'));
    await answer('/2');
    await answer('/1', { connection: 'close' });
    assert.deepEqual(begun, ['/1', '/2', '/3']);
    assert.deepEqual(aborted, ['/2', '/3']);
    assert.deepEqual(bodies(client.received), ['/1']);
    assert.ok(client.ended);
    await answer('/3');
    assert.deepEqual(bodies(client.received), ['/1']);
    assert.deepEqual(server.errors, []);
  });

  test('makes a waiting request go unexecuted', async () => {
    const { server, begun, answer } = gatedServer();
    const client = server.connect();
    await client.send(get('/1') + post('body', '', '/2'));
    await answer('/1', { connection: 'close' });
    assert.deepEqual(begun, ['/1'], 'whoever sent it may send it again');
    assert.deepEqual(bodies(client.received), ['/1']);
  });

  test('cancels a streaming answer that was waiting for its turn', async () => {
    const first = gate();
    const log: string[] = [];
    const server = new DrivenServer({
      fetch: async (request) => {
        if (request.url.endsWith('/2')) {
          return new Response(new ReadableStream({ cancel: () => void log.push('cancelled') }));
        }
        await first.promise;
        return new Response('first', { headers: { connection: 'close' } });
      },
    });
    const client = server.connect();
    await client.send(get('/1') + get('/2'));
    first.open();
    await server.run();
    assert.deepEqual(log, ['cancelled']);
  });

  test('by the client cancels a streaming answer that was waiting for its turn', async () => {
    const log: string[] = [];
    const server = new DrivenServer({
      fetch: (request) =>
        request.url.endsWith('/2')
          ? new Response(new ReadableStream({ cancel: () => void log.push('cancelled') }))
          : new Promise<Response>(() => {}),
    });
    const client = server.connect();
    await client.send(get('/1') + get('/2'));
    await client.reset();
    assert.deepEqual(log, ['cancelled']);
  });

  test('comes with 400 behind the answers to what was well-formed', async () => {
    const { server, begun, answer } = gatedServer();
    const client = server.connect();
    await client.send(`${get('/1')}${get('/2')}nonsense\r\n\r\n`);
    assert.deepEqual(begun, ['/1', '/2']);
    await answer('/2');
    await answer('/1');
    assert.match(client.received, /\/1HTTP\/1\.1 200.*\/2HTTP\/1\.1 400 Bad Request\r\n.*Connection: close\r\n/s);
    assert.ok(client.ended);
  });

  test('by RST aborts every handler that runs, and starts none that waits', async () => {
    const { server, begun, aborted } = gatedServer({ limits: { pipelinedHandlers: 2 } });
    const client = server.connect();
    await client.send(get('/1') + get('/2') + get('/3'));
    await client.resume();
    await server.run();
    assert.ok(client.paused);
    await client.reset();
    // A paused transport hears of a RST only when it reads or writes again.
    assert.deepEqual(aborted, []);
    client.connection.destroy('destroyed');
    await server.run();
    assert.deepEqual(begun, ['/1', '/2']);
    assert.deepEqual(aborted, ['/1', '/2']);
  });
});
