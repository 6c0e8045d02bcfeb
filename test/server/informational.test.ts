// Interim responses of handlers (RFC 9110 §15.2): order, what is left out, and when it is too late.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MisuseError } from '#src/errors.js';
import type { HandlerContext } from '#src/server/index.js';
import { DATE, DrivenServer, KEEP, gate, get, post } from './driven-server.ts';
import type { Gate } from './driven-server.ts';

const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';
const LINK = { link: '</a.css>; rel=preload' };
const answer = (body: string): string =>
  `HTTP/1.1 200 OK\r\n${DATE}${KEEP}Content-Length: ${body.length}\r\n\r\n${body}`;

/** A server whose handlers hint at once and answer with their path when the test opens their gate. */
function hintingServer(): { server: DrivenServer; sent: boolean[]; open: (path: string) => Promise<void> } {
  const gates = new Map<string, Gate<void>>();
  const sent: boolean[] = [];
  const server = new DrivenServer({
    handler: async (request, context) => {
      const path = new URL(request.url).pathname;
      const mine = gate();
      gates.set(path, mine);
      sent.push(context.sendInformational(103, LINK));
      await mine.promise;
      return { body: path };
    },
  });
  const open = async (path: string): Promise<void> => {
    gates.get(path)!.open();
    await server.run();
  };
  return { server, sent, open };
}

/** What `act` throws, for handlers that must not throw themselves. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an interim response', () => {
  test('leaves before the answer is there', async () => {
    const { server, sent, open } = hintingServer();
    const client = server.connect();
    await client.send(get('/1'));
    assert.equal(client.take(), HINTS);
    await open('/1');
    assert.equal(client.take(), answer('/1'));
    assert.deepEqual(sent, [true]);
  });

  test('leaves in one write with an answer that is there at once', async () => {
    const server = new DrivenServer({
      handler: (_request, context) => {
        context.sendInformational(103, LINK);
        return { body: 'a' };
      },
    });
    const client = server.connect();
    await client.send(get());
    assert.deepEqual(client.writes, [HINTS + answer('a')]);
  });

  test('of a pipelined request is held until the answers before it are out', async () => {
    const { server, sent, open } = hintingServer();
    const client = server.connect();
    await client.send(get('/1') + get('/2') + get('/3'));
    assert.deepEqual(sent, [true, true, true]);
    assert.equal(client.take(), HINTS);
    await open('/2');
    assert.equal(client.take(), '');
    await open('/1');
    assert.equal(client.take(), answer('/1') + HINTS + answer('/2') + HINTS);
    await open('/3');
    assert.equal(client.take(), answer('/3'));
  });

  test('may be followed by others', async () => {
    const server = new DrivenServer({
      handler: (_request, context) => {
        context.sendInformational(102);
        context.sendInformational(103, LINK);
        context.sendInformational(199);
        return { body: 'a' };
      },
    });
    const client = server.connect();
    await client.send(get());
    assert.equal(client.received, `HTTP/1.1 102 Processing\r\n\r\n${HINTS}HTTP/1.1 199 \r\n\r\n${answer('a')}`);
  });

  test('is not for HTTP/1.0', async () => {
    const { server, sent, open } = hintingServer();
    const client = server.connect();
    await client.send(get('/1', '', '1.0'));
    assert.equal(client.take(), '');
    assert.deepEqual(sent, [false]);
    await open('/1');
    assert.match(client.take(), /^HTTP\/1\.1 200 OK\r\n/);
  });

  test('has no fields of framing and of the connection', async () => {
    const server = new DrivenServer({
      handler: (_request, context) => {
        context.sendInformational(103, {
          ...LINK,
          'content-length': '3',
          'transfer-encoding': 'chunked',
          connection: 'close',
          'keep-alive': 'timeout=1',
          upgrade: 'x',
          trailer: 'x',
        });
        return { body: 'a' };
      },
    });
    const client = server.connect();
    await client.send(get());
    assert.equal(client.received, HINTS + answer('a'));
  });

  test('with the status 100 is the one that the client waits for, and is not sent twice', async () => {
    const server = new DrivenServer({
      handler: async (request, context) => {
        context.sendInformational(100);
        return { body: await request.text() };
      },
    });
    const client = server.connect();
    await client.send(post('', 'Expect: 100-continue\r\n').replace('Content-Length: 0', 'Content-Length: 2'));
    assert.equal(client.take(), 'HTTP/1.1 100 Continue\r\n\r\n');
    await client.send('hi');
    assert.equal(client.take(), answer('hi'));
  });

  test('is refused for a status that is none, or that belongs to an upgrade', async () => {
    const errors: unknown[] = [];
    const server = new DrivenServer({
      handler: (_request, context) => {
        for (const status of [99, 101, 200, 103.5, NaN]) errors.push(thrownBy(() => context.sendInformational(status)));
        errors.push(thrownBy(() => context.sendInformational(103, { link: 'a\u0001' })));
        return { body: 'a' };
      },
    });
    const client = server.connect();
    await client.send(get());
    assert.equal(errors.length, 6);
    for (const error of errors) assert.ok(error instanceof MisuseError);
    assert.equal(client.received, answer('a'));
  });

  test('is refused once the answer has begun', async () => {
    let context: HandlerContext | undefined;
    const server = new DrivenServer({
      handler: (_request, mine) => {
        context = mine;
        return { body: 'a' };
      },
    });
    const client = server.connect();
    await client.send(get());
    assert.throws(() => context?.sendInformational(103, LINK), MisuseError);
    assert.equal(client.received, answer('a'));
  });

  test('is left out where the client is gone, or its request broke off', async () => {
    const contexts: HandlerContext[] = [];
    const server = new DrivenServer({
      handler: async (request, context) => {
        contexts.push(context);
        await request.text();
        return {};
      },
    });
    const gone = server.connect();
    await gone.send(`${get().slice(0, -2)}Content-Length: 5\r\n\r\nab`);
    await gone.reset();
    assert.equal(contexts[0]!.sendInformational(103, LINK), false);
    const broken = server.connect();
    await broken.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n');
    assert.match(broken.take(), /^HTTP\/1\.1 400 /);
    assert.equal(contexts[1]!.sendInformational(103, LINK), false);
  });

  test('is left out where the peer does not read what it was sent', async () => {
    const results: boolean[] = [];
    const server = new DrivenServer({
      handler: async (_request, context) => {
        for (let count = 0; count < 2_000; count += 1) {
          results.push(context.sendInformational(103, LINK));
          if (count % 100 === 0) await new Promise(setImmediate);
        }
        return { body: 'a' };
      },
    });
    const client = server.connect({ highWaterMarkBytes: 1_024 });
    client.pause();
    client.write(get());
    for (let round = 0; round < 100; round += 1) await server.run();
    const sent = results.filter(Boolean).length;
    assert.ok(sent > 0 && sent < 1_000, `${sent} of 2,000`);
    await client.resume();
    assert.equal(client.received.split(HINTS).length - 1, sent);
    assert.ok(client.received.endsWith(answer('a')));
  });
});
