// The life of one exchange and of its connection, for those who put another interface on top of handlers (perdura/node). Types only.
import type { CloseReason } from '../../http/close-reason.ts';
import type { ConnectionInfo } from '../../trace.ts';

/** Is told how an exchange ends. Called synchronously from the work of its connection: be quick, and do not throw. */
export interface ExchangeWatcher {
  /** The fields behind the body of the request, names as sent and values in turn. Told before the end of the body can be read. */
  onTrailers(fields: readonly string[]): void;
  /** The client has ended its side (FIN): it may be gone, or wait for the answer. HTTP/1 only; a FIN ends a connection of HTTP/2 soon. */
  onPeerEnded(): void;
  /** Once: the answer is wholly handed to the transport (`error` undefined), or is not wanted any more. */
  onEnd(error: Error | undefined): void;
}

/** A connection that can be held on to: the same object for all its exchanges. */
export interface ConnectionHandle {
  info(): ConnectionInfo;
  /** Ends it in an orderly way if it is doing nothing; returns whether it did. */
  closeIdle(reason: CloseReason): boolean;
  /** Ends it at once. */
  destroy(reason: CloseReason): void;
  /** Says who is told, once, when it has ended; one at most. */
  watchClose(onClosed: () => void): void;
}

/** One exchange that can be watched and broken off. */
export interface ExchangeLife {
  readonly handle: ConnectionHandle;
  /** Whether several exchanges share the connection at the same time (HTTP/2), so that its end is not theirs. */
  readonly multiplexed: boolean;
  /** Says who is told of the end; one at most. */
  watch(watcher: ExchangeWatcher): void;
  /** Gives the exchange up: the connection (HTTP/1) or the stream (HTTP/2) ends at once, so that nobody takes a part for the whole. */
  breakOff(): void;
}
