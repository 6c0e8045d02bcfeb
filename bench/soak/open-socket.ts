// A TCP or TLS connection to the server, with sessions taken up again as browsers do.
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Protocol } from './shares.ts';

/** Where the server listens. */
export interface Targets {
  readonly plainPort: number;
  readonly tlsPort: number;
  /** Its certificate as PEM. */
  readonly certificate: string;
}

export interface OpenedSocket {
  readonly socket: Socket;
  readonly resumed: boolean;
}

/** Of new connections over TLS, how many take up a session where there is one. */
const RESUMED_SHARE = 0.5;

const sessions = new Map<Protocol, Buffer>();

/** Resolves when it is connected and the handshake is done. @throws where that fails. */
export function openSocket(protocol: Protocol, targets: Targets): Promise<OpenedSocket> {
  const isTls = protocol.endsWith('over TLS');
  const where = { host: '127.0.0.1', port: isTls ? targets.tlsPort : targets.plainPort };
  return new Promise((resolve, reject) => {
    const socket = isTls ? startTls(protocol, where, targets.certificate) : connectTcp(where);
    const giveUp = (error: Error): void => reject(error);
    socket.once('error', giveUp);
    // A server that ends a handshake with FIN makes no error of it.
    const ended = (): void => reject(new Error('closed before it was open'));
    socket.once('close', ended);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      socket.off('error', giveUp).off('close', ended);
      resolve({ socket, resumed: isTls && (socket as TLSSocket).isSessionReused() });
    });
  });
}

function startTls(protocol: Protocol, where: { host: string; port: number }, certificate: string): TLSSocket {
  const session = Math.random() < RESUMED_SHARE ? sessions.get(protocol) : undefined;
  const socket = connectTls({
    ...where,
    ca: certificate,
    ALPNProtocols: [protocol.startsWith('h2') ? 'h2' : 'http/1.1'],
    ...(session === undefined ? {} : { session }),
  });
  // Asked for once more each time: a ticket is to be used once (RFC 8446 §C.4).
  socket.on('session', (ticket: Buffer) => sessions.set(protocol, ticket));
  return socket;
}
