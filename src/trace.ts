// The typed events of a connection's life. Producers call one function; observers (access log, metrics) consume it.
import type { CloseReason } from './http/close-reason.ts';
import type { KeepAliveHint } from './http/keep-alive-field.ts';
import type { Origin } from './http/origin.ts';

/** `opened → active ⇄ idle → draining → closed`, the same names in trace, metrics, status page and documentation. */
export type ConnectionState = 'opened' | 'active' | 'idle' | 'draining' | 'closed';

/** What is known of one connection at one moment. Ages are in milliseconds. */
export interface ConnectionInfo {
  /** Counts up from 1 within one server. */
  readonly id: number;
  readonly state: ConnectionState;
  /** `h2` is HTTP/2, over TLS or not. */
  readonly protocol: 'http/1.0' | 'http/1.1' | 'h2';
  /** Requests whose head arrived on this connection so far. */
  readonly requests: number;
  readonly ageMs: number;
  /** How long it has been idle, 0 while it is not. */
  readonly idleMs: number;
  /** The peer as `address:port`, IPv6 in brackets. */
  readonly remote: string;
  /** Present on connections of a server over TLS. */
  readonly tls?: ConnectionTls | undefined;
  /** Present where a trusted proxy announced the connection by the PROXY protocol; `remote` is then the client that it named, if any. */
  readonly proxied?: ProxiedConnection | undefined;
  /** Present on connections of a server while it asks the client whether it lives. */
  readonly liveness?: ConnectionLiveness | undefined;
}

/** What keepalive signals say of a client. */
export interface ConnectionLiveness {
  /** `suspect` has missed some signals, `suspended` holds them back while the peer does not read. */
  readonly state: 'idle' | 'scheduled' | 'awaitingAck' | 'suspect' | 'down' | 'suspended';
  /** Signals in a row that were not acknowledged. */
  readonly missed: number;
  /** The last round trip; undefined where none was measured. */
  readonly rttMs: number | undefined;
}

/** Who sent a request, and to what site: as trusted proxies say, else as the connection and the request itself say. */
export interface ClientInfo {
  /** IPv4 in dots, or IPv6 without brackets; empty where the connection has no address. */
  readonly address: string;
  /** Undefined where nobody said it. */
  readonly port?: number;
  /** How the client reached the first trusted proxy, or this server. */
  readonly protocol: 'http' | 'https';
  /** The host with its port that the client asked for, as in a Host field; empty where it named none. */
  readonly host: string;
}

/** What a proxy said of a connection before its first byte. */
export interface ProxiedConnection {
  /** The proxy as `address:port`. */
  readonly via: string;
  /** What the client connected to; undefined where the proxy spoke for itself, as health checks do. */
  readonly destination: { readonly address: string; readonly port: number } | undefined;
  /** Whether the client came to the proxy over TLS; undefined where the proxy did not say. */
  readonly secure: boolean | undefined;
}

/** What a TLS handshake agreed on. */
export interface ConnectionTls {
  /** By ALPN (RFC 7301); undefined where the client did not ask. */
  readonly alpn: 'h2' | 'http/1.1' | undefined;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly version: string;
  /** As OpenSSL calls it, e.g. `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The name that the client asked for (RFC 6066 §3); undefined where it named none. */
  readonly servername: string | undefined;
  /** Whether the handshake took up an earlier session. */
  readonly resumed: boolean;
}

/** Why a connection came to nothing before it carried anything. */
export type RefusalReason =
  | 'tooManyConnections'
  /** Its client, or its network of IPv6, has `limits.connectionsPerAddress` open already. */
  | 'tooManyFromAddress'
  /** A trusted proxy did not begin with a header of the PROXY protocol, or with a broken one. */
  | 'badProxyHeader'
  /** The TLS handshake went wrong; `code` says how, `peerClosed` where the peer gave up or only looked whether somebody listens. */
  | 'handshakeFailed'
  | 'handshakeTimeout'
  /** Somebody speaks plain HTTP on a port for TLS; they were told so. */
  | 'plainHttp'
  /** It made room for a newcomer before its handshake was done. */
  | 'shed'
  /** The server went away before its handshake was done. */
  | 'draining';

/** One finished exchange, for access logs and metrics. */
export interface ExchangeRecord {
  readonly connection: ConnectionInfo;
  /** 1 for the first request on its connection. */
  readonly requestNumber: number;
  /** Undefined where the request could not be parsed. */
  readonly request:
    | { readonly method: string; readonly target: string; readonly version: '1.0' | '1.1' | '2.0' }
    | undefined;
  /** A field of the request by lower-case name; undefined where it was not sent. */
  requestField(name: string): string | undefined;
  readonly status: number;
  /** Bytes of the response body that were handed to the transport. */
  readonly bodyBytes: number;
  /** Wall clock, milliseconds since 1970, at which the request's head was complete. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Whether the connection stays open after this response. */
  readonly persistent: boolean;
  /** Who asked, as far as trusted proxies say; present where some are trusted, and where the handler wanted to know it. */
  readonly client?: ClientInfo | undefined;
}

/** Everything that is told about connections. */
export type TraceEvent =
  | { readonly type: 'opened'; readonly connection: ConnectionInfo }
  | { readonly type: 'exchange'; readonly exchange: ExchangeRecord }
  | { readonly type: 'closed'; readonly connection: ConnectionInfo; readonly reason: CloseReason }
  /** Something became scarce, or no longer is. `causes` name it, the scarcest first. */
  | {
      readonly type: 'pressure';
      readonly level: 'none' | 'rising' | 'high';
      readonly causes: readonly ('connections' | 'fileDescriptors' | 'memory')[];
    }
  | {
      readonly type: 'refused';
      readonly remote: string;
      readonly reason: RefusalReason;
      /** What went wrong in a short name, such as `ERR_SSL_NO_SHARED_CIPHER`; undefined where the reason says it all. */
      readonly code?: string | undefined;
    };

/** Receives trace events. It is called synchronously on the hot path, so it must be quick and must not throw. */
export type TraceSink = (event: TraceEvent) => void;

/** A connection of a session, as its `connections()` and its trace show it. */
export interface ClientConnectionInfo extends ConnectionInfo {
  /** Where requests on it go to; the proxy itself where it forwards those of http. */
  readonly origin: Origin;
  /** The proxy that it goes through, whose address `remote` is; undefined: none. */
  readonly proxy?: Origin | undefined;
  /** Present where the session keeps idle connections of this origin alive by signals. */
  readonly heartbeat?: ConnectionHeartbeatInfo | undefined;
}

/** What is known of the heartbeat of one connection of a session. Signals are not among its `requests`, and `idleMs` counts from the last. */
export interface ConnectionHeartbeatInfo {
  /** Whether it is idle and one of those that are kept. */
  readonly warm: boolean;
  readonly sent: number;
  readonly acknowledged: number;
  /** The round trip of the last acknowledgement; undefined before the first one. */
  readonly rttMs: number | undefined;
  /** How long ago that was; undefined before the first one. */
  readonly sinceAckMs: number | undefined;
  /** How long no caller has used the origin. */
  readonly unusedMs: number;
}

/** How a connection was opened. */
export interface OpeningRecord {
  /** From the decision to connect to a connection that can be used. */
  readonly totalMs: number;
  /** Looking up the name; 0 where it was an address or its addresses were known. */
  readonly lookupMs: number;
  /** The TCP handshake of the address that won: about one round trip. */
  readonly connectMs: number;
  /** Undefined without TLS. */
  readonly tls: { readonly protocol: string; readonly resumed: boolean; readonly handshakeMs: number } | undefined;
}

/** Why a request was sent again. */
export type RetryCause =
  | 'connectFailed'
  | 'writeFailed'
  | 'requestIncomplete'
  | 'endedBeforeResponse'
  | 'requestTimeout'
  | 'silent'
  | 'pipelineBroken';

/** One time that a request was sent again. */
export interface RetryRecord {
  readonly cause: RetryCause;
  /** The connection that failed it; undefined where none was opened. */
  readonly connectionId: number | undefined;
  /** How long that connection had been idle before; 0 where it was new. */
  readonly idleMs: number;
}

/** What is said of a request in the trace of a session. */
export interface RequestSummary {
  readonly method: string;
  readonly url: string;
}

/** Everything that is told about the connections of a session. Ages and durations are in milliseconds. */
export type SessionEvent =
  | { readonly type: 'connecting'; readonly origin: Origin; readonly proxy?: Origin | undefined }
  | {
      readonly type: 'connectFailed';
      readonly origin: Origin;
      readonly proxy?: Origin | undefined;
      readonly error: Error;
    }
  | { readonly type: 'opened'; readonly connection: ClientConnectionInfo; readonly opening: OpeningRecord }
  /**
   * A request went out on a connection that served one before. `idleMs` is 0 where it was busy until now. `inFlight` counts the
   * requests without a complete answer on it, this one included: more than one is pipelining.
   */
  | {
      readonly type: 'reused';
      readonly connection: ClientConnectionInfo;
      readonly idleMs: number;
      readonly inFlight: number;
    }
  /** The connection waits for the next request until `deadlineMs` from now at most, for the reason that is named. */
  | {
      readonly type: 'idle';
      readonly connection: ClientConnectionInfo;
      readonly deadlineMs: number;
      readonly because: IdleLimit;
      /** What the server last promised in `Keep-Alive` on it; undefined where it promised nothing. */
      readonly serverAdvertised: KeepAliveHint | undefined;
    }
  /** The loop was late, so the connection was looked at before its reuse: `alive`, or it had ended or spoken meanwhile. */
  | { readonly type: 'validated'; readonly connection: ClientConnectionInfo; readonly alive: boolean }
  | {
      readonly type: 'response';
      readonly connection: ClientConnectionInfo;
      readonly request: RequestSummary;
      readonly status: number;
      readonly waitMs: number;
    }
  | { readonly type: 'retried'; readonly request: RequestSummary; readonly retry: RetryRecord }
  /** A reused connection stayed silent for so long that a second attempt was started beside it. */
  | {
      readonly type: 'hedged';
      readonly request: RequestSummary;
      readonly silentMs: number;
      readonly connectionId: number;
    }
  /** A response that nobody reads holds its connection. `acquiredAt` is a stack where those are recorded. */
  | {
      readonly type: 'leaked';
      readonly connection: ClientConnectionInfo;
      readonly request: RequestSummary;
      readonly heldMs: number;
      readonly acquiredAt: string | undefined;
    }
  /** A signal on an idle connection was answered after `rttMs`. `idleMs`: how long the connection had been idle. */
  | {
      readonly type: 'heartbeat';
      readonly connection: ClientConnectionInfo;
      readonly outcome: 'ack';
      readonly status: number;
      readonly rttMs: number;
      readonly idleMs: number;
    }
  /** It was not answered within `silentMs`, so that the connection is lost. */
  | {
      readonly type: 'heartbeat';
      readonly connection: ClientConnectionInfo;
      readonly outcome: 'missed';
      readonly silentMs: number;
      readonly idleMs: number;
    }
  /** The server ends connections over signals, so the origin gets none from now on. */
  | {
      readonly type: 'heartbeat';
      readonly connection: ClientConnectionInfo;
      readonly outcome: 'refused';
      /** Of the answer that it ended the last one with; undefined where there was none. */
      readonly status: number | undefined;
    }
  /** `unsolicited` are the first bytes that came on an idle connection, as text. */
  | {
      readonly type: 'closed';
      readonly connection: ClientConnectionInfo;
      readonly reason: CloseReason;
      readonly unsolicited?: string;
    };

/** Which rule limits how long an idle connection is trusted. */
export type IdleLimit = 'option' | 'serverHint' | 'learned';

/** Receives the events of a session. Called synchronously on the hot path, so it must be quick and must not throw. */
export type SessionTraceSink = (event: SessionEvent) => void;
