// TLS as a step of accepting: looks at the first byte, so that whoever says nothing costs no TLS and whoever speaks plain HTTP can be
// told; then the handshake. Not tls.Server: it arms a timer for each socket, and does not say which connection a failure belongs to.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TLSSocketOptions } from 'node:tls';
import type { AcceptStep, PendingConnection } from './pending-connection.ts';
import { SecuredTransport } from './secured-transport.ts';
import type { TlsContexts } from './tls-contexts.ts';

/** The protocols that are offered in ALPN (RFC 7301), the one that is liked best first. */
export type AlpnProtocols = readonly ('h2' | 'http/1.1')[];

/** Options of {@link TlsStep}. */
export interface TlsStepOptions {
  readonly contexts: TlsContexts;
  readonly alpnProtocols: AlpnProtocols;
  /** What to say in plain text to whoever begins with these bytes instead of a handshake; undefined leaves it to TLS. */
  answerPlain(first: Buffer): string | undefined;
}

/** The content type of a handshake record (RFC 8446 §5.1), with which every hello begins. */
const HANDSHAKE_RECORD = 0x16;

/** What a TLS socket of a server has, and @types/node does not tell. */
interface ServerTlsSocket {
  once(event: 'secure', listener: () => void): this;
  on(event: '_tlsError', listener: (error: Error) => void): this;
  secureConnecting: boolean;
}

/** See the head of the file. */
export class TlsStep implements AcceptStep {
  readonly #answerPlain: (first: Buffer) => string | undefined;
  readonly #alpnProtocols: string[];
  #contexts: TlsContexts;
  #socketOptions: TLSSocketOptions;

  constructor(options: TlsStepOptions) {
    this.#answerPlain = (first) => options.answerPlain(first);
    this.#alpnProtocols = [...options.alpnProtocols];
    this.#contexts = options.contexts;
    this.#socketOptions = this.#makeSocketOptions();
  }

  get contexts(): TlsContexts {
    return this.#contexts;
  }

  /** Handshakes that begin from now on use these certificates. Connections and handshakes that there are live on. */
  update(contexts: TlsContexts): void {
    this.#contexts = contexts;
    this.#socketOptions = this.#makeSocketOptions();
  }

  begin(connection: PendingConnection): void {
    const { socket } = connection;
    socket.once('data', (first: Buffer) => {
      // Nothing more is read by this socket: what is given back is the first that TLS gets.
      socket.pause();
      const isPlain = first[0] !== HANDSHAKE_RECORD;
      if (isPlain && this.#contexts.servesPlainHttp && beginsMethod(first)) {
        socket.unshift(first);
        connection.proceed();
        return;
      }
      const answer = isPlain ? this.#answerPlain(first) : undefined;
      if (answer !== undefined) {
        connection.refuseWith(answer, { reason: 'plainHttp' });
        return;
      }
      socket.unshift(first);
      this.#shakeHands(connection, socket);
    });
  }

  #shakeHands(connection: PendingConnection, below: Socket): void {
    if (this.#contexts.renewTicketKeys()) this.#socketOptions = this.#makeSocketOptions();
    const tls = new TLSSocket(below, this.#socketOptions);
    const onFailed = (error: Error): void => connection.noteFailure(error);
    const onEnd = (): void => connection.refuse({ reason: 'handshakeFailed', code: 'peerClosed' });
    const handshake = tls as unknown as ServerTlsSocket;
    tls.on('error', onFailed);
    // A FIN within the handshake is only told to who reads. What comes behind the handshake waits for its end in any case.
    tls.on('end', onEnd).resume();
    // After the handshake this is the only event for an alert or a broken record; the bare `error` stays with whoever drives TLS.
    handshake.on('_tlsError', destroyOnError);
    handshake.once('secure', () => {
      // What node:http2 asks before it takes over a socket.
      handshake.secureConnecting = false;
      const alpn = tls.alpnProtocol;
      const servername = (tls as { readonly servername?: string | false | null }).servername;
      connection.secured(new SecuredTransport(tls, below, connection.remote), {
        alpn: alpn === 'h2' || alpn === 'http/1.1' ? alpn : undefined,
        version: tls.getProtocol() ?? '',
        servername: typeof servername === 'string' && servername !== '' ? servername : undefined,
        cipher: tls.getCipher().name,
        resumed: tls.isSessionReused(),
      });
      tls.off('error', onFailed).off('end', onEnd);
      connection.proceed();
    });
  }

  #makeSocketOptions(): TLSSocketOptions {
    const { sniCallback } = this.#contexts;
    return {
      isServer: true,
      secureContext: this.#contexts.defaultContext,
      ALPNProtocols: this.#alpnProtocols,
      ...(sniCallback === undefined ? {} : { SNICallback: sniCallback }),
    };
  }
}

/** Methods of HTTP are written in capitals. */
function beginsMethod(first: Buffer): boolean {
  const letter = first[0] ?? 0;
  return letter >= 0x41 && letter <= 0x5a;
}

function destroyOnError(this: TLSSocket, error: Error): void {
  this.destroy(error);
}
