// TLS on its way to be begun over a transport that is open already, such as a tunnel through a proxy.
import type { TLSSocket } from 'node:tls';
import { MisuseError, OptionError } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { ConnectTarget, Opening, SecuringSink } from './connection-opener.ts';
import { handshakeError } from './explain-connect-error.ts';
import { SocketTransport } from './socket-transport.ts';
import type { Handshake, HandshakeSink, TlsClient } from './tls-handshake.ts';
import type { TlsUnderlay } from './tls-underlay.ts';
import type { Transport } from './transport.ts';
import { tlsTransport } from './watched-tls-transport.ts';

/** What it needs of its connector. */
export interface SecuringTools {
  readonly clock: Clock;
  readonly tls: TlsClient;
}

/** See the head of the file. */
export class PendingSecuring implements Opening, HandshakeSink {
  readonly #tools: SecuringTools;
  readonly #target: ConnectTarget;
  readonly #sink: SecuringSink;
  readonly #startedMs: number;
  #transport: SocketTransport | undefined;
  #remote = '';
  #handshake: Handshake | undefined;
  #over = false;

  constructor(tools: SecuringTools, target: ConnectTarget, sink: SecuringSink) {
    this.#tools = tools;
    this.#target = target;
    this.#sink = sink;
    this.#startedMs = tools.clock.nowMs();
  }

  start(transport: Transport): void {
    if (!(transport instanceof SocketTransport)) {
      throw new MisuseError('TLS can only be begun over a transport that this connector has opened');
    }
    this.#transport = transport;
    this.#remote = transport.remote;
    // The caller has it in hand before it is told anything.
    queueMicrotask(() => this.#begin(transport));
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#handshake === undefined) this.#transport?.destroy();
    else this.#handshake.stop('aborted');
  }

  onSecured(socket: TLSSocket, underlay: TlsUnderlay | undefined): void {
    this.#over = true;
    this.#sink.onSecured(tlsTransport(socket, underlay, this.#remote), {
      protocol: socket.getProtocol() ?? '',
      resumed: socket.isSessionReused(),
      alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
      handshakeMs: this.#tools.clock.nowMs() - this.#startedMs,
    });
  }

  onHandshakeFailed(error: Error): void {
    this.#over = true;
    // No address: the one that is known is that of the way, not of the target.
    const { offered } = this.#tools.tls;
    this.#sink.onSecuringFailed(
      error instanceof OptionError ? error : handshakeError(this.#target, '', error, offered),
    );
  }

  #begin(transport: SocketTransport): void {
    if (this.#over) return;
    this.#handshake = this.#tools.tls.start(transport.release(), this.#target, this);
  }
}
