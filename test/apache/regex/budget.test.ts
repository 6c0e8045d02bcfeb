// What an expression may cost: steps, memory, depth. Expressions come from .htaccess, subjects from the network.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compilePattern,
  DEFAULT_MATCH_STEPS,
  MatchBudget,
  MatchLimitError,
  PatternError,
} from '#src/apache/regex/index.js';
import { anyPattern, anySubject } from './pattern-arbitrary.js';

/** Expressions that take time beyond all measure, each with a subject that shows it. */
const CATASTROPHES: readonly (readonly [string, string])[] = [
  ['(a+)+$', `${'a'.repeat(40)}b`],
  ['(.*a){20}', 'a'.repeat(60) + 'b'.repeat(60)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(60)],
  ['(x+x+)+y', 'x'.repeat(60)],
  ['(a|aa)+$', `${'a'.repeat(50)}b`],
  ['(.*)*x', 'a'.repeat(3000)],
  ['.*.*.*=.*', 'x'.repeat(8000)],
  ['[^/]*[^/]*[^/]*[^/]*/$', 'a'.repeat(8000)],
  ['(?:(?:(?:a?){100}){100}){100}b', 'a'.repeat(100)],
  ['(?=(a+))\\1\\1b', 'a'.repeat(8000)],
  ['(a(?1)?b?)+c', 'a'.repeat(500)],
  ['^(a?(?1)?){9}$', `${'a'.repeat(500)}b`],
  ['(?>(a|b)*)c', 'ab'.repeat(4000)],
  [`${'(?:a|b)?'.repeat(30)}c`, 'ab'.repeat(40)],
];

describe('a budget', () => {
  test('ends what would not end otherwise', () => {
    for (const [pattern, subject] of CATASTROPHES) {
      const budget = new MatchBudget(100_000);
      const before = process.cpuUsage();
      let result: unknown;
      try {
        result = compilePattern(pattern).test(subject, budget);
      } catch (error) {
        assert.ok(error instanceof MatchLimitError, pattern);
        result = error.limit;
        assert.equal(budget.remaining, 0, pattern);
      }
      // Some of them are cut short by what is known before the match begins.
      assert.ok(result === 'steps' || result === false, pattern);
      // A step is a step: 10 ms at most where it is compiled, and not a hundred times that where it is not.
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 1_000_000, `${pattern} took ${user + system} µs`);
    }
  });

  test('is one for all matches of a request', () => {
    const budget = new MatchBudget(1000);
    const pattern = compilePattern('(a|b)+$');
    const before = budget.remaining;
    assert.equal(pattern.test('abab', budget), true);
    const cost = before - budget.remaining;
    assert.ok(cost > 0 && cost < 100, `${cost} steps`);
    assert.throws(
      () => {
        for (;;) pattern.test('abab', budget);
      },
      new MatchLimitError('steps', 'matching took more than the 1000 steps of a request'),
    );
    assert.throws(() => compilePattern('a').test('a', budget), MatchLimitError);
  });

  test('lets pass what takes exactly its steps', () => {
    const pattern = compilePattern('^(a|b)+$');
    const measure = new MatchBudget(1000);
    assert.equal(pattern.test('abab', measure), true);
    const cost = 1000 - measure.remaining;
    assert.equal(pattern.test('abab', new MatchBudget(cost)), true);
    assert.throws(() => pattern.test('abab', new MatchBudget(cost - 1)), MatchLimitError);
  });

  test('leaves room for the rules of a large site', () => {
    const budget = new MatchBudget();
    const rules = [
      '^(.*)$',
      String.raw`\.(png|jpe?g|gif|css|js|ico)$`,
      '^wp-content/([^/]+)/(.*)$',
      String.raw`^index\.php$`,
      '(bot|crawl|spider|slurp|archiver|curl|wget)',
    ].map((source) => compilePattern(source, { ignoreCase: true }));
    for (let round = 0; round < 200; round += 1)
      for (const rule of rules) rule.test('wp-content/themes/site/images/header.png', budget);
    assert.ok(budget.remaining > DEFAULT_MATCH_STEPS / 10, `${budget.remaining} of 1000 rules`);
  });

  test('bounds the memory for ways back', () => {
    const pattern = compilePattern('^(a|ab)*$');
    assert.throws(
      () => pattern.test('a'.repeat(500_000), new MatchBudget(1e9)),
      /more than \d+ bytes to find its way back/,
    );
    assert.equal(pattern.test('a'.repeat(50_000), new MatchBudget(1e9)), true);
  });

  test('has nothing left where memory ends, so that who takes that for no match is found out', () => {
    for (const [source, subject] of [
      ['^(a|ab)*$', 'a'.repeat(500_000)],
      [String.raw`^(\((?1)?)${'()'.repeat(180)}`, '('.repeat(3000)],
    ] as const) {
      const budget = new MatchBudget(1e9);
      assert.throws(
        () => compilePattern(source).match(subject, budget),
        (error: unknown) => error instanceof MatchLimitError && error.limit === 'memory',
      );
      assert.equal(budget.remaining, 0, source);
    }
  });

  test('counts what a call looks at, however the groups call each other', () => {
    const groups = Array.from({ length: 2000 }, (_, index) => `(a?(?${index + 2}))`).join('');
    assert.throws(() => compilePattern(`${groups}(b)`).test('a'.repeat(3000), new MatchBudget()), MatchLimitError);
  });
});

describe('an expression', () => {
  test('may have 32768 bytes', () => {
    assert.equal(compilePattern('a'.repeat(32_768)).test('a', new MatchBudget()), false);
    const refused = 'more than 32768 bytes (here 32769) are not supported (at offset 32768)';
    assert.throws(() => compilePattern('a'.repeat(32_769)), new PatternError(refused, 32_768, true));
  });

  test('may be nested 250 deep', () => {
    const nest = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    assert.equal(compilePattern(nest(250)).test('a', new MatchBudget()), true);
    assert.throws(() => compilePattern(nest(251)), new PatternError('parentheses are too deeply nested', 251));
  });

  test('made of anything is compiled or refused, and ends within the budget', () => {
    const anything = fc.oneof(anyPattern, fc.string({ unit: 'binary', maxLength: 40 }).map(toBytes), special);
    fc.assert(
      fc.property(anything, anySubject, fc.boolean(), (source, subject, ignoreCase) => {
        try {
          const match = compilePattern(source, { ignoreCase }).match(subject, new MatchBudget(5000));
          if (match !== undefined) assert.ok(match.end <= subject.length && match.index >= 0);
        } catch (error) {
          assert.ok(error instanceof PatternError || error instanceof MatchLimitError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('with a long subject does not depend on the depth of calls', () => {
    const subject = 'ab'.repeat(50_000);
    assert.equal(compilePattern('^(?:a|b)*$').test(subject, new MatchBudget(1e9)), true);
    assert.equal(compilePattern('^.*b$').test(subject, new MatchBudget(1e9)), true);
  });
});

function toBytes(text: string): string {
  return text.replace(/[^]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) & 0xff));
}

/** Nothing but what has a meaning. */
const special: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...'()[]{}*+?|^$.\\-:<>=!&#,R0123PQEKxi'.split('')), { maxLength: 24 })
  .map((bytes) => bytes.join(''));
