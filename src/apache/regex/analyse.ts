// What can be said of a part of an expression before anything is matched: how long it is, and with which bytes it can go on.
import { ByteSet, EMPTY_SET, FULL_SET } from './byte-set.ts';
import type { Assertion, PatternNode } from './node.ts';

const NEWLINE = ByteSet.of(0x0a);

/** What must follow an assertion; undefined where it does not say. */
function followingBytes(assertion: Assertion): ByteSet | undefined {
  if (assertion === 'end') return EMPTY_SET;
  return assertion === 'end-or-last-newline' || assertion === 'line-end' ? NEWLINE : undefined;
}

/**
 * Facts of nodes, each found once. "First bytes" are all bytes that a match of the node may go on with, where the subject goes on at all;
 * a node that is `passable` can match without consuming any, so that what follows counts as well.
 */
export class Analysis {
  readonly #first = new Map<PatternNode, ByteSet>();
  readonly #passable = new Map<PatternNode, boolean>();
  readonly #least = new Map<PatternNode, number>();
  readonly #most = new Map<PatternNode, number>();

  firstBytes(node: PatternNode, follow: ByteSet): ByteSet {
    const own = this.#ownFirst(node);
    return this.isPassable(node) ? own.union(follow) : own;
  }

  #ownFirst(node: PatternNode): ByteSet {
    const known = this.#first.get(node);
    if (known !== undefined) return known;
    const found = this.#findFirst(node);
    this.#first.set(node, found);
    return found;
  }

  #findFirst(node: PatternNode): ByteSet {
    switch (node.kind) {
      case 'bytes': {
        const set = ByteSet.of(node.text.charCodeAt(0));
        return node.ignoreCase ? set.withBothCases() : set;
      }
      case 'set':
        return node.set;
      case 'sequence': {
        const result = new ByteSet();
        for (const item of node.items) {
          result.addAll(this.#ownFirst(item));
          if (!this.isPassable(item)) break;
        }
        return result;
      }
      case 'alternation': {
        const result = new ByteSet();
        for (const branch of node.branches) result.addAll(this.#ownFirst(branch));
        return result;
      }
      case 'group':
      case 'atomic':
        return this.#ownFirst(node.body);
      case 'repeat':
        return node.max === 0 ? EMPTY_SET : this.#ownFirst(node.body);
      case 'condition':
        return this.#ownFirst(node.yes).union(this.#ownFirst(node.no));
      case 'assertion':
        return followingBytes(node.assertion) ?? EMPTY_SET;
      case 'reference':
      case 'call':
        return FULL_SET;
      default:
        return EMPTY_SET;
    }
  }

  isPassable(node: PatternNode): boolean {
    const known = this.#passable.get(node);
    if (known !== undefined) return known;
    const found = this.#findPassable(node);
    this.#passable.set(node, found);
    return found;
  }

  #findPassable(node: PatternNode): boolean {
    switch (node.kind) {
      case 'bytes':
      case 'set':
        return false;
      case 'sequence':
        return node.items.every((item) => this.isPassable(item));
      case 'alternation':
        return node.branches.some((branch) => this.isPassable(branch));
      case 'group':
      case 'atomic':
        return this.isPassable(node.body);
      case 'repeat':
        return node.min === 0 || this.isPassable(node.body);
      case 'condition':
        return this.isPassable(node.yes) || this.isPassable(node.no);
      case 'assertion':
        return followingBytes(node.assertion) === undefined;
      default:
        return true;
    }
  }

  /** The fewest bytes that a match takes. */
  leastBytes(node: PatternNode): number {
    const known = this.#least.get(node);
    if (known !== undefined) return known;
    const found = this.#findLeast(node);
    this.#least.set(node, found);
    return found;
  }

  #findLeast(node: PatternNode): number {
    switch (node.kind) {
      case 'bytes':
        return node.text.length;
      case 'set':
        return 1;
      case 'sequence':
        return node.items.reduce((sum, item) => sum + this.leastBytes(item), 0);
      case 'alternation':
        return Math.min(...node.branches.map((branch) => this.leastBytes(branch)));
      case 'group':
      case 'atomic':
        return this.leastBytes(node.body);
      case 'repeat':
        return node.min === 0 ? 0 : node.min * this.leastBytes(node.body);
      case 'condition':
        return Math.min(this.leastBytes(node.yes), this.leastBytes(node.no));
      default:
        return 0;
    }
  }

  /** The most bytes that a match takes; Infinity where there is no bound. */
  mostBytes(node: PatternNode): number {
    const known = this.#most.get(node);
    if (known !== undefined) return known;
    const found = this.#findMost(node);
    this.#most.set(node, found);
    return found;
  }

  #findMost(node: PatternNode): number {
    switch (node.kind) {
      case 'bytes':
        return node.text.length;
      case 'set':
        return 1;
      case 'sequence':
        return node.items.reduce((sum, item) => sum + this.mostBytes(item), 0);
      case 'alternation':
        return Math.max(...node.branches.map((branch) => this.mostBytes(branch)));
      case 'group':
      case 'atomic':
        return this.mostBytes(node.body);
      case 'repeat': {
        const most = node.max === 0 ? 0 : this.mostBytes(node.body);
        return most === 0 ? 0 : node.max * most;
      }
      case 'condition':
        return Math.max(this.mostBytes(node.yes), this.mostBytes(node.no));
      case 'reference':
      case 'call':
        return Infinity;
      default:
        return 0;
    }
  }

  /** Whether every match begins with that assertion. */
  beginsWith(node: PatternNode, assertion: Assertion): boolean {
    switch (node.kind) {
      case 'assertion':
        return node.assertion === assertion;
      case 'sequence':
        return node.items[0] !== undefined && this.beginsWith(node.items[0], assertion);
      case 'alternation':
        return node.branches.every((branch) => this.beginsWith(branch, assertion));
      case 'group':
      case 'atomic':
        return this.beginsWith(node.body, assertion);
      case 'repeat':
        return node.min > 0 && this.beginsWith(node.body, assertion);
      default:
        return false;
    }
  }

  /** Whether every match ends with `\z`. */
  endsAtEnd(node: PatternNode): boolean {
    switch (node.kind) {
      case 'assertion':
        return node.assertion === 'end';
      case 'sequence': {
        const last = node.items.at(-1);
        return last !== undefined && this.endsAtEnd(last);
      }
      case 'alternation':
        return node.branches.every((branch) => this.endsAtEnd(branch));
      case 'group':
      case 'atomic':
        return this.endsAtEnd(node.body);
      default:
        return false;
    }
  }

  /**
   * Whether every match begins with `.*` that takes newlines, too: what fails at the first place fails at all of them.
   * Not for what may be cut off, such as atomic groups.
   */
  beginsWithAnything(node: PatternNode): boolean {
    switch (node.kind) {
      case 'sequence':
        return node.items[0] !== undefined && this.beginsWithAnything(node.items[0]);
      case 'alternation':
        return node.branches.every((branch) => this.beginsWithAnything(branch));
      case 'group':
        return this.beginsWithAnything(node.body);
      case 'repeat':
        return (
          node.min === 0 &&
          node.max === Infinity &&
          node.mode !== 'possessive' &&
          node.body.kind === 'set' &&
          node.body.set.isFull
        );
      default:
        return false;
    }
  }
}
