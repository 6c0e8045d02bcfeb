// Parses expressions: those that are true or false, and those that are a text. The errors are those of Apache.
import { ExpressionBuilder, PatternRefused } from './expression-builder.ts';
import type { ExpressionPlace } from './expression-builder.ts';
import { ExpressionError } from './expression-error.ts';
import { expressionGrammar, ScannerGaveUp } from './grammar.ts';
import type { GrammarValue } from './grammar.ts';
import type { ConditionNode, WordNode } from './node.ts';
import { makeParseTable } from './parse-table.ts';
import type { Grammar, ParserState } from './parse-table.ts';
import { Scanner } from './scanner.ts';
import { TOKENS } from './tokens.ts';
import type { Token } from './tokens.ts';

/** yacc's own limit of its stack (YYMAXDEPTH): parentheses in parentheses. */
const MAX_DEPTH = 10_000;
/** yacc tells what was expected only where that is not more. */
const MAX_EXPECTED = 4;

/** True or false. */
export interface Expression {
  readonly source: string;
  readonly root: ConditionNode;
  /** `%{REMOTE_USER}` is somewhere in it, whether or not it is come to: who asks with it must know the user. */
  readonly namesUser: boolean;
}

/** A text with variables in it: the `expr=` of Header, the target of Redirect. */
export interface StringExpression {
  readonly source: string;
  readonly root: WordNode;
}

interface Parser {
  readonly grammar: Grammar<GrammarValue, ExpressionBuilder>;
  readonly states: readonly ParserState[];
}

let parser: Parser | undefined;

/** Made for the first expression: most configurations have none. */
function theParser(): Parser {
  if (parser === undefined) {
    const grammar = expressionGrammar();
    parser = { grammar, states: makeParseTable(grammar) };
  }
  return parser;
}

function syntaxError(state: ParserState, token: Token): string {
  const expected = TOKENS.filter((name) => state.next.has(name));
  const tail = expected.length <= MAX_EXPECTED && expected.length > 0 ? `, expecting ${expected.join(' or ')}` : '';
  return `syntax error, unexpected ${token.name}${tail}`;
}

/** Two messages of Apache become one: what the parser says, and what was wrong with a name or with the text. */
function joined(parserSays: string | undefined, other: string | undefined): string {
  return [parserSays, other].filter((message) => message !== undefined && message !== '').join(': ');
}

function parse(scanner: Scanner, builder: ExpressionBuilder): GrammarValue {
  const { grammar, states } = theParser();
  const stack: { readonly state: number; readonly value: GrammarValue }[] = [{ state: 0, value: '' }];
  let token: Token | undefined;
  for (;;) {
    const state = states[stack.at(-1)!.state]!;
    const isDecided = state.next.size === 0 && state.reduce !== undefined;
    if (!isDecided) token ??= scanner.next();
    // What the scanner says replaces what was wrong before.
    if (token?.name === 'T_ERROR') builder.problem = token.text;
    const next = isDecided || token === undefined ? undefined : state.next.get(token.name);
    if (next !== undefined && token !== undefined) {
      if (token.name === '$end') return stack.at(-1)!.value;
      if (stack.length >= MAX_DEPTH) throw new ExpressionError(joined('memory exhausted', builder.problem));
      stack.push({ state: next, value: token.text });
      token = undefined;
    } else if (state.reduce === undefined) {
      throw new ExpressionError(joined(syntaxError(state, token!), builder.problem));
    } else {
      const { left, right, build } = grammar.productions[state.reduce]!;
      const values = stack.splice(stack.length - right.length).map(({ value }) => value);
      const value = build(values, builder);
      stack.push({ state: states[stack.at(-1)!.state]!.next.get(left)!, value });
    }
  }
}

function parseRoot(text: string, asString: boolean, builder: ExpressionBuilder): GrammarValue {
  let root: GrammarValue;
  try {
    root = parse(new Scanner(text, asString), builder);
  } catch (error) {
    if (error instanceof ScannerGaveUp) throw new ExpressionError(builder.problem ?? 'syntax error');
    if (error instanceof PatternRefused) {
      const refused = joined('Failed to compile regular expression', error.message);
      throw new ExpressionError(joined(refused, builder.problem));
    }
    throw error;
  }
  if (builder.problem !== undefined) throw new ExpressionError(builder.problem);
  return root;
}

/** @throws ExpressionError */
export function parseExpression(text: string, place: ExpressionPlace = {}): Expression {
  const builder = new ExpressionBuilder(place);
  const root = parseRoot(text, false, builder) as ConditionNode;
  return { source: text, root, namesUser: builder.namesUser };
}

/** @throws ExpressionError */
export function parseStringExpression(text: string, place: ExpressionPlace = {}): StringExpression {
  return { source: text, root: parseRoot(text, true, new ExpressionBuilder(place)) as WordNode };
}
