// Compiles the tree of a regular expression to a program for the matcher.
import { Analysis } from './analyse.ts';
import { ByteSet, EMPTY_SET, FULL_SET } from './byte-set.ts';
import { findGroups, makeLengthFinder } from './fixed-length.ts';
import type { Assertion, LookNode, ParsedPattern, PatternNode, RepeatNode } from './node.ts';
import { OP, Program } from './program.ts';
import { planSearch } from './plan-search.ts';
import { ProgramWriter } from './program-writer.ts';

/** Alternations of that many branches are looked up by the next byte instead of tried one after the other. */
const DISPATCH_BRANCHES = 4;
/** Unless the lists of branches of all bytes together are longer than that. */
const MAX_DISPATCH_ENTRIES = 4096;

const ASSERTION_OPS: Readonly<Record<Assertion, number>> = {
  start: OP.assertStart,
  'line-start': OP.assertLineStart,
  end: OP.assertEnd,
  'end-or-last-newline': OP.assertEndOrLastNewline,
  'line-end': OP.assertLineEnd,
  'word-boundary': OP.assertWordBoundary,
  'not-word-boundary': OP.assertNotWordBoundary,
  'match-start': OP.assertMatchStart,
};

/** The set of a node that is always one byte long. */
function singleByteSet(node: PatternNode): ByteSet | undefined {
  if (node.kind === 'set') return node.set;
  if (node.kind !== 'bytes' || node.text.length !== 1) return undefined;
  const set = ByteSet.of(node.text.charCodeAt(0));
  return node.ignoreCase ? set.withBothCases() : set;
}

class Compiler {
  readonly #writer = new ProgramWriter();
  readonly #parsed: ParsedPattern;
  readonly #analysis = new Analysis();
  readonly #lengthOf: (branch: PatternNode) => number | undefined;
  readonly #entries = new Map<number, number>();
  readonly #calls: { readonly at: number; readonly group: number }[] = [];
  readonly #callRegister: number;
  #registers: number;
  /** Groups that are read while they are still open keep their start apart until they close. */
  readonly #separateStarts: boolean;

  constructor(parsed: ParsedPattern) {
    this.#parsed = parsed;
    this.#lengthOf = makeLengthFinder(findGroups(parsed.root));
    this.#separateStarts = parsed.hasReferences || parsed.hasCalls;
    this.#registers = 2 * (parsed.groups + 1);
    this.#callRegister = parsed.hasCalls ? this.#takeRegisters(2) : -1;
  }

  compile(): Program {
    const { root, groups, hasCalls } = this.#parsed;
    const writer = this.#writer;
    this.#entries.set(0, 0);
    this.#node(root, FULL_SET);
    if (hasCalls) writer.emit(OP.endCall, 0);
    writer.emit(OP.match);
    for (const { at, group } of this.#calls) writer.point(at, this.#entries.get(group) ?? 0);
    const { startBytes, ...search } = planSearch(root, this.#analysis, !this.#separateStarts);
    const startSet = startBytes === undefined ? -1 : writer.set(startBytes);
    return new Program({
      ...search,
      code: writer.code(),
      startSet,
      sets: writer.sets(),
      registers: this.#registers,
      resetRegisters: 2 * (groups + 1),
      callRegister: this.#callRegister,
    });
  }

  #takeRegisters(count: number): number {
    const first = this.#registers;
    this.#registers += count;
    return first;
  }

  /** `follow` are the bytes with which the rest of the expression may go on. */
  #node(node: PatternNode, follow: ByteSet): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'bytes':
        this.#bytes(node.text, node.ignoreCase);
        return;
      case 'set':
        this.#byteOf(node.set);
        return;
      case 'sequence':
        this.#sequence(node.items, follow);
        return;
      case 'alternation':
        this.#alternation(node.branches, follow);
        return;
      case 'group':
        this.#group(node.number, node.body, follow);
        return;
      case 'atomic':
        this.#atomic(node.body);
        return;
      case 'assertion':
        this.#writer.emit(ASSERTION_OPS[node.assertion]);
        return;
      case 'reference':
        this.#writer.emit(OP.reference, node.ignoreCase ? 1 : 0, node.groups.length, ...node.groups);
        return;
      case 'call':
        this.#call(node.group);
        return;
      case 'keep':
        this.#writer.emit(OP.save, 0);
        return;
      case 'condition':
        this.#condition(node, follow);
        return;
      case 'look':
        this.#look(node);
        return;
      case 'repeat':
        this.#repeat(node, follow);
    }
  }

  /** PCRE2 does not go back into a call of the whole expression once it has matched, but into those of groups. */
  #call(group: number): void {
    const register = group === 0 ? this.#takeRegisters(2) : -1;
    if (group === 0) this.#writer.emit(OP.mark, register);
    this.#calls.push({ at: this.#writer.emit(OP.call, group, 0) + 2, group });
    if (group === 0) this.#writer.emit(OP.commit, register);
  }

  #bytes(text: string, ignoreCase: boolean): void {
    if (text.length === 1 && !ignoreCase) {
      this.#writer.emit(OP.byte, text.charCodeAt(0));
      return;
    }
    const folded = ignoreCase ? text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
    this.#writer.emit(ignoreCase ? OP.caselessBytes : OP.bytes, text.length);
    for (let index = 0; index < text.length; index += 1) this.#writer.emit(folded.charCodeAt(index));
  }

  #byteOf(set: ByteSet): void {
    const { onlyByte } = set;
    if (set.isFull) this.#writer.emit(OP.any);
    else if (onlyByte !== undefined) this.#writer.emit(OP.byte, onlyByte);
    else this.#writer.emit(OP.set, this.#writer.set(set));
  }

  #sequence(items: readonly PatternNode[], follow: ByteSet): void {
    const follows: ByteSet[] = [];
    let next = follow;
    for (let index = items.length - 1; index >= 0; index -= 1) {
      follows[index] = next;
      next = this.#analysis.firstBytes(items[index]!, next);
    }
    for (const [index, item] of items.entries()) this.#node(item, follows[index]!);
  }

  #group(number: number, body: PatternNode, follow: ByteSet): void {
    if (!this.#entries.has(number)) this.#entries.set(number, this.#writer.place);
    // What is called goes on where it was called from.
    const bodyFollow = this.#parsed.hasCalls ? FULL_SET : follow;
    if (this.#separateStarts) {
      const start = this.#takeRegisters(1);
      this.#writer.emit(OP.save, start);
      this.#node(body, bodyFollow);
      this.#writer.emit(OP.close, 2 * number, start);
      if (this.#parsed.hasCalls) this.#writer.emit(OP.endCall, number);
      return;
    }
    this.#writer.emit(OP.save, 2 * number);
    this.#node(body, bodyFollow);
    this.#writer.emit(OP.save, 2 * number + 1);
  }

  #canEnd(node: PatternNode): boolean {
    return this.#analysis.leastBytes(node) === 0;
  }

  #alternation(branches: readonly PatternNode[], follow: ByteSet): void {
    const firsts = branches.map((branch) => this.#analysis.firstBytes(branch, follow));
    if (branches.length >= DISPATCH_BRANCHES && this.#dispatch(branches, firsts, follow)) return;
    const rests: ByteSet[] = [];
    let rest = EMPTY_SET;
    for (let index = branches.length - 1; index > 0; index -= 1) rests[index - 1] = rest = rest.union(firsts[index]!);
    const ends: number[] = [];
    for (const [index, branch] of branches.entries()) {
      const isLast = index === branches.length - 1;
      const other = isLast ? -1 : this.#writer.choose(firsts[index]!, this.#canEnd(branch), rests[index]!);
      this.#node(branch, follow);
      if (isLast) break;
      ends.push(this.#writer.emit(OP.jump, 0) + 1);
      this.#writer.land(other);
    }
    for (const end of ends) this.#writer.land(end);
  }

  /** False where the tables would be too large. */
  #dispatch(branches: readonly PatternNode[], firsts: readonly ByteSet[], follow: ByteSet): boolean {
    const candidates: number[][] = Array.from({ length: 257 }, () => []);
    for (const [index, branch] of branches.entries()) {
      for (const byte of firsts[index]!.bytes()) candidates[byte]!.push(index);
      if (this.#canEnd(branch)) candidates[256]!.push(index);
    }
    const keys = candidates.map((list) => list.join());
    const chains = new Map(candidates.map((list, byte) => [keys[byte]!, list]));
    if ([...chains.values()].reduce((sum, list) => sum + list.length, 0) > MAX_DISPATCH_ENTRIES) return false;
    const table = this.#writer.emit(OP.dispatch) + 1;
    for (const _ of candidates) this.#writer.emit(0);
    const branchWords: number[][] = branches.map(() => []);
    for (const [key, list] of chains) {
      const at = this.#writer.place;
      for (const [byte, own] of keys.entries()) if (own === key) this.#writer.point(table + byte, at);
      if (list.length === 0) this.#writer.emit(OP.fail);
      for (const [place, index] of list.entries()) {
        const isLast = place === list.length - 1;
        const other = isLast ? -1 : this.#writer.emit(OP.choice, 0) + 1;
        branchWords[index]!.push(this.#writer.emit(OP.jump, 0) + 1);
        if (!isLast) this.#writer.land(other);
      }
    }
    const ends: number[] = [];
    for (const [index, branch] of branches.entries()) {
      for (const word of branchWords[index]!) this.#writer.land(word);
      this.#node(branch, follow);
      ends.push(this.#writer.emit(OP.jump, 0) + 1);
    }
    for (const end of ends) this.#writer.land(end);
    return true;
  }

  #atomic(body: PatternNode): void {
    const register = this.#takeRegisters(2);
    this.#writer.emit(OP.mark, register);
    // The first way through the group is the one that counts, whether or not what follows can follow.
    this.#node(body, FULL_SET);
    this.#writer.emit(OP.commit, register);
  }

  /** Falls through where the assertion holds; the word that is returned will point to where it does not. */
  #look(node: LookNode): void {
    if (node.negative) {
      const register = this.#takeRegisters(2);
      this.#writer.emit(OP.mark, register);
      const holds = this.#writer.emit(OP.choice, 0) + 1;
      this.#lookBranches(node);
      const undo = this.#writer.emit(OP.undo, register, 0) + 2;
      this.#writer.land(undo);
      this.#writer.emit(OP.fail);
      this.#writer.land(holds);
      return;
    }
    const register = this.#takeRegisters(2);
    this.#writer.emit(OP.mark, register);
    this.#lookBranches(node);
    this.#writer.emit(OP.commitAndReturn, register);
  }

  #lookBranches(node: LookNode): void {
    const ends: number[] = [];
    for (const [index, branch] of node.branches.entries()) {
      const isLast = index === node.branches.length - 1;
      const other = isLast ? -1 : this.#writer.emit(OP.choice, 0) + 1;
      const length = node.behind ? (this.#lengthOf(branch) ?? 0) : 0;
      if (length > 0) this.#writer.emit(OP.back, length);
      this.#node(branch, FULL_SET);
      if (isLast) break;
      ends.push(this.#writer.emit(OP.jump, 0) + 1);
      this.#writer.land(other);
    }
    for (const end of ends) this.#writer.land(end);
  }

  #condition({ test, yes, no }: Extract<PatternNode, { kind: 'condition' }>, follow: ByteSet): void {
    if (test.kind === 'look') {
      this.#lookCondition(test.look, yes, no, follow);
      return;
    }
    let otherwise: number;
    if (test.kind === 'fixed') otherwise = test.holds ? -1 : this.#writer.emit(OP.jump, 0) + 1;
    else {
      const groups = test.groups === 'any' ? [] : test.groups;
      const op = test.kind === 'group' ? OP.ifGroup : OP.ifCalled;
      otherwise = this.#writer.emit(op, groups.length, ...groups, 0) + 2 + groups.length;
    }
    this.#node(yes, follow);
    const end = this.#writer.emit(OP.jump, 0) + 1;
    if (otherwise !== -1) this.#writer.land(otherwise);
    this.#node(no, follow);
    this.#writer.land(end);
  }

  #lookCondition(look: LookNode, yes: PatternNode, no: PatternNode, follow: ByteSet): void {
    const register = this.#takeRegisters(2);
    this.#writer.emit(OP.mark, register);
    const failed = this.#writer.emit(OP.choice, 0) + 1;
    this.#lookBranches(look);
    const [matched, missed] = look.negative ? [no, yes] : [yes, no];
    if (look.negative) this.#writer.land(this.#writer.emit(OP.undo, register, 0) + 2);
    else this.#writer.emit(OP.commitAndReturn, register);
    this.#node(matched, follow);
    const end = this.#writer.emit(OP.jump, 0) + 1;
    this.#writer.land(failed);
    this.#node(missed, follow);
    this.#writer.land(end);
  }

  #repeat(node: RepeatNode, follow: ByteSet): void {
    const { body, max } = node;
    if (max === 0) {
      if (!this.#parsed.hasCalls) return;
      // Never entered, but it may be called.
      const end = this.#writer.emit(OP.jump, 0) + 1;
      this.#node(body, FULL_SET);
      this.#writer.land(end);
      return;
    }
    const single = singleByteSet(body);
    if (single !== undefined) {
      this.#span(single, node, follow);
      return;
    }
    if (node.mode === 'possessive') {
      const register = this.#takeRegisters(2);
      this.#writer.emit(OP.mark, register);
      this.#loop({ ...node, mode: 'greedy' }, FULL_SET);
      this.#writer.emit(OP.commit, register);
      return;
    }
    this.#loop(node, follow);
  }

  /** A byte or a class over and over again: no way back is kept for each byte, and none at all where it could not lead anywhere. */
  #span(set: ByteSet, { min, max, mode }: RepeatNode, follow: ByteSet): void {
    const most = max === Infinity ? -1 : max;
    if (mode === 'possessive' || min === max || set.isDisjointFrom(follow)) {
      this.#writer.emit(OP.spanPossessive, this.#writer.setUnlessFull(set), min, most);
      return;
    }
    const op = mode === 'greedy' ? OP.spanGreedy : OP.spanLazy;
    this.#writer.emit(op, this.#writer.setUnlessFull(set), min, most, this.#writer.setUnlessFull(follow));
  }

  #loop(node: RepeatNode, follow: ByteSet): void {
    const { body, min, max, mode } = node;
    const lazy = mode === 'lazy';
    const inside = this.#analysis.firstBytes(body, follow);
    const bodyFollow = max > 1 ? inside.union(follow) : follow;
    const bodyCanEnd = this.#canEnd(body);
    /** Falls through to the body; the words will point to the exit. */
    const decide = (): number[] => {
      if (!lazy) return [this.#writer.choose(inside, bodyCanEnd, follow)];
      const toBody = this.#writer.choose(follow, true, inside);
      const exit = this.#writer.emit(OP.jump, 0) + 1;
      this.#writer.land(toBody);
      return [exit];
    };
    const exits: number[] = [];
    if (max !== Infinity && (min > 0 || max > 1)) {
      const counter = this.#takeRegisters(1);
      this.#writer.emit(OP.setCounter, counter);
      const top = this.#writer.emit(OP.bound, counter, min, max, 0, 0);
      exits.push(top + 5, ...(min === max ? [] : decide()));
      this.#writer.land(top + 4);
      this.#writer.emit(OP.increment, counter);
      this.#node(body, bodyFollow);
      this.#writer.emit(OP.jump, top);
    } else {
      const counter = min > 1 ? this.#takeRegisters(1) : -1;
      if (counter !== -1) this.#writer.emit(OP.setCounter, counter);
      const top = this.#writer.place;
      if (min === 0) exits.push(...decide());
      const bodyAt = this.#writer.place;
      if (max === Infinity) {
        const start = bodyCanEnd ? this.#takeRegisters(1) : -1;
        if (bodyCanEnd) this.#writer.emit(OP.save, start);
        this.#node(body, bodyFollow);
        if (counter !== -1) this.#writer.emit(OP.countTo, counter, min, bodyAt);
        // An empty round would be followed by another: PCRE2 leaves the loop after it.
        if (bodyCanEnd) exits.push(this.#writer.emit(OP.ifUnmoved, start, 0) + 2);
        if (min > 0) exits.push(...decide());
        this.#writer.emit(OP.jump, min > 0 ? bodyAt : top);
      } else this.#node(body, bodyFollow);
    }
    for (const exit of exits) this.#writer.land(exit);
  }
}

export function compileProgram(parsed: ParsedPattern): Program {
  return new Compiler(parsed).compile();
}
