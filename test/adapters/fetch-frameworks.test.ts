// Frameworks that are made for fetch need no adapter: they run on serve() as they are.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { H3, readBody } from 'h3';
import { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import { serve } from '#src/server/index.js';
import type { FetchHandler, Server } from '#src/server/index.js';

async function start(t: TestContext, fetch: FetchHandler): Promise<Server> {
  const server = await serve({ port: 0, fetch });
  t.after(() => server.destroy());
  return server;
}

void describe('On serve(), without an adapter,', () => {
  void test('Hono routes, reads bodies, streams and answers errors', async (t) => {
    const app = new Hono();
    app.use(async (context, next) => {
      await next();
      context.header('x-middleware', 'ran');
    });
    app.get('/users/:id', (context) => context.json({ id: context.req.param('id'), q: context.req.query('q') }));
    app.post('/echo', async (context) => context.text(await context.req.text()));
    app.post('/form', async (context) => context.json(await context.req.parseBody()));
    app.get('/stream', (context) =>
      streamText(context, async (stream) => {
        await stream.write('one ');
        await stream.sleep(1);
        await stream.write('two');
      }),
    );
    app.get('/throws', () => {
      throw new Error('a secret');
    });
    app.onError((_error, context) => context.text('failed', 500));
    const { url } = await start(t, (request) => app.fetch(request));
    const user = await fetch(`${url}users/7?q=a`);
    assert.deepEqual([user.headers.get('x-middleware'), await user.json()], ['ran', { id: '7', q: 'a' }]);
    assert.equal(await (await fetch(`${url}echo`, { method: 'POST', body: 'Grüße' })).text(), 'Grüße');
    const form = new FormData();
    form.set('a', 'b');
    assert.deepEqual(await (await fetch(`${url}form`, { method: 'POST', body: form })).json(), { a: 'b' });
    assert.equal(await (await fetch(`${url}stream`)).text(), 'one two');
    assert.deepEqual([(await fetch(`${url}throws`)).status, (await fetch(`${url}none`)).status], [500, 404]);
  });

  void test('h3 routes, reads bodies and answers with what handlers return', async (t) => {
    const app = new H3();
    app.get('/', () => 'hello');
    app.get('/object/:name', (event) => ({ name: event.context.params?.['name'] }));
    app.post('/echo', async (event) => ({ got: await readBody(event) }));
    app.get('/response', () => new Response('made here', { status: 201 }));
    const { url } = await start(t, (request) => app.fetch(request));
    assert.equal(await (await fetch(url)).text(), 'hello');
    assert.deepEqual(await (await fetch(`${url}object/x`)).json(), { name: 'x' });
    const echoed = await fetch(`${url}echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    assert.deepEqual(await echoed.json(), { got: { a: 1 } });
    const made = await fetch(`${url}response`);
    assert.deepEqual([made.status, await made.text()], [201, 'made here']);
    assert.equal((await fetch(`${url}none`)).status, 404);
  });

  void test('a plain fetch function answers with the global Response', async (t) => {
    const { url } = await start(t, async (request) => new Response((await request.text()).toUpperCase()));
    assert.equal(await (await fetch(url, { method: 'POST', body: 'abc' })).text(), 'ABC');
  });
});
