// The peer of ten thousand heartbeats: answers whatever comes with the PONG of Redis, as cheaply as Node.js can.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';

const PONG = Buffer.from('+PONG\r\n');

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(PONG));
  socket.on('error', () => {});
});
// All of them may arrive within a second.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  answerParent((server.address() as AddressInfo).port),
);
