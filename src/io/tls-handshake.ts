// TLS over a socket that is connected: what the user's options become, tickets, and listeners that do not stay behind.
import { connect } from 'node:tls';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import type { ConnectTarget } from './connection-opener.ts';
import { isAddress } from './name-lookup.ts';
import { commonTlsContext, hasContextOptions, makeTlsContext, tlsOptionError } from './tls-context.ts';
import { TlsSessions } from './tls-sessions.ts';
import { TlsUnderlay } from './tls-underlay.ts';

/** Is told how a handshake ended. */
export interface HandshakeSink {
  /** `underlay` is what lies below TLS, where its end is watched. */
  onSecured(socket: TLSSocket, underlay: TlsUnderlay | undefined): void;
  onHandshakeFailed(error: Error): void;
}

/** A handshake under way. */
export interface Handshake {
  /** Destroys the socket and tells nothing. After a timeout the session that was offered is not offered again. */
  stop(because: 'aborted' | 'timedOut'): void;
}

const DEFAULT_PROTOCOLS: readonly string[] = ['http/1.1'];

/** What a socket that nobody wants any more still says. */
function ignore(): void {}

/** Secures sockets with one set of options, and remembers the sessions that peers offer. */
export class TlsClient {
  readonly #options: ConnectionOptions;
  readonly #watchClose: boolean;
  readonly #sharesDefaults: boolean;
  readonly #sessions = new TlsSessions();
  #context: SecureContext | undefined;

  /**
   * `watchClose`: so that close_notify and a FIN alone can be told apart. `sharesDefaults`: where the options say nothing of what is
   * trusted, the context is that of all others of whom this is true.
   *
   * @throws OptionError where node:tls cannot make a context of the options.
   */
  constructor(options: Readonly<Record<string, unknown>> | undefined, watchClose = false, sharesDefaults = false) {
    this.#options = options ?? {};
    this.#watchClose = watchClose;
    this.#sharesDefaults = sharesDefaults;
    this.#context = this.#options.secureContext;
    // Where nothing can be wrong, certificates of the system are read when the first one is needed.
    if (hasContextOptions(this.#options)) this.#context ??= makeTlsContext(this.#options);
  }

  /** The protocols of ALPN, by name. */
  get offered(): readonly string[] {
    const protocols = this.#options.ALPNProtocols ?? DEFAULT_PROTOCOLS;
    return Array.isArray(protocols) ? protocols.map(String) : ['what tls.ALPNProtocols has'];
  }

  /** Begins the handshake. The sink is told one outcome; where it fails, the socket is destroyed. */
  start(socket: Socket, target: ConnectTarget, sink: HandshakeSink): Handshake {
    const peer = `${target.host}:${target.port} ${target.socketPath ?? ''}`;
    const session = this.#sessions.take(peer);
    const underlay = this.#watchClose ? new TlsUnderlay(socket) : undefined;
    let secured: TLSSocket;
    try {
      secured = connect(this.#connectOptions(underlay ?? socket, target, session));
    } catch (error) {
      socket.on('error', ignore);
      socket.destroy();
      sink.onHandshakeFailed(tlsOptionError(error));
      return { stop: ignore };
    }
    underlay?.carry(secured);
    const onSession = this.#rememberSessionsOf(peer);
    const forget = (): void => {
      if (session !== undefined) this.#sessions.forget(peer, session);
    };
    const removeListeners = (): void => {
      secured.off('secureConnect', onSecured);
      secured.off('error', onFailed);
      secured.off('close', onClosed);
    };
    const drop = (): void => {
      removeListeners();
      secured.off('session', onSession);
      secured.on('error', ignore);
      secured.destroy();
    };
    const onSecured = (): void => {
      removeListeners();
      underlay?.secured();
      sink.onSecured(secured, underlay);
    };
    const onFailed = (error: Error): void => {
      drop();
      forget();
      sink.onHandshakeFailed(error);
    };
    const onClosed = (): void => onFailed(new Error('the connection was closed'));
    secured.on('secureConnect', onSecured);
    secured.on('error', onFailed);
    secured.on('close', onClosed);
    // Stays for as long as the connection: TLS 1.3 sends its tickets when the handshake is over (RFC 8446 §4.6.1).
    secured.on('session', onSession);
    return {
      stop: (because) => {
        drop();
        if (because === 'timedOut') forget();
      },
    };
  }

  /** Apart from the handshake, so that what it held is not kept for as long as the connection. */
  #rememberSessionsOf(peer: string): (session: Buffer) => void {
    return (session) => this.#sessions.remember(peer, session);
  }

  #connectOptions(socket: Socket | TlsUnderlay, target: ConnectTarget, session: Buffer | undefined): ConnectionOptions {
    this.#context ??= this.#sharesDefaults ? commonTlsContext() : makeTlsContext({});
    // RFC 6066 §3: no addresses in server_name, and no dot at the end.
    const name = isAddress(target.host) ? undefined : target.host.replace(/\.$/, '');
    return {
      ...this.#options,
      ALPNProtocols: this.#options.ALPNProtocols ?? [...DEFAULT_PROTOCOLS],
      servername: this.#options.servername ?? name,
      session: session ?? this.#options.session,
      secureContext: this.#context,
      socket,
      // Whose name or address the certificate must have, unless the user gave another servername.
      host: target.host,
    };
  }
}
