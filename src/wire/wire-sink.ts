// Who is told what arrives on a connection, and at which end. Types only.
import type { Exchange } from './exchange.ts';
import type { FieldLines } from './field-lines.ts';
import type { RequestHead, ResponseHead } from './message-head.ts';
import type { ProtocolError } from './protocol-error.ts';
import type { PartialHead } from './scanned-head.ts';

/** Which end of a connection this is. */
export type WireRole = 'server' | 'client';

/** Is told what arrives, in order. Called synchronously from `receive`, `receiveEnd` and `resume`. */
export interface WireSink {
  /** A request (role server) or a final response (role client) begins. */
  onHead(head: RequestHead | ResponseHead, exchange: Exchange): void;
  /** A 1xx response, role client only. */
  onInterim(head: ResponseHead, exchange: Exchange): void;
  /** A piece of the body of the message that began last. */
  onBody(bytes: Buffer, exchange: Exchange): void;
  onTrailers(lines: FieldLines, exchange: Exchange): void;
  /** The message is complete. */
  onEnd(exchange: Exchange): void;
  /**
   * The peer broke the protocol. Nothing further is read; a server may still answer `exchange`. `partial` is what came of a head that is
   * broken, where heads are read by lines.
   */
  onError(error: ProtocolError, exchange: Exchange | undefined, partial?: PartialHead): void;
}
