// Finds where everything in a request head stands, line by line: none is judged before its end has come, so that a refusal can tell the
// whole of it. Slower than the scanner by bytes, and tolerant where it is told to be. Offsets, never strings, as there.
import { MisuseError } from '../errors.ts';
import { CHARACTER_CLASS, COLON, CR, LF, SPACE, TAB, TOKEN } from './character-class.ts';
import { FieldLines } from './field-lines.ts';
import { SLOTS_PER_FIELD } from './head-scanner.ts';
import type { ScanResult } from './head-scanner.ts';
import { readLatin1 } from './latin1.ts';
import type { Leniency } from './leniency.ts';
import type { WireLimits } from './limits.ts';
import { readRequestLine } from './request-line.ts';
import type { RequestLineParts } from './request-line.ts';
import type { HeadKind, PartialHead, ScannedRequest } from './scanned-head.ts';

const DELETE = 0x7f;
/** Behind it are form feed and CR: all of them are white space to some, and not to others. */
const VERTICAL_TAB = 0x0b;

/** Field lines that a new table has room for. */
const FIRST_FIELDS = 32;

/** Bytes of CR LF. */
const LINE_END_LENGTH = 2;

/** Scans one head at a time. All offsets count from the start of the head. */
export class LineScanner implements ScannedRequest, RequestLineParts {
  readonly #limits: WireLimits;
  readonly #leniency: Leniency;
  offsets: Int32Array = new Int32Array(FIRST_FIELDS * SLOTS_PER_FIELD);
  fieldCount = 0;
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  minorVersion = 0;
  isBare = false;
  /** Length of the head, its empty line included; valid after 'done'. */
  headEnd = 0;
  /** Where the request line ends, its line end left out; 0 until it is complete. */
  #requestLineEnd = 0;
  /** Where the line begins that is not complete yet, and up to where no line end was found in it. */
  #line = 0;
  #searched = 0;
  #emptyLines = 0;
  /** Bytes of the last field with its folds, as they count for the limit. */
  #fieldBytes = 0;
  /** What is wrong with the field whose next line has not come yet. */
  #heldFault: ScanResult | undefined;
  /** What was looked at, the broken line included. */
  #seen = 0;

  constructor(limits: WireLimits, leniency: Leniency) {
    this.#limits = limits;
    this.#leniency = leniency;
  }

  /** Whether anything but empty lines was seen of the head that is being scanned. Where those are counted, they belong to it. */
  get begun(): boolean {
    if (this.#searched > this.#line || this.#requestLineEnd > 0) return true;
    return this.#emptyLines > 0 && this.#limits.emptyLines !== Infinity;
  }

  /** Makes ready for a new head. Responses and trailers have nothing that would have to be read by lines. */
  begin(kind: HeadKind): void {
    if (kind !== 'request') throw new MisuseError('only the heads of requests are read by lines');
    this.fieldCount = 0;
    this.methodStart = 0;
    this.#requestLineEnd = 0;
    this.#line = 0;
    this.#searched = 0;
    this.#emptyLines = 0;
    this.#seen = 0;
    this.#heldFault = undefined;
  }

  /**
   * Goes on scanning the head that begins at `start`; whole lines before the last stop are not looked at again.
   * After 'more', call it with the same head and more bytes behind it (it may have moved to another buffer).
   */
  scan(bytes: Buffer, start: number, end: number): ScanResult {
    for (;;) {
      if (this.#requestLineEnd > 0 && this.#searched === this.#line && this.#heldFault === undefined) {
        this.#takeWholeLines(bytes, start, end);
      }
      const lineStart = start + this.#line;
      const lineFeed = bytes.indexOf(LF, start + this.#searched);
      if (lineFeed === -1) return this.#awaitLine(bytes, start, end);
      this.#seen = lineFeed + 1 - start;
      const hasReturn = lineFeed > lineStart && bytes[lineFeed - 1] === CR;
      const lineEnd = hasReturn ? lineFeed - 1 : lineFeed;
      if (this.#requestLineEnd === 0) this.methodStart = this.#line;
      const tooLong = this.#judgeLength(bytes, start, lineEnd, this.#seen - 1);
      if (tooLong !== undefined) return this.#giveUp(lineEnd - start, tooLong);
      const result =
        this.#requestLineEnd > 0
          ? this.#judgeFieldLine(bytes, start, lineStart, lineEnd, hasReturn)
          : this.#readRequestLine(bytes, start, lineStart, lineEnd, hasReturn);
      if (result !== undefined) return result;
      this.#line = this.#seen;
      this.#searched = this.#seen;
    }
  }

  /** The offsets of a head that was scanned before, once more, in a table of its own. */
  locate(kind: HeadKind, bytes: Buffer, start: number): Int32Array {
    const scanner = new LineScanner(this.#limits, this.#leniency);
    scanner.begin(kind);
    scanner.scan(bytes, start, bytes.length);
    return scanner.offsets;
  }

  /** What came of a head that is given up. */
  partial(bytes: Buffer, start: number): PartialHead {
    const fields = new FieldLines(bytes, start, 'request', this).loadRawFields();
    const requestLine =
      this.#requestLineEnd === 0
        ? undefined
        : readLatin1(bytes, start + this.methodStart, start + this.#requestLineEnd);
    return { requestLine, fields, receivedBytes: this.#seen };
  }

  /** The line is not complete: it may be too long already. */
  #awaitLine(bytes: Buffer, start: number, end: number): ScanResult {
    this.#searched = end - start;
    this.#seen = this.#searched;
    if (!this.begun) return 'more';
    // A lonely CR is half of an empty line.
    if (this.#requestLineEnd === 0 && end - start - this.#line === 1 && bytes[end - 1] === CR) {
      this.#searched = this.#line;
      return 'more';
    }
    if (this.#requestLineEnd === 0) this.methodStart = this.#line;
    const lineEnd = bytes[end - 1] === CR ? end - 1 : end;
    return this.#judgeLength(bytes, start, lineEnd, this.#seen) ?? 'more';
  }

  /** The request line is complete, although it is too long. */
  #giveUp(lineEnd: number, fault: ScanResult): ScanResult {
    if (this.#requestLineEnd === 0) this.#requestLineEnd = lineEnd;
    return fault;
  }

  /**
   * What is too long with the line that ends at `lineEnd` so far, where `seen` bytes of the head have come, a line feed at their end left out.
   * Of two limits that are passed, the one that was passed first: in what pieces the bytes come cannot matter.
   */
  #judgeLength(bytes: Buffer, start: number, lineEnd: number, seen: number): ScanResult | undefined {
    const { requestLineBytes, fieldLineBytes, headerBytes } = this.#limits;
    const isFirst = this.#requestLineEnd === 0;
    const lineLimit = isFirst ? requestLineBytes : fieldLineBytes;
    const headLimit = this.methodStart + headerBytes;
    if (lineEnd - start - this.#line > lineLimit) {
      const limit = this.#line + lineLimit;
      const passedAt = bytes[start + limit] === CR ? limit + 2 : limit + 1;
      if (passedAt <= headLimit) return isFirst ? 'requestLineTooLong' : 'fieldLineTooLong';
    }
    return seen >= headLimit ? 'headTooLarge' : undefined;
  }

  #readRequestLine(
    bytes: Buffer,
    start: number,
    lineStart: number,
    lineEnd: number,
    hasReturn: boolean,
  ): ScanResult | undefined {
    const limits = this.#limits;
    if (lineEnd === lineStart && (hasReturn || this.#leniency.bareLineFeed)) {
      this.#emptyLines += 1;
      return this.#emptyLines > limits.emptyLines ? 'badMethod' : undefined;
    }
    this.#requestLineEnd = lineEnd - start;
    if (!hasReturn && !this.#leniency.bareLineFeed) return 'badLineEnd';
    const fault = readRequestLine(bytes, lineStart, lineEnd, this, this.#leniency, limits);
    if (fault !== undefined) return fault;
    // From offsets into the bytes to offsets into the head.
    this.methodEnd -= start;
    this.targetStart -= start;
    this.targetEnd -= start;
    if (!this.isBare) return undefined;
    this.headEnd = this.#seen;
    return 'done';
  }

  #readFieldLine(
    bytes: Buffer,
    start: number,
    lineStart: number,
    lineEnd: number,
    hasReturn: boolean,
  ): ScanResult | undefined {
    if (!hasReturn && !this.#leniency.bareLineFeed) return 'badLineEnd';
    if (lineEnd === lineStart) {
      this.headEnd = this.#seen;
      return 'done';
    }
    const first = bytes[lineStart]!;
    if (first === SPACE || first === TAB) return this.#readFold(bytes, start, lineStart, lineEnd);
    if (this.fieldCount >= this.#limits.headerFields) return 'tooManyFields';

    const loose = this.#leniency.looseFields;
    let position = lineStart;
    while (position < lineEnd && isNameByte(bytes[position]!, loose)) position += 1;
    const nameEnd = position;
    if (this.#leniency.spaceBeforeColon) while (position < lineEnd && isBlank(bytes[position]!)) position += 1;
    if (nameEnd === lineStart || bytes[position] !== COLON) return 'badFieldName';
    const valueStart = skipBlanks(bytes, position + 1, lineEnd);
    if (!isValue(bytes, valueStart, lineEnd, loose)) return 'badFieldValue';

    const slot = this.fieldCount * SLOTS_PER_FIELD;
    this.#makeRoom(slot);
    this.offsets[slot] = lineStart - start;
    this.offsets[slot + 1] = nameEnd - start;
    this.offsets[slot + 2] = valueStart - start;
    this.offsets[slot + 3] = trimBlanks(bytes, valueStart, lineEnd) - start;
    this.fieldCount += 1;
    this.#fieldBytes = lineEnd - lineStart;
    return undefined;
  }

  /**
   * Where folds are taken, whether a field goes on in the next line is known when that has come: until then a broken one is not judged, only
   * measured. Its folds, and the line behind it, are not read: they belong to no field before it.
   */
  #judgeFieldLine(
    bytes: Buffer,
    start: number,
    lineStart: number,
    lineEnd: number,
    hasReturn: boolean,
  ): ScanResult | undefined {
    if (this.#heldFault !== undefined) return isBlank(bytes[lineStart]!) ? undefined : this.#heldFault;
    const result = this.#readFieldLine(bytes, start, lineStart, lineEnd, hasReturn);
    const mayGoOn = result === 'badFieldName' || result === 'badFieldValue' || result === 'tooManyFields';
    if (!mayGoOn || !this.#leniency.foldedFields) return result;
    this.#heldFault = result;
    return undefined;
  }

  /** RFC 9112 §5.2: a fold stands for a space; the value then reaches from its first line to its last. */
  #readFold(bytes: Buffer, start: number, lineStart: number, lineEnd: number): ScanResult | undefined {
    if (this.fieldCount === 0) return 'badFieldName';
    if (!this.#leniency.foldedFields) return 'foldedField';
    const foldStart = skipBlanks(bytes, lineStart, lineEnd);
    if (foldStart === lineEnd) return 'badFieldValue';
    if (!isValue(bytes, foldStart, lineEnd, this.#leniency.looseFields)) return 'badFieldValue';
    // A field with its folds is one line for its limit, each fold with the line end before it, as Apache counts.
    this.#fieldBytes += lineEnd - lineStart;
    if (this.#fieldBytes + LINE_END_LENGTH >= this.#limits.fieldLineBytes) return 'fieldLineTooLong';
    const slot = (this.fieldCount - 1) * SLOTS_PER_FIELD;
    if (this.offsets[slot + 2] === this.offsets[slot + 3]) this.offsets[slot + 2] = foldStart - start;
    this.offsets[slot + 3] = trimBlanks(bytes, foldStart, lineEnd) - start;
    return undefined;
  }

  /** Ordinary field lines that are there as a whole: nearly all of every head. The first that is not is looked at by itself. */
  #takeWholeLines(bytes: Buffer, start: number, end: number): void {
    const { headerFields, fieldLineBytes, headerBytes } = this.#limits;
    const classes = CHARACTER_CLASS;
    const limit = Math.min(end, start + this.methodStart + headerBytes);
    let line = start + this.#line;
    while (this.fieldCount < headerFields) {
      let position = line;
      while (position < limit && (classes[bytes[position]!]! & TOKEN) !== 0) position += 1;
      if (position === line || bytes[position] !== COLON) break;
      const nameEnd = position;
      const valueStart = skipBlanks(bytes, position + 1, limit);
      for (position = valueStart; position < limit; position += 1) {
        const byte = bytes[position]!;
        if (byte < SPACE ? byte !== TAB : byte === DELETE) break;
      }
      if (position + 1 >= limit || bytes[position] !== CR || bytes[position + 1] !== LF) break;
      if (position - line > fieldLineBytes) break;
      const slot = this.fieldCount * SLOTS_PER_FIELD;
      this.#makeRoom(slot);
      const { offsets } = this;
      offsets[slot] = line - start;
      offsets[slot + 1] = nameEnd - start;
      offsets[slot + 2] = valueStart - start;
      offsets[slot + 3] = trimBlanks(bytes, valueStart, position) - start;
      this.fieldCount += 1;
      this.#fieldBytes = position - line;
      line = position + LINE_END_LENGTH;
    }
    this.#line = line - start;
    this.#searched = this.#line;
  }

  /** A limit may be generous; only a head that needs the room gets it. */
  #makeRoom(slot: number): void {
    if (slot < this.offsets.length) return;
    const grown = new Int32Array(this.offsets.length * 2);
    grown.set(this.offsets);
    this.offsets = grown;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

function skipBlanks(bytes: Buffer, from: number, end: number): number {
  let position = from;
  while (position < end && isBlank(bytes[position]!)) position += 1;
  return position;
}

/** Where the value ends without the white space behind it. */
function trimBlanks(bytes: Buffer, start: number, end: number): number {
  let position = end;
  while (position > start && isBlank(bytes[position - 1]!)) position -= 1;
  return position;
}

function isNameByte(byte: number, loose: boolean): boolean {
  return (CHARACTER_CLASS[byte]! & TOKEN) !== 0 || (loose && byte > SPACE && byte !== DELETE && byte !== COLON);
}

function isValue(bytes: Buffer, start: number, end: number, loose: boolean): boolean {
  for (let position = start; position < end; position += 1) {
    const byte = bytes[position]!;
    if (loose ? byte === 0 || (byte >= VERTICAL_TAB && byte <= CR) : byte < SPACE ? byte !== TAB : byte === DELETE)
      return false;
  }
  return true;
}
