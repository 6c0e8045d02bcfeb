// What a backslash means, outside and inside a class (pcre2pattern, "Backslash").
import { ByteSet, DIGIT, FULL_SET, HORIZONTAL_SPACE, NOT_NEWLINE, SPACE, VERTICAL_SPACE, WORD } from './byte-set.ts';
import type { Assertion } from './node.ts';
import type { PatternReader } from './pattern-reader.ts';

export type Escape =
  | { readonly kind: 'byte'; readonly byte: number }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'reference'; readonly groups: readonly number[] }
  | { readonly kind: 'call'; readonly groups: readonly number[] }
  | { readonly kind: 'newline' | 'cluster' | 'keep' | 'quote' | 'end-quote' };

const BYTES: Readonly<Record<string, number>> = { a: 0x07, e: 0x1b, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };

const SETS: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  D: DIGIT.complement(),
  h: HORIZONTAL_SPACE,
  H: HORIZONTAL_SPACE.complement(),
  s: SPACE,
  S: SPACE.complement(),
  v: VERTICAL_SPACE,
  V: VERTICAL_SPACE.complement(),
  w: WORD,
  W: WORD.complement(),
};

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: 'start',
  b: 'word-boundary',
  B: 'not-word-boundary',
  G: 'match-start',
  z: 'end',
  Z: 'end-or-last-newline',
};

const WITHOUT_ARGUMENT = {
  R: 'newline',
  X: 'cluster',
  K: 'keep',
  Q: 'quote',
  E: 'end-quote',
} as const;

const NOT_IN_PCRE2 = 'PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u';
const TOO_LARGE = 'character code point value in \\x{} or \\o{} is too large';
const DIGITS_MISSING = 'digits missing in \\x{} or \\o{} or \\N{U+}';

function digitValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 16;
}

/** Up to `most` digits of that base. */
function readDigits(reader: PatternReader, base: number, most: number): number {
  let value = 0;
  for (let count = 0; count < most && !reader.atEnd && digitValue(reader.peek()) < base; count += 1)
    value = value * base + digitValue(reader.next());
  return value;
}

/** `{…}` of `\x{}` and `\o{}`; the brace is read already. */
function readBraced(reader: PatternReader, base: 8 | 16): number {
  if (reader.atEnd || reader.peek() === 0x7d) reader.fail(DIGITS_MISSING);
  let value = 0;
  while (!reader.atEnd && digitValue(reader.peek()) < base) {
    value = value * base + digitValue(reader.next());
    if (value > 0xff) reader.fail(TOO_LARGE);
  }
  if (!reader.skip('}')) {
    reader.fail(
      base === 16
        ? 'non-hex character in \\x{} (closing brace missing?)'
        : 'non-octal character in \\o{} (closing brace missing?)',
    );
  }
  return value;
}

function readOctal(reader: PatternReader, first: number): Escape {
  let value = first;
  for (let count = 0; count < 2 && reader.peek() >= 0x30 && reader.peek() <= 0x37; count += 1)
    value = value * 8 + reader.next() - 0x30;
  if (value > 0xff) reader.fail('octal value is greater than \\377 in 8-bit non-UTF-8 mode');
  return { kind: 'byte', byte: value };
}

function referenceTo(reader: PatternReader, number: number, offset: number = reader.position): Escape {
  reader.hasReferences = true;
  reader.expectGroup(number, offset);
  return { kind: 'reference', groups: [number] };
}

function referenceToName(reader: PatternReader, terminator: string): Escape {
  reader.hasReferences = true;
  const start = reader.position;
  return { kind: 'reference', groups: reader.expectName(reader.name(terminator), start) };
}

/** A digit after the backslash: a reference, or an octal number where there cannot be such a group. */
function readDigit(reader: PatternReader, first: number, inClass: boolean): Escape {
  if (!inClass) {
    const start = reader.position;
    reader.position -= 1;
    const number = reader.digits() ?? 0;
    if (number < 10 || first >= 0x38 || number <= reader.groups) {
      if (number > 65_535) reader.fail('number too big in {} quantifier');
      return referenceTo(reader, number, reader.position - 1);
    }
    reader.position = start;
  }
  if (first >= 0x38) return { kind: 'byte', byte: first };
  return readOctal(reader, first - 0x30);
}

const G_EXPECTED = '\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number';

/** `\g`: a reference by number or name, or in angle brackets and quotes a call. */
function readG(reader: PatternReader): Escape {
  if (reader.atEnd) reader.fail(G_EXPECTED);
  const call = reader.skip('<') ? '>' : reader.skip("'") ? "'" : undefined;
  if (call !== undefined) {
    reader.hasCalls = true;
    const number = reader.groupNumber();
    if (number === undefined) {
      const start = reader.position;
      return { kind: 'call', groups: reader.expectName(reader.name(call), start) };
    }
    if (!reader.skip(call)) reader.fail(G_EXPECTED);
    reader.expectGroup(number);
    return { kind: 'call', groups: [number] };
  }
  const braced = reader.skip('{');
  const number = reader.groupNumber();
  if (number === undefined) {
    if (braced) return referenceToName(reader, '}');
    return reader.fail(G_EXPECTED);
  }
  if (braced && !reader.skip('}')) reader.fail(G_EXPECTED);
  if (number === 0) reader.fail('reference to non-existent subpattern');
  return referenceTo(reader, number);
}

function readK(reader: PatternReader): Escape {
  const terminator = { '{': '}', '<': '>', "'": "'" }[reader.source.charAt(reader.position)];
  if (terminator === undefined) return reader.fail('\\k is not followed by a braced, angle-bracketed, or quoted name');
  reader.position += 1;
  return referenceToName(reader, terminator);
}

function readControl(reader: PatternReader): Escape {
  if (reader.atEnd) reader.fail('\\c at end of pattern');
  const byte = reader.next();
  if (byte < 0x20 || byte > 0x7e) reader.fail('\\c must be followed by a printable ASCII character');
  return { kind: 'byte', byte: (byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte) ^ 0x40 };
}

function readN(reader: PatternReader, inClass: boolean): Escape {
  if (inClass) reader.fail('\\N is not supported in a class');
  if (reader.peek() === 0x7b && !/^\{\d+(?:,\d*)?\}/.test(reader.source.slice(reader.position, reader.position + 16))) {
    reader.fail(reader.startsWith('{U+') ? '\\N{U+dddd} is supported only in Unicode (UTF) mode' : NOT_IN_PCRE2);
  }
  return { kind: 'set', set: NOT_NEWLINE };
}

/** The backslash is read already. */
export function readEscape(reader: PatternReader, inClass: boolean): Escape {
  if (reader.atEnd) reader.fail('\\ at end of pattern');
  const byte = reader.next();
  const letter = String.fromCharCode(byte);
  if (byte >= 0x31 && byte <= 0x39) return readDigit(reader, byte, inClass);
  if (byte === 0x30) return readOctal(reader, 0);
  if (!/^[a-zA-Z]$/.test(letter)) return { kind: 'byte', byte };
  const plain = BYTES[letter];
  if (plain !== undefined) return { kind: 'byte', byte: plain };
  const set = SETS[letter];
  if (set !== undefined) return { kind: 'set', set };
  if (letter === 'c') return readControl(reader);
  if (letter === 'x') {
    return { kind: 'byte', byte: reader.skip('{') ? readBraced(reader, 16) : readDigits(reader, 16, 2) };
  }
  if (letter === 'o') {
    if (!reader.skip('{')) reader.fail('missing opening brace after \\o');
    return { kind: 'byte', byte: readBraced(reader, 8) };
  }
  if (letter === 'N') return readN(reader, inClass);
  if (letter === 'p' || letter === 'P')
    return reader.refuse(`Unicode properties (\\${letter}) are`, reader.position - 2);
  if ('FLlUu'.includes(letter)) reader.fail(NOT_IN_PCRE2);
  if (letter === 'Q' || letter === 'E') return { kind: WITHOUT_ARGUMENT[letter] };
  if (inClass) {
    if (letter === 'b') return { kind: 'byte', byte: 0x08 };
    const known = ASSERTIONS[letter] !== undefined || 'RXKCgk'.includes(letter);
    return reader.fail(
      known ? 'escape sequence is invalid in character class' : 'unrecognized character follows \\',
      reader.position - 1,
    );
  }
  const assertion = ASSERTIONS[letter];
  if (assertion !== undefined) return { kind: 'assertion', assertion };
  if (letter === 'C') return { kind: 'set', set: FULL_SET };
  if (letter === 'g') return readG(reader);
  if (letter === 'k') return readK(reader);
  if (letter === 'R' || letter === 'X' || letter === 'K') return { kind: WITHOUT_ARGUMENT[letter] };
  return reader.fail('unrecognized character follows \\', reader.position - 1);
}
