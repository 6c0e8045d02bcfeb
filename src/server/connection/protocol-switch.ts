// How a connection comes to another protocol than HTTP/1. Types only.
import type { Transport } from '../../io/index.ts';
import type { ConnectionInfo } from '../../trace.ts';
import type { ServedConnection } from './served-connection.ts';

/** How a connection came here: over TLS, through a proxy that announced it. */
export type ConnectionProvenance = Pick<ConnectionInfo, 'tls' | 'proxied'>;

/** What is known of a connection before its first frame. */
export interface ConnectionOrigin {
  readonly id: number;
  /** On the monotonic clock. */
  readonly openedAtMs: number;
  readonly provenance: ConnectionProvenance;
}

/** Makes connections of HTTP/2. */
export interface Http2Acceptor {
  /** Of a transport that nobody attached to, where the client chose HTTP/2 (ALPN). Undefined where the transport has no stream to give away. */
  accept(origin: ConnectionOrigin, transport: Transport): ServedConnection | undefined;
  /**
   * Asked for the first bytes of a connection, all of them so far. `yes`: it speaks HTTP/2 and goes on without the one that asks;
   * `notYet`: they may become the preface of HTTP/2; `no`: they never will.
   */
  takeOver(
    connection: ServedConnection & ConnectionOrigin,
    transport: Transport,
    bytes: Buffer,
  ): 'yes' | 'notYet' | 'no';
}
