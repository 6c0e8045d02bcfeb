// The HTTP server of Node.js, told everything that makes it fast: with the length in writeHead, head and body leave in one write.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain;charset=UTF-8', 'content-length': 3 });
  response.end('ok\n');
});
// An idle connection must outlast the measurement; the default is 5 seconds.
server.keepAliveTimeout = 600_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  answerParent((server.address() as AddressInfo).port),
);
