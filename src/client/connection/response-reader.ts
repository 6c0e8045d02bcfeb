// Reads the responses of one connection, one after the other: what the wire finds becomes heads and bodies, and nobody's bytes are
// read no further than they are worth.
import { Headers } from '../../http/headers.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import { WireConnection } from '../../wire/index.ts';
import type { FieldLines, ProtocolError, RequestHead, ResponseHead, WireConfiguration } from '../../wire/index.ts';
import type { WireOutput, WireSink } from '../../wire/index.ts';
import { ResponseBody } from '../response/response-body.ts';
import type { BodyOwner } from '../response/response-body.ts';

/** What the reader tells its connection. All but the last four are called from within `receive`, `receiveEnd` and `resumeBody`. */
export interface ResponseReaderOwner {
  /** Whether the response is for the request that waits; otherwise the connection has ended within the call. */
  acceptsHead(head: ResponseHead): boolean;
  onHead(head: ResponseHead, body: ResponseBody): void;
  onInterim(head: ResponseHead): void;
  /** The response is complete; its body is told behind this. */
  onResponseEnd(): void;
  onProtocolError(error: ProtocolError): void;
  /** Nobody takes what has arrived. */
  onReadingPaused(): void;
  onReadingResumed(): void;
  /** What had waited was read. */
  onReadOn(): void;
  /** The rest of the body is for nobody: it is drained, or not worth it. */
  onBodyAbandoned(worthDraining: boolean): void;
}

/** See the head of the file. */
export class ResponseReader implements WireSink, BodyOwner {
  readonly wire: WireConnection;
  readonly #owner: ResponseReaderOwner;
  readonly #drainBytes: number;
  #body: ResponseBody | undefined;
  #trailers: Headers | undefined;
  /** What is left of the bytes that are read for nobody; undefined while somebody wants the body. */
  #drainableBytes: number | undefined;
  #receivedBytes = 0;

  constructor(owner: ResponseReaderOwner, configuration: WireConfiguration, output: WireOutput, drainBytes: number) {
    this.#owner = owner;
    this.#drainBytes = drainBytes;
    this.wire = new WireConnection('client', configuration, this, output);
  }

  /** Whether the head of a response was told and its end was not. */
  get hasBody(): boolean {
    return this.#body !== undefined;
  }

  /** Whether it waits for the consumer of the body. */
  get paused(): boolean {
    return this.wire.paused;
  }

  /** Whether nobody wants the body and more of it came than is worth reading. */
  get overdrawn(): boolean {
    return this.#drainableBytes !== undefined && this.#drainableBytes < 0;
  }

  get draining(): boolean {
    return this.#drainableBytes !== undefined;
  }

  /** Bytes of the response that is awaited or read. Its beginning counts also where it stood in the bytes of the one before. */
  get responseBytes(): number {
    return this.#receivedBytes === 0 && this.wire.headBegun ? 1 : this.#receivedBytes;
  }

  /** A request was sent and none is in flight before it. */
  expectResponse(): void {
    this.#receivedBytes = 0;
  }

  receive(bytes: Buffer): void {
    this.#receivedBytes += bytes.length;
    if (this.#drainableBytes !== undefined) this.#drainableBytes -= bytes.length;
    this.wire.receive(bytes);
  }

  /** Ends reading. Returns the body that is left without its end. */
  stop(reason: CloseReason): ResponseBody | undefined {
    const body = this.#body;
    this.#body = undefined;
    this.wire.break(reason);
    return body;
  }

  onHead(head: RequestHead | ResponseHead): void {
    if (head.kind === 'request' || !this.#owner.acceptsHead(head)) return;
    this.#body = new ResponseBody(this);
    this.#owner.onHead(head, this.#body);
  }

  onInterim(head: ResponseHead): void {
    this.#owner.onInterim(head);
  }

  onBody(bytes: Buffer): void {
    this.#body?.push(bytes);
  }

  onTrailers(lines: FieldLines): void {
    this.#trailers = Headers.fromList(lines.loadFields());
  }

  onEnd(): void {
    const body = this.#body;
    if (body === undefined) return;
    const trailers = this.#trailers;
    this.#body = undefined;
    this.#trailers = undefined;
    this.#drainableBytes = undefined;
    this.#receivedBytes = 0;
    // Its last piece may have been more than the consumer takes at once: what comes behind it is not for him.
    this.#endPause();
    this.#owner.onResponseEnd();
    body.finish(trailers);
  }

  onError(error: ProtocolError): void {
    this.#owner.onProtocolError(error);
  }

  pauseBody(): void {
    if (this.#body === undefined) return;
    this.wire.pause();
    this.#owner.onReadingPaused();
  }

  resumeBody(): void {
    if (this.#body === undefined || !this.wire.paused) return;
    this.#endPause();
    this.#owner.onReadOn();
  }

  /** A small rest is read and thrown away; a larger one costs more than a new connection. */
  abandonBody(): void {
    if (this.#body === undefined) return;
    const remaining = this.wire.bodyRemainingBytes;
    const isWorthIt = remaining <= this.#drainBytes || remaining === Infinity;
    const worthDraining = isWorthIt && this.wire.persistence === 'persistent';
    if (worthDraining) this.#drainableBytes = this.#drainBytes;
    this.#owner.onBodyAbandoned(worthDraining);
    if (worthDraining) this.resumeBody();
  }

  #endPause(): void {
    if (!this.wire.paused) return;
    this.wire.resume();
    // What had waited in the wire may again be more than the consumer takes at once.
    if (!this.wire.paused) this.#owner.onReadingResumed();
  }
}
