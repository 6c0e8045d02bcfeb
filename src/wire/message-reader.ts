// Cuts the bytes of one direction into heads and bodies. It does not know what they mean: its owner decides that.
import type { BodyReader } from './body-reader.ts';
import { CR } from './character-class.ts';
import type { BodySink } from './chunked.ts';
import type { MessageScanner, WireConfiguration } from './configuration.ts';
import type { ProtocolFault } from './protocol-error.ts';
import type { PartialHead } from './scanned-head.ts';

/** Is told what was found, and decides what is to be read next. */
export interface MessageReaderOwner extends BodySink {
  /** Whether a head may come now: false where nothing further is to be read; a fault where bytes must not come. */
  expectsHead(): boolean | ProtocolFault;
  /** A head is complete. Returns how its body is read, undefined where it has none, or what is wrong with it. */
  openMessage(scanner: MessageScanner, bytes: Buffer, start: number): BodyReader | undefined | ProtocolFault;
  /** The message that was opened begins; the scanner's table is valid until this returns. */
  startMessage(hasBody: boolean): void;
  /** The last byte of a body was read. */
  endMessage(): void;
  /** The bytes make no sense; nothing further is read. `partial` is what came of a broken head that was read by lines. */
  failMessage(fault: ProtocolFault, partial: PartialHead | undefined): void;
}

const HALF_LINE_END = Buffer.of(CR);

/** Reads messages from bytes that come in pieces. */
export class MessageReader {
  readonly #kind: 'request' | 'response';
  readonly #configuration: WireConfiguration;
  readonly #owner: MessageReaderOwner;
  #scanner: MessageScanner | undefined;
  /** Bytes received and not yet consumed, from `#position` on. */
  #unread: Buffer | undefined;
  #position = 0;
  #body: BodyReader | undefined;
  #state: 'open' | 'ending' | 'ended' = 'open';
  #advancing = false;
  /** Bytes of whole heads and of bodies so far, their framing and empty lines included. */
  consumedBytes = 0;

  constructor(kind: 'request' | 'response', configuration: WireConfiguration, owner: MessageReaderOwner) {
    this.#kind = kind;
    this.#configuration = configuration;
    this.#owner = owner;
  }

  /** Whether a part of a head has arrived, so that the peer owes the rest. */
  get headBegun(): boolean {
    return this.#scanner?.begun === true;
  }

  /** Bytes of the body still to come where its length is known, Infinity where it is not, 0 where none is expected. */
  get bodyRemainingBytes(): number {
    return this.#body?.remainingBytes ?? 0;
  }

  /** Bytes received that wait because reading is paused. */
  get unreadBytes(): number {
    return this.#unread === undefined ? 0 : this.#unread.length - this.#position;
  }

  /** What came of the head that is being read; undefined where none is, or it is read by bytes. */
  get partialHead(): PartialHead | undefined {
    const scanner = this.#scanner;
    if (scanner === undefined || this.#unread === undefined) return undefined;
    return partialOf(scanner, this.#unread, this.#position);
  }

  receive(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#unread = this.#unread === undefined ? bytes : Buffer.concat([this.#unread.subarray(this.#position), bytes]);
    this.#position = 0;
    this.advance();
  }

  /** The peer sent FIN: what was received is still read. */
  receiveEnd(): void {
    if (this.#state === 'open') this.#state = 'ending';
    this.advance();
  }

  /** Gives away what is unread, and reads nothing further. */
  takeUnread(): Buffer {
    const unread = this.#unread?.subarray(this.#position) ?? Buffer.alloc(0);
    this.stop();
    return unread;
  }

  /** Throws away what is unread and everything that still comes. */
  stop(): void {
    this.#state = 'ended';
    this.#body = undefined;
    this.#discardUnread();
  }

  /** Reads on, unless the owner is paused. */
  advance(): void {
    // An owner that pauses and resumes within a callback must not be called from within itself.
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#unread !== undefined && !this.#owner.paused) {
        if (this.#state === 'ended') this.#discardUnread();
        else if (this.#body !== undefined) this.#readBody(this.#body, this.#unread);
        else if (!this.#readHead(this.#unread)) break;
        if (this.#unread !== undefined && this.#position === this.#unread.length) this.#unread = undefined;
      }
      if (this.#state === 'ending' && !this.#owner.paused) this.#readEnd();
    } finally {
      this.#advancing = false;
    }
  }

  #readBody(body: BodyReader, bytes: Buffer): void {
    const stopped = body.read(bytes, this.#position, bytes.length, this.#owner);
    // The owner may have stopped everything within its callback; what was found behind that concerns nobody.
    if (this.#body !== body) return;
    if (typeof stopped === 'string') {
      this.consumedBytes += bytes.length - this.#position;
      this.#fail(stopped);
      return;
    }
    this.consumedBytes += stopped - this.#position;
    this.#position = stopped;
    if (!body.done) return;
    this.#body = undefined;
    this.#owner.endMessage();
  }

  /** Returns whether there was something to act on; false where more bytes are needed. */
  #readHead(bytes: Buffer): boolean {
    const expected = this.#owner.expectsHead();
    if (expected !== true) {
      if (expected === false) this.stop();
      else this.#fail(expected);
      return true;
    }
    this.#scanner ??= this.#configuration.takeScanner(this.#kind);
    const scanner = this.#scanner;
    const start = this.#position;
    const result = scanner.scan(bytes, start, bytes.length);
    if (result === 'more') {
      if (!scanner.begun) this.#discardEmptyLines(bytes);
      return false;
    }
    if (result !== 'done') {
      this.#fail(result, partialOf(scanner, bytes, start));
      return true;
    }
    this.#position = start + scanner.headEnd;
    this.consumedBytes += scanner.headEnd;
    this.#scanner = undefined;
    const body = this.#owner.openMessage(scanner, bytes, start);
    if (typeof body === 'string') {
      this.#fail(body, partialOf(scanner, bytes, start));
    } else {
      this.#body = body;
      this.#owner.startMessage(body !== undefined);
    }
    this.#configuration.returnScanner(scanner);
    return true;
  }

  /** Empty lines before a request are no part of one: nothing to wait for, and nothing to keep but half a line end. */
  #discardEmptyLines(bytes: Buffer): void {
    this.#discardUnread();
    if (bytes[bytes.length - 1] === CR) this.#unread = HALF_LINE_END;
  }

  #readEnd(): void {
    this.#state = 'ended';
    const body = this.#body;
    this.#body = undefined;
    if (body?.endsWithConnection() === true) this.#owner.endMessage();
    else if (body !== undefined || (this.headBegun && this.#owner.expectsHead() === true)) {
      this.#fail('unexpectedEnd', this.partialHead);
    }
    this.#discardUnread();
  }

  #fail(fault: ProtocolFault, partial?: PartialHead): void {
    this.stop();
    this.#owner.failMessage(fault, partial);
  }

  #discardUnread(): void {
    this.#unread = undefined;
    this.#position = 0;
    if (this.#scanner === undefined) return;
    this.#configuration.returnScanner(this.#scanner);
    this.#scanner = undefined;
  }
}

function partialOf(scanner: MessageScanner, bytes: Buffer, start: number): PartialHead | undefined {
  return 'partial' in scanner ? scanner.partial(bytes, start) : undefined;
}
