// How long what a lookbehind looks at is: each of its branches has one length (pcre2pattern, "Lookbehind assertions").
import type { PatternNode } from './node.ts';
import { PatternError } from './pattern-error.ts';

/** PCRE2's own limit of a branch. */
const MAX_LOOKBEHIND_BYTES = 65_535;

/** Groups that call groups, inside one lookbehind: as deep as parentheses may stand in one another. */
const MAX_CALL_DEPTH = 250;

export type GroupBodies = ReadonlyMap<number, PatternNode>;

/** Each node's children, whatever they mean to it. */
export function childrenOf(node: PatternNode): readonly PatternNode[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'alternation':
    case 'look':
      return node.branches;
    case 'group':
    case 'atomic':
    case 'repeat':
      return [node.body];
    case 'condition':
      return node.test.kind === 'look' ? [node.test.look, node.yes, node.no] : [node.yes, node.no];
    default:
      return [];
  }
}

/** The groups by number; the first one where a branch reset gives a number to several. */
export function findGroups(root: PatternNode): Map<number, PatternNode> {
  const bodies = new Map<number, PatternNode>([[0, root]]);
  const visit = (node: PatternNode): void => {
    if (node.kind === 'group' && !bodies.has(node.number)) bodies.set(node.number, node.body);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  return bodies;
}

class LengthFinder {
  readonly #groups: GroupBodies;
  readonly #open = new Set<number>();
  readonly #known = new Map<PatternNode, number | undefined>();

  constructor(groups: GroupBodies) {
    this.#groups = groups;
  }

  lengthOf(node: PatternNode): number | undefined {
    if (!this.#known.has(node)) this.#known.set(node, this.#find(node));
    return this.#known.get(node);
  }

  #find(node: PatternNode): number | undefined {
    switch (node.kind) {
      case 'bytes':
        return node.text.length;
      case 'set':
        return 1;
      case 'sequence':
        return node.items.reduce<number | undefined>((sum, item) => {
          const length = sum === undefined ? undefined : this.lengthOf(item);
          return sum === undefined || length === undefined ? undefined : sum + length;
        }, 0);
      case 'alternation':
        return this.#same(node.branches);
      case 'condition':
        return this.#same([node.yes, node.no]);
      case 'group':
      case 'atomic':
        return this.lengthOf(node.body);
      case 'repeat': {
        if (node.max === 0) return 0;
        const length = node.min === node.max ? this.lengthOf(node.body) : undefined;
        return length === undefined ? undefined : length * node.min;
      }
      case 'reference':
        return node.groups.length === 1 ? this.#groupLength(node.groups[0] ?? 0) : undefined;
      case 'call':
        return this.#groupLength(node.group);
      default:
        return 0;
    }
  }

  #same(branches: readonly PatternNode[]): number | undefined {
    const lengths = new Set(branches.map((branch) => this.lengthOf(branch)));
    return lengths.size === 1 ? [...lengths][0] : undefined;
  }

  #groupLength(number: number): number | undefined {
    const body = this.#groups.get(number);
    if (body === undefined || this.#open.has(number)) return undefined;
    if (this.#open.size >= MAX_CALL_DEPTH) throw new PatternError('lookbehind is too complicated', 0);
    this.#open.add(number);
    const length = this.lengthOf(body);
    this.#open.delete(number);
    return length;
  }
}

/** The length of a branch of a lookbehind; undefined where it has none. */
export function makeLengthFinder(groups: GroupBodies): (branch: PatternNode) => number | undefined {
  const finder = new LengthFinder(groups);
  return (branch) => finder.lengthOf(branch);
}

/** @throws PatternError where a branch of a lookbehind has no fixed length. */
export function checkLookbehinds(root: PatternNode): void {
  const lengthOf = makeLengthFinder(findGroups(root));
  const visit = (node: PatternNode): void => {
    if (node.kind === 'look' && node.behind) {
      for (const branch of node.branches) {
        const length = lengthOf(branch);
        if (length === undefined) throw new PatternError('lookbehind assertion is not fixed length', node.offset);
        if (length > MAX_LOOKBEHIND_BYTES) throw new PatternError('lookbehind assertion is too long', node.offset);
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
}
