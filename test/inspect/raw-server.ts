// Servers that say what a test wants, byte by byte: the counterparts of an inspection that nobody else would run.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';

/** One connection of such a server. */
export interface RawConnection {
  readonly socket: Socket;
  /** Counts from 1 over all connections. */
  readonly number: number;
  /** How many requests with a complete head have arrived on it. */
  requests: number;
}

export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Is told each complete request head, without its empty line; bodies are not looked at. */
export type OnRequest = (head: string, connection: RawConnection) => void;

/** `onOpen` is told before anything has come. */
export async function startRawServer(
  onRequest: OnRequest,
  onOpen: (connection: RawConnection) => void = () => {},
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    count += 1;
    const connection: RawConnection = { socket, number: count, requests: 0 };
    let unread = '';
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('end', () => socket.end());
    socket.on('data', (bytes: Buffer) => {
      unread += bytes.toString('latin1');
      for (let end = unread.indexOf('\r\n\r\n'); end >= 0; end = unread.indexOf('\r\n\r\n')) {
        const head = unread.slice(0, end);
        unread = unread.slice(end + 4);
        connection.requests += 1;
        onRequest(head, connection);
      }
    });
    onOpen(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer with Content-Length, as text. */
export function plainAnswer(body = 'ok\n', fieldLines = '', status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${fieldLines}\r\n${body}`;
}
