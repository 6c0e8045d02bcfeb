// One line of SetEnvIf and its kin: what is looked at, what it must be, and which variables are set or removed then.
import type { Expression } from '../expression/index.ts';
import type { Pattern } from '../regex/index.ts';

/** What a request is asked for. `named`: a field, or where there is none a variable. `fields`: the last field whose name matches. */
export type RuleSubject =
  | { readonly kind: 'remoteAddress' | 'serverAddress' | 'path' | 'method' | 'protocol' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'fields'; readonly pattern: Pattern };

/** A name and what it is to become; undefined: it goes. */
export interface VariableChange {
  readonly name: string;
  readonly value: string | undefined;
}

/** A rule that looks at one thing. */
export interface SubjectRule {
  readonly kind: 'subject';
  /** As it was written. */
  readonly name: string;
  readonly subject: RuleSubject;
  /** The rule before it looked at the same: Apache does not look again, even if it changed meanwhile. */
  readonly sameSubject: boolean;
  readonly test: SubjectTest;
  readonly changes: readonly VariableChange[];
}

/**
 * `text`: it occurs there. Apache reads a pattern without special characters so, and then `$0` in a value stands for itself.
 * `text` is in lower case where case does not matter.
 */
export type SubjectTest =
  | { readonly kind: 'text'; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: 'pattern'; readonly pattern: Pattern };

/** SetEnvIfExpr. */
export interface ExpressionRule {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly changes: readonly VariableChange[];
}

export type VariableRule = SubjectRule | ExpressionRule;
