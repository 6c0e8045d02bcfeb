// One request and its response. Facts of an exchange live here and are replaced with it, never reset.
import type { CloseReason } from '../http/close-reason.ts';
import type { MessageState } from './states.ts';

/** One request and its response on a connection. Only machine.ts changes `requestState`, `responseState` and `next`. */
export class Exchange {
  readonly method: string;
  /** 0 for an HTTP/1.0 request. */
  readonly minorVersion: number;
  /** The request had the Connection token `close`. */
  readonly requestClose: boolean;
  /** The request had the Connection token `keep-alive`. */
  readonly requestKeepAlive: boolean;
  requestState: MessageState = 'awaited';
  responseState: MessageState = 'awaited';
  /** Bytes of the connection that came before its request, and up to the end of it; -1 until that has come. */
  receivedFrom = 0;
  receivedTo = -1;
  /** A doubt of its own that ends the connection after this exchange. */
  closeReason: CloseReason | undefined = undefined;
  /** The exchange behind it on the same connection (pipelining). */
  next: Exchange | undefined = undefined;

  constructor(method: string, minorVersion: number, requestClose: boolean, requestKeepAlive: boolean) {
    this.method = method;
    this.minorVersion = minorVersion;
    this.requestClose = requestClose;
    this.requestKeepAlive = requestKeepAlive;
  }
}
