// Regular expressions against the real PCRE2, and what is ours alone: budgets, refusals, the record of a match.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { compilePattern, MatchBudget, PatternError } from '#src/apache/regex/index.js';

describe('a pattern', () => {
  test('tells an empty group from one that took no part', () => {
    const match = compilePattern('^(a*)(b)?$').match('', new MatchBudget());
    assert.equal(match?.group(1), '');
    assert.equal(match?.group(2), undefined);
    assert.equal(match?.start(2), -1);
  });

  test('says in the words of PCRE2 what is wrong with it, and where', () => {
    assert.throws(() => compilePattern('a(b'), new PatternError('missing closing parenthesis', 3));
  });
});
