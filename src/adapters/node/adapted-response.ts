// The `res` of a listener: a real ServerResponse whose head and body go to an exchange of ours instead of a socket.
import { ServerResponse } from 'node:http';
import type { AdaptedRequest } from './adapted-request.ts';
import { responseInternals } from './message-internals.ts';
import type { Callback, GivenHeaders } from './message-internals.ts';
import { readOutgoingHead } from './outgoing-head.ts';
import type { OutgoingHead } from './outgoing-head.ts';

/** Where a response goes. */
export interface ResponseSink {
  /** The head is decided; it need not go out yet. */
  head(head: OutgoingHead): void;
  /** A piece of the body, which may be empty: then the head should go. Returns false where the application should wait for `drain`. */
  send(data: string | Uint8Array, encoding: string | null | undefined, callback: Callback | null | undefined): boolean;
  /** The bytes of an interim response. */
  interim(text: string, callback: Callback | null | undefined): void;
  /** `end` was called, and everything was passed on. */
  ended(): void;
}

/**
 * Everything that an application can see is the code of Node.js; replaced are the few functions below it that write to a socket. They
 * are own properties: middleware replaces `writeHead`, `write` and `end`, and frameworks replace the prototype, but neither touches these.
 */
export class AdaptedResponse extends ServerResponse<AdaptedRequest> {
  readonly #sink: ResponseSink;

  constructor(request: AdaptedRequest, sink: ResponseSink, keepAlive: boolean) {
    super(request);
    this.#sink = sink;
    this.shouldKeepAlive = keepAlive;
    // HTTP/1.0 and HTTP/2 have no chunks, but how the end of a body is told is not for this class to say.
    this.useChunkedEncodingByDefault = true;
    const internals = responseInternals(this);
    internals._storeHeader = storeHeader;
    internals._send = send;
    internals._writeRaw = writeRaw;
    internals._finish = finish;
    internals._flushOutput = flushOutput;
  }

  static sinkOf(response: AdaptedResponse): ResponseSink {
    return response.#sink;
  }

  /** There is room again: emits `drain` where somebody waits for it. */
  static drain(response: AdaptedResponse): void {
    if (!response.writableEnded && !response.destroyed) responseInternals(response)._flush();
  }

  /** The exchange is over, whichever way. */
  static close(response: AdaptedResponse): void {
    const internals = responseInternals(response);
    if (internals._closed) return;
    response.destroyed = true;
    internals._closed = true;
    response.emit('close');
  }
}

function storeHeader(this: AdaptedResponse, firstLine: string, headers: GivenHeaders): void {
  const head = readOutgoingHead(this, headers);
  const internals = responseInternals(this);
  internals._header = firstLine;
  internals._headerSent = false;
  if (head.length !== undefined) internals._contentLength = head.length;
  AdaptedResponse.sinkOf(this).head(head);
}

function send(
  this: AdaptedResponse,
  data: string | Uint8Array,
  encoding?: string | null,
  callback?: Callback | null,
): boolean {
  return AdaptedResponse.sinkOf(this).send(data, encoding, callback);
}

function writeRaw(
  this: AdaptedResponse,
  data: string | Uint8Array,
  encoding?: string | Callback | null,
  callback?: Callback | null,
): boolean {
  const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
  AdaptedResponse.sinkOf(this).interim(text, typeof encoding === 'function' ? encoding : callback);
  return true;
}

function finish(this: AdaptedResponse): void {
  // Of the prototype, whichever it is by now: performance hooks and `prefinish`.
  responseInternals(ServerResponse.prototype)._finish.call(this);
  AdaptedResponse.sinkOf(this).ended();
}

function flushOutput(): boolean {
  return true;
}
