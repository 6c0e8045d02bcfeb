// What expressions of .htaccess may use, as it was seen at httpd 2.4.71.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExpressionError, FILE_TESTS, parseExpression } from '#src/apache/expression/index.js';

describe('an expression in .htaccess', () => {
  it('must not look into files', () => {
    for (const name of ['file', 'filesize']) {
      const text = `%{${name}:/etc/hostname} == ''`;
      const refused = new ExpressionError(`${name} not available in restricted context`);
      assert.throws(() => parseExpression(text, { restricted: true }), refused);
      assert.doesNotThrow(() => parseExpression(text));
    }
  });

  it('may ask whether they are there', () => {
    for (const test of FILE_TESTS) {
      assert.doesNotThrow(() => parseExpression(`-${test} '/etc/hostname'`, { restricted: true }), test);
    }
  });
});
