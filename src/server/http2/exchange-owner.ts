// What an exchange of HTTP/2 needs of its connection. Types only.
import type { CloseReason } from '../../http/close-reason.ts';
import type { ConnectionHandle } from '../exchange/exchange-life.ts';
import type { ServerCore } from '../server-core.ts';
import type { StreamEnd } from './stream-end.ts';
import type { StreamDeadlines } from './stream-deadlines.ts';

/** See the head of the file. */
export interface Http2ExchangeOwner extends ConnectionHandle {
  readonly core: ServerCore;
  readonly deadlines: StreamDeadlines;
  /** Whether further requests may come. */
  readonly persistent: boolean;
  /** Why the server itself destroyed the connection; undefined where it did not. */
  readonly destroyedFor: CloseReason | undefined;
  /** The stream of an exchange is over. */
  exchangeEnded(end: StreamEnd): void;
  /** A client let the deadline of an answer pass: perhaps it reads nothing any more. */
  exchangeStalled(): void;
  closeGracefully(reason: CloseReason): void;
}
