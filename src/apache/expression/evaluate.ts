// Evaluates expressions for a request. What they ask of it goes through the scope.
import { MatchLimitError } from '../regex/index.ts';
import type { Match } from '../regex/index.ts';
import { EvaluationError } from './expression-error.ts';
import { FIELD_VARIABLES } from './names.ts';
import type { ComparisonOperator, ConditionNode, WordNode } from './node.ts';
import type { Expression, StringExpression } from './parse-expression.ts';
import type { ExpressionScope } from './scope.ts';
import { isInSubnet } from './subnet.ts';
import { callTextFunction, isTextFunction } from './text-functions.ts';
import { matchesWildcards } from './wildcard-match.ts';

/** Apache's own limit (AP_EXPR_MAX_RECURSION): of conditions and functions in one another, not of those in a row. */
const MAX_NESTING = 20;

/** What the last regular expression with groups has matched: `$0` to `$9`. Shared by what shares it in Apache. */
export class Captures {
  match: Match | undefined;

  group(number: number): string {
    return this.match?.subject === '' ? '' : (this.match?.group(number) ?? '');
  }
}

/** As strtoll reads a number: as much of the text as is one. */
function toInteger(text: string): bigint {
  const digits = /^[\t-\r ]*([+-]?)(\d+)/.exec(text);
  if (digits === null) return 0n;
  const value = BigInt(digits[2] ?? '0') * (digits[1] === '-' ? -1n : 1n);
  const largest = 2n ** 63n - 1n;
  if (value > largest) return largest;
  return value < -largest - 1n ? -largest - 1n : value;
}

function compare(operator: ComparisonOperator, left: string, right: string): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case 'eq':
      return toInteger(left) === toInteger(right);
    case 'ne':
      return toInteger(left) !== toInteger(right);
    case 'lt':
      return toInteger(left) < toInteger(right);
    case 'le':
      return toInteger(left) <= toInteger(right);
    case 'gt':
      return toInteger(left) > toInteger(right);
    case 'ge':
      return toInteger(left) >= toInteger(right);
  }
}

/** Texts end at the first zero byte, as those of C do. */
function untilZero(text: string): string {
  const zero = text.indexOf('\0');
  return zero === -1 ? text : text.slice(0, zero);
}

/** Anything but nothing, `off`, `no`, `false` and `0`. */
function isOn(text: string): boolean {
  return !/^(?:off|no|false|0)?$/i.test(text);
}

class Evaluator {
  readonly fields: string[] = [];
  readonly #scope: ExpressionScope;
  readonly #captures: Captures;
  #nesting = 0;

  constructor(scope: ExpressionScope, captures: Captures) {
    this.#scope = scope;
    this.#captures = captures;
  }

  #enter(): void {
    if (this.#nesting >= MAX_NESTING) throw new EvaluationError('Recursion limit reached');
    this.#nesting += 1;
  }

  word(node: WordNode): string {
    this.#enter();
    const result = this.#wordOf(node);
    this.#nesting -= 1;
    return result;
  }

  #wordOf(node: WordNode): string {
    switch (node.kind) {
      case 'text':
      case 'number':
        return node.text;
      case 'variable': {
        const field = FIELD_VARIABLES[node.name];
        if (field !== undefined) this.#depend(field);
        return this.#scope.variable(node.name) ?? '';
      }
      case 'function': {
        const { name } = node;
        const argument = this.word(node.argument);
        if (isTextFunction(name)) return untilZero(callTextFunction(name, argument));
        if (name === 'req' || name === 'http') this.#depend(argument);
        return untilZero(this.#scope.functionCall(name, argument) ?? '');
      }
      case 'back-reference':
        return this.#captures.group(node.group);
      case 'concat':
        return this.#concat(node);
    }
  }

  /** The answer depends on the host in any case (RFC 9110, section 12.5.5). */
  #depend(field: string): void {
    if (field.toLowerCase() !== 'host') this.fields.push(field);
  }

  /** However many parts there are, they are not nested in one another. Apache asks those of a string from the last to the first. */
  #concat(node: Extract<WordNode, { kind: 'concat' }>): string {
    if (node.left.kind !== 'concat') {
      let text = this.word(node.left);
      let rest = node.right;
      for (; rest.kind === 'concat'; rest = rest.right) text += this.word(rest.left);
      return text + this.word(rest);
    }
    let text = this.word(node.right);
    let rest: WordNode = node.left;
    for (; rest.kind === 'concat'; rest = rest.left) text = this.word(rest.right) + text;
    return this.word(rest) + text;
  }

  condition(start: ConditionNode): boolean {
    this.#enter();
    let node = start;
    let negated = false;
    for (;;) {
      if (node.kind === 'not') {
        negated = !negated;
        node = node.operand;
      } else if (node.kind === 'or' || node.kind === 'and') {
        const decides = node.kind === 'or';
        if (this.#operand(node.left) === decides) {
          this.#nesting -= 1;
          return decides !== negated;
        }
        // The first one does not decide, so the second one does.
        node = node.right;
      } else break;
    }
    const result = this.#test(node);
    this.#nesting -= 1;
    return result !== negated;
  }

  #operand(node: ConditionNode): boolean {
    return node.kind === 'not' ? !this.condition(node.operand) : this.condition(node);
  }

  #test(node: Exclude<ConditionNode, { kind: 'not' | 'or' | 'and' }>): boolean {
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'comparison': {
        // Apache asks for the right side first, which tells in Vary.
        const right = this.word(node.right);
        return compare(node.operator, this.word(node.left), right);
      }
      case 'in': {
        const word = this.word(node.word);
        // Apache begins with the last one, which tells in Vary.
        return node.list.findLastIndex((entry) => this.word(entry) === word) !== -1;
      }
      case 'match':
        return this.#match(node);
      case 'unary':
        return this.#unary(node);
      case 'binary':
        return this.#binary(node);
    }
  }

  #match({ word, pattern, negated }: Extract<ConditionNode, { kind: 'match' }>): boolean {
    const subject = this.word(word);
    let match: Match | undefined;
    try {
      match = pattern.match(subject, this.#scope.budget);
    } catch (error) {
      if (!(error instanceof MatchLimitError)) throw error;
      this.#scope.matchLimit?.(error.message);
    }
    // What was matched before is kept by expressions that have no groups.
    if (pattern.groups > 0) this.#captures.match = match;
    return (match !== undefined) !== negated;
  }

  #unary({ operator, operand, subnet }: Extract<ConditionNode, { kind: 'unary' }>): boolean {
    const text = this.word(operand);
    switch (operator) {
      case 'n':
        return text !== '';
      case 'z':
        return text === '';
      case 'T':
        return isOn(text);
      case 'R':
        return subnet !== undefined && isInSubnet(this.#scope.clientAddress, subnet);
      default:
        return this.#scope.fileTest(operator, text);
    }
  }

  #binary({ operator, left, right, subnet }: Extract<ConditionNode, { kind: 'binary' }>): boolean {
    const pattern = this.word(right);
    const text = this.word(left);
    switch (operator) {
      case 'ipmatch':
        return subnet !== undefined && isInSubnet(text, subnet);
      case 'fnmatch':
        return matchesWildcards(pattern, text, { pathname: true });
      case 'strmatch':
        return matchesWildcards(pattern, text);
      case 'strcmatch':
        return matchesWildcards(pattern, text, { ignoreCase: true });
    }
  }
}

/**
 * Whether the expression holds. The fields of the request that it asked for go to `scope.vary`.
 *
 * @throws EvaluationError where it is neither true nor false.
 */
export function evaluate(expression: Expression, scope: ExpressionScope, captures: Captures = new Captures()): boolean {
  const evaluator = new Evaluator(scope, captures);
  const result = evaluator.condition(expression.root);
  if (evaluator.fields.length > 0) scope.vary?.(evaluator.fields);
  return result;
}

/** @throws EvaluationError where it cannot be evaluated. */
export function evaluateString(
  expression: StringExpression,
  scope: ExpressionScope,
  captures: Captures = new Captures(),
): string {
  const { root } = expression;
  return root.kind === 'text' ? root.text : new Evaluator(scope, captures).word(root);
}
