// What is an expression, and what httpd says of what is none.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  evaluate,
  EvaluationError,
  ExpressionError,
  parseExpression,
  parseStringExpression,
} from '#src/apache/expression/index.js';
import { externalProgram } from '../../support/external-program.js';
import { CONDITIONS } from './conditions.js';
import { MadeUpScope } from './made-up-scope.js';
import { MESSAGES } from './messages.js';
import { checkLines } from './real-apache.js';

function messageOf(expression: string): string {
  try {
    parseExpression(expression);
    return 'Syntax OK';
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return error.message;
  }
}

/** As an argument of a directive. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

describe('an expression that is wrong', () => {
  test('is refused in the words of httpd', () => {
    for (const [message, ...expressions] of MESSAGES)
      for (const expression of expressions) assert.equal(messageOf(expression), message, expression);
  });

  test('is so at the installed httpd, too', externalProgram('apache2'), () => {
    // A process for each of them: every fourth one will do.
    for (const [message, expression = ''] of MESSAGES.filter((_, index) => index % 4 === 0)) {
      const said = checkLines(`<If ${quoted(expression)}>\n</If>`);
      assert.equal(said.replace('Cannot parse condition clause: ', ''), message, expression);
    }
  });

  test('is refused for a regular expression that is not supported, with the reason', () => {
    const refused = new ExpressionError(
      'Failed to compile regular expression: verbs and options such as (*NAME) are not supported (at offset 0)',
    );
    assert.throws(() => parseExpression("'a' =~ /(*SKIP)a/"), refused);
  });

  test('made of anything is parsed or refused, and evaluated or given up', () => {
    const part = fc.constantFrom(
      ...'\'a\' "b%{REQUEST_URI}$1" %{HTTP:X} %{tolower:A} 12 true false ! not ( ) { } && and || or == -eq -n -T in'.split(
        ' ',
      ),
      ..."=~ !~ /(a)/ m#b#i . , -ipmatch '10' -strmatch req('x') $0 ' \" %{ } / \\".split(' '),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom('', ' '), (parts, space) => {
        const text = parts.join(space);
        try {
          assert.equal(typeof evaluate(parseExpression(text), new MadeUpScope()), 'boolean');
        } catch (error) {
          assert.ok(error instanceof ExpressionError || error instanceof EvaluationError, `${text}: ${String(error)}`);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('an expression', () => {
  test('of every sort is parsed', () => {
    for (const condition of CONDITIONS) assert.equal(messageOf(condition), 'Syntax OK', condition);
  });

  test('may have strings and regular expressions of 8191 bytes', () => {
    const text = 'a'.repeat(8191);
    assert.equal(messageOf(`'${text}' == 'a'`), 'Syntax OK');
    assert.equal(messageOf(`'${text}b' == 'a'`), 'String too long');
    assert.equal(messageOf(`'a' =~ /${text}/`), 'Syntax OK');
    assert.match(messageOf(`'a' =~ /${text}b/`), /: Regexp too long$/);
  });

  test('may be nested as deep as yacc lets it be', () => {
    const nest = (depth: number): string => `${'('.repeat(depth)}true${')'.repeat(depth)}`;
    assert.equal(messageOf(nest(9990)), 'Syntax OK');
    assert.equal(messageOf(nest(10_010)), 'memory exhausted');
  });

  test('knows the variables of TLS where its module is', () => {
    assert.throws(
      () => parseExpression("%{SSL_PROTOCOL} == 'x'"),
      new ExpressionError("Variable 'SSL_PROTOCOL' does not exist"),
    );
    assert.doesNotThrow(() => parseExpression('%{SSL_PROTOCOL} == %{SSL:SSL_CIPHER}', { ssl: true }));
  });

  test('that is a text may be empty, and has no quotes', () => {
    for (const text of ['', 'a', '"', "it's", '$', '%', '%{REQUEST_URI}', 'a == b'])
      assert.doesNotThrow(() => parseStringExpression(text), text);
    assert.throws(() => parseStringExpression('%{FOO}'), new ExpressionError("Variable 'FOO' does not exist"));
  });
});
