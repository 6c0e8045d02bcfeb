// Koa on perdura/node: bodies of all kinds, errors, and what it reads of the messages below it.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import Koa from 'koa';
import type { Context } from 'koa';
import { exchange, get, listenPerdura } from './engines.js';
import type { Listening } from './engines.js';
import type { TestContext } from 'node:test';

async function listenKoa(t: TestContext, answer: (context: Context) => unknown): Promise<Listening> {
  const app = new Koa();
  app.silent = true;
  app.use(answer);
  return await listenPerdura(t, app.callback());
}

void describe('Koa on perdura/node', () => {
  const bodies: ReadonlyArray<readonly [name: string, body: () => unknown, type: string | null, text: string]> = [
    ['text', () => 'hello', 'text/plain; charset=utf-8', 'hello'],
    ['markup', () => '<p>ä</p>', 'text/html; charset=utf-8', '<p>ä</p>'],
    ['bytes', () => Buffer.from('bytes'), 'application/octet-stream', 'bytes'],
    ['an object', () => ({ a: [1] }), 'application/json; charset=utf-8', '{"a":[1]}'],
    ['a stream', () => Readable.from(['a', 'b']), 'application/octet-stream', 'ab'],
    ['a web stream', () => new Response('web').body, 'application/octet-stream', 'web'],
    ['a Blob', () => new Blob(['blob']), 'application/octet-stream', 'blob'],
    ['a Response', () => new Response('fetched'), 'text/plain;charset=UTF-8', 'fetched'],
  ];
  for (const [name, body, type, text] of bodies) {
    void test(`sends ${name}`, async (t) => {
      const { url } = await listenKoa(t, (context) => void (context.body = body()));
      const answer = await fetch(url);
      assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [200, type, text]);
    });
  }

  void test('answers null with 204, nothing with 404, and HEAD with the length of the body', async (t) => {
    const { port } = await listenKoa(t, (context) => {
      if (context.path === '/null') context.body = null;
      if (context.path === '/text') context.body = 'hello';
    });
    const [none, missing, head] = await exchange(port, get('/null') + get('/missing') + get('/text', '', 'HEAD'), [
      false,
      false,
      true,
    ]);
    assert.deepEqual([none!.status, missing!.status, missing!.body], [204, 404, 'Not Found']);
    assert.deepEqual([head!.status, head!.fields.get('content-length'), head!.body], [200, '5', '']);
  });

  void test('answers what is thrown: its status where it may be seen, 500 and nothing of it where not', async (t) => {
    const { url, errors } = await listenKoa(t, (context) => {
      if (context.path === '/teapot') context.throw(418, 'short and stout');
      throw new Error('a secret');
    });
    const teapot = await fetch(`${url}/teapot`);
    assert.deepEqual([teapot.status, await teapot.text()], [418, 'short and stout']);
    const failed = await fetch(url);
    assert.deepEqual([failed.status, await failed.text()], [500, 'Internal Server Error']);
    assert.deepEqual(errors, []);
  });

  void test('breaks the answer off where a stream fails in its middle', async (t) => {
    const { url } = await listenKoa(t, (context) => {
      context.body = Readable.from(
        (async function* () {
          yield 'part';
          await new Promise(setImmediate);
          throw new Error('the source broke');
        })(),
      );
    });
    await assert.rejects(async () => await (await fetch(url)).text());
  });

  void test('leaves the response to the application with `respond = false`', async (t) => {
    const { url } = await listenKoa(t, (context) => {
      context.respond = false;
      setImmediate(() => context.res.writeHead(202, { 'X-By': 'hand' }).end('by hand'));
    });
    const answer = await fetch(url);
    assert.deepEqual([answer.status, answer.headers.get('x-by'), await answer.text()], [202, 'hand', 'by hand']);
  });

  void test('reads the request and its connection', async (t) => {
    const { url } = await listenKoa(t, async (context) => {
      const pieces: Buffer[] = [];
      for await (const piece of context.req) pieces.push(piece as Buffer);
      context.body = {
        sent: Buffer.concat(pieces).toString(),
        ip: context.ip,
        secure: context.secure,
        writable: context.writable,
        length: context.request.length,
        host: context.host === context.get('host'),
      };
    });
    const answer = await fetch(url, { method: 'PUT', body: 'twelve bytes' });
    assert.deepEqual(await answer.json(), {
      sent: 'twelve bytes',
      ip: '127.0.0.1',
      secure: false,
      writable: true,
      length: 12,
      host: true,
    });
  });
});
