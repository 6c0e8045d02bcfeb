// Reads a line of Header or RequestHeader. Complete or throws ConfigurationError, in Apache's words.
import { ExpressionError, parseExpression } from '../expression/index.ts';
import type { ExpressionPlace } from '../expression/index.ts';
import { compilePattern, PatternError } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { takeWord } from '../syntax/words.ts';
import { FIELD_ACTIONS } from './field-rule.ts';
import type { FieldAction, FieldRule, RuleCondition } from './field-rule.ts';
import { ValueTemplate } from './value-template.ts';

/** The rule of a line and which fields it is for. */
export interface ParsedRule {
  readonly table: 'onSuccess' | 'always' | 'request';
  readonly rule: FieldRule;
}

/** `directive`: its name. */
export function parseRule(
  text: string,
  directive: 'Header' | 'RequestHeader',
  place: ExpressionPlace = {},
): ParsedRule {
  const request = directive === 'RequestHeader';
  let { word: action, rest } = takeWord(text);
  let table: ParsedRule['table'] = request ? 'request' : 'onSuccess';
  const condition = action.toLowerCase();
  if (!request && (condition === 'always' || condition === 'onsuccess')) {
    if (condition === 'always') table = 'always';
    ({ word: action, rest } = takeWord(rest));
  }
  const name = takeWord(rest);
  ({ rest } = name);
  const words: string[] = [];
  while (rest !== '' && words.length < 3) {
    const next = takeWord(rest);
    words.push(next.word);
    ({ rest } = next);
  }
  if (rest !== '') throw new ConfigurationError(`${directive} has too many arguments`);
  return { table, rule: makeRule({ action: readAction(action), name: name.word, words, request, place }) };
}

function readAction(word: string): FieldAction {
  const action = FIELD_ACTIONS.find((known) => known === word.toLowerCase());
  if (action === undefined) {
    throw new ConfigurationError(
      "first argument must be 'add', 'set', 'setifempty', 'append', 'merge', 'unset', 'echo', 'note', 'edit', or 'edit*'.",
    );
  }
  return action;
}

/** A line taken apart. */
interface RuleWords {
  readonly action: FieldAction;
  readonly name: string;
  readonly words: readonly string[];
  readonly request: boolean;
  readonly place: ExpressionPlace;
}

function makeRule({ action, name, words, request, place }: RuleWords): FieldRule {
  const { value, replacement, clause } = assignWords(action, words);
  const pattern = readPattern(action, name, value, request);
  if (action === 'note' && request) throw new ConfigurationError("RequestHeader does not support the 'note' action");
  const condition = clause === undefined ? undefined : readClause(clause, place);
  const colon = name.indexOf(':');
  const template = replacement ?? value;
  return {
    action,
    name: colon === -1 ? name : name.slice(0, colon),
    early: condition === 'early',
    condition: condition === 'early' ? undefined : condition,
    pattern,
    value: template === undefined ? undefined : new ValueTemplate(template, place),
  };
}

/** What the words behind the name are depends on the action. */
function assignWords(
  action: FieldAction,
  words: readonly string[],
): { value: string | undefined; replacement: string | undefined; clause: string | undefined } {
  const [first, second, third] = words;
  if (action === 'edit' || action === 'edit*') {
    if (second === undefined) throw new ConfigurationError('Header edit requires a match and a substitution');
    return { value: first, replacement: second, clause: third };
  }
  if (third !== undefined) throw new ConfigurationError('Too many arguments to directive');
  if (action === 'unset' || action === 'echo') {
    if (second !== undefined) {
      throw new ConfigurationError(`${action === 'unset' ? 'header' : 'Header'} ${action} takes two arguments`);
    }
    return { value: undefined, replacement: undefined, clause: first };
  }
  if (first === undefined) throw new ConfigurationError('Header requires three arguments');
  return { value: first, replacement: undefined, clause: second };
}

function readPattern(
  action: FieldAction,
  name: string,
  value: string | undefined,
  request: boolean,
): Pattern | undefined {
  if (action === 'edit' || action === 'edit*') return compile(value ?? '', 'edit');
  if (action !== 'echo') return undefined;
  if (request) throw new ConfigurationError('Header echo only valid on Header directives');
  return compile(name, 'echo');
}

function compile(source: string, action: 'edit' | 'echo'): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const reason = error.message.includes('not supported') ? ` (${error.message})` : '';
    throw new ConfigurationError(`Header ${action} regex could not be compiled${reason}`);
  }
}

function readClause(clause: string, place: ExpressionPlace): RuleCondition | 'early' {
  const lower = clause.toLowerCase();
  if (lower === 'early') return 'early';
  if (lower.startsWith('env=')) {
    const set = clause[4] !== '!';
    const name = clause.slice(set ? 4 : 5);
    if (name === '') {
      throw new ConfigurationError(
        'error: missing environment variable name. envclause should be in the form env=envar ',
      );
    }
    return { kind: 'variable', name, set };
  }
  if (!lower.startsWith('expr=')) throw new ConfigurationError(`Unknown parameter: ${clause}`);
  try {
    return { kind: 'expression', expression: parseExpression(clause.slice(5), place) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigurationError(`Can't parse envclause/expression: ${error.message}`);
  }
}
