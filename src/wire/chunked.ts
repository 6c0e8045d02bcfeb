// The chunked transfer coding (RFC 9112 §7.1): sizes, extensions that are skipped, data, and the trailer section.
import { CHARACTER_CLASS, CR, HEX, LF, SEMICOLON, SPACE, TAB, VALUE } from './character-class.ts';
import { FieldLines } from './field-lines.ts';
import { HeadScanner, SLOTS_PER_FIELD } from './head-scanner.ts';
import type { Leniency } from './leniency.ts';
import type { WireLimits } from './limits.ts';
import type { ProtocolFault } from './protocol-error.ts';

/** Receives the data of a body as it is read. */
export interface BodySink {
  /** A piece of body; a view of the bytes that were received. */
  onBody(bytes: Buffer): void;
  /** The trailer section, only where it has at least one line. */
  onTrailers(lines: FieldLines): void;
  /** Whether reading should stop for now, asked after each piece. */
  readonly paused: boolean;
}

const SIZE_FIRST = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LINE_FEED = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LINE_FEED = 6;
const TRAILERS = 7;
const DONE = 8;
/** White space behind the size (RFC 9112 §7.1.1), where that is allowed. */
const SIZE_BLANKS = 9;

/** 13 hexadecimal digits are the most that a double holds exactly. */
const MAX_SIZE_DIGITS = 13;

/** Spaces and tabs behind one size, where they are allowed: as many as Apache takes. */
const MAX_SIZE_BLANKS = 10;

/** Reads one chunked body. It can stop at any byte and go on there. */
export class ChunkedReader {
  /** The size of a chunked body is not known before its last chunk. */
  readonly remainingBytes: number = Infinity;
  readonly #limits: WireLimits;
  readonly #leniency: Leniency;
  #state = SIZE_FIRST;
  #remaining = 0;
  #sizeDigits = 0;
  #sizeBlanks = 0;
  #extensionBytes = 0;
  #bodyBytes = 0;
  #trailerScanner: HeadScanner | undefined;
  #trailerBytes: Buffer | undefined;

  constructor(limits: WireLimits, leniency: Leniency) {
    this.#limits = limits;
    this.#leniency = leniency;
  }

  get done(): boolean {
    return this.#state === DONE;
  }

  /** RFC 9112 §8: without its last chunk a chunked body is incomplete. */
  endsWithConnection(): boolean {
    return false;
  }

  /** Reads from `start` and returns where it stopped: at the end of the body, of the bytes, or where the sink paused. */
  read(bytes: Buffer, start: number, end: number, sink: BodySink): number | ProtocolFault {
    let position = start;
    while (position < end && this.#state !== DONE) {
      switch (this.#state) {
        case SIZE_FIRST:
          if ((CHARACTER_CLASS[bytes[position]!]! & HEX) === 0) return 'badChunkSize';
          this.#remaining = 0;
          this.#sizeDigits = 0;
          this.#state = SIZE;
          break;
        case SIZE: {
          const byte = bytes[position]!;
          position += 1;
          if ((CHARACTER_CLASS[byte]! & HEX) !== 0) {
            this.#sizeDigits += 1;
            if (this.#sizeDigits > MAX_SIZE_DIGITS) return 'badChunkSize';
            this.#remaining = this.#remaining * 16 + hexValue(byte);
          } else if (byte === CR) {
            this.#state = SIZE_LINE_FEED;
          } else if (byte === SEMICOLON) {
            this.#state = EXTENSION;
          } else if (byte === LF && this.#leniency.bareLineFeed) {
            this.#beginData();
          } else if (this.#leniency.blankChunkSizes && (byte === SPACE || byte === TAB)) {
            this.#sizeBlanks = 1;
            this.#state = SIZE_BLANKS;
          } else {
            return byte === LF ? 'badLineEnd' : 'badChunkSize';
          }
          break;
        }
        case SIZE_BLANKS: {
          const byte = bytes[position]!;
          position += 1;
          if (byte === SPACE || byte === TAB) {
            this.#sizeBlanks += 1;
            if (this.#sizeBlanks > MAX_SIZE_BLANKS) return 'badChunkSize';
          } else if (byte === CR) {
            this.#state = SIZE_LINE_FEED;
          } else if (byte === SEMICOLON) {
            this.#state = EXTENSION;
          } else if (byte === LF && this.#leniency.bareLineFeed) {
            this.#beginData();
          } else {
            return byte === LF ? 'badLineEnd' : 'badChunkSize';
          }
          break;
        }
        case EXTENSION: {
          const from = position;
          while (position < end && (CHARACTER_CLASS[bytes[position]!]! & VALUE) !== 0) position += 1;
          this.#extensionBytes += position - from;
          if (this.#extensionBytes > this.#limits.chunkExtensionBytes) return 'badChunkExtension';
          if (position === end) break;
          const byte = bytes[position]!;
          position += 1;
          if (byte === CR) this.#state = SIZE_LINE_FEED;
          else if (byte === LF && this.#leniency.bareLineFeed) this.#beginData();
          else return byte === LF ? 'badLineEnd' : 'badChunkExtension';
          break;
        }
        case SIZE_LINE_FEED:
          if (bytes[position] !== LF) return 'badLineEnd';
          position += 1;
          this.#beginData();
          break;
        case DATA: {
          const length = Math.min(this.#remaining, end - position);
          if (this.#bodyBytes + this.#remaining > this.#limits.bodyBytes) return 'bodyTooLarge';
          this.#remaining -= length;
          this.#bodyBytes += length;
          if (this.#remaining === 0) this.#state = DATA_CR;
          sink.onBody(bytes.subarray(position, position + length));
          position += length;
          if (sink.paused) return position;
          break;
        }
        case DATA_CR: {
          const byte = bytes[position]!;
          if (byte === CR) this.#state = DATA_LINE_FEED;
          else if (byte === LF && this.#leniency.bareLineFeed) this.#state = SIZE_FIRST;
          else return 'badChunkEnd';
          position += 1;
          break;
        }
        case DATA_LINE_FEED:
          if (bytes[position] !== LF) return 'badChunkEnd';
          position += 1;
          this.#state = SIZE_FIRST;
          break;
        default: {
          const stopped = this.#readTrailers(bytes, position, end, sink);
          if (typeof stopped === 'string') return stopped;
          position = stopped;
        }
      }
    }
    return position;
  }

  #beginData(): void {
    if (this.#remaining > 0) {
      this.#state = DATA;
      return;
    }
    this.#state = TRAILERS;
    this.#trailerScanner = undefined;
  }

  #readTrailers(bytes: Buffer, start: number, end: number, sink: BodySink): number | ProtocolFault {
    // The usual end, CR LF with no trailers, needs no scanner.
    if (this.#trailerScanner === undefined && end - start >= 2 && bytes[start] === CR && bytes[start + 1] === LF) {
      this.#state = DONE;
      return start + 2;
    }
    const before = this.#trailerBytes;
    const section =
      before === undefined ? bytes.subarray(start, end) : Buffer.concat([before, bytes.subarray(start, end)]);
    if (this.#trailerScanner === undefined) {
      this.#trailerScanner = new HeadScanner(this.#limits, this.#leniency);
      this.#trailerScanner.begin('trailers');
    }
    const scanner = this.#trailerScanner;
    const result = scanner.scan(section, 0, section.length);
    if (result === 'more') {
      this.#trailerBytes = section;
      return end;
    }
    if (result !== 'done') return result;
    if (isLongerThan(scanner, this.#limits.fieldLineBytes)) return 'fieldLineTooLong';
    this.#state = DONE;
    this.#trailerBytes = undefined;
    if (scanner.fieldCount > 0) sink.onTrailers(new FieldLines(section, 0, 'trailers', scanner));
    return start + scanner.headEnd - (before?.length ?? 0);
  }
}

/** Whether any of the lines is: those of heads are measured where heads are read by lines. */
function isLongerThan({ offsets, fieldCount }: HeadScanner, limit: number): boolean {
  for (let slot = 0; slot < fieldCount * SLOTS_PER_FIELD; slot += SLOTS_PER_FIELD) {
    if (offsets[slot + 3]! - offsets[slot]! > limit) return true;
  }
  return false;
}

function hexValue(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}

/** The line before the data of a chunk. A chunk of no bytes would end the body, so an empty one is never written. */
export function formatChunkSize(length: number): string {
  return `${length.toString(16)}\r\n`;
}

/** The last chunk with its trailer section, which is made of whole field lines. */
export function formatLastChunk(trailerLines: string): string {
  return `0\r\n${trailerLines}\r\n`;
}
