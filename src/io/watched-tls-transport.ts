// A transport over TLS that knows whether the peer ended it with close_notify. What lies below TLS is in tls-underlay.ts.
import type { TLSSocket } from 'node:tls';
import { SocketTransport } from './socket-transport.ts';
import type { TlsUnderlay } from './tls-underlay.ts';

/** A transport over TLS; one that knows how the peer ended where there is something below that does. */
export function tlsTransport(tls: TLSSocket, underlay: TlsUnderlay | undefined, remote: string): SocketTransport {
  return underlay === undefined ? new SocketTransport(tls, remote) : new WatchedTlsTransport(tls, underlay, remote);
}

class WatchedTlsTransport extends SocketTransport {
  readonly #tls: TLSSocket;
  readonly #underlay: TlsUnderlay;

  constructor(tls: TLSSocket, underlay: TlsUnderlay, remote: string) {
    super(tls, remote);
    this.#tls = tls;
    this.#underlay = underlay;
  }

  get closeNotified(): boolean | undefined {
    return this.#tls.readableEnded ? !this.#underlay.finTold : undefined;
  }

  override get failure(): Error | undefined {
    return super.failure ?? this.#underlay.rawFailure;
  }

  override reset(): void {
    this.#underlay.reset();
    this.destroy();
  }

  /** TLS has no socket of its own here that the process could wait for. */
  override setIdle(idle: boolean): void {
    this.#underlay.setIdle(idle);
  }
}
