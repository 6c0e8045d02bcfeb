// A listening socket that hands out transports.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ListenError } from '../errors.ts';
import type { ListenSink, PendingConnections } from './accept/pending-connections.ts';
import { SocketTransport } from './socket-transport.ts';

/** Where to listen. */
export interface ListenOptions {
  readonly port: number;
  readonly hostname: string;
  /** What connections go through before they are handed over, such as TLS. Without it they are handed over as they come. */
  readonly pending?: PendingConnections | undefined;
}

/** A socket that listens. */
export interface Listener {
  /** The port that was really taken. */
  readonly port: number;
  /** Stops accepting. Connections that were accepted live on. */
  stop(): void;
}

/** Connections that the kernel completes while we are busy; its own bound (somaxconn) applies too. */
const BACKLOG = 4096;

/** Listens, and hands out connections. Rejects with {@link ListenError} and what to do about it. */
export function listen(options: ListenOptions, sink: ListenSink): Promise<Listener> {
  const { port, hostname, pending } = options;
  // Half-closed clients are still answered; small answers must not wait for Nagle's algorithm.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    if (pending !== undefined) {
      pending.take(socket, sink);
      return;
    }
    const transport = new SocketTransport(socket);
    if (sink.admit?.(transport) !== false) sink.accept({ transport });
    else transport.reset();
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      reject(new ListenError(explainListenError(error, port, hostname), { cause: error }));
    };
    server.once('error', refuse);
    server.listen({ port, host: hostname, backlog: BACKLOG }, () => {
      server.off('error', refuse);
      // Later errors are those of single accepts (no file descriptor left, say): the connection is lost, the server is not.
      server.on('error', () => {});
      resolve({ port: (server.address() as AddressInfo).port, stop: () => void server.close() });
    });
  });
}

function explainListenError(error: NodeJS.ErrnoException, port: number, hostname: string): string {
  const address = hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `cannot listen on ${address}: the port is in use by another program; stop it or choose another port (0 takes any free one)`;
    case 'EACCES':
      return `cannot listen on ${address}: permission denied; ports below 1024 need privileges, choose a higher one`;
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${address}: this machine does not have that address; 127.0.0.1 and 0.0.0.0 always work`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot listen on ${address}: the name does not resolve to an address of this machine`;
    default:
      return `cannot listen on ${address}: ${error.message}`;
  }
}
