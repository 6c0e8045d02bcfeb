// Expressions at random, most of them right, and subjects that they have a chance to match.
import fc from 'fast-check';

const BYTE = fc.constantFrom('a', 'b', 'c', 'A', 'B', 'x', '\n');
const SUBJECT_BYTE = fc.constantFrom('a', 'a', 'b', 'b', 'c', 'A', 'B', 'x', '1', ' ', '\n', '\r\n');
const CLASS = fc.constantFrom(
  '[ab]',
  '[^a]',
  '[a-c]',
  String.raw`[\w]`,
  '[^\\n]',
  '[[:alpha:]b]',
  '[^[:upper:]]',
  '[b-x]',
);
const TYPE = fc.constantFrom('.', '.', ...String.raw`\d \w \s \W \R \N \X \h \v \D`.split(' '));
const ASSERTION = fc.constantFrom('^', '$', ...String.raw`\b \B \A \z \Z \G \K (?i) (?-i) (?s) (?m) (?U)`.split(' '));
const REFERENCE = fc.constantFrom(...String.raw`\1 \1 \2 (?1) (?2) (?R)`.split(' '));
const LOOKBEHIND = fc.constantFrom('a', 'b', 'ab|c', '[ab]', '^', '\\b', '(a)', '(?!a)b', '\\n');
const CONDITION = fc.constantFrom('1', '?=a', '?!a', '?<=a', 'R', 'R1');
const QUANTIFIER = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...'* + ? *? +? ?? *+ ++ ?+ {2} {0,2} {1,3}? {2,} {2,}? {0} {1,2}+ {,2} {3,4}'.split(' '),
    ),
  },
);

function quantified(atom: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(atom, QUANTIFIER).map(([text, quantifier]) => text + quantifier);
}

const SIMPLE = fc.oneof(
  { weight: 8, arbitrary: quantified(BYTE) },
  { weight: 3, arbitrary: quantified(CLASS) },
  { weight: 3, arbitrary: quantified(TYPE) },
  { weight: 2, arbitrary: ASSERTION },
  { weight: 1, arbitrary: quantified(REFERENCE) },
  { weight: 1, arbitrary: quantified(LOOKBEHIND.map((text) => `(?<=${text})`)) },
  { weight: 1, arbitrary: quantified(LOOKBEHIND.map((text) => `(?<!${text})`)) },
);

function sequences(atom: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(atom, { minLength: 0, maxLength: 4 }).map((parts) => parts.join(''));
}

function alternations(atom: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(sequences(atom), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|'));
}

function nested(inside: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const open = fc.constantFrom('(', '(', '(', '(?:', '(?:', '(?>', '(?=', '(?!', '(?i:', '(?|', '(?<n>');
  const group = fc.tuple(open, alternations(inside)).map(([start, body]) => `${start}${body})`);
  const condition = fc
    .tuple(CONDITION, sequences(inside), sequences(inside))
    .map(([test, yes, no]) => `(?(${test})${yes}|${no})`);
  return quantified(fc.oneof({ weight: 8, arbitrary: group }, { weight: 1, arbitrary: condition }));
}

const ONCE = fc.oneof({ weight: 2, arbitrary: SIMPLE }, { weight: 1, arbitrary: nested(SIMPLE) });
const TWICE = fc.oneof({ weight: 2, arbitrary: SIMPLE }, { weight: 1, arbitrary: nested(ONCE) });

export const anyPattern: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', '(a)?', '(?<n>[ab]*)()'), alternations(TWICE))
  .map(([start, rest]) => start + rest);

export const anySubject: fc.Arbitrary<string> = fc
  .array(SUBJECT_BYTE, { maxLength: 12 })
  .map((bytes) => bytes.join(''));
