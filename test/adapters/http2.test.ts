// Listeners of node:http over HTTP/2: the same applications, on streams instead of connections.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import express from 'express';
import { toHandler } from '#src/adapters/node/index.js';
import type { Answer, HandlerContext } from '#src/server/index.js';
import { AUTHORITY, identity } from '../server/tls-bench.js';
import { expressApp } from './apps/express-app.js';
import { fastifyApp } from './apps/fastify-app.js';
import { deferred, listenPerdura } from './engines.js';

/** One answer over HTTP/2. */
interface Http2Answer {
  readonly headers: http2.IncomingHttpHeaders & { readonly ':status'?: number };
  readonly body: string;
  readonly trailers: http2.IncomingHttpHeaders | undefined;
}

function connect(t: TestContext, url: string): http2.ClientHttp2Session {
  const session = http2.connect(url);
  t.after(() => session.destroy());
  return session;
}

async function ask(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body?: string,
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let trailers: http2.IncomingHttpHeaders | undefined;
  stream.on('trailers', (given) => (trailers = given));
  const [received] = (await once(stream, 'response')) as [Http2Answer['headers']];
  stream.setEncoding('utf8');
  let text = '';
  for await (const piece of stream) text += String(piece);
  return { headers: received, body: text, trailers };
}

async function readBody({ body }: Answer): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  let text = '';
  for await (const piece of body as AsyncIterable<Uint8Array | string>)
    text += typeof piece === 'string' ? piece : Buffer.from(piece).toString();
  return text;
}

void describe('Over HTTP/2, on perdura/node,', () => {
  void test('Express routes, parses bodies, streams and serves files', async (t) => {
    const { url } = await listenPerdura(t, expressApp());
    const session = connect(t, url);
    const hello = await ask(session, { ':path': '/' });
    assert.deepEqual([hello.headers[':status'], hello.headers['content-length'], hello.body], [200, '5', 'hello']);
    assert.equal(hello.headers.connection, undefined);
    const json = await ask(
      session,
      { ':path': '/json', ':method': 'POST', 'content-type': 'application/json' },
      '{"a":1}',
    );
    assert.equal(json.body, '{"a":1}');
    assert.equal((await ask(session, { ':path': '/stream' })).body, 'one two three');
    const range = await ask(session, { ':path': '/file', range: 'bytes=0-4' });
    assert.deepEqual([range.headers[':status'], range.body.length], [206, 5]);
    const [mirror, ip] = await Promise.all([ask(session, { ':path': '/mirror?x' }), ask(session, { ':path': '/ip' })]);
    const seen = JSON.parse(mirror.body) as Record<string, unknown>;
    assert.deepEqual(
      [seen['httpVersion'], seen['url'], seen['headers']],
      ['2.0', '/mirror?x', { host: new URL(url).host }],
    );
    assert.deepEqual((JSON.parse(ip.body) as unknown[]).slice(0, 3), ['127.0.0.1', [], 'http']);
    assert.equal((await ask(session, { ':path': '/throws' })).headers[':status'], 500);
    // What ends a connection of HTTP/1 ends one of HTTP/2 as well: no further streams.
    assert.equal((await ask(session, { ':path': '/close' })).body, 'bye');
    await once(session, 'close');
  });

  void test('Fastify sends objects and trailers', async (t) => {
    const app = fastifyApp('perdura/node');
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    t.after(() => app.close());
    const session = connect(t, url);
    t.after(() => session.close());
    assert.equal((await ask(session, { ':path': '/' })).body, '{"hello":"world"}');
    const { body, trailers } = await ask(session, { ':path': '/trailers' });
    assert.deepEqual([body, trailers?.['x-sum']], ['with a trailer', '14']);
  });

  void test('a listener is told that one stream was given up, and the others go on', async (t) => {
    const gone = deferred<boolean>();
    const { url } = await listenPerdura(t, (request, response) => {
      if (request.url === '/') {
        response.end('there');
        return;
      }
      response.write('part');
      response.on('close', () => gone.resolve(response.writableFinished));
    });
    const session = connect(t, url);
    const stream = session.request({ ':path': '/endless' });
    await once(stream, 'data');
    stream.close(http2.constants.NGHTTP2_CANCEL);
    assert.equal(await gone.promise, false);
    assert.equal((await ask(session, { ':path': '/' })).body, 'there');
  });

  void test('a response that is destroyed resets its stream and no other', async (t) => {
    const { url } = await listenPerdura(t, (request, response) => {
      if (request.url === '/') {
        response.end('there');
        return;
      }
      response.write('part');
      setImmediate(() => response.destroy());
    });
    const session = connect(t, url);
    await assert.rejects(ask(session, { ':path': '/broken' }), { code: 'ERR_HTTP2_STREAM_ERROR' });
    assert.equal((await ask(session, { ':path': '/' })).body, 'there');
  });
});

void describe('Over TLS, on perdura/node,', () => {
  void test('Express knows that the connection is secure, in both protocols', async (t) => {
    const app = express();
    app.get('/', (request, response) => {
      const { encrypted, alpnProtocol, servername } = request.socket as TLSSocket & { servername?: string };
      response.json([request.protocol, request.secure, encrypted, alpnProtocol, servername, request.httpVersion]);
    });
    const { port } = await listenPerdura(t, app, { serve: { tls: identity('localhost') } });
    const [answer] = (await once(
      https.get({
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: AUTHORITY,
        agent: false,
      }),
      'response',
    )) as [AsyncIterable<Buffer>];
    let text = '';
    for await (const piece of answer) text += piece.toString();
    assert.deepEqual(JSON.parse(text), ['https', true, true, false, 'localhost', '1.1']);
    const session = http2.connect(`https://localhost:${port}`, { ca: AUTHORITY, host: '127.0.0.1' });
    t.after(() => session.destroy());
    const { body } = await ask(session, { ':path': '/' });
    assert.deepEqual(JSON.parse(body), ['https', true, true, 'h2', 'localhost', '2.0']);
  });
});

void describe('toHandler, called by a server that tells nothing of the life of an exchange,', () => {
  const context = {
    connection: { id: 1, state: 'active', protocol: 'http/1.1', requests: 1, ageMs: 0, idleMs: 0, remote: '[::1]:5' },
  } as unknown as HandlerContext;

  void test('answers, and tells its listener that the answer was taken', async () => {
    const events: string[] = [];
    const over = deferred<void>();
    const handler = toHandler(async (request, response) => {
      for (const event of ['finish', 'close'])
        response.on(event, () => {
          events.push(`${request.url} ${event}`);
          if (events.length === 4) over.resolve();
        });
      response.write(request.socket.remoteAddress);
      if (request.url === '/pieces') await new Promise(setImmediate);
      response.end('!');
    });
    const whole = await handler(new Request('http://a/whole'), context);
    assert.deepEqual([whole.status, await readBody(whole)], [200, '::1!']);
    assert.equal(await readBody(await handler(new Request('http://a/pieces'), context)), '::1!');
    await over.promise;
    assert.deepEqual(events.toSorted(), ['/pieces close', '/pieces finish', '/whole close', '/whole finish']);
  });

  void test('reads the body of a standard Request, and is told when its signal aborts', async () => {
    const aborted = deferred<void>();
    const handler = toHandler(async (request, response) => {
      if (request.method === 'GET') {
        response.on('close', () => aborted.resolve());
        return;
      }
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      response.end(Buffer.concat(pieces));
    });
    const echoed = await handler(new Request('http://a/', { method: 'POST', body: 'sent' }), context);
    assert.equal(await readBody(echoed), 'sent');
    const controller = new AbortController();
    const never = handler(new Request('http://a/', { signal: controller.signal }), context) as Promise<unknown>;
    controller.abort();
    await aborted.promise;
    await assert.rejects(never, { message: 'aborted' });
  });
});
