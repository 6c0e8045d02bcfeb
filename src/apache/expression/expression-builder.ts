// Makes the parts of an expression that have names: looks them up, and remembers what was wrong with the last one.
import { compilePattern, PatternError } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import {
  BINARY_OPERATORS,
  RESTRICTED_NAMES,
  SCOPE_FUNCTIONS,
  TEXT_FUNCTIONS,
  UNARY_OPERATORS,
  VARIABLES,
} from './names.ts';
import type { ConditionNode, WordNode } from './node.ts';
import { parseSubnet } from './subnet.ts';
import type { Subnet } from './subnet.ts';

/** Where an expression stands. */
export interface ExpressionPlace {
  /** Functions that look into any file are refused, in the words of Apache. Default false. */
  readonly restricted?: boolean;
  /** The module for TLS is loaded: `%{SSL_…}` and `%{SSL:…}` are known. Default false. */
  readonly ssl?: boolean;
}

const FUNCTIONS = [...SCOPE_FUNCTIONS, ...TEXT_FUNCTIONS];

/** What stands for something that cannot be: the expression is refused once it has been read. */
const NOTHING: WordNode = { kind: 'text', text: '' };
const NEVER: ConditionNode = { kind: 'constant', value: false };

/** The regular expression is refused, and the reading ends there. The message says why where PCRE2 would have taken it. */
export class PatternRefused extends Error {}

function findInAnyCase<Name extends string>(names: readonly Name[], written: string): Name | undefined {
  const wanted = written.toLowerCase();
  return names.find((name) => name.toLowerCase() === wanted);
}

/** One for each expression. */
export class ExpressionBuilder {
  /** Of the last name or argument that was wrong. */
  problem: string | undefined;
  /** `%{REMOTE_USER}` has been looked up. */
  namesUser = false;
  readonly #place: ExpressionPlace;

  constructor(place: ExpressionPlace) {
    this.#place = place;
  }

  #isForbidden(name: string): boolean {
    if (this.#place.restricted !== true || !RESTRICTED_NAMES.has(name)) return false;
    this.problem = `${name} not available in restricted context`;
    return true;
  }

  variable(written: string): WordNode {
    if (this.#place.ssl === true && /^SSL_/i.test(written))
      return { kind: 'function', name: 'ssl', argument: { kind: 'text', text: written.toUpperCase() } };
    const name = findInAnyCase(VARIABLES, written);
    if (name === 'REMOTE_USER') this.namesUser = true;
    if (name !== undefined) return { kind: 'variable', name };
    this.problem = `Variable '${written}' does not exist`;
    return NOTHING;
  }

  call(written: string, argument: WordNode): WordNode {
    const name = findInAnyCase(FUNCTIONS, written);
    if (name === undefined || (name === 'ssl' && this.#place.ssl !== true)) {
      this.problem = `Function '${written}' does not exist`;
      return NOTHING;
    }
    return this.#isForbidden(name) ? NOTHING : { kind: 'function', name, argument };
  }

  /** There are none: those of other modules are not supported. */
  listCall(written: string): readonly WordNode[] {
    this.problem = `List-returning function '${written}' does not exist`;
    return [];
  }

  unary(written: string, operand: WordNode): ConditionNode {
    const operator = UNARY_OPERATORS.find((name) => name === written);
    if (operator === undefined) {
      this.problem = `Unary operator '-${written}' does not exist`;
      return NEVER;
    }
    const subnet = operator === 'R' ? this.#subnet(written, operand) : undefined;
    return { kind: 'unary', operator, operand, subnet };
  }

  binary(written: string, left: WordNode, right: WordNode): ConditionNode {
    const operator = findInAnyCase(BINARY_OPERATORS, written);
    if (operator === undefined) {
      this.problem = `Binary operator '-${written}' does not exist`;
      return NEVER;
    }
    const subnet = operator === 'ipmatch' ? this.#subnet(written, right) : undefined;
    return { kind: 'binary', operator, left, right, subnet };
  }

  #subnet(operator: string, word: WordNode): Subnet | undefined {
    if (word.kind !== 'text') {
      this.problem = `-${operator} requires subnet/netmask as constant argument`;
      return undefined;
    }
    const subnet = parseSubnet(word.text);
    if (typeof subnet !== 'string') return subnet;
    this.problem = 'parsing of subnet/netmask failed';
    return undefined;
  }

  pattern(source: string, ignoreCase: boolean): Pattern {
    try {
      return compilePattern(source, { ignoreCase });
    } catch (error) {
      if (error instanceof PatternError) throw new PatternRefused(error.isUnsupported ? error.message : '');
      throw error;
    }
  }
}
