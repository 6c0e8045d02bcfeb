// What an opening parenthesis begins: everything from `(` to where the content of the group starts (pcre2pattern, "Groups").
import type { Condition } from './node.ts';
import type { ModeFlags } from './pattern-flags.ts';
import type { PatternReader } from './pattern-reader.ts';

export type GroupHead =
  | { readonly kind: 'capture'; readonly number: number }
  | { readonly kind: 'plain'; readonly flags: ModeFlags }
  | { readonly kind: 'branch-reset' | 'atomic' }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean }
  /** `(?i)`: no group at all, its closing parenthesis is read already. */
  | { readonly kind: 'flags'; readonly flags: ModeFlags }
  /** The same of a reference or a call. */
  | { readonly kind: 'reference'; readonly groups: readonly number[] }
  | { readonly kind: 'call'; readonly groups: readonly number[] }
  | {
      readonly kind: 'condition';
      readonly test: Exclude<Condition, { readonly kind: 'look' }>;
      readonly define: boolean;
    }
  /** The assertion that decides follows, with its opening parenthesis. */
  | { readonly kind: 'look-condition' };

const UNKNOWN = 'unrecognized character after (? or (?-';
const UNCLOSED = 'missing closing parenthesis';

/** The version that `(?(VERSION>=…)` is compared with: the one whose behaviour is followed. */
const PCRE2_VERSION = 10.42;

function readCapture(reader: PatternReader, terminator: string): GroupHead {
  const name = reader.name(terminator);
  return { kind: 'capture', number: reader.openGroup(name) };
}

function closeCall(reader: PatternReader): void {
  if (!reader.skip(')')) reader.fail('(?R (recursive pattern call) must be followed by a closing parenthesis');
}

function callOf(reader: PatternReader, number: number, offset: number): GroupHead {
  reader.hasCalls = true;
  closeCall(reader);
  reader.expectGroup(number, offset);
  return { kind: 'call', groups: [number] };
}

function callByName(reader: PatternReader): GroupHead {
  reader.hasCalls = true;
  const start = reader.position;
  return { kind: 'call', groups: reader.expectName(reader.name(')'), start) };
}

/** `(?P…`: names as Python writes them. */
function readPython(reader: PatternReader): GroupHead {
  if (reader.atEnd) reader.fail(UNCLOSED);
  if (reader.skip('<')) return readCapture(reader, '>');
  if (reader.skip('>')) return callByName(reader);
  if (reader.skip('=')) {
    const start = reader.position;
    reader.hasReferences = true;
    return { kind: 'reference', groups: reader.expectName(reader.name(')'), start) };
  }
  reader.position += 1;
  return reader.fail('unrecognized character after (?P');
}

const FLAG_NAMES: Readonly<Record<string, Partial<ModeFlags>>> = {
  i: { ignoreCase: true },
  m: { multiline: true },
  s: { dotAll: true },
  n: { namedOnly: true },
  U: { ungreedy: true },
};
const FLAG_NAMES_OFF: Readonly<Record<string, Partial<ModeFlags>>> = {
  i: { ignoreCase: false },
  m: { multiline: false },
  s: { dotAll: false },
  n: { namedOnly: false },
  U: { ungreedy: false },
};

/** `(?i)`, `(?i-s:…)`, `(?^x)`. */
function readFlags(reader: PatternReader, before: ModeFlags): GroupHead {
  let flags = before;
  let on = true;
  let mayNegate = true;
  if (reader.skip('^')) {
    flags = { ...flags, ignoreCase: false, multiline: false, dotAll: false, namedOnly: false, extended: false };
    mayNegate = false;
  }
  for (;;) {
    if (reader.atEnd) reader.fail(UNCLOSED);
    const letter = reader.source.charAt(reader.position);
    reader.position += 1;
    if (letter === ')') return { kind: 'flags', flags };
    if (letter === ':') return { kind: 'plain', flags };
    const change = (on ? FLAG_NAMES : FLAG_NAMES_OFF)[letter];
    if (letter === '-') {
      if (!mayNegate) reader.fail('invalid hyphen in option setting', reader.position - 1);
      mayNegate = false;
      on = false;
    } else if (change !== undefined) flags = { ...flags, ...change };
    else if (letter === 'x') {
      const twice = reader.skip('x');
      flags = { ...flags, extended: on && (twice ? 'class' : true) };
      // (?J): names may stand several times, which Apache allows everywhere.
    } else if (letter !== 'J') reader.fail(UNKNOWN, reader.position - 1);
  }
}

function readVersion(reader: PatternReader): GroupHead | undefined {
  const test = /^VERSION(>?=)(\d+)(?:\.(\d{1,2}))?\)/.exec(reader.source.slice(reader.position, reader.position + 24));
  if (test === null) {
    if (/^VERSION>?=/.test(reader.source.slice(reader.position, reader.position + 9)))
      reader.fail('syntax error or number too big in (?(VERSION condition');
    return undefined;
  }
  reader.position += test[0].length;
  const version = Number(`${test[2] ?? ''}.${(test[3] ?? '').padEnd(2, '0')}`);
  const holds = test[1] === '=' ? PCRE2_VERSION === version : PCRE2_VERSION >= version;
  return { kind: 'condition', test: { kind: 'fixed', holds }, define: false };
}

function closeCondition(reader: PatternReader): void {
  if (!reader.skip(')')) reader.fail('missing closing parenthesis for condition');
}

function groupCondition(groups: readonly number[]): GroupHead {
  return { kind: 'condition', test: { kind: 'group', groups }, define: false };
}

/** `(?(R)…`, `(?(R1)…`, `(?(R&name)…`: undefined where it is the name of a group instead. */
function readRecursionCondition(reader: PatternReader): GroupHead | undefined {
  const start = reader.position;
  const rest = reader.source.slice(start, start + 40);
  if (rest.startsWith('R)')) {
    reader.position += 2;
    return { kind: 'condition', test: { kind: 'recursion', groups: 'any' }, define: false };
  }
  if (/^R\d+\)/.test(rest)) {
    reader.position += 1;
    const number = reader.digits() ?? 0;
    reader.expectGroup(number, start);
    closeCondition(reader);
    return { kind: 'condition', test: { kind: 'recursion', groups: [number] }, define: false };
  }
  if (!rest.startsWith('R&')) return undefined;
  reader.position += 2;
  const groups = reader.expectName(reader.name(')'), start + 2);
  return { kind: 'condition', test: { kind: 'recursion', groups }, define: false };
}

/** After `(?(`. */
function readCondition(reader: PatternReader): GroupHead {
  reader.hasReferences = true;
  if (reader.peek() === 0x3f || reader.peek() === 0x2a) {
    if (reader.startsWith('?C')) reader.refuse('callouts (?C…) are');
    if (!/^\?(?:[=!]|<[=!])/.test(reader.source.slice(reader.position, reader.position + 3)))
      reader.fail('assertion expected after (?( or (?(?C)', reader.position + 2);
    reader.position -= 1;
    return { kind: 'look-condition' };
  }
  const start = reader.position;
  const number = reader.groupNumber();
  if (number !== undefined) {
    if (number === 0) reader.fail('reference to non-existent subpattern');
    reader.expectGroup(number, start - 1);
    closeCondition(reader);
    return groupCondition([number]);
  }
  const special = readVersion(reader) ?? readRecursionCondition(reader);
  if (special !== undefined) return special;
  if (reader.skip('DEFINE)')) return { kind: 'condition', test: { kind: 'fixed', holds: false }, define: true };
  const terminator = reader.skip('<') ? '>' : reader.skip("'") ? "'" : ')';
  const nameStart = reader.position;
  const groups = reader.expectName(reader.name(terminator), nameStart);
  if (terminator !== ')') closeCondition(reader);
  return groupCondition(groups);
}

function readAngle(reader: PatternReader): GroupHead {
  if (reader.skip('=')) return { kind: 'look', behind: true, negative: false };
  if (reader.skip('!')) return { kind: 'look', behind: true, negative: true };
  if (reader.peek() === 0x2a) reader.refuse('non-atomic assertions (?<*…) are');
  return readCapture(reader, '>');
}

/** The opening parenthesis is read already. */
export function readGroupHead(reader: PatternReader, flags: ModeFlags): GroupHead {
  // A verb, or one of the assertions with letters; `(*` before anything else is a misplaced quantifier.
  if (/^\*[a-zA-Z:]/.test(reader.source.slice(reader.position, reader.position + 2)))
    reader.refuse('verbs and options such as (*NAME) are', reader.position - 1);
  if (!reader.skip('?'))
    return flags.namedOnly ? { kind: 'plain', flags } : { kind: 'capture', number: reader.openGroup() };
  if (reader.atEnd) reader.fail(UNCLOSED);
  const start = reader.position;
  const letter = reader.source.charAt(start);
  reader.position += 1;
  switch (letter) {
    case ':':
      return { kind: 'plain', flags };
    case '|':
      return { kind: 'branch-reset' };
    case '>':
      return { kind: 'atomic' };
    case '=':
      return { kind: 'look', behind: false, negative: false };
    case '!':
      return { kind: 'look', behind: false, negative: true };
    case '*':
      return reader.refuse('non-atomic assertions (?*…) are', start);
    case 'C':
      return reader.refuse('callouts (?C…) are', start);
    case '<':
      return readAngle(reader);
    case "'":
      return readCapture(reader, "'");
    case 'P':
      return readPython(reader);
    case '&':
      return callByName(reader);
    case 'R':
      return callOf(reader, 0, start);
    case '(':
      return readCondition(reader);
    default: {
      reader.position = start;
      const number = reader.groupNumber();
      if (number !== undefined) return callOf(reader, number, reader.position);
      if (letter === '+') return reader.fail('digit expected after (?+ or (?-', start + 1);
      return readFlags(reader, flags);
    }
  }
}
