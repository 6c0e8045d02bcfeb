// The field section of a head as offsets into its bytes (RFC 9112 §5). Strings are made when somebody asks for them.
import { readLatin1 } from './latin1.ts';
import { trimFieldWhitespace } from '../http/tokens.ts';
import { SLOTS_PER_FIELD } from './head-scanner.ts';
import type { HeadKind, ScannedFields } from './scanned-head.ts';

const FIRST_DIGIT = 0x30;

/** Every number of so many digits is exact in a double. */
const MAX_DIGITS = 15;

/**
 * Field lines in the order in which they arrived. They borrow the table of the scanner that found them while the next layer looks
 * at the head; whoever looks later makes them scan their bytes once more, which is rare and cheaper than copying every table.
 */
export class FieldLines {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #kind: HeadKind;
  readonly #scanner: ScannedFields;
  #offsets: Int32Array | undefined;
  readonly count: number;

  constructor(bytes: Buffer, start: number, kind: HeadKind, scanner: ScannedFields) {
    this.#bytes = bytes;
    this.#start = start;
    this.#kind = kind;
    this.#scanner = scanner;
    this.#offsets = scanner.offsets;
    this.count = scanner.fieldCount;
  }

  /** Gives the scanner's table back, before the next head overwrites it. */
  release(): void {
    this.#offsets = undefined;
  }

  /** The name of line `index` as it was sent. */
  name(index: number): string {
    const table = this.#offsets ?? this.#locate();
    const slot = index * SLOTS_PER_FIELD;
    return this.#text(table[slot]!, table[slot + 1]!);
  }

  /** Length of the name of line `index`. */
  nameLength(index: number): number {
    const table = this.#offsets ?? this.#locate();
    const slot = index * SLOTS_PER_FIELD;
    return table[slot + 1]! - table[slot]!;
  }

  /** The value of line `index`, one character for each byte (latin1), without white space around it. */
  value(index: number): string {
    const table = this.#offsets ?? this.#locate();
    const slot = index * SLOTS_PER_FIELD;
    const value = this.#text(table[slot + 2]!, table[slot + 3]!);
    return value.includes('\n') ? unfold(value) : value;
  }

  /** Whether the name of line `index` is `lowerCaseName`, in any letter case. Compares bytes, makes no string. */
  isNamed(index: number, lowerCaseName: string): boolean {
    const table = this.#offsets ?? this.#locate();
    const slot = index * SLOTS_PER_FIELD;
    const length = lowerCaseName.length;
    const nameStart = table[slot]!;
    if (table[slot + 1]! - nameStart !== length) return false;
    const bytes = this.#bytes;
    const start = this.#start + nameStart;
    for (let at = 0; at < length; at += 1) {
      let byte = bytes[start + at]!;
      if (byte >= 0x41 && byte <= 0x5a) byte += 0x20;
      if (byte !== lowerCaseName.charCodeAt(at)) return false;
    }
    return true;
  }

  /** Whether the value of line `index` is exactly `value`. Compares bytes, makes no string. */
  hasValue(index: number, value: string): boolean {
    const table = this.#offsets ?? this.#locate();
    const slot = index * SLOTS_PER_FIELD;
    const start = this.#start + table[slot + 2]!;
    const length = value.length;
    if (this.#start + table[slot + 3]! - start !== length) return false;
    const bytes = this.#bytes;
    for (let at = 0; at < length; at += 1) if (bytes[start + at] !== value.charCodeAt(at)) return false;
    return true;
  }

  /** The number that the value of line `index` is, of at most {@link MAX_DIGITS} digits; -1 where it is anything else. */
  digits(index: number): number {
    const table = this.#offsets ?? this.#locate();
    const slot = index * SLOTS_PER_FIELD;
    const start = this.#start + table[slot + 2]!;
    const end = this.#start + table[slot + 3]!;
    if (start === end || end - start > MAX_DIGITS) return -1;
    const bytes = this.#bytes;
    let number = 0;
    for (let at = start; at < end; at += 1) {
      const digit = bytes[at]! - FIRST_DIGIT;
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    return number;
  }

  /** All values of a field, joined by a comma (RFC 9110 §5.3); undefined where it was not sent. */
  get(lowerCaseName: string): string | undefined {
    let joined: string | undefined;
    for (let index = 0; index < this.count; index += 1) {
      if (!this.isNamed(index, lowerCaseName)) continue;
      joined = joined === undefined ? this.value(index) : `${joined}, ${this.value(index)}`;
    }
    return joined;
  }

  /** Names in lower case and values in turn: the form that `Headers.fromList` adopts. */
  loadFields(): string[] {
    return this.#load(true);
  }

  /** Names as they were sent and values in turn. */
  loadRawFields(): string[] {
    return this.#load(false);
  }

  #load(lowerCaseNames: boolean): string[] {
    // The head becomes text once and its parts are cut out of that: a call into the runtime for each would cost five times as much.
    const table = this.#offsets ?? this.#locate();
    const text = this.#text(0, table[this.count * SLOTS_PER_FIELD - 1] ?? 0);
    const names = lowerCaseNames ? text.toLowerCase() : text;
    const list: string[] = [];
    for (let slot = 0; slot < this.count * SLOTS_PER_FIELD; slot += SLOTS_PER_FIELD) {
      const value = text.slice(table[slot + 2], table[slot + 3]);
      list.push(names.slice(table[slot], table[slot + 1]), value.includes('\n') ? unfold(value) : value);
    }
    return list;
  }

  #locate(): Int32Array {
    this.#offsets = this.#scanner.locate(this.#kind, this.#bytes, this.#start);
    return this.#offsets;
  }

  #text(from: number, to: number): string {
    return readLatin1(this.#bytes, this.#start + from, this.#start + to);
  }
}

/**
 * RFC 9112 §5.2: a fold, where it is tolerated, stands for a space. Split, not replaced with the white space around it:
 * a pattern that begins with white space would look at a long run of it again from each of its bytes.
 */
function unfold(value: string): string {
  return value.split(/\r?\n/).map(trimFieldWhitespace).join(' ');
}

/** Field lines as text for the wire, each one ended by CR LF. `list` holds names and values in turn, already checked. */
export function formatFieldLines(list: readonly string[]): string {
  let text = '';
  for (let at = 0; at < list.length; at += 2) text += `${list[at]!}: ${list[at + 1]!}\r\n`;
  return text;
}
