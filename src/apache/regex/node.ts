// What a regular expression is once it is parsed: a tree. The shapes only.
import type { ByteSet } from './byte-set.ts';

/** Looks at the place and consumes nothing. */
export type Assertion =
  | 'start' // \A, and ^ outside multiline
  | 'line-start'
  | 'end' // \z, and $ with DOLLAR_ENDONLY
  | 'end-or-last-newline' // \Z, and $ without
  | 'line-end'
  | 'word-boundary'
  | 'not-word-boundary'
  | 'match-start'; // \G

/** What decides between the branches of `(?(…)yes|no)`. Names may stand for several groups: any of them will do. */
export type Condition =
  | { readonly kind: 'group'; readonly groups: readonly number[] }
  | { readonly kind: 'recursion'; readonly groups: readonly number[] | 'any' }
  | { readonly kind: 'fixed'; readonly holds: boolean }
  | { readonly kind: 'look'; readonly look: LookNode };

export interface LookNode {
  readonly kind: 'look';
  readonly behind: boolean;
  readonly negative: boolean;
  readonly branches: readonly PatternNode[];
  /** Where it begins, for the error that a lookbehind has no fixed length. */
  readonly offset: number;
}

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: PatternNode;
  readonly min: number;
  readonly max: number;
  readonly mode: 'greedy' | 'lazy' | 'possessive';
}

export type PatternNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bytes'; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'alternation'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly number: number; readonly body: PatternNode }
  | { readonly kind: 'atomic'; readonly body: PatternNode }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'reference'; readonly groups: readonly number[]; readonly ignoreCase: boolean }
  | { readonly kind: 'call'; readonly group: number }
  | { readonly kind: 'condition'; readonly test: Condition; readonly yes: PatternNode; readonly no: PatternNode }
  | { readonly kind: 'keep' } // \K
  | LookNode
  | RepeatNode;

/** An expression, parsed and checked as a whole. */
export interface ParsedPattern {
  readonly root: PatternNode;
  readonly groups: number;
  /** The numbers of each name, in the order in which they stand. */
  readonly groupNames: ReadonlyMap<string, readonly number[]>;
  /** `(?R)` and its like are used. */
  readonly hasCalls: boolean;
  /** Something depends on what a group has matched. */
  readonly hasReferences: boolean;
}
