// A transport over TLS that knows whether the peer ended it with close_notify. What lies below TLS is in tls-underlay.ts.
import type { TLSSocket } from 'node:tls';
import type { KernelKeepAlive, KernelKeepAliveOptions } from './kernel-keep-alive.ts';
import { SocketTransport } from './socket-transport.ts';
import type { TlsUnderlay } from './tls-underlay.ts';
import type { TransportSink } from './transport.ts';

/** A transport over TLS; one that knows how the peer ended where there is something below that does. */
export function tlsTransport(tls: TLSSocket, underlay: TlsUnderlay | undefined, remote: string): SocketTransport {
  return underlay === undefined ? new SocketTransport(tls, remote) : new WatchedTlsTransport(tls, underlay, remote);
}

class WatchedTlsTransport extends SocketTransport {
  readonly #tls: TLSSocket;
  readonly #underlay: TlsUnderlay;
  #isDestroyedByUs = false;

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

  /** What was still to be written is cancelled where we end it ourselves, and that is no error of the connection. */
  override attach(sink: TransportSink): void {
    super.attach({
      onTransportData: (bytes) => sink.onTransportData(bytes),
      onTransportEnd: () => sink.onTransportEnd(),
      onTransportDrain: () => sink.onTransportDrain(),
      onTransportClosed: (error) => sink.onTransportClosed(this.#isDestroyedByUs ? undefined : error),
    });
  }

  override destroy(): void {
    this.#isDestroyedByUs ||= !this.#tls.destroyed;
    super.destroy();
  }

  override reset(): void {
    this.#isDestroyedByUs ||= !this.#tls.destroyed;
    this.#underlay.reset();
    super.destroy();
  }

  /** TLS has no socket of its own here that the process could wait for. */
  override setIdle(idle: boolean): void {
    this.#underlay.setIdle(idle);
  }

  override keepAlive(options: KernelKeepAliveOptions): KernelKeepAlive | undefined {
    return this.#underlay.keepAlive(options);
  }
}
