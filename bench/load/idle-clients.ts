// Many connections that ask once and then keep still, in a process of their own. Argument: the port of the server.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { answerParent } from '../process/answer-parent.ts';

/**
 * The server began to count somewhere between the two: the client cannot know when, least of all while its own process has
 * to wait for a core.
 */
export interface ClosedConnection {
  /** From sending the request to the end of the connection. */
  readonly sinceRequestMs: number;
  /** From seeing the answer to the end of the connection. */
  readonly sinceAnswerMs: number;
}

const port = Number(process.argv[2]);
const REQUEST = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
/** Connections that are being opened at a time. */
const WINDOW = 64;

const sockets = new Set<Socket>();
/** Every connection that the server has closed. */
const closed: ClosedConnection[] = [];

function openOne(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let askedAtMs = 0;
    let answeredAtMs = 0;
    socket.on('connect', () => {
      askedAtMs = performance.now();
      socket.write(REQUEST, 'latin1');
    });
    socket.on('data', (bytes) => {
      answeredAtMs = performance.now();
      sockets.add(socket);
      // The answer is too small to come in pieces.
      if (bytes.toString('latin1', bytes.length - 3) === 'ok\n') resolve();
      else reject(new Error('unexpected answer'));
    });
    socket.on('end', () => {
      const nowMs = performance.now();
      closed.push({ sinceRequestMs: nowMs - askedAtMs, sinceAnswerMs: nowMs - answeredAtMs });
      sockets.delete(socket);
    });
    socket.on('error', reject);
  });
}

/** Opens connections, each with one request; resolves when all are answered. */
async function open(count: number): Promise<void> {
  let opened = 0;
  await Promise.all(
    Array.from({ length: WINDOW }, async () => {
      while (opened < count) {
        opened += 1;
        // oxlint-disable-next-line no-await-in-loop
        await openOne();
      }
    }),
  );
}

answerParent(0, {
  open,
  openCount: () => sockets.size,
  closed: () => closed,
});
