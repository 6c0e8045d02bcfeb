// The typed events of a connection's life. Producers call one function; observers (access log, metrics) consume it.
import type { CloseReason } from './http/close-reason.ts';

/** `opened → active ⇄ idle → draining → closed`, the same names in trace, metrics, status page and documentation. */
export type ConnectionState = 'opened' | 'active' | 'idle' | 'draining' | 'closed';

/** What is known of one connection at one moment. Ages are in milliseconds. */
export interface ConnectionInfo {
  /** Counts up from 1 within one server. */
  readonly id: number;
  readonly state: ConnectionState;
  readonly protocol: 'http/1.0' | 'http/1.1';
  /** Requests whose head arrived on this connection so far. */
  readonly requests: number;
  readonly ageMs: number;
  /** How long it has been idle, 0 while it is not. */
  readonly idleMs: number;
  /** The peer as `address:port`, IPv6 in brackets. */
  readonly remote: string;
}

/** One finished exchange, for access logs and metrics. */
export interface ExchangeRecord {
  readonly connection: ConnectionInfo;
  /** 1 for the first request on its connection. */
  readonly requestNumber: number;
  /** Undefined where the request could not be parsed. */
  readonly request: { readonly method: string; readonly target: string; readonly version: '1.0' | '1.1' } | undefined;
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
}

/** Everything that is told about connections. */
export type TraceEvent =
  | { readonly type: 'opened'; readonly connection: ConnectionInfo }
  | { readonly type: 'exchange'; readonly exchange: ExchangeRecord }
  | { readonly type: 'closed'; readonly connection: ConnectionInfo; readonly reason: CloseReason }
  | { readonly type: 'refused'; readonly remote: string; readonly reason: 'tooManyConnections' };

/** Receives trace events. It is called synchronously on the hot path, so it must be quick and must not throw. */
export type TraceSink = (event: TraceEvent) => void;
