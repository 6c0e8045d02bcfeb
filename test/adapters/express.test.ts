// Express 5 on perdura/node: what its own suite asks of the server below it, in common cases.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import express from 'express';
import { BODY_LIMIT_BYTES, expressApp, SITE } from './apps/express-app.js';
import { exchange, get, listenPerdura, post } from './engines.js';

const page = readFileSync(path.join(SITE, 'index.html'), 'utf8');

void describe('Express on perdura/node', () => {
  void test('answers with send, json, redirect, cookies, attachments and formats', async (t) => {
    const { url } = await listenPerdura(t, expressApp());
    const hello = await fetch(`${url}/`);
    assert.deepEqual(
      [hello.status, hello.headers.get('content-type'), hello.headers.get('etag'), await hello.text()],
      [200, 'text/html; charset=utf-8', 'W/"5-qvTGHdzF6KLavt4PO0gs2a6pQ00"', 'hello'],
    );
    assert.deepEqual(await (await fetch(`${url}/users/7?q=a`)).json(), { id: '7', query: { q: 'a' } });
    const moved = await fetch(`${url}/moved`, { redirect: 'manual' });
    assert.deepEqual([moved.status, moved.headers.get('location')], [302, '/elsewhere']);
    const cookies = await fetch(`${url}/cookies`);
    assert.equal(cookies.headers.getSetCookie().length, 3);
    assert.equal(cookies.headers.get('link'), '</a>, </b>');
    const attachment = await fetch(`${url}/attachment`);
    assert.match(attachment.headers.get('content-disposition') ?? '', /filename\*=UTF-8''na%C3%AFve\.txt/);
    const formatted = await fetch(`${url}/vary`, { headers: { accept: 'application/json' } });
    assert.deepEqual([formatted.headers.get('vary'), await formatted.json()], ['Accept', { wanted: 'json' }]);
  });

  void test('answers an entity tag that is known with 304 and nothing behind it', async (t) => {
    const { port } = await listenPerdura(t, expressApp());
    const known = 'If-None-Match: W/"5-qvTGHdzF6KLavt4PO0gs2a6pQ00"\r\n';
    const [unchanged, next] = await exchange(port, get('/', known) + get('/'), [false, false]);
    assert.deepEqual([unchanged!.status, unchanged!.body, next!.body], [304, '', 'hello']);
  });

  void test('serves files with ranges, preconditions and entity tags', async (t) => {
    const { url, port } = await listenPerdura(t, expressApp());
    for (const target of ['/file', '/site/index.html']) {
      const whole = await fetch(url + target);
      assert.equal(await whole.text(), page);
      const etag = whole.headers.get('etag') ?? '';
      const [known] = await exchange(port, get(target, `If-None-Match: ${etag}\r\n`));
      assert.deepEqual([known!.status, known!.body], [304, '']);
      const range = await fetch(url + target, { headers: { range: 'bytes=1-5' } });
      assert.deepEqual(
        [range.status, range.headers.get('content-range'), await range.text()],
        [206, `bytes 1-5/${Buffer.byteLength(page)}`, page.slice(1, 6)],
      );
    }
    assert.equal((await fetch(`${url}/site/none`)).status, 404);
    assert.equal((await fetch(`${url}/file`, { headers: { range: 'bytes=9999999-' } })).status, 416);
  });

  void test('parses bodies of every kind, with a length and in chunks', async (t) => {
    const { url, port } = await listenPerdura(t, expressApp());
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    assert.deepEqual(await (await fetch(`${url}/json`, { ...json, body: '{"a":[1]}' })).json(), { a: [1] });
    const form = await fetch(`${url}/form`, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) });
    assert.deepEqual(await form.json(), { a: 'b c' });
    const text = await fetch(`${url}/text`, { method: 'POST', body: 'Grüße' });
    assert.deepEqual(await text.json(), { text: 'Grüße' });
    const [chunked] = await exchange(
      port,
      'POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
    );
    assert.equal(chunked!.body, '{"a":1}');
  });

  void test('refuses bodies above the limit of the parser with 413, and broken ones with 400', async (t) => {
    const { url } = await listenPerdura(t, expressApp());
    const ask = async (body: string): Promise<number> =>
      (await fetch(`${url}/json`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
    const filling = BODY_LIMIT_BYTES - JSON.stringify({ a: '' }).length;
    assert.equal(await ask(JSON.stringify({ a: 'x'.repeat(filling) })), 200);
    assert.equal(await ask(JSON.stringify({ a: 'x'.repeat(filling + 1) })), 413);
    assert.equal(await ask('{"a":'), 400);
  });

  void test('hands errors of handlers, thrown and rejected, to the error middleware', async (t) => {
    const { url, errors } = await listenPerdura(t, expressApp());
    const thrown = await fetch(`${url}/throws`);
    assert.deepEqual([thrown.status, await thrown.json()], [500, { failed: true, status: 500 }]);
    assert.equal((await fetch(`${url}/rejects`)).status, 418);
    assert.deepEqual(errors, []);
  });

  void test('tells who the client is, also behind a proxy that is trusted', async (t) => {
    const { url } = await listenPerdura(t, expressApp());
    assert.deepEqual(await (await fetch(`${url}/ip`)).json(), ['127.0.0.1', [], 'http', '127.0.0.1']);
    const forwarded = {
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
    };
    assert.deepEqual(await (await fetch(`${url}/ip`, { headers: forwarded })).json(), [
      '203.0.113.7',
      ['203.0.113.7'],
      'https',
      'shop.example',
    ]);
  });

  void test('streams with back-pressure, in both directions', async (t) => {
    const { url } = await listenPerdura(t, expressApp());
    assert.equal(await (await fetch(`${url}/stream`)).text(), 'one two three');
    const body = 'x'.repeat(3_000_000);
    const echoed = await fetch(`${url}/pipe`, { method: 'POST', body });
    assert.equal(await echoed.text(), body);
  });

  void test('lets middleware that replaces writeHead, write and end do its work', async (t) => {
    const app = express();
    const order: string[] = [];
    app.use((_request, response, next) => {
      const writeHead = response.writeHead.bind(response);
      const end = response.end.bind(response);
      response.writeHead = function patched(this: typeof response, ...given: unknown[]) {
        order.push('writeHead');
        this.setHeader('X-Late', 'set in writeHead');
        return Reflect.apply(writeHead, undefined, given) as typeof response;
      } as typeof writeHead;
      response.end = (...given: unknown[]) => {
        order.push('end');
        return Reflect.apply(end, undefined, given) as typeof response;
      };
      response.on('finish', () => order.push(`finish ${response.statusCode}`));
      next();
    });
    app.get('/', (_request, response) => void response.status(201).send('patched'));
    const { url, server } = await listenPerdura(t, app);
    const answer = await fetch(url);
    assert.deepEqual(
      [answer.status, answer.headers.get('x-late'), await answer.text()],
      [201, 'set in writeHead', 'patched'],
    );
    const closed = once(server, 'close');
    server.close();
    await closed;
    assert.deepEqual(order, ['end', 'writeHead', 'finish 201']);
  });

  void test('honours Connection: close of the application, and keeps connections otherwise', async (t) => {
    const { port } = await listenPerdura(t, expressApp());
    const [kept, closing] = await exchange(port, get('/') + get('/close'), [false, false]);
    assert.deepEqual([kept!.closes, closing!.closes, closing!.body], [false, true, 'bye']);
    assert.match(kept!.fields.get('keep-alive') ?? '', /^timeout=65/);
  });

  void test('answers pipelined requests in their order', async (t) => {
    const { port } = await listenPerdura(t, expressApp());
    const requests =
      get('/pieces') +
      get('/') +
      get('/stream') +
      post('/json', '{}', 'Content-Type: application/json\r\n') +
      get('/users/1');
    const answers = await exchange(
      port,
      requests,
      Array.from({ length: 5 }, () => false),
    );
    assert.deepEqual(
      answers.map(({ body }) => body),
      ['first,second', 'hello', 'one two three', '{}', '{"id":"1","query":{}}'],
    );
  });
});
