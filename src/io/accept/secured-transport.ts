// A transport over TLS that a server has accepted. It knows the TCP socket below, which alone can send RST.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { resetSocket } from '../reset-socket.ts';
import { SocketTransport } from '../socket-transport.ts';

/** See the head of the file. */
export class SecuredTransport extends SocketTransport {
  readonly #below: Socket;

  constructor(tls: TLSSocket, below: Socket, remote: string) {
    super(tls, remote);
    this.#below = below;
  }

  /**
   * Many clients take a FIN without close_notify (RFC 8446 §6.1) for a proper end, so a body that breaks off would look whole to them.
   * RST does not.
   */
  override reset(): void {
    resetSocket(this.#below);
  }
}
