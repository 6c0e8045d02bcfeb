// A Fastify application on perdura: `serverFactory` is all there is to it. app.inject() needs no server and stays as it is.
import fastify from 'fastify';
import { createServer } from 'perdura/node';

const app = fastify({ serverFactory: (handler) => createServer(handler) });
app.get('/', async () => ({ hello: 'world' }));
app.post(
  '/checked',
  { schema: { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } },
  async (request) => ({ name: request.body.name }),
);
app.addHook('onClose', async () => console.log('closed'));

console.log(await app.listen({ port: Number(process.argv[2] ?? 8080), host: '127.0.0.1' }));
process.on('SIGTERM', () => app.close());
