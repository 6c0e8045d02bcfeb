// A Fastify application that uses what applications commonly use, on the server that is given.
import http from 'node:http';
import { Readable } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { createServer } from '#src/adapters/node/index.js';
import type { Engine } from '../engines.js';

export const BODY_LIMIT_BYTES = 10_000;

export function fastifyApp(engine: Engine): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    exposeHeadRoutes: true,
    serverFactory: (handler) =>
      engine === 'node:http' ? http.createServer(handler) : (createServer(handler) as unknown as http.Server),
  });
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.decorateReply('stamp', null);
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-hook', 'on-request'));
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-sent', 'yes');
    return payload;
  });
  app.get('/', async () => ({ hello: 'world' }));
  app.get('/text', async () => 'plain text, ä');
  app.get('/buffer', async () => Buffer.from([1, 2, 3]));
  app.get('/empty', async (_request, reply) => await reply.code(204).send());
  app.get('/nothing', (_request, reply) => void reply.send());
  app.get<{ Params: { id: string } }>(
    '/users/:id',
    { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } } },
    async (request) => ({ params: request.params, query: request.query }),
  );
  app.get(
    '/filtered',
    { schema: { response: { 200: { type: 'object', properties: { shown: { type: 'string' } } } } } },
    async () => ({ shown: 'yes', hidden: 'no' }),
  );
  app.get('/stream', async () => Readable.from(['one ', 'two ', 'three']));
  app.get('/web-stream', async (_request, reply) => {
    return await reply.type('text/plain').send(new Response('from a response').body);
  });
  app.get('/response', async () => new Response('made by fetch', { status: 203, headers: { 'x-made': 'fetch' } }));
  app.get('/broken-stream', async () => {
    return Readable.from(
      (async function* () {
        yield await Promise.reject(new Error('no data'));
      })(),
    );
  });
  app.get('/moved', (_request, reply) => void reply.redirect('/elsewhere', 303));
  app.get(
    '/cookies',
    (_request, reply) => void reply.header('set-cookie', 'a=1').header('set-cookie', 'b=2').send('set'),
  );
  app.get('/trailers', (_request, reply) => {
    reply.trailer('x-sum', (_reply, payload, done) => done(null, String(String(payload).length)));
    reply.send('with a trailer');
  });
  app.get('/hijacked', (_request, reply) => {
    reply.hijack();
    reply.raw.end('by hand');
  });
  app.get('/throws', () => {
    throw new Error('a failure of the handler');
  });
  app.get('/teapot', async () => {
    await Promise.resolve();
    throw Object.assign(new Error('short and stout'), { statusCode: 418 });
  });
  app.get('/mirror', async (request) => ({ headers: request.headers, raw: request.raw.rawHeaders, ip: request.ip }));
  app.post(
    '/checked',
    {
      schema: {
        body: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, age: { type: 'integer' } },
        },
      },
    },
    async (request) => request.body,
  );
  app.post('/echo', async (request) => ({ body: request.body ?? null }));
  app.put('/raw', async (request, reply) => await reply.type('application/octet-stream').send(request.body));
  app.delete('/gone', async (_request, reply) => await reply.code(204).send());
  return app;
}
