// Writes the numbers of a program, and keeps its tables of sets, each of them once.
import type { ByteSet } from './byte-set.ts';
import { OP } from './program.ts';

export class ProgramWriter {
  readonly #code: number[] = [];
  readonly #places = new Map<string, number>();
  readonly #sets: ByteSet[] = [];

  /** Where the next operation will stand. */
  get place(): number {
    return this.#code.length;
  }

  /** Returns where the first of the words stands. */
  emit(...words: readonly number[]): number {
    const at = this.#code.length;
    for (const word of words) this.#code.push(word);
    return at;
  }

  point(at: number, target: number): void {
    this.#code[at] = target;
  }

  /** Lets that word point to the next operation. */
  land(at: number): void {
    this.point(at, this.place);
  }

  /** The place of the table of the set. */
  set(set: ByteSet): number {
    const { key } = set;
    let at = this.#places.get(key);
    if (at === undefined) {
      at = this.#sets.length * 256;
      this.#sets.push(set);
      this.#places.set(key, at);
    }
    return at;
  }

  /** -1 for all bytes: nothing to look up. */
  setUnlessFull(set: ByteSet): number {
    return set.isFull ? -1 : this.set(set);
  }

  /**
   * Tries what follows, which starts with `primary`, and then the other way: returns the word that is to point to it. A way that the next
   * byte rules out is not taken.
   */
  choose(primary: ByteSet, primaryCanEnd: boolean, other: ByteSet): number {
    if (primary.isFull && other.isFull) return this.emit(OP.choice, 0) + 1;
    return this.emit(OP.guardedChoice, this.set(primary), primaryCanEnd ? 1 : 0, this.set(other), 0) + 4;
  }

  code(): Int32Array {
    return Int32Array.from(this.#code);
  }

  sets(): Uint8Array {
    const tables = new Uint8Array(this.#sets.length * 256);
    for (const [index, set] of this.#sets.entries()) for (const byte of set.bytes()) tables[index * 256 + byte] = 1;
    return tables;
  }
}
