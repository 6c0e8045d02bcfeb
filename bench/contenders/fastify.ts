// Fastify as its documentation begins, with text instead of JSON.
import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';

const app = fastify();
app.get('/', (_request, reply) => {
  reply.send('ok\n');
});
await app.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
answerParent((app.server.address() as AddressInfo).port);
