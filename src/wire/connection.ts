// One HTTP/1.x connection without I/O, for both roles (RFC 9112): bytes in, messages out to a sink; messages in, bytes out.
// It knows nothing of time and sockets. Policy (what to answer, when to close) belongs to its owner.
import { MisuseError } from '../errors.ts';
import type { CloseReason } from '../http/close-reason.ts';
import { openBodyReader } from './body-reader.ts';
import type { BodyReader } from './body-reader.ts';
import { BodyWriter, assertWholeBody, formatFramingLine } from './body-writer.ts';
import type { WireOutput } from './body-writer.ts';
import type { MessageScanner, WireConfiguration } from './configuration.ts';
import { Exchange } from './exchange.ts';
import type { FieldLines } from './field-lines.ts';
import type { BodyFraming } from './framing.ts';
import type { HeadScanner } from './head-scanner.ts';
import { ConnectionMachine } from './machine.ts';
import { decideFramingDoubt, decideUpgrade, readRequestHead, readResponseHead } from './message-head.ts';
import type { RequestHead, ResponseHead } from './message-head.ts';
import { MessageReader } from './message-reader.ts';
import type { MessageReaderOwner } from './message-reader.ts';
import { decideClientPersistence, decideServerPersistence } from './persistence.ts';
import { ProtocolError } from './protocol-error.ts';
import type { ProtocolFault } from './protocol-error.ts';
import { formatRequestLine, formatStatusLine } from './start-line.ts';
import type { PartialHead } from './scanned-head.ts';
import type { MessageEvent } from './states.ts';
import type { WireRole, WireSink } from './wire-sink.ts';

/** See the head of the file. */
export class WireConnection implements MessageReaderOwner {
  readonly #role: WireRole;
  readonly #configuration: WireConfiguration;
  readonly #sink: WireSink;
  readonly #output: WireOutput;
  readonly #machine = new ConnectionMachine();
  readonly #reader: MessageReader;
  /** The exchange whose message is being read, with its head until the sink was told of it. */
  #reading: Exchange | undefined;
  #head: RequestHead | ResponseHead | undefined;
  #writer: BodyWriter | undefined;
  /** Up to the end of the message that was read last. */
  #receivedBytes = 0;
  /** Whether reading stops after the current callback. */
  paused = false;

  constructor(role: WireRole, configuration: WireConfiguration, sink: WireSink, output: WireOutput) {
    this.#role = role;
    this.#configuration = configuration;
    this.#sink = sink;
    this.#output = output;
    this.#reader = new MessageReader(role === 'server' ? 'request' : 'response', configuration, this);
  }

  /** `persistent` while further exchanges may follow, `closed` once nothing is left to be read or written. */
  get persistence(): 'persistent' | 'closing' | 'closed' {
    return this.#machine.persistence;
  }

  get closeReason(): CloseReason | undefined {
    return this.#machine.closeReason;
  }

  /** The exchange whose response is next on the wire. */
  get oldest(): Exchange | undefined {
    return this.#machine.oldest;
  }

  /** The exchange whose message is being read. */
  get reading(): Exchange | undefined {
    return this.#reading;
  }

  /** Whether a part of a head has arrived, so that the peer owes the rest. */
  get headBegun(): boolean {
    return this.#reader.headBegun;
  }

  /** Bytes of the body still to come where its length is known, Infinity where it is not, 0 where none is expected. */
  get bodyRemainingBytes(): number {
    return this.#reader.bodyRemainingBytes;
  }

  /** Bytes received that wait because reading is paused. */
  get unreadBytes(): number {
    return this.#reader.unreadBytes;
  }

  /** Bytes of whole heads and of bodies that were read so far. */
  get consumedBytes(): number {
    return this.#reader.consumedBytes;
  }

  /** What came of the head that is being read; undefined where none is, or heads are read by bytes. */
  get partialHead(): PartialHead | undefined {
    return this.#reader.partialHead;
  }

  /** Takes bytes from the peer. */
  receive(bytes: Buffer): void {
    this.#reader.receive(bytes);
  }

  /** The peer sent FIN. */
  receiveEnd(): void {
    this.#reader.receiveEnd();
  }

  /** Stops reading after the current callback. Bytes that arrive meanwhile are kept, so the owner must pause its transport. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#reader.advance();
  }

  /** No exchange after `exchange` (undefined: after those that are open); later requests are dropped unanswered. */
  stopAfter(exchange: Exchange | undefined, reason: CloseReason): void {
    this.#machine.stopAfter(exchange, reason);
    // What is being read belongs to an exchange that was just dropped, or to none.
    if (this.#role === 'server' && this.#reading !== this.#machine.newest) this.#stopReading();
  }

  /** Role server: gives up waiting for the rest of the head or body that is being read. The exchange can still be answered. */
  failReading(reason: CloseReason): Exchange | undefined {
    let exchange = this.#reading;
    if (exchange === undefined && this.headBegun && this.expectsHead() === true) exchange = this.#openUnreadable();
    // Within the callback for its head, a request without a body is complete already.
    else if (exchange?.requestState !== 'body') return undefined;
    exchange.closeReason ??= reason;
    this.#machine.stopAfter(exchange, reason);
    this.#machine.request(exchange, 'fail');
    this.#stopReading();
    return exchange;
  }

  /** Role server: another protocol begins behind the head that was read last; gives away the bytes that came with it. */
  takeOver(): Buffer {
    const unread = this.#reader.takeUnread();
    this.break('upgraded');
    return unread;
  }

  /** Gives everything up. */
  break(reason: CloseReason): void {
    this.#machine.break(reason);
    this.#stopReading();
  }

  /**
   * Role server: why the connection will end after this response, or undefined if it persists.
   * `policyReason` is the server's own: keep-alive off, limits, draining.
   */
  decideClose(
    exchange: Exchange,
    policyReason: CloseReason | undefined,
    untilClose: boolean,
    responseClose: boolean,
  ): CloseReason | undefined {
    return decideServerPersistence(exchange, policyReason, untilClose, responseClose);
  }

  /** Role server: sends a 1xx response ahead of the final one. */
  sendInterim(exchange: Exchange, status: number, fieldLines: string): void {
    if (exchange !== this.#machine.oldest) throw new MisuseError('responses are sent in the order of their requests');
    this.#machine.response(exchange, 'interim');
    this.#output.write(`${formatStatusLine(status)}${fieldLines}\r\n`);
  }

  /**
   * Role server: sends the head of the response to the oldest exchange, and with it `body`, where the whole of it is at hand.
   * `fieldLines` are complete lines without the ones of framing. `closeReason`: this is the last response.
   * `reason` is the phrase of the status line where it is not the registered one.
   */
  sendResponse(
    exchange: Exchange,
    status: number,
    fieldLines: string,
    framing: BodyFraming,
    closeReason: CloseReason | undefined,
    body?: string | Uint8Array,
    reason = '',
  ): void {
    const head = `${formatStatusLine(status, reason)}${fieldLines}${formatFramingLine(framing)}\r\n`;
    this.sendExact(exchange, head, framing, closeReason, body);
  }

  /**
   * Role server: the same with a head that is the owner's to the byte: status line, fields, those of framing included, and the empty
   * line. It may be empty, as in HTTP/0.9.
   */
  sendExact(
    exchange: Exchange,
    head: string,
    framing: BodyFraming,
    closeReason: CloseReason | undefined,
    body?: string | Uint8Array,
  ): void {
    if (exchange !== this.#machine.oldest) throw new MisuseError('responses are sent in the order of their requests');
    assertWholeBody(framing, body);
    if (closeReason !== undefined) this.stopAfter(exchange, closeReason);
    this.#sendMessage(exchange, head, framing, body);
  }

  /** Role server: ends the connection without a response to the oldest exchange. */
  dropResponse(exchange: Exchange): void {
    this.#machine.response(exchange, 'fail');
    this.#stopReading();
  }

  /** Role client: opens an exchange and sends its request head, with `body` where the whole of it is at hand. */
  sendRequest(
    method: string,
    target: string,
    fieldLines: string,
    framing: BodyFraming,
    close: boolean,
    body?: string | Uint8Array,
  ): Exchange {
    if (this.#writer !== undefined) throw new MisuseError('the body of the request before this one is not complete');
    assertWholeBody(framing, body);
    const exchange = new Exchange(method, 1, close, !close);
    this.#machine.open(exchange);
    if (close) this.#machine.stopAfter(exchange, 'weSentClose');
    const head = `${formatRequestLine(method, target)}${fieldLines}${formatFramingLine(framing)}\r\n`;
    this.#sendMessage(exchange, head, framing, body);
    return exchange;
  }

  /** Sends a piece of the body that was begun last. */
  sendBody(exchange: Exchange, piece: Uint8Array): void {
    if (this.#writer === undefined) throw new MisuseError('no body is being sent');
    this.#outgoing(exchange, 'data');
    this.#writer.write(piece, this.#output);
  }

  /** Sends the end of the body; throws where announced bytes are missing. `trailerLines` are complete field lines. */
  sendEnd(exchange: Exchange, trailerLines = ''): void {
    if (this.#writer === undefined) throw new MisuseError('no body is being sent');
    this.#writer.end(trailerLines, this.#output);
    this.#writer = undefined;
    this.#outgoing(exchange, 'end');
  }

  /** Of {@link MessageReaderOwner}. */
  expectsHead(): boolean | ProtocolFault {
    // After `close` nothing further is read (RFC 9112 §9.6).
    if (this.#role === 'server') return this.#machine.persistence === 'persistent';
    return this.#machine.oldest?.responseState === 'awaited' ? true : 'unsolicitedBytes';
  }

  /** Of {@link MessageReaderOwner}. */
  openMessage(scanner: MessageScanner, bytes: Buffer, start: number): BodyReader | undefined | ProtocolFault {
    return this.#role === 'server'
      ? this.#openRequest(scanner, bytes, start)
      : this.#openResponse(scanner, bytes, start);
  }

  /** Of {@link MessageReaderOwner}. */
  startMessage(hasBody: boolean): void {
    const exchange = this.#reading;
    const head = this.#head!;
    this.#head = undefined;
    if (exchange === undefined) {
      this.#sink.onInterim(head as ResponseHead, this.#machine.oldest!);
      head.lines.release();
      return;
    }
    // A request without a body is complete before its handler hears of it, so that its answer can retire the exchange.
    if (this.#role === 'server') this.#machine.request(exchange, hasBody ? 'head' : 'whole');
    this.#sink.onHead(head, exchange);
    head.lines.release();
    if (hasBody) return;
    this.#endReading(exchange);
    if (this.#role === 'client') this.#machine.response(exchange, 'end');
    this.#sink.onEnd(exchange);
  }

  /** Of {@link MessageReaderOwner}. */
  onBody(bytes: Buffer): void {
    const exchange = this.#reading;
    // Undefined where the owner gave up within the callback for an earlier chunk of the same bytes.
    if (exchange === undefined || bytes.length === 0) return;
    this.#incoming(exchange, 'data');
    this.#sink.onBody(bytes, exchange);
  }

  /** Of {@link MessageReaderOwner}. */
  onTrailers(lines: FieldLines): void {
    if (this.#reading !== undefined) this.#sink.onTrailers(lines, this.#reading);
  }

  /** Of {@link MessageReaderOwner}. */
  endMessage(): void {
    const exchange = this.#reading!;
    this.#endReading(exchange);
    this.#incoming(exchange, 'end');
    this.#sink.onEnd(exchange);
  }

  #endReading(exchange: Exchange): void {
    this.#reading = undefined;
    this.#receivedBytes = this.#reader.consumedBytes;
    exchange.receivedTo = this.#receivedBytes;
  }

  /** Of {@link MessageReaderOwner}. */
  failMessage(fault: ProtocolFault, partial?: PartialHead): void {
    const exchange = this.#reading ?? (this.#role === 'server' ? this.#openUnreadable() : this.#machine.oldest);
    this.#reading = undefined;
    const reason = fault === 'unsolicitedBytes' ? 'unsolicitedBytes' : 'protocolError';
    this.#machine.stopAfter(exchange, reason);
    if (exchange !== undefined && reason === 'protocolError') {
      exchange.closeReason ??= reason;
      this.#incoming(exchange, 'fail');
    }
    this.#sink.onError(new ProtocolError(fault), exchange, partial);
  }

  /** A head that cannot be read still gets its answer, behind those of the requests before it. */
  #openUnreadable(): Exchange {
    const exchange = new Exchange('', 1, true, false);
    this.#machine.open(exchange);
    return exchange;
  }

  #openRequest(scanner: MessageScanner, bytes: Buffer, start: number): BodyReader | undefined | ProtocolFault {
    const { limits, leniency } = this.#configuration;
    const head = readRequestHead(scanner, bytes, start, leniency);
    if (typeof head === 'string') return head;
    const body = openBodyReader(head.body, limits, leniency);
    if (typeof body === 'string') return body;
    const exchange = new Exchange(head.method, head.minorVersion, head.fields.close, head.fields.keepAlive);
    exchange.closeReason = decideFramingDoubt(head, head.method);
    exchange.receivedFrom = this.#receivedBytes;
    this.#machine.open(exchange);
    // What is pipelined behind the last request is not even looked at (RFC 9112 §9.6).
    if (exchange.requestClose || exchange.minorVersion === 0 || exchange.closeReason !== undefined) {
      const closeReason = this.decideClose(exchange, undefined, false, false);
      if (closeReason !== undefined) this.#machine.stopAfter(exchange, closeReason);
    }
    this.#reading = exchange;
    this.#head = head;
    return body;
  }

  #openResponse(scanner: MessageScanner, bytes: Buffer, start: number): BodyReader | undefined | ProtocolFault {
    const { limits, leniency } = this.#configuration;
    const exchange = this.#machine.oldest!;
    // Only the heads of requests are read by lines.
    const head = readResponseHead(scanner as HeadScanner, bytes, start, exchange.method, leniency);
    if (typeof head === 'string') return head;
    this.#head = head;
    const doubt = decideFramingDoubt(head, exchange.method);
    if (head.status < 200 && head.status !== 101) {
      exchange.closeReason ??= doubt;
      this.#machine.response(exchange, 'interim');
      return undefined;
    }
    const body = openBodyReader(head.body, limits, leniency);
    if (typeof body === 'string') return body;
    const upgrade = decideUpgrade(exchange.method, head.status);
    const closeReason = decideClientPersistence(exchange, head, exchange.closeReason ?? doubt, upgrade);
    if (closeReason !== undefined) this.#machine.stopAfter(exchange, closeReason);
    this.#machine.response(exchange, 'head');
    this.#reading = exchange;
    return body;
  }

  #sendMessage(exchange: Exchange, head: string, framing: BodyFraming, body: string | Uint8Array | undefined): void {
    const isWhole = framing.kind === 'none' || body !== undefined;
    this.#outgoing(exchange, isWhole ? 'whole' : 'head');
    if (typeof body === 'string') {
      this.#output.write(head + body);
      return;
    }
    this.#output.write(head);
    if (body !== undefined) this.#output.write(body);
    else if (!isWhole) this.#writer = new BodyWriter(framing);
  }

  #incoming(exchange: Exchange, event: MessageEvent): void {
    if (this.#role === 'server') this.#machine.request(exchange, event);
    else this.#machine.response(exchange, event);
  }

  #outgoing(exchange: Exchange, event: MessageEvent): void {
    if (this.#role === 'server') this.#machine.response(exchange, event);
    else this.#machine.request(exchange, event);
  }

  #stopReading(): void {
    this.#reading = undefined;
    this.#reader.stop();
  }
}
