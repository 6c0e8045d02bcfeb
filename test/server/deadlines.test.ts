// Deadlines of a peer that is slow in the middle of something: head, body, reading of answers. Whoever else is slow has none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DrivenServer, gate, get, post } from './driven-server.ts';
import type { DrivenClient } from './driven-server.ts';

const TIMEOUT_408 = /^HTTP\/1\.1 408 Request Timeout\r\n(?:.+\r\n)*?Connection: close\r\n(?:.+\r\n)*\r\n/;

describe('the deadline of a head', () => {
  test('ends a connection that never said a byte, silently', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const client = server.connect();
    await server.advance(19_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
    assert.equal(client.received, '');
    await client.end();
    assert.deepEqual(server.closed, ['1 headTimeout']);
  });

  test('gives a connection that never said a byte a time of its own, where one is given', async () => {
    const server = new DrivenServer({ handler: () => ({}), timeouts: { headerMs: 3_000, silentMs: 9_000 } });
    const [silent, speaking] = [server.connect(), server.connect()];
    await server.advance(8_000);
    await speaking.send('GET / HT');
    await server.advance(1_000);
    assert.deepEqual([silent.ended, speaking.ended], [true, false]);
    // Its 8 bytes grant 16 ms.
    await server.advance(2_016);
    assert.match(speaking.received, TIMEOUT_408);
  });

  test('counts empty lines as silence', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const client = server.connect();
    await client.send('\r\n\r\n');
    await server.advance(20_000);
    assert.ok(client.ended);
    assert.equal(client.received, '');
  });

  test('answers half a head with 408, exactly then', async () => {
    const server = new DrivenServer({ handler: () => ({}), timeouts: { headerMs: 3_000 } });
    const client = server.connect();
    // Its 8 bytes grant 16 ms.
    await client.send('GET / HT');
    await server.advance(3_015);
    assert.equal(client.received, '');
    await server.advance(1);
    assert.match(
      client.received,
      /^HTTP\/1\.1 408 Request Timeout\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\n408 /,
    );
    assert.ok(client.ended);
    await client.end();
    assert.deepEqual(server.closed, ['1 headTimeout']);
  });

  test('grants a second more for every minRateBytesPerSecond bytes, up to headerMaxMs, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 400 })), { maxLength: 12 }),
        async (firstBytes, pieces) => {
          const timeouts = { headerMs: 3_000, headerMaxMs: 5_000, minRateBytesPerSecond: 400 };
          const server = new DrivenServer({ handler: () => ({}), timeouts });
          const client = server.connect();
          const start = 'GET / HTTP/1.1\r\nX: ';
          await client.send(start + 'x'.repeat(firstBytes));
          let bytes = start.length + firstBytes;
          const dueMs = (): number => Math.min(3_000 + (bytes / 400) * 1_000, 5_000);
          for (const [waitMs, more] of pieces) {
            if (server.clock.nowMs() + waitMs >= dueMs()) break;
            await server.advance(waitMs);
            await client.send('x'.repeat(more));
            bytes += more;
          }
          await server.advance(dueMs() - server.clock.nowMs() - 0.25);
          assert.equal(client.received, '');
          await server.advance(0.25);
          assert.match(client.received, TIMEOUT_408);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('lets a head of 600 bytes a second live until headerMaxMs, and no longer', async () => {
    const server = new DrivenServer({ handler: () => ({}), limits: { headerBytes: 65_536 } });
    const client = server.connect();
    await client.send('GET / HTTP/1.1\r\nX: ');
    assert.equal(await drip(client, 600, 60), 40);
    assert.match(client.received, TIMEOUT_408);
  });

  test('is fixed where minRateBytesPerSecond is Infinity', async () => {
    const timeouts = { headerMs: 3_000, minRateBytesPerSecond: Infinity };
    const server = new DrivenServer({ handler: () => ({}), timeouts });
    const client = server.connect();
    for (const piece of ['G', 'E', 'T', ' /']) {
      await client.send(piece);
      await server.advance(700);
    }
    assert.equal(client.received, '');
    await server.advance(200);
    assert.match(client.received, TIMEOUT_408);
  });

  test('of a later request runs from its first byte', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }), timeouts: { headerMs: 3_000 } });
    const client = server.connect();
    await client.send(get());
    client.take();
    await server.advance(60_000);
    await client.send('GET /');
    await server.advance(3_009);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.match(client.received, TIMEOUT_408);
  });

  test('runs for half a head that came together with a whole request', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }), timeouts: { headerMs: 3_000 } });
    const client = server.connect();
    await client.send(`${get()}GET /second`);
    assert.match(client.take(), /ok$/);
    await server.advance(3_000 + 'GET /second'.length * 2);
    assert.match(client.received, TIMEOUT_408);
  });

  test('ends with the head: the idle time that follows is whole', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }), timeouts: { headerMs: 3_000 } });
    const client = server.connect();
    await client.send('GET / HTTP/1.1\r\n');
    await server.advance(2_999);
    await client.send('Host: a\r\n\r\n');
    assert.match(client.received, /ok$/);
    await server.advance(68_249);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.ok(client.ended);
  });

  test('can be switched off', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'ok' }), timeouts: { headerMs: Infinity } });
    const client = server.connect();
    await client.send('GET / HTTP/1.1\r\n');
    await server.advance(1e10);
    await client.send('Host: a\r\n\r\n');
    assert.match(client.received, /ok$/);
  });
});

describe('no deadline runs', () => {
  test('while a handler takes as long as it likes', async () => {
    const answer = gate<Response>();
    const server = new DrivenServer({ fetch: () => answer.promise });
    const client = server.connect();
    await client.send(get());
    assert.equal(server.clock.pendingTimers, 1, 'the timer of the head, which fires once for nothing');
    await server.advance(24 * 3_600_000);
    assert.equal(server.clock.pendingTimers, 0);
    assert.ok(!client.ended);
    answer.open(new Response('late'));
    await server.run();
    assert.match(client.received, /late$/);
  });

  test('while a handler does not take the body that has arrived', async () => {
    const start = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        await start.promise;
        return { body: `${(await request.text()).length}` };
      },
    });
    const client = server.connect();
    await client.send(post('x'.repeat(300_000)));
    assert.ok(client.paused);
    await server.advance(24 * 3_600_000);
    assert.ok(!client.ended);
    start.open();
    await server.run();
    assert.match(client.received, /300000$/);
  });

  test('while a client waits for 100 Continue; it does from then on', async () => {
    const start = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        await start.promise;
        return { body: await request.text() };
      },
    });
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    await server.advance(24 * 3_600_000);
    assert.equal(client.received, '');
    start.open();
    await server.run();
    assert.match(client.take(), /^HTTP\/1\.1 100 Continue/);
    await server.advance(59_999);
    assert.equal(client.received, '');
    await server.advance(1);
    assert.match(client.received, /^HTTP\/1\.1 408 /);
  });

  test('while a request waits for the one before it', async () => {
    const first = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        if (request.url.endsWith('/first')) await first.promise;
        return { body: request.method };
      },
    });
    const client = server.connect();
    await client.send(get('/first') + post('body') + get('/third'));
    await server.advance(24 * 3_600_000);
    first.open();
    await server.run();
    assert.match(client.received, /GET.*POST.*GET$/s);
  });
});

/** Sends `bytesPerSecond` every second, in one piece, until the server ends the connection or `seconds` are over. */
async function drip(client: DrivenClient, bytesPerSecond: number, seconds: number): Promise<number> {
  for (let second = 1; second <= seconds; second += 1) {
    await client.server.advance(1_000);
    if (client.ended) return second;
    await client.send('x'.repeat(bytesPerSecond));
  }
  return seconds;
}

describe('the deadline of a body', () => {
  const readAll = { handler: async (request: Request) => ({ body: `got ${(await request.text()).length}` }) };
  const head = (length: number): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

  test('lets a sender of 600 bytes a second live, however long it takes', async () => {
    const server = new DrivenServer(readAll);
    const client = server.connect();
    await client.send(head(600 * 300));
    await drip(client, 600, 300);
    assert.match(client.received, /got 180000$/);
    assert.ok(!client.ended);
  });

  test('cuts a sender of 1 byte a second with 408, exactly when its credit is used up', async () => {
    const errors: unknown[] = [];
    const server = new DrivenServer({
      handler: async (request) => {
        await request.text().catch((error: unknown) => errors.push(error));
        return { body: 'too late' };
      },
    });
    const client = server.connect();
    await client.send(head(1_000));
    // Every byte grants 2 ms: after 60 of them the deadline is 60,120 ms.
    await drip(client, 1, 60);
    assert.ok(!client.ended);
    await server.advance(119);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.match(client.received, TIMEOUT_408);
    assert.doesNotMatch(client.received, /too late/);
    assert.ok(client.ended);
    assert.match(String(errors[0]), /did not arrive in time/);
    await client.end();
    assert.deepEqual(server.closed, ['1 slowBody']);
  });

  test('cuts a sender that sends nothing of its body after bodyMs', async () => {
    const server = new DrivenServer({ ...readAll, timeouts: { bodyMs: 5_000 } });
    const client = server.connect();
    await client.send(head(10));
    await server.advance(4_999);
    assert.ok(!client.ended);
    await server.advance(1);
    assert.match(client.received, TIMEOUT_408);
    await client.end();
    assert.deepEqual(server.closed, ['1 bodyTimeout']);
    assert.equal(server.errors.length, 0, 'what the handler throws then is a consequence, not news');
  });

  test('runs for whoever asked for 100 Continue and begins a body without it', async () => {
    const server = new DrivenServer(readAll);
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n5\r');
    await server.advance(59_999);
    assert.equal(client.received, '');
    await server.advance(1);
    assert.match(client.received, /^HTTP\/1\.1 408 /);
  });

  test('aborts the signal of the request', async () => {
    const reasons: unknown[] = [];
    const server = new DrivenServer({
      handler: (request) => {
        request.signal.addEventListener('abort', () => reasons.push(request.signal.reason));
        return new Promise(() => {});
      },
    });
    const client = server.connect();
    await client.send(head(10));
    await server.advance(60_000);
    assert.match(client.received, TIMEOUT_408);
    assert.equal(reasons.length, 1);
  });

  test('also holds for chunked bodies', async () => {
    const server = new DrivenServer({ ...readAll, timeouts: { bodyMs: 5_000 } });
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel');
    await server.advance(5_006);
    assert.match(client.received, TIMEOUT_408);
  });

  test('stands still while the handler is what is slow, and starts anew when it reads on', async () => {
    const go = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        await go.promise;
        return { body: `got ${(await request.text()).length}` };
      },
      timeouts: { bodyMs: 5_000, minRateBytesPerSecond: Infinity },
    });
    const client = server.connect();
    await client.send(head(70_000) + 'x'.repeat(66_000));
    await server.advance(1e9);
    assert.ok(!client.ended);
    go.open();
    await server.run();
    await server.advance(4_999);
    assert.ok(!client.ended);
    await client.send('x'.repeat(4_000));
    assert.match(client.received, /got 70000$/);
  });

  test('of a body that nobody reads any more keeps the credit of what came before its answer', async () => {
    const answer = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        if (request.body === null) return { body: 'next' };
        await request.body.getReader().read();
        await answer.promise;
        return { body: 'early' };
      },
    });
    const client = server.connect();
    await client.send(head(120_000));
    await drip(client, 600, 100);
    answer.open();
    await server.run();
    assert.match(client.take(), /Connection: keep-alive\r\n.*early$/s);
    await drip(client, 600, 100);
    assert.ok(!client.ended, 'a sender that is quick enough is not cut');
    await client.send(get('/next'));
    assert.match(client.received, /next$/);
  });
});

describe('the deadline of writing', () => {
  const large = 'x'.repeat(200_000);

  test('destroys a connection whose peer never takes a byte, after writeMs', async () => {
    const server = new DrivenServer({ handler: () => ({ body: large }), timeouts: { writeMs: 7_000 } });
    const client = server.connect();
    client.pause();
    await client.send(get());
    await server.advance(6_999);
    assert.deepEqual(server.closed, []);
    await server.advance(1);
    assert.deepEqual(server.closed, ['1 writeTimeout']);
  });

  test('lets a peer live that takes a little now and then', async () => {
    const server = new DrivenServer({ handler: () => ({ body: large }), timeouts: { writeMs: 7_000 } });
    const client = server.connect({ readBytes: 1_000 });
    client.pause();
    await client.send(get());
    for (let round = 0; round < 20; round += 1) {
      await server.advance(6_900);
      await client.readOnce();
    }
    assert.deepEqual(server.closed, []);
    await client.resume();
    assert.equal(client.received.length, client.received.indexOf('\r\n\r\n') + 4 + large.length);
    await server.advance(60_000);
    assert.deepEqual(server.closed, [], 'it is an idle connection again');
  });

  test('does not take a growing answer for a peer that takes nothing', async () => {
    const second = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        if (request.url.endsWith('/second')) await second.promise;
        return { body: large };
      },
      timeouts: { writeMs: 7_000 },
    });
    const client = server.connect({ readBytes: 50_000 });
    client.pause();
    await client.send(get('/first') + get('/second'));
    await client.readOnce();
    second.open();
    await server.run();
    await server.advance(7_000);
    assert.deepEqual(server.closed, [], 'the peer took bytes since the deadline was set');
    await server.advance(7_000);
    assert.deepEqual(server.closed, ['1 writeTimeout'], 'and now it has taken none for as long');
  });

  test('tells the handler of a streaming answer, and cancels its source', async () => {
    let cancelled: unknown;
    const server = new DrivenServer({
      fetch: (request) => {
        request.signal.addEventListener('abort', () => (cancelled = 'signal'));
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
            cancel: () => void (cancelled = `${String(cancelled)} source`),
          }),
        );
      },
    });
    const client = server.connect();
    client.pause();
    await client.send(get());
    await server.advance(60_000);
    assert.deepEqual(server.closed, ['1 writeTimeout']);
    assert.equal(cancelled, 'signal source');
  });
});
