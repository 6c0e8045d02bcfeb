// What expressions are worth: beside the installed httpd, and what they tell of themselves.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  Captures,
  evaluate,
  evaluateString,
  EvaluationError,
  parseExpression,
  parseStringExpression,
} from '#src/apache/expression/index.js';
import { externalProgram } from '../../support/external-program.js';
import { CONDITIONS, TEXTS } from './conditions.js';
import { FIELDS, MadeUpScope } from './made-up-scope.js';
import { fieldsOfAnswer } from './real-apache.js';

/** Given up is false, as it is for `<If>`. */
function holds(condition: string, scope = new MadeUpScope()): boolean {
  try {
    return evaluate(parseExpression(condition), scope);
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

describe('beside httpd', externalProgram('apache2'), () => {
  test('every condition holds for the same request, and every text is the same', async () => {
    const sections = CONDITIONS.map(
      (condition, index) => `<Location /q>\n<If ${quoted(condition)}>\nHeader set C${index} yes\n</If>\n</Location>`,
    );
    const texts = TEXTS.map((text, index) => `Header set T${index} ${quoted(`expr=${text}`)}`);
    const lines = ['SetEnvIf Host . E=envval', ...sections, '<Location /q>', ...texts, '</Location>'].join('\n');
    const fields = Object.entries(FIELDS).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await fieldsOfAnswer(lines, fields.join(''));
    assert.deepEqual(
      CONDITIONS.filter((condition, index) => holds(condition) !== (answer.get(`c${index}`) === 'yes')),
      [],
    );
    const ours = TEXTS.map((text) => evaluateString(parseStringExpression(text), new MadeUpScope()));
    assert.deepEqual(
      ours,
      TEXTS.map((_, index) => answer.get(`t${index}`)),
    );
  });
});

describe('an expression', () => {
  test('tells which fields of the request it looked at, but not the host', () => {
    const scope = new MadeUpScope();
    holds("%{HTTP_HOST} == 'x' || %{HTTP_USER_AGENT} == 'x' || req('X-A') == 'hello' || %{HTTP_COOKIE} == 'x'", scope);
    assert.deepEqual(scope.varied, ['User-Agent', 'X-A']);
    holds("%{req_novary:X-B} == 'b'", scope);
    assert.equal(scope.varied.length, 2);
  });

  test('shares what was matched with whom it is given', () => {
    const captures = new Captures();
    assert.equal(evaluate(parseExpression("'abc' =~ /b(.)/"), new MadeUpScope(), captures), true);
    assert.equal(evaluateString(parseStringExpression('[$0|$1|$2]'), new MadeUpScope(), captures), '[bc|c|]');
    assert.equal(evaluate(parseExpression("'abc' =~ /(x)/"), new MadeUpScope(), captures), false);
    assert.equal(captures.group(0), '');
  });

  test('is given up where conditions are in one another more than twenty deep', () => {
    const nested = (depth: number): string => `${'!('.repeat(depth)}true || false${')'.repeat(depth)}`;
    assert.equal(holds(`${'tolower('.repeat(18)}'A'${')'.repeat(18)} == 'a'`), true);
    const deep = parseExpression(`${'tolower('.repeat(20)}'A'${')'.repeat(20)} == 'a'`);
    assert.throws(() => evaluate(deep, new MadeUpScope()), new EvaluationError('Recursion limit reached'));
    assert.equal(holds(nested(40)), true);
  });

  test('of a regular expression that has no end in sight does not match, and says so', () => {
    const scope = new MadeUpScope(10_000);
    const text = `${'a'.repeat(40)}b`;
    assert.equal(holds(`'${text}' =~ /(a+)+$/`, scope), false);
    assert.equal(holds(`'${text}' !~ /(a+)+$/`, scope), true);
    assert.deepEqual(new Set(scope.limits), new Set(['matching took more than the 10000 steps of a request']));
  });

  test('does not look up names of hosts', () => {
    assert.equal(holds("'localhost' -ipmatch '127'"), false);
  });

  test('gives up where a file cannot be read', () => {
    const expression = parseExpression("file('/nonexistent') == ''");
    assert.throws(() => evaluate(expression, new MadeUpScope()), new EvaluationError('Cannot open file /nonexistent'));
  });
});
