// Cuts an expression into tokens (documentation of httpd, "Expressions in Apache HTTP Server", and what the server itself takes).
import { ExpressionError } from './expression-error.ts';
import type { Token, TokenName } from './tokens.ts';

/** The longest string, argument or regular expression that Apache takes (MAX_STRING_LEN without its end). */
const MAX_TEXT_BYTES = 8191;

const OPERATORS: readonly (readonly [string, TokenName])[] = [
  ['==', 'T_OP_STR_EQ'],
  ['!=', 'T_OP_STR_NE'],
  ['<=', 'T_OP_STR_LE'],
  ['>=', 'T_OP_STR_GE'],
  ['=~', 'T_OP_REG'],
  ['!~', 'T_OP_NRE'],
  ['&&', 'T_OP_AND'],
  ['||', 'T_OP_OR'],
  ['=', 'T_OP_STR_EQ'],
  ['<', 'T_OP_STR_LT'],
  ['>', 'T_OP_STR_GT'],
  ['!', 'T_OP_NOT'],
  ['.', 'T_OP_CONCAT'],
  ['(', "'('"],
  [')', "')'"],
  ['{', "'{'"],
  ['}', "'}'"],
  [',', "','"],
  [':', "':'"],
];

const WORDS: ReadonlyMap<string, TokenName> = new Map([
  ['true', 'T_TRUE'],
  ['false', 'T_FALSE'],
  ['and', 'T_OP_AND'],
  ['or', 'T_OP_OR'],
  ['not', 'T_OP_NOT'],
  ['in', 'T_OP_IN'],
  ['-in', 'T_OP_IN'],
  ...(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).flatMap((name): [string, TokenName][] => {
    const token = `T_OP_${name.toUpperCase()}` as TokenName;
    return [
      [name, token],
      [`-${name}`, token],
    ];
  }),
]);

const IDENTIFIER = /[a-zA-Z][a-zA-Z0-9_]*/y;
const DASHED = /-[a-zA-Z_][a-zA-Z_0-9]*/y;
const NUMBER = /-?\d+/y;
const REGEX_START = /m?\/|m[#$%^,;:?!'".|-]/y;
const BACK_REFERENCE = /\$\d/y;
const ESCAPE = /\\(?:\d+|[^])/y;

const PLAIN_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** What Apache prints before it ends, for what its scanner has no rule for: quotes in an argument, a backslash at the end. */
const JAMMED = 'flex scanner jammed';

/** Texts end at the first zero byte, as those of C do. */
function untilZero(text: string): string {
  const zero = text.indexOf('\0');
  return zero === -1 ? text : text.slice(0, zero);
}

/** Where the scanner stands: in the expression, in a string, in `%{name`, or in the argument behind `%{name:`. */
type State = 'expression' | 'string' | 'variable' | 'argument';

/** One token after the other. After T_ERROR nothing sensible follows. */
export class Scanner {
  readonly #text: string;
  #at = 0;
  readonly #states: State[];
  /** What ends the string; empty for string expressions, which end with the text. */
  #delimiter = '';
  #isStarted = false;
  readonly #asString: boolean;

  constructor(text: string, asString: boolean) {
    this.#text = text;
    this.#asString = asString;
    this.#states = [asString ? 'string' : 'expression'];
  }

  next(): Token {
    if (!this.#isStarted) {
      this.#isStarted = true;
      return { name: this.#asString ? 'T_EXPR_STRING' : 'T_EXPR_BOOL', text: '' };
    }
    switch (this.#states.at(-1)) {
      case 'string':
        return this.#inString();
      case 'variable':
        return this.#inVariable();
      case 'argument':
        return this.#inArgument();
      default:
        return this.#inExpression();
    }
  }

  #error(text: string): Token {
    return { name: 'T_ERROR', text };
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #inExpression(): Token {
    const text = this.#text;
    while (this.#at < text.length && ' \t\n'.includes(text.charAt(this.#at))) this.#at += 1;
    if (this.#at >= text.length) return { name: '$end', text: '' };
    const byte = text.charAt(this.#at);
    if (byte === '"' || byte === "'") {
      this.#at += 1;
      this.#delimiter = byte;
      this.#states.push('string');
      return { name: 'T_STR_BEGIN', text: byte };
    }
    const variable = this.#variableStart() ?? this.#backReference();
    if (variable !== undefined) return variable;
    const regex = this.#take(REGEX_START);
    if (regex !== undefined) return this.#regex(regex.slice(-1));
    const number = this.#take(NUMBER);
    if (number !== undefined) return { name: 'T_DIGIT', text: number };
    const word = this.#take(IDENTIFIER);
    if (word !== undefined) return { name: WORDS.get(word) ?? 'T_ID', text: word };
    const dashed = this.#take(DASHED);
    if (dashed !== undefined) {
      const name = WORDS.get(dashed) ?? (dashed.length === 2 ? 'T_OP_UNARY' : 'T_OP_BINARY');
      return { name, text: dashed.slice(1) };
    }
    for (const [operator, name] of OPERATORS) {
      if (!text.startsWith(operator, this.#at)) continue;
      this.#at += operator.length;
      return { name, text: operator };
    }
    return this.#error(`Parse error near '${byte}'`);
  }

  #variableStart(): Token | undefined {
    if (!this.#text.startsWith('%{', this.#at)) return undefined;
    this.#at += 2;
    this.#states.push('variable');
    return { name: 'T_VAR_BEGIN', text: '%{' };
  }

  #backReference(): Token | undefined {
    const found = this.#take(BACK_REFERENCE);
    return found === undefined ? undefined : { name: 'T_REGEX_BACKREF', text: found.slice(1) };
  }

  /** Up to the next delimiter: there is no way to write that inside. */
  #regex(delimiter: string): Token {
    const end = this.#text.indexOf(delimiter, this.#at);
    const pattern = this.#text.slice(this.#at, end === -1 ? undefined : end);
    if (pattern.length > MAX_TEXT_BYTES) return this.#error('Regexp too long');
    if (end === -1) {
      this.#at = this.#text.length;
      return { name: '$end', text: '' };
    }
    this.#at = end + 1;
    const ignoreCase = this.#text.charAt(this.#at) === 'i';
    if (ignoreCase) this.#at += 1;
    return { name: ignoreCase ? 'T_REGEX_I' : 'T_REGEX', text: pattern };
  }

  #inVariable(): Token {
    const word = this.#take(IDENTIFIER);
    if (word !== undefined) return { name: 'T_ID', text: word };
    const byte = this.#text.charAt(this.#at);
    if (byte === '') return this.#error('Unterminated string or variable');
    this.#at += 1;
    if (byte === '}') {
      this.#states.pop();
      return { name: 'T_VAR_END', text: byte };
    }
    if (byte === ':') {
      this.#states[this.#states.length - 1] = 'argument';
      return { name: "':'", text: byte };
    }
    return this.#error(`Invalid character in variable name '${byte}'`);
  }

  /** Text up to what is special; undefined where that comes at once. An escape that is none, or too much text, is an error. */
  #plainText(isEnd: (byte: string) => boolean): Token | undefined {
    let text = '';
    for (; this.#at < this.#text.length;) {
      const byte = this.#text.charAt(this.#at);
      if (isEnd(byte) || byte === '\n' || /^(?:%\{|\$\d)/.test(this.#text.slice(this.#at, this.#at + 2))) break;
      if (byte === '\\') {
        const escaped = this.#escape();
        if (typeof escaped !== 'string') return escaped;
        text += escaped;
      } else {
        text += byte;
        this.#at += 1;
      }
      if (text.length > MAX_TEXT_BYTES) return this.#error('String too long');
    }
    if (this.#text.charAt(this.#at) === '\n') return this.#error('Unterminated string or variable');
    return text === '' ? undefined : { name: 'T_STRING', text: untilZero(text) };
  }

  #escape(): string | Token {
    const found = this.#take(ESCAPE);
    if (found === undefined) throw new ExpressionError(JAMMED);
    const rest = found.slice(1);
    if (/^\d/.test(rest)) return this.#octal(rest);
    return PLAIN_ESCAPES[rest] ?? rest;
  }

  #octal(digits: string): string | Token {
    if (!/^[0-7]{1,3}$/.test(digits)) return this.#error('Bad escape sequence');
    const value = Number.parseInt(digits, 8);
    return value > 0xff ? this.#error('Escape sequence out of bound') : String.fromCharCode(value);
  }

  #inString(): Token {
    const text = this.#plainText((byte) => byte === this.#delimiter);
    if (this.#at >= this.#text.length && text?.name !== 'T_ERROR') {
      if (this.#delimiter !== '') return this.#error('Unterminated string or variable');
      // The end of a string expression is a text, too, so that an empty one is one.
      this.#states[0] = 'expression';
      return text ?? { name: 'T_STRING', text: '' };
    }
    if (text !== undefined) return text;
    const part = this.#variableStart() ?? this.#backReference();
    if (part !== undefined) return part;
    this.#at += 1;
    this.#states.pop();
    return { name: 'T_STR_END', text: this.#delimiter };
  }

  #inArgument(): Token {
    const text = this.#plainText((byte) => byte === '}' || byte === '"' || byte === "'");
    if (this.#at >= this.#text.length && text?.name !== 'T_ERROR')
      return this.#error('Unterminated string or variable');
    if (text !== undefined) return text;
    const part = this.#variableStart() ?? this.#backReference();
    if (part !== undefined) return part;
    if (this.#text.charAt(this.#at) !== '}') throw new ExpressionError(JAMMED);
    this.#at += 1;
    this.#states.pop();
    return { name: 'T_VAR_END', text: '}' };
  }
}
