// The field section of a head as offsets into its bytes (RFC 9112 §5). Strings are made when somebody asks for them.
import { readLatin1 } from './latin1.ts';
import { SLOTS_PER_FIELD } from './head-scanner.ts';

/** Field lines in the order in which they arrived. */
export class FieldLines {
  readonly #bytes: Buffer;
  readonly #start: number;
  #offsets: Int32Array;
  readonly count: number;

  constructor(bytes: Buffer, start: number, offsets: Int32Array, count: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#offsets = offsets;
    this.count = count;
  }

  /**
   * Makes the lines independent of the scanner's table, which the next head overwrites.
   * Whoever keeps them beyond the callback that they came in calls this once.
   */
  retain(): void {
    this.#offsets = this.#offsets.slice(0, this.count * SLOTS_PER_FIELD);
  }

  /** The name of line `index` as it was sent. */
  name(index: number): string {
    const slot = index * SLOTS_PER_FIELD;
    return this.#text(this.#offsets[slot]!, this.#offsets[slot + 1]!);
  }

  /** Length of the name of line `index`. */
  nameLength(index: number): number {
    const slot = index * SLOTS_PER_FIELD;
    return this.#offsets[slot + 1]! - this.#offsets[slot]!;
  }

  /** The value of line `index`, one character for each byte (latin1), without white space around it. */
  value(index: number): string {
    const slot = index * SLOTS_PER_FIELD;
    const value = this.#text(this.#offsets[slot + 2]!, this.#offsets[slot + 3]!);
    // RFC 9112 §5.2: a fold, where it is tolerated, stands for a space.
    return value.includes('\n') ? value.replace(/[ \t]*\r?\n[ \t]+/g, ' ') : value;
  }

  /** Whether the name of line `index` is `lowerCaseName`, in any letter case. Compares bytes, makes no string. */
  isNamed(index: number, lowerCaseName: string): boolean {
    const slot = index * SLOTS_PER_FIELD;
    const length = lowerCaseName.length;
    const nameStart = this.#offsets[slot]!;
    if (this.#offsets[slot + 1]! - nameStart !== length) return false;
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
    const slot = index * SLOTS_PER_FIELD;
    const start = this.#start + this.#offsets[slot + 2]!;
    const length = value.length;
    if (this.#start + this.#offsets[slot + 3]! - start !== length) return false;
    const bytes = this.#bytes;
    for (let at = 0; at < length; at += 1) if (bytes[start + at] !== value.charCodeAt(at)) return false;
    return true;
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
    const list: string[] = [];
    for (let index = 0; index < this.count; index += 1) list.push(this.name(index).toLowerCase(), this.value(index));
    return list;
  }

  #text(from: number, to: number): string {
    return readLatin1(this.#bytes, this.#start + from, this.#start + to);
  }
}

/** Field lines as text for the wire, each one ended by CR LF. `list` holds names and values in turn, already checked. */
export function formatFieldLines(list: readonly string[]): string {
  let text = '';
  for (let at = 0; at < list.length; at += 2) text += `${list[at]!}: ${list[at + 1]!}\r\n`;
  return text;
}
