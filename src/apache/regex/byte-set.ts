// Sets of bytes, as bits: what a character class, a type such as \d, or the start of an expression may be.

/** Bits of the 256 bytes. Sets are never changed once they stand in a tree: the methods that combine make new ones. */
export class ByteSet {
  readonly #words = new Int32Array(8);

  static of(...bytes: readonly number[]): ByteSet {
    const set = new ByteSet();
    for (const byte of bytes) set.add(byte);
    return set;
  }

  /** Pairs of first and last. */
  static ofRanges(...ranges: readonly (readonly [number, number])[]): ByteSet {
    const set = new ByteSet();
    for (const [first, last] of ranges) set.addRange(first, last);
    return set;
  }

  /** While the set is being made. */
  add(byte: number): void {
    this.#words[byte >> 5]! |= 1 << (byte & 31);
  }

  /** While the set is being made. */
  addRange(first: number, last: number): void {
    for (let byte = first; byte <= last; byte += 1) this.add(byte);
  }

  /** While the set is being made. */
  addAll(other: ByteSet): void {
    for (let word = 0; word < 8; word += 1) this.#words[word]! |= other.#words[word]!;
  }

  has(byte: number): boolean {
    return ((this.#words[byte >> 5]! >> (byte & 31)) & 1) === 1;
  }

  union(other: ByteSet): ByteSet {
    const result = new ByteSet();
    for (let word = 0; word < 8; word += 1) result.#words[word] = this.#words[word]! | other.#words[word]!;
    return result;
  }

  complement(): ByteSet {
    const result = new ByteSet();
    for (let word = 0; word < 8; word += 1) result.#words[word] = ~this.#words[word]!;
    return result;
  }

  /** With the other case of every ASCII letter: without a locale PCRE2 knows no other letters. */
  withBothCases(): ByteSet {
    const result = this.union(EMPTY_SET);
    for (let letter = 0x61; letter <= 0x7a; letter += 1) {
      if (!this.has(letter) && !this.has(letter - 32)) continue;
      result.add(letter);
      result.add(letter - 32);
    }
    return result;
  }

  isDisjointFrom(other: ByteSet): boolean {
    return this.#words.every((word, index) => (word & other.#words[index]!) === 0);
  }

  get isFull(): boolean {
    return this.#words.every((word) => word === -1);
  }

  /** Equal for equal sets. */
  get key(): string {
    return this.#words.join();
  }

  bytes(): number[] {
    const bytes: number[] = [];
    for (let byte = 0; byte < 256; byte += 1) if (this.has(byte)) bytes.push(byte);
    return bytes;
  }

  /** The byte, where it is only one. */
  get onlyByte(): number | undefined {
    const bytes = this.bytes();
    return bytes.length === 1 ? bytes[0] : undefined;
  }
}

export const EMPTY_SET: ByteSet = new ByteSet();
export const FULL_SET: ByteSet = EMPTY_SET.complement();
export const NOT_NEWLINE: ByteSet = ByteSet.of(0x0a).complement();

/** The sets of PCRE2's tables in the C locale (pcre2pattern, "Generic character types" and "POSIX character classes"). */
export const DIGIT: ByteSet = ByteSet.ofRanges([0x30, 0x39]);
export const WORD: ByteSet = ByteSet.ofRanges([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
export const SPACE: ByteSet = ByteSet.ofRanges([0x09, 0x0d], [0x20, 0x20]);
export const HORIZONTAL_SPACE: ByteSet = ByteSet.of(0x09, 0x20, 0xa0);
export const VERTICAL_SPACE: ByteSet = ByteSet.ofRanges([0x0a, 0x0d], [0x85, 0x85]);

export const POSIX_CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ['alpha', ByteSet.ofRanges([0x41, 0x5a], [0x61, 0x7a])],
  ['lower', ByteSet.ofRanges([0x61, 0x7a])],
  ['upper', ByteSet.ofRanges([0x41, 0x5a])],
  ['alnum', ByteSet.ofRanges([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a])],
  ['ascii', ByteSet.ofRanges([0x00, 0x7f])],
  ['blank', ByteSet.of(0x09, 0x20)],
  ['cntrl', ByteSet.ofRanges([0x00, 0x1f], [0x7f, 0x7f])],
  ['digit', DIGIT],
  ['graph', ByteSet.ofRanges([0x21, 0x7e])],
  ['print', ByteSet.ofRanges([0x20, 0x7e])],
  ['punct', ByteSet.ofRanges([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', SPACE],
  ['word', WORD],
  ['xdigit', ByteSet.ofRanges([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);
