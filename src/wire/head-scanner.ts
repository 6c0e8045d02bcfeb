// Finds where everything in a message head stands, in one pass over the bytes (RFC 9112 §2 to §5).
// It keeps offsets, never strings, and can stop at any byte and go on there: how bytes are split cannot matter.
import * as characters from './character-class.ts';
import type { Leniency } from './leniency.ts';
import type { WireLimits } from './limits.ts';
import type { ProtocolFault } from './protocol-error.ts';
import type { HeadKind, ScannedRequest, ScannedResponse } from './scanned-head.ts';
import { STATUS_START_LENGTH, isVersionByte, readStatusStart } from './start-bytes.ts';

/** The head is complete, needs more bytes, or is broken in a named way. */
export type ScanResult = 'done' | 'more' | ProtocolFault;

// Bindings of this module: V8 folds them into the code of the loops, which it does not do with imported ones (a fifth of a scan).
const { CHARACTER_CLASS, COLON, CR, LF, SPACE, TAB, TARGET, TOKEN, VALUE } = characters;

const REQUEST_START = 0;
const REQUEST_START_LF = 1;
const METHOD = 2;
const REQUEST_TARGET = 3;
const VERSION = 4;
const REQUEST_LINE_END = 5;
const STATUS = 6;
const REASON_START = 7;
const REASON = 8;
const LINE_FEED = 9;
const FIELD_START = 10;
const FIELD_NAME = 11;
const NAME_SPACE = 12;
const VALUE_START = 13;
const FIELD_VALUE = 14;
const END_LINE_FEED = 15;

const FIRST_DIGIT = 0x30;
const DELETE = 0x7f;

/** Numbers kept for each field line: start and end of its name, start and end of its value. */
export const SLOTS_PER_FIELD = 4;

/** Field lines that a new table has room for; it grows for heads with more. */
const FIRST_FIELDS = 100;

/** Scans one head at a time. All offsets count from the start of the head. */
export class HeadScanner implements ScannedRequest, ScannedResponse {
  readonly #limits: WireLimits;
  readonly #leniency: Leniency;
  /** For each field line {@link SLOTS_PER_FIELD} offsets; valid up to `fieldCount`. Overwritten by the next head. */
  offsets: Int32Array;
  fieldCount = 0;
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  majorVersion = 0;
  minorVersion = 0;
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;
  /** Length of the head, its empty line included; valid after 'done'. */
  headEnd = 0;
  #kind: HeadKind = 'request';
  #state = REQUEST_START;
  #position = 0;
  /** Bytes seen of an element of fixed length: the version or the status code. */
  #index = 0;
  /** Where the fold begins that is being read, 0 where the line is none. */
  #foldStart = 0;

  constructor(limits: WireLimits, leniency: Leniency) {
    this.#limits = limits;
    this.#leniency = leniency;
    this.offsets = new Int32Array(Math.min(limits.headerFields, FIRST_FIELDS) * SLOTS_PER_FIELD);
  }

  /** Whether anything but empty lines was seen of the head that is being scanned. */
  get begun(): boolean {
    return this.#state > REQUEST_START_LF;
  }

  /** Makes ready for a new head. */
  begin(kind: HeadKind): void {
    this.#kind = kind;
    this.#state = kind === 'request' ? REQUEST_START : kind === 'response' ? VERSION : FIELD_START;
    this.#position = 0;
    this.#index = 0;
    this.fieldCount = 0;
    this.#foldStart = 0;
    this.methodStart = 0;
    this.status = 0;
  }

  /**
   * Goes on scanning the head that begins at `start`; bytes before the last stop are not looked at again.
   * After 'more', call it with the same head and more bytes behind it (it may have moved to another buffer).
   */
  scan(bytes: Uint8Array, start: number, end: number): ScanResult {
    const limits = this.#limits;
    // Empty lines before a request line are no part of its head (RFC 9112 §2.2), so the limit begins behind them.
    let limit = this.begun ? Math.min(end, start + this.methodStart + limits.headerBytes) : end;
    let offsets = this.offsets;
    const classes = CHARACTER_CLASS;
    let position = start + this.#position;
    let state = this.#state;
    let slot = this.fieldCount * SLOTS_PER_FIELD;

    if (state === VERSION && this.#kind === 'response' && this.#index === 0) {
      this.status = readStatusStart(bytes, position, limit);
      if (this.status > 0) {
        this.majorVersion = 1;
        this.minorVersion = 1;
        position += STATUS_START_LENGTH;
        this.reasonStart = position - start;
        state = REASON;
      }
    }
    scanning: while (position < limit) {
      switch (state) {
        case FIELD_START: {
          position = this.#scanWholeLines(bytes, start, position, limit);
          slot = this.fieldCount * SLOTS_PER_FIELD;
          if (position === limit) break scanning;
          const byte = bytes[position]!;
          if ((classes[byte]! & TOKEN) !== 0) {
            if (slot === offsets.length) {
              if (slot >= limits.headerFields * SLOTS_PER_FIELD) return 'tooManyFields';
              offsets = this.#growOffsets();
            }
            offsets[slot] = position - start;
            state = FIELD_NAME;
          } else if (byte === CR) {
            position += 1;
            state = END_LINE_FEED;
          } else if (byte === SPACE || byte === TAB) {
            if (slot === 0) return 'badFieldName';
            if (!this.#leniency.foldedFields) return 'foldedField';
            slot -= SLOTS_PER_FIELD;
            this.fieldCount -= 1;
            // A fold before the value is white space around it, which is no part of it (RFC 9112 §5.1).
            if (offsets[slot + 2] === offsets[slot + 3]) {
              state = VALUE_START;
            } else {
              this.#foldStart = position - start;
              state = FIELD_VALUE;
            }
          } else if (byte === LF && this.#leniency.bareLineFeed) {
            state = END_LINE_FEED;
          } else {
            return byte === LF ? 'badLineEnd' : 'badFieldName';
          }
          break;
        }
        case FIELD_NAME: {
          while (position < limit && (classes[bytes[position]!]! & TOKEN) !== 0) position += 1;
          if (position === limit) break scanning;
          offsets[slot + 1] = position - start;
          if (bytes[position] !== COLON) {
            state = NAME_SPACE;
            break;
          }
          position += 1;
          state = VALUE_START;
          break;
        }
        case VALUE_START: {
          while (position < limit && (bytes[position] === SPACE || bytes[position] === TAB)) position += 1;
          if (position === limit) break scanning;
          offsets[slot + 2] = position - start;
          state = FIELD_VALUE;
          break;
        }
        case FIELD_VALUE: {
          // Most bytes of a head are of values: compared directly, which is quicker than a look-up.
          let byte = 0;
          for (; position < limit; position += 1) {
            byte = bytes[position]!;
            if (byte < SPACE ? byte !== TAB : byte === DELETE) break;
          }
          if (position === limit) break scanning;
          if (byte !== CR && byte !== LF) return 'badFieldValue';
          let valueEnd = position - start;
          const foldStart = this.#foldStart;
          const lineStart = foldStart === 0 ? offsets[slot + 2]! : foldStart;
          while (valueEnd > lineStart && isBlank(bytes[start + valueEnd - 1]!)) valueEnd -= 1;
          // After a fold with nothing behind it, the value still ends where it ended before.
          if (foldStart === 0 || valueEnd > foldStart) offsets[slot + 3] = valueEnd;
          this.#foldStart = 0;
          slot += SLOTS_PER_FIELD;
          this.fieldCount += 1;
          if (byte === CR) {
            position += 1;
            state = LINE_FEED;
          } else {
            if (!this.#leniency.bareLineFeed) return 'badLineEnd';
            position += 1;
            state = FIELD_START;
          }
          break;
        }
        case LINE_FEED: {
          if (bytes[position] !== LF) return 'badLineEnd';
          position += 1;
          state = FIELD_START;
          break;
        }
        case END_LINE_FEED: {
          if (bytes[position] !== LF) return 'badLineEnd';
          this.headEnd = position + 1 - start;
          return 'done';
        }
        case METHOD: {
          while (position < limit && (classes[bytes[position]!]! & TOKEN) !== 0) position += 1;
          if (position === limit) break scanning;
          if (bytes[position] !== SPACE) return 'badMethod';
          this.methodEnd = position - start;
          position += 1;
          this.targetStart = position - start;
          state = REQUEST_TARGET;
          break;
        }
        case REQUEST_TARGET: {
          const targetLimit = Math.min(limit, start + this.targetStart + limits.targetBytes + 1);
          while (position < targetLimit && (classes[bytes[position]!]! & TARGET) !== 0) position += 1;
          if (position - start - this.targetStart > limits.targetBytes) return 'targetTooLong';
          if (position === limit) break scanning;
          if (bytes[position] !== SPACE || position - start === this.targetStart) return 'badTarget';
          this.targetEnd = position - start;
          position += 1;
          this.#index = 0;
          state = VERSION;
          break;
        }
        case VERSION: {
          const fault = this.#readVersionByte(bytes[position]!);
          if (fault !== undefined) return fault;
          position += 1;
          if (this.#index === 8) {
            this.#index = 0;
            state = this.#kind === 'request' ? REQUEST_LINE_END : STATUS;
          }
          break;
        }
        case REQUEST_LINE_END: {
          const byte = bytes[position]!;
          if (byte === CR) state = LINE_FEED;
          else if (byte === LF && this.#leniency.bareLineFeed) state = FIELD_START;
          else return byte === LF ? 'badLineEnd' : 'badVersion';
          if (this.majorVersion !== 1) return 'versionNotSupported';
          position += 1;
          break;
        }
        case REQUEST_START: {
          const byte = bytes[position]!;
          // RFC 9112 §2.2: empty lines before a request line are skipped; some clients send one after a POST.
          if (byte === CR) {
            position += 1;
            state = REQUEST_START_LF;
          } else if (byte === LF && this.#leniency.bareLineFeed) {
            position += 1;
          } else if ((classes[byte]! & TOKEN) !== 0) {
            this.methodStart = position - start;
            limit = Math.min(end, position + limits.headerBytes);
            state = METHOD;
          } else {
            return byte === LF ? 'badLineEnd' : 'badMethod';
          }
          break;
        }
        case REQUEST_START_LF: {
          if (bytes[position] !== LF) return 'badLineEnd';
          position += 1;
          state = REQUEST_START;
          break;
        }
        case STATUS: {
          const fault = this.#readStatusByte(bytes[position]!);
          if (fault !== undefined) return fault;
          position += 1;
          if (this.#index === 4) {
            this.#index = 0;
            state = REASON_START;
          }
          break;
        }
        case REASON_START: {
          const byte = bytes[position]!;
          if (byte === SPACE) position += 1;
          else if (!this.#leniency.missingReasonSpace || (byte !== CR && byte !== LF)) return 'badStatus';
          this.reasonStart = position - start;
          state = REASON;
          break;
        }
        case REASON: {
          while (position < limit && (classes[bytes[position]!]! & VALUE) !== 0) position += 1;
          if (position === limit) break scanning;
          const byte = bytes[position]!;
          this.reasonEnd = position - start;
          if (byte === CR) state = LINE_FEED;
          else if (byte === LF && this.#leniency.bareLineFeed) state = FIELD_START;
          else return byte === LF ? 'badLineEnd' : 'badStatus';
          if (this.majorVersion !== 1) return 'versionNotSupported';
          position += 1;
          break;
        }
        case NAME_SPACE: {
          if (!this.#leniency.spaceBeforeColon || offsets[slot] === offsets[slot + 1]) return 'badFieldName';
          while (position < limit && isBlank(bytes[position]!)) position += 1;
          if (position === limit) break scanning;
          if (bytes[position] !== COLON) return 'badFieldName';
          position += 1;
          state = VALUE_START;
          break;
        }
        default:
          return 'badMethod';
      }
    }

    this.#state = state;
    this.#position = position - start;
    if (this.begun && limit - start - this.methodStart >= limits.headerBytes)
      return state === REQUEST_TARGET ? 'targetTooLong' : 'headTooLarge';
    return 'more';
  }

  /** A limit may be generous, or none at all; only a head that needs the room gets it. */
  #growOffsets(): Int32Array {
    const grown = new Int32Array(Math.min(this.offsets.length * 2, this.#limits.headerFields * SLOTS_PER_FIELD));
    grown.set(this.offsets);
    this.offsets = grown;
    return grown;
  }

  /** The offsets of a head that was scanned before, once more, in a table of its own. */
  locate(kind: HeadKind, bytes: Uint8Array, start: number): Int32Array {
    const scanner = new HeadScanner(this.#limits, this.#leniency);
    scanner.begin(kind);
    scanner.scan(bytes, start, bytes.length);
    return scanner.offsets;
  }

  /**
   * Takes ordinary field lines that are there as a whole, without a stop between their parts: nearly all of every head.
   * Returns the start of the first line that is not; the states of `scan` deal with it byte by byte.
   */
  #scanWholeLines(bytes: Uint8Array, start: number, from: number, limit: number): number {
    const offsets = this.offsets;
    const classes = CHARACTER_CLASS;
    let slot = this.fieldCount * SLOTS_PER_FIELD;
    let line = from;
    while (slot < offsets.length) {
      let position = line;
      while (position < limit && (classes[bytes[position]!]! & TOKEN) !== 0) position += 1;
      if (position === line || bytes[position] !== COLON) break;
      const nameEnd = position;
      position += 1;
      while (position < limit && isBlank(bytes[position]!)) position += 1;
      const valueStart = position;
      for (; position < limit; position += 1) {
        const byte = bytes[position]!;
        if (byte < SPACE ? byte !== TAB : byte === DELETE) break;
      }
      if (position + 1 >= limit || bytes[position] !== CR || bytes[position + 1] !== LF) break;
      let valueEnd = position;
      while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd -= 1;
      offsets[slot] = line - start;
      offsets[slot + 1] = nameEnd - start;
      offsets[slot + 2] = valueStart - start;
      offsets[slot + 3] = valueEnd - start;
      slot += SLOTS_PER_FIELD;
      line = position + 2;
    }
    this.fieldCount = slot / SLOTS_PER_FIELD;
    return line;
  }

  #readVersionByte(byte: number): ProtocolFault | undefined {
    const index = this.#index;
    this.#index = index + 1;
    if (!isVersionByte(index, byte)) return 'badVersion';
    if (index === 5) this.majorVersion = byte - FIRST_DIGIT;
    else if (index === 7) this.minorVersion = byte - FIRST_DIGIT;
    return undefined;
  }

  /** RFC 9112 §4: a space, then three digits, of which the first tells the class. */
  #readStatusByte(byte: number): ProtocolFault | undefined {
    const index = this.#index;
    this.#index = index + 1;
    if (index === 0) return byte === SPACE ? undefined : 'badStatus';
    const digit = byte - FIRST_DIGIT;
    if (digit < 0 || digit > 9 || (index === 1 && digit === 0)) return 'badStatus';
    this.status = this.status * 10 + digit;
    return undefined;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
