// One line of Header or RequestHeader: what it does to a table of fields, and when.
import type { Expression } from '../expression/index.ts';
import type { Pattern } from '../regex/index.ts';
import type { ValueTemplate } from './value-template.ts';

/** The actions of mod_headers. `edit*` changes every match, `edit` the first one. */
export const FIELD_ACTIONS = [
  'add',
  'set',
  'setifempty',
  'append',
  'merge',
  'unset',
  'echo',
  'note',
  'edit',
  'edit*',
] as const;

export type FieldAction = (typeof FIELD_ACTIONS)[number];

/** What must be so for a rule to be applied. `variable`: it is set, or is not. */
export type RuleCondition =
  | { readonly kind: 'variable'; readonly name: string; readonly set: boolean }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** See the head of the file. */
export interface FieldRule {
  readonly action: FieldAction;
  /** Of the field; for `echo` it is the pattern. */
  readonly name: string;
  /** Applied as soon as the head of the request is read, instead of when the answer is there. */
  readonly early: boolean;
  readonly condition: RuleCondition | undefined;
  /** Of `edit` and `echo`. */
  readonly pattern: Pattern | undefined;
  /** The value, or what replaces a match; undefined for `unset` and `echo`. */
  readonly value: ValueTemplate | undefined;
}

/** The rules of a place. None of the lists is ever changed once the configuration is read. */
export interface FieldRules {
  /** `Header`: fields of answers without error. */
  readonly onSuccess: FieldRule[];
  /** `Header always`: fields that errors have, too. */
  readonly always: FieldRule[];
  /** `RequestHeader` */
  readonly request: FieldRule[];
}
