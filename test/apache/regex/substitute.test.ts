// Templates with $1, as httpd 2.4.71 was seen to fill them by RedirectMatch.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { compilePattern, MatchBudget, MatchLimitError, substitute } from '#src/apache/regex/index.js';

function filled(template: string, pattern: string, subject: string): string {
  const match = compilePattern(pattern).match(subject, new MatchBudget());
  assert.ok(match !== undefined);
  return substitute(template, match);
}

describe('a template', () => {
  test('takes groups, and leaves everything else as it is', () => {
    assert.equal(filled(String.raw`/x&$1\$0\&\$2-$3$4$a$$9\q`, '^/r/(a)(b)?(c)$', '/r/abc'), '/x&a$0&$2-c$a$q');
    assert.equal(filled('/$1$10$', '^/p/(.*)$', '/p/ab&c'), '/ab&cab&c0$');
    assert.equal(filled('/y$0&z', '^/nogroup/x', '/nogroup/x'), '/y/nogroup/x&z');
  });

  test('takes nothing for groups that took no part or do not exist', () => {
    assert.equal(filled('[$1$2]', '(a)|(b)', 'b'), '[b]');
    assert.equal(filled('[$9]', 'a', 'a'), '[]');
  });

  test('keeps a backslash at its end', () => {
    assert.equal(filled('a\\', 'a', 'a'), 'a\\');
  });

  test('may become 65536 bytes long', () => {
    const match = compilePattern('(.*)').match('x'.repeat(32_768), new MatchBudget());
    assert.ok(match !== undefined);
    assert.equal(substitute('$1$1', match).length, 65_536);
    assert.throws(() => substitute('$1$1.', match), MatchLimitError);
  });
});
