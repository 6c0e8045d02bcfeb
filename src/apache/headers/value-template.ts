// The values of Header and RequestHeader: `%%`, `%t`, `%D`, `%l`, `%i`, `%b`, `%{VARIABLE}e`, `%{VARIABLE}s`, or an expression.
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { evaluateString, EvaluationError, ExpressionError, parseStringExpression } from '../expression/index.ts';
import type { ExpressionPlace, StringExpression } from '../expression/index.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import { checkValueLength } from './field-meter.ts';

/** Makes one part of a value. */
type Part = string | ((request: ApacheRequest) => string);

/** What Apache writes for a variable that is not set. */
const UNSET = '(null)';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', r: '\r', n: '\n', t: '\t' };

/** A value as it is configured. */
export class ValueTemplate {
  readonly #parts: readonly Part[];

  /** @throws ConfigurationError in Apache's words */
  constructor(text: string, place: ExpressionPlace) {
    this.#parts = text.startsWith('expr=') ? [readExpression(text.slice(5), place)] : readParts(text);
  }

  /** @throws FieldLimitError */
  expand(request: ApacheRequest): string {
    let value = '';
    for (const part of this.#parts) {
      value += typeof part === 'string' ? part : part(request);
      checkValueLength(value.length);
    }
    return value;
  }
}

function readExpression(text: string, place: ExpressionPlace): Part {
  let expression: StringExpression;
  try {
    expression = parseStringExpression(text, place);
  } catch (error) {
    if (error instanceof ExpressionError) {
      throw new ConfigurationError(`Can't parse value expression : ${error.message}`);
    }
    throw error;
  }
  return (request) => {
    try {
      return evaluateString(expression, expressionScope(request));
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      request.services.log(request, 'error', 'headers', `AH02557: Can't evaluate value expression: ${error.message}`);
      return '';
    }
  };
}

function readParts(text: string): Part[] {
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    at += 1;
    if (character === '\\') {
      const escaped = ESCAPES[text[at] ?? ''];
      literal += escaped ?? '\\';
      if (escaped !== undefined) at += 1;
    } else if (character !== '%') {
      literal += character;
    } else if (at === text.length || text[at] === '%') {
      // A percent sign that ends the value stands for itself.
      literal += '%';
      at += 1;
    } else {
      if (literal !== '') parts.push(literal);
      literal = '';
      let argument = '';
      if (text[at] === '{') {
        const end = text.indexOf('}', at);
        argument = text.slice(at + 1, end === -1 ? text.length : end);
        at = end === -1 ? text.length : end + 1;
      }
      parts.push(readFormat(text[at] ?? '', argument));
      at += 1;
    }
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

function readFormat(letter: string, argument: string): Part {
  switch (letter) {
    case 't':
      return (request) => `t=${microseconds(request.facts.startedAtMs)}`;
    case 'D':
      return (request) => `D=${microseconds(request.services.wallMs() - request.facts.startedAtMs)}`;
    case 'l':
      return (request) => {
        const averages = request.services.loadAverages?.() ?? [0, 0, 0];
        return `l=${averages.map((average) => average.toFixed(2)).join('/')}`;
      };
    case 'i':
      return (request) => `i=${100 - busyPercent(request)}`;
    case 'b':
      return (request) => `b=${busyPercent(request)}`;
    case 'e':
      return (request) => withoutLineEnds(request.env.get(argument) ?? UNSET);
    case 's':
      return (request) => withoutLineEnds(request.services.tlsVariable?.(request, argument) ?? UNSET);
    default:
      throw new ConfigurationError(`Unrecognized header format %${letter}`);
  }
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

function busyPercent(request: ApacheRequest): number {
  return Math.round(request.services.busyPercent?.() ?? 0);
}

/** A variable may come from the URL: it must not start a field of its own. */
function withoutLineEnds(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}
