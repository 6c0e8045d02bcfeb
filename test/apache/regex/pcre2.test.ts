// The same expressions through PCRE2 and through our own matcher: groups, errors and their places.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareWithPcre2 } from './compare-with-pcre2.js';
import { anyPattern, anySubject } from './pattern-arbitrary.js';
import { PATTERNS, SUBJECTS } from './pattern-cases.js';
import { pcre2 } from './pcre2-oracle.js';

const ORACLE = pcre2();

const SITE = { dotAll: true, dollarEndOnly: true };
const OPPOSITE = { ignoreCase: true, multiline: true, dotAll: false, dollarEndOnly: false };

const SHORT = SUBJECTS.filter((subject) => subject.length > 1 && subject.length < 5);

describe('beside PCRE2', ORACLE, () => {
  test('every sort of expression matches the same places, or is refused in the same words', () => {
    const cases = PATTERNS.flatMap((pattern) => [
      { pattern, options: SITE, subjects: SUBJECTS },
      { pattern, options: OPPOSITE, subjects: SUBJECTS },
      { pattern, options: OPPOSITE, subjects: SHORT, from: 1 },
    ]);
    const { differences, matched, refused, unsupported } = compareWithPcre2(cases);
    assert.deepEqual(differences, []);
    assert.ok(matched > 5000 && refused > 200, `${matched} matches, ${refused} refusals`);
    // (?C1), (*FAIL) and (*COMMIT), each three times.
    assert.equal(unsupported, 9);
  });

  test('expressions made at random do so, too', () => {
    const cases = fc.sample(
      fc.record({
        pattern: anyPattern,
        options: fc.record({
          ignoreCase: fc.boolean(),
          multiline: fc.boolean(),
          dotAll: fc.boolean(),
          dollarEndOnly: fc.boolean(),
          noAutoPossess: fc.constant(true),
          noStartOptimize: fc.constant(true),
        }),
        subjects: fc.array(anySubject, { minLength: 5, maxLength: 5 }),
      }),
      { numRuns: 1200, seed: 20_251 },
    );
    const { differences, matched, refused } = compareWithPcre2(cases);
    assert.deepEqual(differences, []);
    assert.ok(matched > 2000 && refused > 50, `${matched} matches, ${refused} refusals`);
  });

  test('every byte is in the classes that it is in there', () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
    const posix = 'alpha lower upper alnum ascii blank cntrl digit graph print punct space word xdigit';
    const classes = String.raw`\d \D \w \W \s \S \h \H \v \V \N . \R [a-z] [^a-z] [A-z]`.split(' ');
    for (const name of posix.split(' ')) classes.push(`[[:${name}:]]`, `[[:^${name}:]]`);
    const cases = classes.flatMap((pattern) => [
      { pattern, options: {}, subjects: bytes },
      { pattern, options: { ignoreCase: true }, subjects: bytes },
    ]);
    assert.deepEqual(
      compareWithPcre2(
        cases.map((one) => ({ ...one, options: { dotAll: false, dollarEndOnly: false, ...one.options } })),
      ).differences,
      [],
    );
  });
});
