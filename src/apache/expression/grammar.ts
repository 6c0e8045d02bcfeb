// The grammar of expressions: which symbols stand where, and what they make (documentation of httpd, "Grammar in Backus-Naur Form notation").
import type { ExpressionBuilder } from './expression-builder.ts';
import type { ComparisonOperator, ConditionNode, WordNode } from './node.ts';
import type { Grammar, Production } from './parse-table.ts';
import { TOKENS } from './tokens.ts';

/** What stands on the stack of the parser: nodes, lists of them, and what was written. */
export type GrammarValue = ConditionNode | WordNode | readonly WordNode[] | string;

/** Given up without words of the parser's own: those of the scanner are the message. */
export class ScannerGaveUp extends Error {}

const COMPARISONS: readonly (readonly [string, ComparisonOperator])[] = [
  ['T_OP_EQ', 'eq'],
  ['T_OP_NE', 'ne'],
  ['T_OP_LT', 'lt'],
  ['T_OP_LE', 'le'],
  ['T_OP_GT', 'gt'],
  ['T_OP_GE', 'ge'],
  ['T_OP_STR_EQ', '=='],
  ['T_OP_STR_NE', '!='],
  ['T_OP_STR_LT', '<'],
  ['T_OP_STR_LE', '<='],
  ['T_OP_STR_GT', '>'],
  ['T_OP_STR_GE', '>='],
];

type Build = (values: readonly GrammarValue[], builder: ExpressionBuilder) => GrammarValue;

const text = (value: GrammarValue | undefined): string => (typeof value === 'string' ? value : '');
const word = (value: GrammarValue | undefined): WordNode => value as WordNode;
const condition = (value: GrammarValue | undefined): ConditionNode => value as ConditionNode;
const words = (value: GrammarValue | undefined): readonly WordNode[] => value as readonly WordNode[];

function giveUp(): never {
  throw new ScannerGaveUp();
}

const first: Build = (values) => values[0] ?? '';
const second: Build = (values) => values[1] ?? '';

export function expressionGrammar(): Grammar<GrammarValue, ExpressionBuilder> {
  const productions: Production<GrammarValue, ExpressionBuilder>[] = [];
  const add = (left: string, right: string, build: Build): void => {
    productions.push({ left, right: right.split(' '), build });
  };
  const concat: Build = (v) => ({ kind: 'concat', left: word(v[0]), right: word(v.at(-1)) });

  add('root', 'T_EXPR_BOOL expr', second);
  add('root', 'T_EXPR_STRING string', second);
  add('root', 'T_ERROR', giveUp);

  add('expr', 'T_TRUE', () => ({ kind: 'constant', value: true }));
  add('expr', 'T_FALSE', () => ({ kind: 'constant', value: false }));
  add('expr', 'T_OP_NOT expr', (v) => ({ kind: 'not', operand: condition(v[1]) }));
  add('expr', 'expr T_OP_OR expr', (v) => ({ kind: 'or', left: condition(v[0]), right: condition(v[2]) }));
  add('expr', 'expr T_OP_AND expr', (v) => ({ kind: 'and', left: condition(v[0]), right: condition(v[2]) }));
  add('expr', 'comparison', first);
  add('expr', 'T_OP_UNARY word', (v, builder) => builder.unary(text(v[0]), word(v[1])));
  add('expr', 'word T_OP_BINARY word', (v, builder) => builder.binary(text(v[1]), word(v[0]), word(v[2])));
  add('expr', "'(' expr ')'", second);
  add('expr', 'T_ERROR', giveUp);

  for (const [token, operator] of COMPARISONS) {
    add('comparison', `word ${token} word`, (v) => ({
      kind: 'comparison',
      operator,
      left: word(v[0]),
      right: word(v[2]),
    }));
  }
  add('comparison', 'word T_OP_IN wordlist', (v) => ({ kind: 'in', word: word(v[0]), list: words(v[2]) }));
  for (const [token, negated] of [
    ['T_OP_REG', false],
    ['T_OP_NRE', true],
  ] as const) {
    for (const [regex, ignoreCase] of [
      ['regex', false],
      ['caseless-regex', true],
    ] as const) {
      add('comparison', `word ${token} ${regex}`, (v, builder) => ({
        kind: 'match',
        word: word(v[0]),
        pattern: builder.pattern(text(v[2]), ignoreCase),
        negated,
      }));
    }
  }
  add('regex', 'T_REGEX', first);
  add('caseless-regex', 'T_REGEX_I', first);

  add('wordlist', 'list-function', first);
  add('wordlist', "'{' words '}'", second);
  add('words', 'word', (v) => [word(v[0])]);
  add('words', "words ',' word", (v) => {
    // The list is nobody else's yet, and may be long.
    const list = v[0] as WordNode[];
    list.push(word(v[2]));
    return list;
  });

  add('string', 'string part', concat);
  add('string', 'part', first);
  add('string', 'T_ERROR', giveUp);
  add('part', 'T_STRING', (v) => ({ kind: 'text', text: text(v[0]) }));
  add('part', 'variable', first);
  add('part', 'back-reference', first);
  add('variable', 'T_VAR_BEGIN T_ID T_VAR_END', (v, builder) => builder.variable(text(v[1])));
  add('variable', "T_VAR_BEGIN T_ID ':' string T_VAR_END", (v, builder) => builder.call(text(v[1]), word(v[3])));

  add('word', 'T_DIGIT', (v) => ({ kind: 'number', text: text(v[0]) }));
  add('word', 'word T_OP_CONCAT word', concat);
  add('word', 'variable', first);
  add('word', 'back-reference', first);
  add('word', 'function', first);
  add('word', 'T_STR_BEGIN string T_STR_END', second);
  add('word', 'T_STR_BEGIN T_STR_END', () => ({ kind: 'text', text: '' }));
  add('back-reference', 'T_REGEX_BACKREF', (v) => ({ kind: 'back-reference', group: Number(text(v[0])) }));
  add('list-function', "T_ID '(' word ')'", (v, builder) => builder.listCall(text(v[0])));
  add('function', "T_ID '(' word ')'", (v, builder) => builder.call(text(v[0]), word(v[2])));

  return {
    start: 'root',
    tokens: TOKENS,
    precedence: [
      { associativity: 'right', token: 'T_OP_OR' },
      { associativity: 'right', token: 'T_OP_AND' },
      { associativity: 'right', token: 'T_OP_NOT' },
      { associativity: 'right', token: 'T_OP_CONCAT' },
    ],
    productions,
  };
}
