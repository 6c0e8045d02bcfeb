// What an expression tells of itself and of its matches, what it refuses, and the options that Apache gives it.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { compilePattern, MatchBudget, PatternError } from '#src/apache/regex/index.js';

function groupsOf(pattern: string, subject: string): (string | undefined)[] | undefined {
  const match = compilePattern(pattern).match(subject, new MatchBudget());
  return match && Array.from({ length: match.groups + 1 }, (_, group) => match.group(group));
}

describe('a pattern', () => {
  test('tells an empty group from one that took no part', () => {
    const match = compilePattern('^(a*)(b)?$').match('', new MatchBudget());
    assert.equal(match?.group(1), '');
    assert.equal(match?.group(2), undefined);
    assert.equal(match?.start(2), -1);
    assert.equal(match?.endOf(2), -1);
    assert.equal(match?.group(3), undefined);
  });

  test('tells where it matched, and what', () => {
    const match = compilePattern('(?<name>[^/]+)\\.html$').match('/dir/page.html', new MatchBudget());
    assert.deepEqual([match?.index, match?.end, match?.start(1), match?.endOf(1)], [5, 14, 5, 9]);
    assert.equal(match?.group(0), 'page.html');
  });

  test('tells the numbers of its names, of which there may be several', () => {
    const pattern = compilePattern("(?<n>a)|(?P<m>b)(c)|(?'n'd)");
    assert.equal(pattern.groups, 4);
    assert.deepEqual(
      [...pattern.groupNames],
      [
        ['n', [1, 4]],
        ['m', [2]],
      ],
    );
  });

  test('takes dots for newlines, and $ for the very end, as RegexDefaultOptions has it', () => {
    const budget = new MatchBudget();
    assert.equal(compilePattern('a.b').test('a\nb', budget), true);
    assert.equal(compilePattern('a$').test('a\n', budget), false);
    assert.equal(compilePattern('a.b', { dotAll: false }).test('a\nb', budget), false);
    assert.equal(compilePattern('a$', { dollarEndOnly: false }).test('a\n', budget), true);
    assert.equal(compilePattern('^b', { multiline: true }).test('a\nb', budget), true);
  });

  test('matches bytes: no letter has case but those of ASCII, and a character of UTF-8 is several', () => {
    const budget = new MatchBudget();
    const pattern = compilePattern('^\xe9$', { ignoreCase: true });
    assert.equal(pattern.test('\xe9', budget), true);
    assert.equal(pattern.test('\xc9', budget), false);
    assert.equal(compilePattern('^..$').test('\xc3\xa9', budget), true);
    assert.equal(compilePattern('\\w').test('\xe9', budget), false);
  });

  test('matches as often as it is asked, with nothing left of the match before', () => {
    const pattern = compilePattern('(?:(a)|(b))$');
    const budget = new MatchBudget();
    assert.deepEqual([pattern.match('a', budget)?.group(1), pattern.match('b', budget)?.group(1)], ['a', undefined]);
    const first = pattern.match('xa', budget);
    pattern.match('b', budget);
    assert.equal(first?.group(1), 'a');
  });

  test('starts where it is told, and sees what stands before', () => {
    const budget = new MatchBudget();
    assert.equal(compilePattern('a').match('aba', budget, 1)?.index, 2);
    assert.equal(compilePattern('^a').match('aa', budget, 1), undefined);
    assert.equal(compilePattern('\\Ga').match('aa', budget, 1)?.index, 1);
    assert.equal(compilePattern('(?<=a)a').match('aa', budget, 1)?.index, 1);
    assert.equal(compilePattern('.*b').match('ab', budget, 2), undefined);
  });

  test('finds what large lists of words have in them', () => {
    const words = Array.from({ length: 600 }, (_, index) => `bot${(index * 7919).toString(36)}`);
    const pattern = compilePattern(`(${words.join('|')})`, { ignoreCase: true });
    for (const word of [words[0]!, words[299]!, words[599]!]) {
      const match = pattern.match(`x ${word.toUpperCase()}`, new MatchBudget());
      assert.equal(match?.index, 2, word);
    }
    assert.equal(pattern.test('boat', new MatchBudget()), false);
  });

  test('does not go back into a call of the whole, but into those of groups', () => {
    assert.deepEqual(groupsOf('.(((?R)c)*)|', 'Bc'), ['B', '', undefined]);
    assert.deepEqual(groupsOf('^(a(?1)?b)$', 'aabb'), ['aabb', 'aabb']);
    assert.deepEqual(groupsOf('^(|a+)(?1)b$', 'aab'), ['aab', '']);
  });

  test('says in the words of PCRE2 what is wrong with it, and where', () => {
    assert.throws(() => compilePattern('a(b'), new PatternError('missing closing parenthesis', 3));
    assert.throws(() => compilePattern('a)'), new PatternError('unmatched closing parenthesis', 1));
    assert.throws(() => compilePattern('*a'), new PatternError('quantifier does not follow a repeatable item', 0));
    assert.throws(() => compilePattern('[\\w-.]'), new PatternError('invalid range in character class', 3));
    assert.throws(() => compilePattern('[a'), new PatternError('missing terminating ] for character class', 2));
  });

  test('says that it is not supported where PCRE2 would take it', () => {
    const refusals: readonly (readonly [string, string, number])[] = [
      ['a(*SKIP)b', 'verbs and options such as (*NAME) are', 1],
      ['(*UTF8)a', 'verbs and options such as (*NAME) are', 0],
      ['a(?C1)', 'callouts (?C…) are', 3],
      ['\\p{Lu}', 'Unicode properties (\\p) are', 0],
      ['[\\P{Lu}]', 'Unicode properties (\\P) are', 1],
      ['(?*a)', 'non-atomic assertions (?*…) are', 2],
    ];
    for (const [source, what, offset] of refusals) {
      const refused = new PatternError(`${what} not supported (at offset ${offset})`, offset, true);
      assert.throws(() => compilePattern(source), refused, source);
    }
  });
});
