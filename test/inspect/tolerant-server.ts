// A server that is told which malformed requests it serves; the others get 400 and the end of the connection.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import type { MalformedRequest } from '#src/inspect/index.js';
import { plainAnswer } from './raw-server.ts';

/** How each is told apart, in a head without its empty line. */
const SIGNS: Readonly<Record<MalformedRequest, (head: string) => boolean>> = {
  lengthBesideChunked: (head) => /^Content-Length:/m.test(head) && /^Transfer-Encoding:/m.test(head),
  missingHost: (head) => !/^Host:/m.test(head),
  repeatedHost: (head) => [...head.matchAll(/^Host:/gm)].length > 1,
  spaceBeforeColon: (head) => /^[\w-]+[ \t]+:/m.test(head),
  foldedField: (head) => /^[ \t]/m.test(head),
  bareLineFeed: (head) => /(?<!\r)\n/.test(head),
};

export const MALFORMED_REQUESTS = Object.keys(SIGNS) as readonly MalformedRequest[];

export interface TolerantServer extends AsyncDisposable {
  readonly url: string;
}

/** What it does beside that. */
export interface TolerantServerOptions {
  readonly serves: readonly MalformedRequest[];
  /** Of its answer to a well-formed request. */
  readonly status?: string;
  /** Whether it ends the connection behind a Content-Length beside Transfer-Encoding, as it must. */
  readonly closesBehindDoubt?: boolean;
  /** Whether it takes an empty line for a request. */
  readonly refusesEmptyLine?: boolean;
}

export async function startTolerantServer(options: TolerantServerOptions): Promise<TolerantServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    let unread = '';
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      unread += bytes.toString('latin1');
      for (;;) {
        if (options.refusesEmptyLine !== true) unread = unread.replace(/^\r\n/, '');
        const [head] = /^[^]*?(?=\r\n\r\n)/.exec(unread) ?? [];
        if (head === undefined) return;
        unread = unread.slice(head.length + 4);
        if (/^Transfer-Encoding:/m.test(head)) unread = unread.replace(/^0\r\n\r\n/, '');
        answer(socket, head, options);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(
  socket: Socket,
  head: string,
  { serves, status = '200 OK', closesBehindDoubt = false }: TolerantServerOptions,
): void {
  const signs = MALFORMED_REQUESTS.filter((kind) => SIGNS[kind](head));
  const isServed = head.startsWith('GET ') && signs.every((kind) => serves.includes(kind));
  if (!isServed) socket.end(plainAnswer('', 'Connection: close\r\n', '400 Bad Request'));
  else if (closesBehindDoubt && signs.includes('lengthBesideChunked')) socket.end(plainAnswer('', '', status));
  else socket.write(plainAnswer('', '', status));
}
