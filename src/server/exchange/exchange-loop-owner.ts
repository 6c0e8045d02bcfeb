// What the exchange loop, and those who work for it, need of the connection below. Types only.
import type { Duplex } from 'node:stream';
import type { WireOutput } from '../../wire/index.ts';
import type { ConnectionProvenance } from '../connection/protocol-switch.ts';
import type { ConnectionHandle } from './exchange-life.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What the loop needs of the connection that it runs on. */
export interface ExchangeLoopOwner extends WireOutput, ConnectionHandle {
  /** The peer is slow to take what was written: nothing new should be begun. */
  readonly blocked: boolean;
  readonly ageMs: number;
  /** A batch of bytes is being read; what is written meanwhile leaves with its end. */
  readonly reading: boolean;
  /** The peer sent FIN: it asks for nothing more than it has asked for. */
  readonly peerEnded: boolean;
  /** Its two ends as `address:port`, IPv6 in brackets. */
  readonly transport: { readonly local?: string | undefined; readonly remote: string };
  readonly provenance: ConnectionProvenance;
  /** Bytes that were written so far, to the transport or to what goes there next. */
  readonly producedBytes: number;
  /** When the head that is being read began, on the monotonic clock; undefined where it came in one piece. */
  readonly headSinceMs: number | undefined;
  /** The idle time that follows this exchange, exactly; undefined, as every exchange begins with: that of the options. */
  idleTimeoutMs: number | undefined;
  /** A request began; returns its number on the connection, from 1. */
  exchangeBegun(minorVersion: number): number;
  /** Something happened outside of a read batch: write what there is and look at the deadlines. */
  settle(): void;
  /** The same when this turn of the event loop ends, so that answers which are ready together leave in one write. */
  settleSoon(): void;
  /** Resolves when the peer takes bytes again, or the connection has ended. */
  whenReady(): Promise<void>;
  pauseReading(): void;
  resumeReading(): void;
  /** An answer broke off in the middle; the peer must not take it for whole. */
  breakOff(untilClose: boolean): void;
  /** Writes what there is and gives the stream of the connection away; undefined where the peer is gone. */
  handOver(exchange: ServerExchange): Duplex | undefined;
  traceExchange(exchange: ServerExchange): void;
}
