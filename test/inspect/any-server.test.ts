// Whole inspections of servers that do something else with each request: they end in bounded time and never with a crash. Set
// PERDURA_LIARS to have more of them inspected.
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { inspectLiar } from './inspect-liar.ts';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { drip } from './slow-writers.ts';

const AT_A_TIME = 4;

describe('a server that does anything', () => {
  const BEHAVIOURS: Readonly<Record<string, (socket: Socket, isHead: boolean) => void>> = {
    answer: (socket, isHead) => void socket.write(isHead ? HEAD_ANSWER : plainAnswer('hello\n')),
    announcedClose: (socket) => void socket.end(plainAnswer('', 'Connection: close\r\n')),
    close: (socket) => void socket.end(),
    // Node.js 20 never closes a socket that is reset while it is being ended.
    reset: (socket) => void (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy()),
    silence: () => {},
    garbage: (socket) => void socket.write('\x00\x01garbage\r\n\r\n'),
    half: (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Le'),
    halfBody: (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    extra: (socket) => void socket.write(plainAnswer('hello\n').repeat(2)),
    interim: (socket) => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${plainAnswer()}`),
    badRequest: (socket) => void socket.write(plainAnswer('', '', '400 Bad Request')),
    timeout: (socket) => void socket.end(plainAnswer('', 'Connection: close\r\n', '408 Request Timeout')),
    notModified: (socket) => void socket.write('HTTP/1.1 304 Not Modified\r\n\r\n'),
    upgrade: (socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'),
    untilClose: (socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\nhello'),
    late: (socket) => void setTimeout(() => socket.write(plainAnswer()), 120),
    drip: (socket) => drip(socket, plainAnswer(), 5),
    chunked: (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    huge: (socket) => void socket.write(plainAnswer('x'.repeat(300_000))),
  };
  const HEAD_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: "1"\r\n\r\n';

  async function inspectServer(names: readonly string[]): Promise<void> {
    let requests = 0;
    await using server = await startRawServer((head, { socket }) => {
      // The first ones are answered: otherwise nothing more would be asked.
      const name = requests < 4 ? 'answer' : names[requests % names.length]!;
      requests += 1;
      BEHAVIOURS[name]!(socket, head.startsWith('HEAD '));
    });
    await inspectLiar(server.url);
  }

  test('is inspected to the end', { timeout: 110_000 }, async () => {
    const behaviours = fc.array(fc.constantFrom(...Object.keys(BEHAVIOURS)), { minLength: 3, maxLength: 12 });
    // They wait most of the time, and so not for each other.
    const severalServers = fc.array(behaviours, { minLength: AT_A_TIME, maxLength: AT_A_TIME });
    await fc.assert(
      fc.asyncProperty(severalServers, async (servers) => {
        await Promise.all(servers.map(inspectServer));
      }),
      { numRuns: Math.ceil(Number(process.env['PERDURA_LIARS'] ?? AT_A_TIME) / AT_A_TIME) },
    );
  });
});
