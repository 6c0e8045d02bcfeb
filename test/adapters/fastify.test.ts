// Fastify on perdura/node by `serverFactory`: routes, schemas, hooks, streams, errors, close; inject() needs no server and stays as it is.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { RawConnection } from '../support/raw-client.js';
import { BODY_LIMIT_BYTES, fastifyApp } from './apps/fastify-app.js';
import { get } from './engines.js';

async function start(
  t: TestContext,
  prepare?: (app: FastifyInstance) => unknown,
): Promise<{ app: FastifyInstance; url: string }> {
  const app = fastifyApp('perdura/node');
  prepare?.(app);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(() => app.close());
  return { app, url };
}

void describe('Fastify on perdura/node', () => {
  void test('answers with objects, text, bytes, streams, Responses and by hand', async (t) => {
    const { url } = await start(t);
    const read = async (target: string): Promise<string> => await (await fetch(url + target)).text();
    assert.equal(await read('/'), '{"hello":"world"}');
    assert.equal(await read('/text'), 'plain text, ä');
    assert.equal(await read('/stream'), 'one two three');
    assert.equal(await read('/web-stream'), 'from a response');
    assert.equal(await read('/hijacked'), 'by hand');
    const response = await fetch(`${url}/response`);
    assert.deepEqual(
      [response.status, response.headers.get('x-made'), await response.text()],
      [203, 'fetch', 'made by fetch'],
    );
    assert.equal((await fetch(`${url}/empty`)).status, 204);
  });

  void test('checks requests by schema and answers by schema', async (t) => {
    const { url } = await start(t);
    const send = (body: unknown): Promise<Response> =>
      fetch(`${url}/checked`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    assert.deepEqual(await (await send({ name: 'a', age: '7' })).json(), { name: 'a', age: 7 });
    assert.equal((await send({ age: 7 })).status, 400);
    assert.equal(await (await fetch(`${url}/filtered`)).text(), '{"shown":"yes"}');
    assert.equal((await fetch(`${url}/users/x`)).status, 400);
  });

  void test('runs hooks in their order, the last ones after the answer', async (t) => {
    const order: string[] = [];
    const { url, app } = await start(t, (instance) => {
      for (const hook of [
        'onRequest',
        'preParsing',
        'preHandler',
        'preSerialization',
        'onSend',
        'onResponse',
      ] as const) {
        instance.addHook(hook as 'onRequest', async () => void order.push(hook));
      }
    });
    await (await fetch(url)).text();
    await app.close();
    assert.deepEqual(order, ['onRequest', 'preParsing', 'preHandler', 'preSerialization', 'onSend', 'onResponse']);
  });

  void test('answers errors of handlers and of streams that break before they begin', async (t) => {
    const { url } = await start(t);
    const thrown = await fetch(`${url}/throws`);
    assert.deepEqual(
      [thrown.status, ((await thrown.json()) as { message: string }).message],
      [500, 'a failure of the handler'],
    );
    assert.equal((await fetch(`${url}/teapot`)).status, 418);
    assert.equal((await fetch(`${url}/broken-stream`)).status, 500);
  });

  void test('refuses bodies above its limit with 413', async (t) => {
    const { url } = await start(t);
    const send = async (bytes: number): Promise<number> => {
      const body = JSON.stringify('x'.repeat(bytes - 2));
      return (await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
        .status;
    };
    assert.equal(await send(BODY_LIMIT_BYTES), 200);
    assert.equal(await send(BODY_LIMIT_BYTES + 1), 413);
  });

  void test('sends trailers', async (t) => {
    const { app } = await start(t);
    const { port } = app.server.address() as { port: number };
    const connection = await RawConnection.open(port);
    t.after(() => connection.destroy());
    connection.write(get('/trailers'));
    const answer = await connection.readUntil('x-sum: 14\r\n\r\n');
    assert.match(answer, /trailer: x-sum\r\n/i);
    assert.match(answer, /\r\n\r\ne\r\nwith a trailer\r\n0\r\nx-sum: 14\r\n\r\n$/i);
  });

  void test('tells its own address, and that the address is taken', async (t) => {
    const { app, url } = await start(t);
    const { port } = app.server.address() as { port: number };
    assert.equal(url, `http://127.0.0.1:${port}`);
    const second = fastifyApp('perdura/node');
    await assert.rejects(second.listen({ port, host: '127.0.0.1' }), { code: 'EADDRINUSE' });
    await second.close();
  });

  void test('closes without losing the request that is under way, and runs its hooks', async (t) => {
    const order: string[] = [];
    let release = (): void => {};
    const { app, url } = await start(t, (instance) => {
      instance.get('/slow', async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
          instance.server.emit('under way');
        });
        return 'not lost';
      });
      instance.addHook('onClose', async () => void order.push('closed'));
    });
    const underWay = once(app.server, 'under way');
    const slow = fetch(`${url}/slow`);
    await underWay;
    const closed = app.close();
    setImmediate(() => release());
    assert.equal(await (await slow).text(), 'not lost');
    await closed;
    assert.deepEqual(order, ['closed']);
    await assert.rejects(fetch(url));
  });

  void test('injects requests without a connection', async () => {
    const app = fastifyApp('perdura/node');
    const answer = await app.inject({ method: 'POST', url: '/echo', payload: { a: 1 } });
    assert.deepEqual([answer.statusCode, answer.json()], [200, { body: { a: 1 } }]);
    await app.close();
  });
});
