// What is told about connections: snapshots in every state, and trace events in their order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConnectionInfo } from '#src/server/index.js';
import { Response } from '#src/server/index.js';
import { CLOSE, DrivenServer, gate, get, post } from './driven-server.ts';
import type { DrivenClient } from './driven-server.ts';

/** The parts of a snapshot that change. */
function state({ connection }: DrivenClient): string {
  const { state: name, protocol, requests, ageMs, idleMs } = connection.info();
  return `${name} ${protocol} requests=${requests} age=${ageMs} idle=${idleMs}`;
}

describe('a snapshot', () => {
  test('follows a connection through its life', async () => {
    const answer = gate<Response>();
    const server = new DrivenServer({ fetch: () => answer.promise });
    const client = server.connect();
    const seen = [state(client)];
    await server.advance(100);
    await client.send('GET / HTTP/1.1\r\n');
    seen.push(state(client));
    await client.send('Host: a\r\n\r\n');
    await server.advance(100);
    seen.push(state(client));
    answer.open(new Response('ok'));
    await server.run();
    await server.advance(50);
    seen.push(state(client));
    await client.send(get('/', CLOSE));
    seen.push(state(client));
    await client.end();
    seen.push(state(client));
    assert.deepEqual(seen, [
      'opened http/1.1 requests=0 age=0 idle=0',
      'opened http/1.1 requests=0 age=100 idle=0',
      'active http/1.1 requests=1 age=200 idle=0',
      'idle http/1.1 requests=1 age=250 idle=50',
      'draining http/1.1 requests=2 age=250 idle=0',
      'closed http/1.1 requests=2 age=250 idle=0',
    ]);
  });

  test('is active while the body of a request, or the reader of an answer, is awaited', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'x'.repeat(100_000) }) });
    const client = server.connect();
    await client.send(post('1234').slice(0, -2));
    assert.match(state(client), /^active/);
    await client.send('34');
    assert.match(state(client), /^idle/);
    client.pause();
    await client.send(get());
    assert.match(state(client), /^active/);
    await client.resume();
    assert.match(state(client), /^idle/);
  });

  test('tells the version of the last request', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const client = server.connect();
    await client.send(get('/', 'Connection: keep-alive\r\n', '1.0'));
    assert.match(state(client), /http\/1\.0/);
    await client.send(get());
    assert.match(state(client), /http\/1\.1/);
  });

  test('tells the id and the peer, also when the peer is gone', async () => {
    const server = new DrivenServer({ handler: () => ({}) });
    const client = server.connect({ remotes: ['127.0.0.1:80', '[::1]:55555'] });
    await client.reset();
    const info = client.connection.info();
    assert.equal(info.id, 1);
    assert.equal(info.remote, '[::1]:55555');
  });

  test('is given to handlers, made when they ask', async () => {
    const infos: ConnectionInfo[] = [];
    const go = gate();
    const server = new DrivenServer({
      handler: async (_request, context) => {
        infos.push(context.connection);
        await go.promise;
        infos.push(context.connection);
        return {};
      },
    });
    const client = server.connect();
    await client.send(get());
    await server.advance(500);
    go.open();
    await server.run();
    assert.deepEqual(
      infos.map((info) => [info.state, info.ageMs, info.requests]),
      [
        ['active', 0, 1],
        ['active', 500, 1],
      ],
    );
  });
});

describe('trace events', () => {
  test('of exchanges come in the order of the answers, with what an access log needs', async () => {
    const first = gate();
    const server = new DrivenServer({
      handler: async (request) => {
        if (request.url.endsWith('/1')) await first.promise;
        return { status: 201, body: 'abc' };
      },
    });
    const client = server.connect();
    await client.send(get('/1', 'User-Agent: test\r\n') + get('/2', '', '1.1'));
    await server.advance(250);
    assert.equal(server.events.length, 0);
    first.open();
    await server.run();
    const records = server.events.map((event) => {
      assert.ok(event.type === 'exchange');
      const { exchange } = event;
      const { requestNumber, request, status, bodyBytes, startedAtMs, durationMs, persistent } = exchange;
      return {
        requestNumber,
        request,
        status,
        bodyBytes,
        startedAtMs,
        durationMs,
        persistent,
        id: exchange.connection.id,
        agent: exchange.requestField('user-agent'),
        none: exchange.requestField('referer'),
      };
    });
    const common = {
      status: 201,
      bodyBytes: 3,
      startedAtMs: 1_000_000_000_000,
      durationMs: 250,
      persistent: true,
      id: 1,
      none: undefined,
    };
    assert.deepEqual(records, [
      { ...common, requestNumber: 1, request: { method: 'GET', target: '/1', version: '1.1' }, agent: 'test' },
      { ...common, requestNumber: 2, request: { method: 'GET', target: '/2', version: '1.1' }, agent: undefined },
    ]);
  });

  test('say that a connection does not persist, and which request could not be read', async () => {
    const server = new DrivenServer({ handler: () => ({ body: 'x' }) });
    const client = server.connect();
    await client.send(`${get()}nonsense\r\n\r\n`);
    const seen = server.events.map((event) =>
      event.type === 'exchange'
        ? [event.exchange.status, event.exchange.persistent, event.exchange.request?.method]
        : event.type,
    );
    assert.deepEqual(seen, [
      [200, true, 'GET'],
      [400, false, undefined],
    ]);
  });

  test('say that it does not persist where the request breaks off within an answer that said it would', async () => {
    const more = gate();
    async function* body(): AsyncGenerator<string> {
      yield 'begun';
      await more.promise;
    }
    const server = new DrivenServer({ handler: () => ({ body: body() }) });
    const client = server.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n');
    assert.match(client.received, /Connection: keep-alive/);
    await server.advance(60_000);
    more.open();
    await server.run();
    assert.ok(client.ended);
    const [event] = server.events;
    assert.equal(event?.type === 'exchange' && event.exchange.persistent, false);
  });

  test('count the bytes of a streamed body, framing not included', async () => {
    async function* body(): AsyncGenerator<string> {
      yield 'hello';
      yield 'world';
    }
    const server = new DrivenServer({ handler: () => ({ body: body() }) });
    const client = server.connect();
    await client.send(get());
    const sizes = server.events.map((event) => (event.type === 'exchange' ? event.exchange.bodyBytes : -1));
    assert.deepEqual(sizes, [10]);
  });

  test('do not come for an exchange that broke off', async () => {
    const server = new DrivenServer({ handler: () => new Promise<never>(() => {}) });
    const client = server.connect();
    await client.send(get());
    await client.reset();
    assert.deepEqual(server.events, []);
    assert.deepEqual(server.closed, ['1 peerReset']);
  });
});
