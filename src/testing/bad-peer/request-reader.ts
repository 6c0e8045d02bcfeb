// Cuts what a client sends into requests (RFC 9112). Whatever comes, it never throws: what makes no sense becomes a malformed request.
import { openBodyReader } from '../../wire/body-reader.ts';
import type { BodyReader } from '../../wire/body-reader.ts';
import { WireConfiguration } from '../../wire/index.ts';
import type { HeadScanner, ProtocolFault, RequestHead } from '../../wire/index.ts';
import { readRequestHead } from '../../wire/message-head.ts';
import { MessageReader } from '../../wire/message-reader.ts';
import type { MessageReaderOwner } from '../../wire/message-reader.ts';

/** Is told of requests as they come. */
export interface RequestSink {
  /** A request begins; `head` is undefined where it is malformed. */
  onRequestHead(head: RequestHead | undefined): void;
  /** A piece of the body of the one that began last. */
  onRequestBody(bytes: Buffer): void;
  /** The one that began last is complete. */
  onRequestEnd(): void;
  /** The one that began last makes no sense, and nothing further is read. */
  onRequestMalformed(fault: ProtocolFault): void;
}

/** Generous limits, so that clients with large heads can be tested, too. */
const CONFIGURATION = new WireConfiguration({ headerBytes: 262_144, headerFields: 1_000, targetBytes: 65_536 });

/** Reads the requests of one connection. */
export class RequestReader implements MessageReaderOwner {
  readonly #sink: RequestSink;
  readonly #reader: MessageReader;
  #head: RequestHead | undefined;
  #underWay = false;
  #closed = false;
  readonly paused = false;

  constructor(sink: RequestSink) {
    this.#sink = sink;
    this.#reader = new MessageReader('request', CONFIGURATION, this);
  }

  /** Whether a part of a head has arrived. */
  get headBegun(): boolean {
    return this.#reader.headBegun;
  }

  receive(bytes: Buffer): void {
    this.#reader.receive(bytes);
  }

  /** The client sent FIN. */
  receiveEnd(): void {
    this.#reader.receiveEnd();
  }

  /** Nothing behind the request that began last is one (RFC 9112 §9.6). */
  readNoMore(): void {
    this.#closed = true;
  }

  /** Of {@link MessageReaderOwner}. */
  expectsHead(): boolean {
    return !this.#closed;
  }

  /** Of {@link MessageReaderOwner}. */
  openMessage(scanner: HeadScanner, bytes: Buffer, start: number): BodyReader | undefined | ProtocolFault {
    const head = readRequestHead(scanner, bytes, start, CONFIGURATION.leniency);
    if (typeof head === 'string') return head;
    const body = openBodyReader(head.body, CONFIGURATION.limits, CONFIGURATION.leniency);
    if (typeof body !== 'string') this.#head = head;
    return body;
  }

  /** Of {@link MessageReaderOwner}. */
  startMessage(hasBody: boolean): void {
    const head = this.#head;
    this.#head = undefined;
    this.#underWay = hasBody;
    this.#sink.onRequestHead(head);
    head?.lines.release();
    if (!hasBody) this.#sink.onRequestEnd();
  }

  /** Of {@link MessageReaderOwner}. */
  onBody(bytes: Buffer): void {
    if (bytes.length > 0) this.#sink.onRequestBody(bytes);
  }

  /** Of {@link MessageReaderOwner}. Nobody asks for the trailers of a request here. */
  onTrailers(): void {}

  /** Of {@link MessageReaderOwner}. */
  endMessage(): void {
    this.#underWay = false;
    this.#sink.onRequestEnd();
  }

  /** Of {@link MessageReaderOwner}. */
  failMessage(fault: ProtocolFault): void {
    if (!this.#underWay) this.#sink.onRequestHead(undefined);
    this.#underWay = false;
    this.#sink.onRequestMalformed(fault);
  }
}
