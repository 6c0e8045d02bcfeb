// Reads a line of SetEnvIf, BrowserMatch and SetEnvIfExpr. Complete or throws ConfigurationError, in Apache's words.
import { ExpressionError, parseExpression } from '../expression/index.ts';
import type { ExpressionPlace } from '../expression/index.ts';
import { compilePattern, PatternError } from '../regex/index.ts';
import type { Pattern } from '../regex/index.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { takeWord } from '../syntax/words.ts';
import { plainText } from './plain-text.ts';
import type { ExpressionRule, RuleSubject, SubjectRule, SubjectTest, VariableChange } from './variable-rule.ts';

/** What a directive of this family is called, and whether case matters to it. */
export interface RuleDirective {
  readonly name: string;
  readonly ignoreCase: boolean;
}

/** `before`: the subject of the rule before it in the same place. */
export function parseSubjectRule(text: string, directive: RuleDirective, before: string | undefined): SubjectRule {
  const { word: name, rest } = takeWord(text);
  if (name === '') throw new ConfigurationError(`Missing header-field name for ${directive.name}`);
  return parseRuleFor(name, rest, directive, before);
}

/** For a subject that the directive implies. */
export function parseRuleFor(
  name: string,
  text: string,
  directive: RuleDirective,
  before: string | undefined,
): SubjectRule {
  const { word: source, rest } = takeWord(text);
  if (source === '') throw new ConfigurationError(`Missing regular expression for ${directive.name}`);
  return {
    kind: 'subject',
    name,
    test: readTest(source, directive),
    subject: readSubject(name, directive),
    sameSubject: before?.toLowerCase() === name.toLowerCase(),
    changes: readChanges(rest, directive.name),
  };
}

export function parseExpressionRule(text: string, directive: string, place: ExpressionPlace): ExpressionRule {
  const { word: source, rest } = takeWord(text);
  if (source === '') throw new ConfigurationError(`Missing expression for ${directive}`);
  try {
    return { kind: 'expression', expression: parseExpression(source, place), changes: readChanges(rest, directive) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ConfigurationError(`Could not parse expression "${source}": ${error.message}`);
  }
}

function readTest(source: string, directive: RuleDirective): SubjectTest {
  const { ignoreCase } = directive;
  const text = plainText(source);
  if (text !== undefined) return { kind: 'text', text: ignoreCase ? text.toLowerCase() : text, ignoreCase };
  return { kind: 'pattern', pattern: compile(source, ignoreCase, `${directive.name} regex could not be compiled.`) };
}

const SPECIAL: ReadonlyMap<string, RuleSubject> = new Map<string, RuleSubject>([
  ['remote_addr', { kind: 'remoteAddress' }],
  // Names of clients are never looked up.
  ['remote_host', { kind: 'remoteAddress' }],
  ['server_addr', { kind: 'serverAddress' }],
  ['request_uri', { kind: 'path' }],
  ['request_method', { kind: 'method' }],
  ['request_protocol', { kind: 'protocol' }],
]);

function readSubject(name: string, directive: RuleDirective): RuleSubject {
  const special = SPECIAL.get(name.toLowerCase());
  if (special !== undefined) return special;
  if (/^[-\w]*$/.test(name)) return { kind: 'named', name };
  if (/^oid\(/i.test(name)) {
    throw new ConfigurationError(
      `${directive.name} of the extensions of a client certificate is not supported by perdura`,
    );
  }
  const words = `${directive.name}Header name regex could not be compiled.`;
  return { kind: 'fields', pattern: compile(name, directive.ignoreCase, words) };
}

function compile(source: string, ignoreCase: boolean, words: string): Pattern {
  try {
    return compilePattern(source, { ignoreCase });
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ConfigurationError(error.message.includes('not supported') ? `${words} (${error.message})` : words);
  }
}

/** `NAME`, `NAME=value` and `!NAME`; a value that starts with an exclamation mark removes the variable, too. */
function readChanges(text: string, directive: string): VariableChange[] {
  const changes: VariableChange[] = [];
  let { word, rest } = takeWord(text);
  while (word !== '') {
    changes.push(readChange(word));
    ({ word, rest } = takeWord(rest));
  }
  if (changes.length === 0) throw new ConfigurationError(`Missing envariable expression for ${directive}`);
  return changes;
}

function readChange(word: string): VariableChange {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  const value = equals === -1 ? '' : word.slice(equals).replace(/^=+/, '');
  if (value !== '') return { name, value: value.startsWith('!') ? undefined : value };
  return name.startsWith('!') ? { name: name.slice(1), value: undefined } : { name, value: '1' };
}
