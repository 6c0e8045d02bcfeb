// What the platform allows: a socket server that only counts the ends of heads and answers each with fixed bytes.
// It is no HTTP server; nothing that is one can be faster.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';

const END = '\r\n\r\n';
const ANSWER =
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=UTF-8\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n' +
  'Connection: keep-alive\r\nKeep-Alive: timeout=65\r\nContent-Length: 3\r\n\r\nok\n';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (bytes) => {
    let answers = '';
    for (let at = bytes.indexOf(END); at !== -1; at = bytes.indexOf(END, at + END.length)) answers += ANSWER;
    // The generators write whole heads, and these are small enough never to be cut.
    if (answers !== '') socket.write(answers, 'latin1');
  });
  socket.on('error', () => {});
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  answerParent((server.address() as AddressInfo).port),
);
