// What the client needs to open a connection, and what it learns on the way. connector.ts does it for real; tests bring their own.
import type { Transport } from './transport.ts';

/** Where to connect. */
export interface ConnectTarget {
  readonly scheme: 'http' | 'https';
  /** A name or an address; IPv6 without brackets. Also the name that TLS checks. */
  readonly host: string;
  readonly port: number;
  /** Path of a unix socket that is used instead of host and port; undefined for TCP. */
  readonly socketPath: string | undefined;
}

/** A connection that was opened. */
export interface OpenedConnection {
  readonly transport: Transport;
  /** The address that answered, as the resolver gave it; empty for a unix socket. */
  readonly address: string;
  readonly totalMs: number;
  readonly lookupMs: number;
  readonly connectMs: number;
  readonly tls: TlsRecord | undefined;
}

/** How TLS was begun. */
export interface TlsRecord {
  readonly protocol: string;
  /** Whether a session of an earlier connection was resumed. */
  readonly resumed: boolean;
  readonly handshakeMs: number;
  /** The protocol chosen by ALPN (RFC 7301); undefined where none was. */
  readonly alpn?: string | undefined;
}

/** Is told the one outcome of an opening. Never called from within `open`. */
export interface OpeningSink {
  onOpened(opened: OpenedConnection): void;
  onOpenFailed(error: Error): void;
}

/** Is told the one outcome of securing a transport. Never called from within `secure`. */
export interface SecuringSink {
  onSecured(transport: Transport, tls: TlsRecord): void;
  onSecuringFailed(error: Error): void;
}

/** An opening under way. */
export interface Opening {
  /** Gives it up; the sink is told nothing then. Does nothing once the sink was told. */
  abort(): void;
}

/** Opens connections. */
export interface ConnectionOpener {
  open(target: ConnectTarget, sink: OpeningSink): Opening;
  /** The addresses that the name has now; looked up anew, never from memory. Rejects where that fails. */
  resolve(host: string): Promise<readonly string[]>;
  /**
   * Begins TLS with the target over a transport that was opened here and leads to it. The transport is given away. There is no
   * deadline: whoever opened the way knows what is left of its own. Only those who open tunnels need it.
   */
  secure?(transport: Transport, target: ConnectTarget, sink: SecuringSink): Opening;
}
