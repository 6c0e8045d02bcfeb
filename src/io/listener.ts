// A listening socket that hands out transports.
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { ListenError } from '../errors.ts';
import type { ListenSink, PendingConnections } from './accept/pending-connections.ts';
import type { WaitingRoom } from './accept/waiting-room.ts';
import { resetSocket } from './reset-socket.ts';
import { formatRemote, SocketTransport } from './socket-transport.ts';

/** What connections go through, and where they are kept. */
export interface Reception {
  /** What connections go through before they are handed over, such as TLS. Without it they are handed over as they come. */
  readonly pending?: PendingConnections | undefined;
  /** Where those are kept that `admit` tells to wait. Without it they are turned away. */
  readonly waiting?: WaitingRoom | undefined;
}

/** Where to listen. */
export interface ListenOptions extends Reception {
  readonly port: number;
  readonly hostname: string;
}

/** A socket that listens. */
export interface Listener {
  /** The port that was really taken. */
  readonly port: number;
  /** Lets in the one that waits longest, without asking whether it may; returns whether there was one. */
  letIn(): boolean;
  /** Stops accepting. Connections that were accepted live on; those that still wait are turned away. */
  stop(): void;
  /** From now on the socket is the returned listener's: this one gets no more connections, and keeps those that wait. */
  passOn(reception: Reception, sink: ListenSink): Listener;
}

/** Connections that the kernel completes while we are busy; its own bound (somaxconn) applies too. */
const BACKLOG = 4096;

/** Listens, and hands out connections. Rejects with {@link ListenError} and what to do about it. */
export function listen(options: ListenOptions, sink: ListenSink): Promise<Listener> {
  const { port, hostname } = options;
  // Half-closed clients are still answered; small answers must not wait for Nagle's algorithm.
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      reject(new ListenError(explainListenError(error, port, hostname), { cause: error }));
    };
    server.once('error', refuse);
    server.listen({ port, host: hostname, backlog: BACKLOG }, () => {
      server.off('error', refuse);
      // Later errors are those of single accepts (no file descriptor left, say): the connection is lost, the server is not.
      server.on('error', () => {});
      // It stays known when nobody listens any more.
      const taken = (server.address() as AddressInfo).port;
      resolve(receive(server, taken, options, sink));
    });
  });
}

/** Makes a listener that the connections of a socket go to from now on. */
function receive(server: Server, port: number, { pending, waiting }: Reception, sink: ListenSink): Listener {
  const enter = (socket: Socket): void => {
    if (pending === undefined) sink.accept({ transport: new SocketTransport(socket) });
    else pending.take(socket, sink);
  };
  let isOwner = true;
  server.removeAllListeners('connection').on('connection', (socket) => {
    const verdict = sink.admit?.(new Newcomer(socket)) ?? true;
    if (verdict === true) enter(socket);
    else if (verdict === 'wait' && waiting !== undefined) waiting.hold(socket);
    else turnAway(socket);
  });
  return {
    port,
    letIn: () => {
      const socket = waiting?.next();
      if (socket !== undefined) enter(socket);
      return socket !== undefined;
    },
    stop: () => {
      if (isOwner) server.close();
      waiting?.endAll();
    },
    passOn: (reception, next) => {
      isOwner = false;
      return receive(server, port, reception, next);
    },
  };
}

/** A connection that was accepted just now. */
class Newcomer {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get remote(): string {
    return formatRemote(this.#socket.remoteAddress, this.#socket.remotePort);
  }
}

/**
 * With RST, before anything of it was looked at: a proxy or a client that sees it knows that nothing was served and tries elsewhere or
 * again, where a FIN would look like an empty answer; and no closed connection stays behind in the kernel.
 */
function turnAway(socket: Socket): void {
  // What breaks it meanwhile is no news.
  socket.on('error', () => {});
  resetSocket(socket);
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
