// RewriteCond: what it compares, and how. Read once; evaluate-condition.ts applies it.
import type { ExpressionPlace } from '../expression/index.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { compilePattern } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { parseArgumentLine } from './argument-line.ts';
import { parseFlags } from './flag-list.ts';
import type { RewriteExpression, RewriteSurroundings } from './surroundings.ts';
import { parseTemplate } from './template.ts';
import type { Template } from './template.ts';

/** Of a file: `-f` and its kin. */
export type FileTest = 'file' | 'notEmpty' | 'folder' | 'executable' | 'link';

export type Comparison = '<' | '<=' | '=' | '>=' | '>';

export type ConditionTest =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'file'; readonly is: FileTest }
  /** Would a request for that URL path, or that file, be answered? */
  | { readonly kind: 'lookUp'; readonly by: 'path' | 'file' }
  | { readonly kind: 'text'; readonly comparison: Comparison; readonly operand: string }
  | { readonly kind: 'number'; readonly comparison: Comparison; readonly operand: number }
  | { readonly kind: 'expression'; readonly expression: RewriteExpression };

/** See the head of the file. */
export interface RewriteCondition {
  readonly input: Template;
  readonly test: ConditionTest;
  readonly negated: boolean;
  readonly noCase: boolean;
  /** True where this one or the next has to hold. */
  readonly orNext: boolean;
  readonly noVary: boolean;
}

const FILE_TESTS: Readonly<Record<string, FileTest>> = {
  '-f': 'file',
  '-s': 'notEmpty',
  '-d': 'folder',
  '-x': 'executable',
  '-h': 'link',
  '-l': 'link',
  '-L': 'link',
};

const NUMBER_TESTS: Readonly<Record<string, Comparison>> = {
  '-lt': '<',
  '-le': '<=',
  '-eq': '=',
  '-ne': '=',
  '-ge': '>=',
  '-gt': '>',
};

/** As atoi: what is no number is 0. */
export function leadingInteger(text: string): number {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? 0 : number;
}

interface ConditionFlags {
  noCase: boolean;
  orNext: boolean;
  noVary: boolean;
}

function readFlags(text: string | undefined): ConditionFlags {
  const flags = { noCase: false, orNext: false, noVary: false };
  if (text === undefined) return flags;
  for (const { name } of parseFlags(text, 'RewriteCond')) {
    const key = name.toLowerCase();
    if (key === 'nc' || key === 'nocase') flags.noCase = true;
    else if (key === 'or' || key === 'ornext') flags.orNext = true;
    else if (key === 'nv' || key === 'novary') flags.noVary = true;
    else throw new ConfigurationError(`RewriteCond: unknown flag '${name}'`);
  }
  return flags;
}

/** What a pattern asks for that is no regular expression. `operand`: what Apache calls the pattern in its warning. */
function readPlainTest(pattern: string): { readonly test: ConditionTest; readonly operand: string } | undefined {
  if (pattern.length < 2) return undefined;
  const is = FILE_TESTS[pattern];
  if (is !== undefined) return { test: { kind: 'file', is }, operand: pattern };
  if (pattern === '-U') return { test: { kind: 'lookUp', by: 'path' }, operand: pattern };
  if (pattern === '-F') return { test: { kind: 'lookUp', by: 'file' }, operand: pattern };
  const numeric = pattern.length > 3 ? NUMBER_TESTS[pattern.slice(0, 3)] : undefined;
  if (numeric !== undefined) {
    const operand = pattern.slice(3);
    return { test: { kind: 'number', comparison: numeric, operand: leadingInteger(operand) }, operand };
  }
  const [, comparison, operand] = /^(<=?|>=?|=)([^]*)$/.exec(pattern) ?? [];
  if (comparison === undefined || operand === undefined) return undefined;
  const text = comparison === '=' && operand === '""' ? '' : operand;
  return { test: { kind: 'text', comparison: comparison as Comparison, operand: text }, operand: text };
}

function compile(source: string, ignoreCase: boolean): Pattern {
  try {
    return compilePattern(source, { ignoreCase });
  } catch {
    throw new ConfigurationError(`RewriteCond: cannot compile regular expression '${source}'`);
  }
}

function parseExpression(
  text: string,
  noVary: boolean,
  surroundings: RewriteSurroundings,
  place: ExpressionPlace,
): ConditionTest {
  try {
    return { kind: 'expression', expression: surroundings.parseExpression(text, { varies: !noVary, ...place }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `RewriteCond: cannot compile expression${place.restricted === true ? ' in htaccess context' : ''} "${text}" ${reason}`,
    );
  }
}

/**
 * Reads the text behind `RewriteCond`.
 *
 * @throws ConfigurationError in Apache's words.
 */
export function parseCondition(
  text: string,
  surroundings: RewriteSurroundings,
  scope: ConfigurationScope,
): RewriteCondition {
  const words = parseArgumentLine(text);
  if (words === undefined) throw new ConfigurationError(`RewriteCond: bad argument line '${text}'`);
  const flags = readFlags(words.third);
  let negated = words.second.startsWith('!');
  const pattern = negated ? words.second.slice(1) : words.second;
  const isExpression = words.first.toLowerCase() === 'expr';
  const plain = isExpression ? undefined : readPlainTest(pattern);
  if (plain !== undefined && pattern.startsWith('-ne') && plain.test.kind === 'number') negated = !negated;
  if (flags.noCase && (isExpression || (plain !== undefined && plain.test.kind !== 'text'))) {
    const { place } = scope;
    scope.warn(
      `AH00665: RewriteCond: NoCase option for non-regex pattern '${plain?.operand ?? pattern}' is not supported and will be ignored. (${place.file}:${place.line})`,
      'rewrite',
    );
    flags.noCase = false;
  }
  const test = isExpression
    ? parseExpression(pattern, flags.noVary, surroundings, expressionPlace(scope))
    : (plain?.test ?? { kind: 'pattern', pattern: compile(pattern, flags.noCase) });
  return { input: parseTemplate(words.first), test, negated, ...flags };
}
