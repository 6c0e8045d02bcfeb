// What an expression is once it is parsed. The shapes only.
import type { Pattern } from '../regex/index.ts';
import type { BinaryOperator, ScopeFunction, TextFunction, UnaryOperator, VariableName } from './names.ts';
import type { Subnet } from './subnet.ts';

/** Something that becomes a text. */
export type WordNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'concat'; readonly left: WordNode; readonly right: WordNode }
  | { readonly kind: 'variable'; readonly name: VariableName }
  | { readonly kind: 'function'; readonly name: ScopeFunction | TextFunction; readonly argument: WordNode }
  | { readonly kind: 'back-reference'; readonly group: number };

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** Something that is true or false. */
export type ConditionNode =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: ConditionNode }
  | { readonly kind: 'or'; readonly left: ConditionNode; readonly right: ConditionNode }
  | { readonly kind: 'and'; readonly left: ConditionNode; readonly right: ConditionNode }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: WordNode;
      readonly right: WordNode;
    }
  | { readonly kind: 'in'; readonly word: WordNode; readonly list: readonly WordNode[] }
  | { readonly kind: 'match'; readonly word: WordNode; readonly pattern: Pattern; readonly negated: boolean }
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: WordNode;
      /** Of `-R`. */
      readonly subnet: Subnet | undefined;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: WordNode;
      readonly right: WordNode;
      /** Of `-ipmatch`. */
      readonly subnet: Subnet | undefined;
    };
