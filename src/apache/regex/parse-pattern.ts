// Parses a regular expression of PCRE2 into a tree, in byte mode, with the meaning and the errors of PCRE2 10.42.
import { FULL_SET, NOT_NEWLINE, WORD, VERTICAL_SPACE } from './byte-set.ts';
import { checkLookbehinds } from './fixed-length.ts';
import type { Assertion, Condition, LookNode, ParsedPattern, PatternNode } from './node.ts';
import { startingFlags } from './pattern-flags.ts';
import type { ModeFlags, PatternFlags } from './pattern-flags.ts';
import { PatternReader } from './pattern-reader.ts';
import { isPosixSyntax, readClass } from './read-class.ts';
import { readEscape } from './read-escape.ts';
import type { Escape } from './read-escape.ts';
import { readGroupHead } from './read-group-head.ts';
import type { GroupHead } from './read-group-head.ts';
import { joinItems } from './join-items.ts';

/** PCRE2's own default (parens_nest_limit). */
const MAX_NESTING = 250;

/**
 * The longest lists of robots and exploits that circulate have 4 to 8 KiB in one expression. PCRE2 as Debian builds it ends at 64 KiB of
 * compiled code.
 */
const MAX_PATTERN_BYTES = 32_768;

const KEEP_IN_LOOKAROUND = '\\K is not allowed in lookarounds (but see PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK)';

/** PCRE2's own limit. */
const MAX_REPEAT = 65_535;

const EMPTY: PatternNode = { kind: 'empty' };

/** A line ending of any sort: `\r\n` is one, and does not come apart again. */
const NEWLINE_SEQUENCE: PatternNode = {
  kind: 'atomic',
  body: {
    kind: 'alternation',
    branches: [
      { kind: 'bytes', text: '\r\n', ignoreCase: false },
      { kind: 'set', set: VERTICAL_SPACE },
    ],
  },
};

/** A grapheme cluster, as far as there are any among 256 characters. */
const CLUSTER: PatternNode = {
  kind: 'atomic',
  body: {
    kind: 'alternation',
    branches: [
      { kind: 'bytes', text: '\r\n', ignoreCase: false },
      { kind: 'set', set: FULL_SET },
    ],
  },
};

/** `[[:<:]]` and `[[:>:]]`: where a word starts and ends. */
function wordEdge(end: boolean): PatternNode {
  return {
    kind: 'sequence',
    items: [
      { kind: 'assertion', assertion: 'word-boundary' },
      { kind: 'look', behind: end, negative: false, branches: [{ kind: 'set', set: WORD }], offset: 0 },
    ],
  };
}

interface Quantifier {
  /** Its last byte, without what makes it lazy or possessive. */
  readonly offset: number;
  readonly min: number;
  readonly max: number;
  readonly mode: 'greedy' | 'lazy' | 'possessive';
}

interface Branches {
  readonly branches: readonly PatternNode[];
  /** Where the last of them ended. */
  readonly end: number;
}

class PatternParser {
  readonly #reader: PatternReader;
  #nesting = 0;
  #lookarounds = 0;
  /** Between \Q and \E. */
  #quoted = false;

  constructor(reader: PatternReader) {
    this.#reader = reader;
  }

  parse(flags: ModeFlags): PatternNode {
    const { branches } = this.#parseBranches(flags, false);
    if (!this.#reader.atEnd) this.#reader.fail('unmatched closing parenthesis');
    return alternationOf(branches);
  }

  /** Up to the closing parenthesis, which stays unread, or the end. Options set in one branch hold in the next ones, too. */
  #parseBranches(flags: ModeFlags, resetGroups: boolean): Branches {
    const reader = this.#reader;
    const branches: PatternNode[] = [];
    const firstGroup = reader.groups;
    let lastGroup = firstGroup;
    let current = flags;
    for (;;) {
      const branch = this.#parseBranch(current);
      branches.push(branch.node);
      current = branch.flags;
      lastGroup = Math.max(lastGroup, reader.groups);
      if (!reader.skip('|')) break;
      if (resetGroups) reader.groups = firstGroup;
    }
    reader.groups = lastGroup;
    return { branches, end: reader.position };
  }

  #parseBranch(startFlags: ModeFlags): { readonly node: PatternNode; readonly flags: ModeFlags } {
    const reader = this.#reader;
    const items: PatternNode[] = [];
    let flags = startFlags;
    let quantifiable = false;
    const addByte = (byte: number): void => {
      items.push({ kind: 'bytes', text: String.fromCharCode(byte), ignoreCase: flags.ignoreCase });
      quantifiable = true;
    };
    for (;;) {
      this.#skipInsignificant(flags);
      if (reader.atEnd) break;
      if (this.#quoted) {
        addByte(reader.next());
        continue;
      }
      const byte = reader.peek();
      if (byte === 0x7c || byte === 0x29) break;
      const quantifier = this.#readQuantifier(flags);
      if (quantifier !== undefined) {
        const body = items.pop();
        if (!quantifiable || body === undefined)
          return reader.fail('quantifier does not follow a repeatable item', quantifier.offset);
        items.push(repeatOf(body, quantifier));
        quantifiable = false;
        continue;
      }
      reader.next();
      switch (byte) {
        case 0x5c: {
          const escape = readEscape(reader, false);
          if (escape.kind === 'byte') addByte(escape.byte);
          else {
            items.push(this.#escapeNode(escape, flags));
            quantifiable = escape.kind !== 'assertion' && escape.kind !== 'keep';
          }
          break;
        }
        case 0x5b: {
          const edge = reader.skip('[:<:]]') ? false : reader.skip('[:>:]]') ? true : undefined;
          if (edge === undefined && isPosixSyntax(reader.source, reader.position - 1))
            return this.#failPosixOutside(reader.position - 1);
          items.push(edge === undefined ? { kind: 'set', set: readClass(reader, flags) } : wordEdge(edge));
          quantifiable = edge === undefined;
          break;
        }
        case 0x28: {
          const offset = reader.position - 1;
          const head = readGroupHead(reader, flags);
          if (head.kind === 'flags') {
            ({ flags } = head);
            quantifiable = false;
          } else {
            items.push(this.#parseGroup(head, flags, offset));
            quantifiable = true;
          }
          break;
        }
        case 0x2e:
          items.push({ kind: 'set', set: flags.dotAll ? FULL_SET : NOT_NEWLINE });
          quantifiable = true;
          break;
        case 0x5e:
        case 0x24:
          items.push({ kind: 'assertion', assertion: byte === 0x5e ? caret(flags) : dollar(flags) });
          quantifiable = false;
          break;
        default:
          addByte(byte);
      }
    }
    return { node: joinItems(items), flags };
  }

  #failPosixOutside(offset: number): never {
    const reader = this.#reader;
    return reader.fail(
      reader.peek() === 0x3a
        ? 'POSIX named classes are supported only within a class'
        : 'POSIX collating elements are not supported',
      offset,
    );
  }

  /** What may stand anywhere, also before a quantifier: comments, quotes around nothing, and the spaces of `(?x)`. */
  #skipInsignificant(flags: ModeFlags): void {
    const reader = this.#reader;
    for (;;) {
      if (this.#quoted) {
        if (!reader.skip('\\E')) return;
        this.#quoted = false;
      } else if (reader.skip('\\Q')) this.#quoted = true;
      else if (!reader.skip('\\E') && !this.#skipExtended(flags) && !this.#skipComment()) return;
    }
  }

  /** Space and comments of `(?x)`. */
  #skipExtended(flags: ModeFlags): boolean {
    const reader = this.#reader;
    if (flags.extended === false) return false;
    const byte = reader.peek();
    if ((byte >= 0x09 && byte <= 0x0d) || byte === 0x20) {
      reader.next();
      return true;
    }
    if (byte !== 0x23) return false;
    const end = reader.source.indexOf('\n', reader.position);
    reader.position = end === -1 ? reader.source.length : end + 1;
    return true;
  }

  #skipComment(): boolean {
    const reader = this.#reader;
    if (!reader.skip('(?#')) return false;
    const end = reader.source.indexOf(')', reader.position);
    if (end === -1) reader.fail('missing ) after (?# comment', reader.source.length);
    reader.position = end + 1;
    return true;
  }

  /** A brace that is no quantifier stands for itself, and so does `{,3}` before PCRE2 10.43. */
  #readQuantifier(flags: ModeFlags): Quantifier | undefined {
    const reader = this.#reader;
    const byte = reader.peek();
    let min = 0;
    let max = Infinity;
    if (byte === 0x2a || byte === 0x2b || byte === 0x3f) {
      reader.next();
      if (byte === 0x2b) min = 1;
      if (byte === 0x3f) max = 1;
    } else if (byte === 0x7b) {
      const start = reader.position;
      reader.next();
      const first = reader.digits();
      const comma = reader.skip(',');
      const second = comma ? reader.digits() : first;
      if (first === undefined || !reader.skip('}')) {
        reader.position = start;
        return undefined;
      }
      if (Math.max(first, second ?? 0) > MAX_REPEAT)
        reader.fail('number too big in {} quantifier', reader.position - 1);
      if (second !== undefined && second < first)
        reader.fail('numbers out of order in {} quantifier', reader.position - 1);
      min = first;
      max = second ?? Infinity;
    } else return undefined;
    const offset = reader.position - 1;
    this.#skipInsignificant(flags);
    if (!this.#quoted && reader.skip('+')) return { min, max, mode: 'possessive', offset };
    return { min, max, offset, mode: (!this.#quoted && reader.skip('?')) === flags.ungreedy ? 'greedy' : 'lazy' };
  }

  #escapeNode(escape: Exclude<Escape, { kind: 'byte' }>, flags: ModeFlags): PatternNode {
    switch (escape.kind) {
      case 'set':
        return { kind: 'set', set: escape.set };
      case 'assertion':
        return { kind: 'assertion', assertion: escape.assertion };
      case 'reference':
        return { kind: 'reference', groups: escape.groups, ignoreCase: flags.ignoreCase };
      case 'call':
        return callOf(escape.groups);
      case 'newline':
        return NEWLINE_SEQUENCE;
      case 'cluster':
        return CLUSTER;
      case 'keep':
        if (this.#lookarounds > 0) this.#reader.failAtEnd(KEEP_IN_LOOKAROUND);
        return { kind: 'keep' };
      default:
        return EMPTY;
    }
  }

  #enter(): void {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) this.#reader.fail('parentheses are too deeply nested');
  }

  #close(): void {
    if (!this.#reader.skip(')')) this.#reader.fail('missing closing parenthesis');
    this.#nesting -= 1;
  }

  #parseGroup(head: Exclude<GroupHead, { kind: 'flags' }>, flags: ModeFlags, offset: number): PatternNode {
    if (head.kind === 'reference') return { kind: 'reference', groups: head.groups, ignoreCase: flags.ignoreCase };
    if (head.kind === 'call') return callOf(head.groups);
    this.#enter();
    if (head.kind === 'look') return this.#parseLook(head.behind, head.negative, flags, offset);
    if (head.kind === 'condition' || head.kind === 'look-condition') return this.#parseCondition(head, flags, offset);
    const { branches } = this.#parseBranches(head.kind === 'plain' ? head.flags : flags, head.kind === 'branch-reset');
    this.#close();
    const body = alternationOf(branches);
    if (head.kind === 'capture') return { kind: 'group', number: head.number, body };
    return head.kind === 'atomic' ? { kind: 'atomic', body } : body;
  }

  #parseLook(behind: boolean, negative: boolean, flags: ModeFlags, offset: number): LookNode {
    this.#lookarounds += 1;
    const { branches } = this.#parseBranches(flags, false);
    this.#lookarounds -= 1;
    this.#close();
    return { kind: 'look', behind, negative, branches, offset };
  }

  #parseCondition(
    head: Extract<GroupHead, { kind: 'condition' | 'look-condition' }>,
    flags: ModeFlags,
    offset: number,
  ): PatternNode {
    const test = head.kind === 'condition' ? head.test : this.#parseLookCondition(flags);
    const { branches } = this.#parseBranches(flags, false);
    const define = head.kind === 'condition' && head.define;
    if (define && branches.length > 1)
      this.#reader.failAtEnd('DEFINE subpattern contains more than one branch', offset + 3);
    if (branches.length > 2)
      this.#reader.failAtEnd('conditional subpattern contains more than two branches', offset + 3);
    this.#close();
    return { kind: 'condition', test, yes: branches[0] ?? EMPTY, no: branches[1] ?? EMPTY };
  }

  #parseLookCondition(flags: ModeFlags): Condition {
    const reader = this.#reader;
    const offset = reader.position;
    reader.next();
    const head = readGroupHead(reader, flags);
    if (head.kind !== 'look') return reader.fail('assertion expected after (?( or (?(?C)');
    this.#enter();
    return { kind: 'look', look: this.#parseLook(head.behind, head.negative, flags, offset) };
  }
}

function caret(flags: ModeFlags): Assertion {
  return flags.multiline ? 'line-start' : 'start';
}

function dollar(flags: ModeFlags): Assertion {
  if (flags.multiline) return 'line-end';
  return flags.dollarEndOnly ? 'end' : 'end-or-last-newline';
}

/** A name that stands for several groups calls the first of them. The list of a name is filled when everything is read. */
function callOf(groups: readonly number[]): PatternNode {
  return {
    kind: 'call',
    get group(): number {
      return groups[0] ?? 0;
    },
  };
}

function alternationOf(branches: readonly PatternNode[]): PatternNode {
  const [only] = branches;
  return only !== undefined && branches.length === 1 ? only : { kind: 'alternation', branches };
}

function repeatOf(body: PatternNode, { min, max, mode }: Quantifier): PatternNode {
  if (min === 1 && max === 1) return mode === 'possessive' ? { kind: 'atomic', body } : body;
  // What consumes nothing need not be looked at more often; PCRE2 does the same.
  const most = body.kind === 'look' && max === Infinity ? min + 1 : max;
  return { kind: 'repeat', body, min, max: most, mode };
}

/** @throws PatternError */
export function parsePattern(source: string, flags: PatternFlags): ParsedPattern {
  const reader = new PatternReader(source);
  if (source.length > MAX_PATTERN_BYTES)
    reader.refuse(`more than ${MAX_PATTERN_BYTES} bytes (here ${source.length}) are`, MAX_PATTERN_BYTES);
  const root = new PatternParser(reader).parse(startingFlags(flags));
  reader.finish();
  checkLookbehinds(root);
  const { groups, names: groupNames, hasCalls, hasReferences } = reader;
  return { root, groups, groupNames, hasCalls, hasReferences };
}
