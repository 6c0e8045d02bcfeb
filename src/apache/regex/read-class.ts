// Character classes: `[…]` (pcre2pattern, "Square brackets and character classes" and "POSIX character classes").
import { ByteSet, POSIX_CLASSES } from './byte-set.ts';
import type { PatternReader } from './pattern-reader.ts';
import type { ModeFlags } from './pattern-flags.ts';
import { readEscape } from './read-escape.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const HYPHEN = 0x2d;
const BACKSLASH = 0x5c;

const UNTERMINATED = 'missing terminating ] for character class';

/** Whether `[:`, `[.` or `[=` here is one of POSIX's, that is, has its end: PCRE2 takes it as plain bytes otherwise. */
export function isPosixSyntax(source: string, position: number): boolean {
  const kind = source.charCodeAt(position + 1);
  if (kind !== 0x3a && kind !== 0x2e && kind !== 0x3d) return false;
  for (let at = position + 2; at < source.length - 1; at += 1) {
    const byte = source.charCodeAt(at);
    const next = source.charCodeAt(at + 1);
    if (byte === BACKSLASH && (next === CLOSE || next === BACKSLASH)) at += 1;
    else if ((byte === OPEN && next === kind) || byte === CLOSE) return false;
    else if (byte === kind && next === CLOSE) return true;
  }
  return false;
}

function readPosix(reader: PatternReader, flags: ModeFlags): ByteSet {
  if (reader.peek(1) !== 0x3a) reader.fail('POSIX collating elements are not supported', reader.position);
  reader.position += 2;
  const negated = reader.skip('^');
  const end = reader.source.indexOf(':]', reader.position);
  let name = reader.source.slice(reader.position, end);
  const known = POSIX_CLASSES.get(name);
  if (known === undefined) return reader.fail('unknown POSIX class name');
  if (flags.ignoreCase && (name === 'lower' || name === 'upper')) name = 'alpha';
  reader.position = end + 2;
  const set = POSIX_CLASSES.get(name) ?? known;
  return negated ? set.complement() : set;
}

type Item = { readonly byte: number } | { readonly set: ByteSet; readonly posix: boolean };

/** One byte or set; undefined for what is nothing, such as `\E`. `quoted` is whether it stands between \Q and \E. */
class ClassItems {
  readonly #reader: PatternReader;
  readonly #flags: ModeFlags;
  #quoted = false;

  constructor(reader: PatternReader, flags: ModeFlags) {
    this.#reader = reader;
    this.#flags = flags;
  }

  /** Leaves what is skipped behind: quotes, and the spaces of `(?xx)`. */
  skip(): void {
    const reader = this.#reader;
    for (;;) {
      if (this.#quoted) {
        if (!reader.skip('\\E')) return;
        this.#quoted = false;
      } else if (reader.skip('\\Q')) this.#quoted = true;
      else if (reader.skip('\\E')) continue;
      else if (this.#flags.extended === 'class' && (reader.peek() === 0x20 || reader.peek() === 0x09)) reader.next();
      else return;
    }
  }

  get atClose(): boolean {
    return !this.#quoted && this.#reader.peek() === CLOSE;
  }

  get atHyphen(): boolean {
    return !this.#quoted && this.#reader.peek() === HYPHEN;
  }

  read(): Item {
    const reader = this.#reader;
    if (reader.atEnd) reader.fail(UNTERMINATED);
    if (!this.#quoted) {
      if (reader.peek() === OPEN && isPosixSyntax(reader.source, reader.position))
        return { set: readPosix(reader, this.#flags), posix: true };
      if (reader.peek() === BACKSLASH) {
        reader.next();
        const escape = readEscape(reader, true);
        if (escape.kind === 'set') return { set: escape.set, posix: false };
        if (escape.kind === 'byte') return { byte: escape.byte };
        return reader.fail('escape sequence is invalid in character class');
      }
    }
    return { byte: reader.next() };
  }
}

/** The opening bracket is read already. */
export function readClass(reader: PatternReader, flags: ModeFlags): ByteSet {
  const items = new ClassItems(reader, flags);
  items.skip();
  const negated = items.atClose ? false : reader.skip('^');
  items.skip();
  const plain = new ByteSet();
  const sets = new ByteSet();
  for (let first = true; first || !items.atClose; first = false) {
    if (reader.atEnd) reader.fail(UNTERMINATED);
    const from = items.read();
    items.skip();
    const hyphen = items.atHyphen;
    const hyphenAt = reader.position;
    if (hyphen) {
      reader.next();
      items.skip();
    }
    if (!hyphen || items.atClose || reader.atEnd) {
      if ('byte' in from) plain.add(from.byte);
      else sets.addAll(from.set);
      if (hyphen) plain.add(HYPHEN);
      continue;
    }
    // Perl takes the hyphen for itself and warns; PCRE2, which cannot warn, refuses it.
    if ('set' in from) reader.fail('invalid range in character class', hyphenAt);
    const posixStart = reader.position;
    const to = items.read();
    if ('set' in to)
      return reader.fail('invalid range in character class', to.posix ? posixStart + 1 : reader.position);
    if (to.byte < from.byte) reader.fail('range out of order in character class', reader.position - 1);
    plain.addRange(from.byte, to.byte);
    items.skip();
  }
  reader.next();
  const set = (flags.ignoreCase ? plain.withBothCases() : plain).union(sets);
  return negated ? set.complement() : set;
}
