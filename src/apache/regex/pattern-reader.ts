// Reads an expression byte by byte, and keeps the account of its groups and names while it does.
import { PatternError } from './pattern-error.ts';

/** PCRE2's own limit of capturing groups. */
const MAX_GROUPS = 65_535;
/** PCRE2's own limit (MAX_NAME_SIZE). */
const MAX_NAME_BYTES = 32;

/** Byte strings only; -1 stands for the end. */
export class PatternReader {
  readonly source: string;
  position = 0;
  groups = 0;
  hasCalls = false;
  hasReferences = false;
  readonly names: Map<string, number[]> = new Map();
  readonly #namesByGroup = new Map<number, string>();
  /** Runs once all groups are known. */
  readonly #checks: (() => void)[] = [];

  constructor(source: string) {
    this.source = source;
  }

  get atEnd(): boolean {
    return this.position >= this.source.length;
  }

  peek(ahead = 0): number {
    const at = this.position + ahead;
    return at < this.source.length ? this.source.charCodeAt(at) : -1;
  }

  next(): number {
    const byte = this.peek();
    if (byte !== -1) this.position += 1;
    return byte;
  }

  startsWith(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** Skips the text if it is what follows. */
  skip(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.position += text.length;
    return true;
  }

  fail(message: string, offset: number = this.position): never {
    throw new PatternError(message, offset);
  }

  refuse(what: string, offset: number = this.position): never {
    throw new PatternError(`${what} not supported (at offset ${offset})`, offset, true);
  }

  /** Digits as a number; undefined where there is none. */
  digits(): number | undefined {
    const start = this.position;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) this.position += 1;
    return this.position === start ? undefined : Number(this.source.slice(start, this.position));
  }

  /** The number of a group, `+1` and `-1` counted from here; undefined where none stands here. */
  groupNumber(): number | undefined {
    const start = this.position;
    const sign = this.peek() === 0x2b ? 1 : this.peek() === 0x2d ? -1 : 0;
    if (sign !== 0) this.position += 1;
    const number = this.digits();
    if (number === undefined) {
      this.position = start;
      return undefined;
    }
    if (number > MAX_GROUPS) this.fail('subpattern number is too big');
    if (sign === 0) return number;
    if (number === 0) this.fail('a relative value of zero is not allowed');
    if (sign === 1) return this.groups + number;
    if (number > this.groups) this.fail('reference to non-existent subpattern', start);
    return this.groups - number + 1;
  }

  /** A name and what ends it. */
  name(terminator: string): string {
    if (this.atEnd) this.fail('subpattern name expected');
    const start = this.position;
    if (this.peek() >= 0x30 && this.peek() <= 0x39) this.fail('subpattern name must start with a non-digit');
    while (/^\w$/.test(this.source.charAt(this.position))) this.position += 1;
    if (this.position - start > MAX_NAME_BYTES)
      this.fail('subpattern name is too long (maximum 32 code units)', start + MAX_NAME_BYTES + 1);
    if (this.position === start) this.fail('subpattern name expected');
    const name = this.source.slice(start, this.position);
    if (!this.skip(terminator)) this.fail('syntax error in subpattern name (missing terminator?)');
    return name;
  }

  openGroup(name?: string): number {
    if (this.groups === MAX_GROUPS) this.fail('too many capturing groups (maximum 65535)');
    this.groups += 1;
    const number = this.groups;
    if (name === undefined) return number;
    const other = this.#namesByGroup.get(number);
    if (other !== undefined && other !== name)
      this.fail('different names for subpatterns of the same number are not allowed');
    if (other === undefined) {
      this.#namesByGroup.set(number, name);
      const numbers = this.names.get(name);
      if (numbers === undefined) this.names.set(name, [number]);
      else numbers.push(number);
    }
    return number;
  }

  /** Checks at the end that the group exists, wherever in the expression it stands. */
  expectGroup(number: number, offset: number = this.position): void {
    this.#checks.push(() => {
      if (number > this.groups) this.fail('reference to non-existent subpattern', offset);
    });
  }

  /** The numbers of a name, filled in at the end: the groups may stand further on. */
  expectName(name: string, offset: number = this.position): number[] {
    const numbers: number[] = [];
    this.#checks.push(() => {
      const found = this.names.get(name);
      if (found === undefined) this.fail('reference to non-existent subpattern', offset);
      numbers.push(...found);
    });
    return numbers;
  }

  /** What PCRE2 finds only once it has parsed everything: errors of the syntax come first. */
  failAtEnd(message: string, offset: number = this.source.length): void {
    this.#checks.push(() => this.fail(message, offset));
  }

  finish(): void {
    for (const check of this.#checks) check();
  }
}
