// Physical lines to logical ones, and lines to words, as httpd reads them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LogicalLines } from '#src/apache/syntax/logical-lines.js';
import { splitWords, takeWord } from '#src/apache/syntax/words.js';
import { expandVariables } from '#src/apache/syntax/variables.js';

function allLines(text: string, maxBytes = 1_000_000): [string, number][] {
  const lines = new LogicalLines(text, maxBytes);
  const all: [string, number][] = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) all.push([line, lines.line]);
  return all;
}

describe('a logical line', () => {
  test('has no white space at its ends, whatever its line end', () => {
    assert.deepEqual(allLines('  a b\t\r\n\v\fc\n\nlast'), [
      ['a b', 1],
      ['c', 2],
      ['', 3],
      ['last', 4],
    ]);
  });

  test('is joined by a backslash, in comments too, and counts as its last physical line', () => {
    assert.deepEqual(allLines('# a\\\nb\nc \\\r\n d\\\n\ne'), [
      ['# ab', 2],
      ['c  d', 5],
      ['e', 6],
    ]);
  });

  test('is joined once more by an empty line behind two backslashes', () => {
    assert.deepEqual(allLines('Foo\\\\\n\nBar\n'), [['FooBar', 3]]);
  });

  test('keeps a backslash that no line end follows', () => {
    assert.deepEqual(allLines('a \\'), [['a \\', 1]]);
    assert.deepEqual(allLines('a\\\n'), [['a', 2]]);
  });

  test('ends at a zero byte, and is not continued there', () => {
    assert.deepEqual(allLines('a\0b \\\nc\n'), [
      ['a', 1],
      ['c', 2],
    ]);
  });

  test('is the same wherever it is split by continuations', () => {
    const words = fc.stringMatching(/^[a-z "'#<>\t]{0,40}$/);
    fc.assert(
      fc.property(words, fc.array(fc.nat(), { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (line, cuts, end) => {
        const places = cuts.map((cut) => cut % (line.length + 1)).toSorted((a, b) => b - a);
        let split = line;
        for (const place of places) split = `${split.slice(0, place)}\\${end}${split.slice(place)}`;
        const [whole] = allLines(`${line}${end}`);
        assert.deepEqual(allLines(`${split}${end}`), [[whole?.[0], places.length + 1]]);
      }),
    );
  });

  test('may have as many bytes as the limit says, its line end counted', () => {
    assert.deepEqual(allLines('1234567\n', 8), [['1234567', 1]]);
    assert.throws(() => allLines('12345678\n', 8), /^ConfigurationError: Line too long$/);
    assert.deepEqual(allLines('\\\n'.repeat(100), 8), [['', 101]]);
    assert.throws(() => allLines('1234\\\n5678\n', 8), /Line too long/);
  });

  test('costs no more than its length, continued or full of spaces', { timeout: 20_000 }, () => {
    const continued = new LogicalLines('ab\\\n'.repeat(400_000), 16_777_216);
    assert.equal(continued.next()?.length, 800_000);
    assert.equal(allLines(`a${' '.repeat(4_000_000)}b\n`, 16_777_216)[0]?.[0].length, 4_000_002);
  });
});

describe('a word', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['  a b ', 'a', 'b '],
    ['"a b" c', 'a b', 'c'],
    [`'a "b' c`, 'a "b', 'c'],
    [String.raw`"a\"b\\c\d" e`, String.raw`a"b\c\d`, 'e'],
    [String.raw`a\\b\c\" d`, String.raw`a\b\c\"`, 'd'],
    ['"not closed', 'not closed', ''],
    ['a"b c"', 'a"b', 'c"'],
    ['"a"b', 'a', 'b'],
    ['', '', ''],
    ['"', '', ''],
    ['"" x', '', 'x'],
    [String.raw`"a\\" b`, 'a\\', 'b'],
  ];

  for (const [text, word, rest] of cases) {
    test(`of ${text} is ${word}`, () => {
      assert.deepEqual(takeWord(text), { word, rest });
    });
  }

  test('comes back out of its quotes as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), fc.constantFrom('"', "'"), (words, quote) => {
        const quoted = words.map(
          (word) => quote + word.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote,
        );
        assert.deepEqual(splitWords(quoted.join(' ')), words);
      }),
    );
  });

  test('is never longer than the text, and all words are found in any bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let rest = text;
        while (rest !== '') {
          const taken = takeWord(rest);
          assert.ok(taken.word.length <= rest.length && taken.rest.length < rest.length);
          assert.ok(rest.endsWith(taken.rest));
          rest = taken.rest;
        }
      }),
    );
  });
});

describe('a variable', () => {
  const source = {
    variables: new Map([
      ['a', '1${B}'],
      ['b', '2'],
    ]),
    environment: { HOME: '/root', A: 'not asked' },
  };

  function expand(line: string): [string, string[]] {
    const warnings: string[] = [];
    return [expandVariables(line, source, (message) => warnings.push(message)), warnings];
  }

  test('is replaced by what Define gave it, without regard to case, and not looked at again', () => {
    assert.deepEqual(expand('x${a}y${A}z ${b}'), ['x1${B}y1${B}z 2', []]);
  });

  test('is else looked for in the environment, with regard to case', () => {
    assert.deepEqual(expand('${HOME}'), ['/root', []]);
    assert.deepEqual(expand('${home}'), ['${home}', ['AH00111: Config variable ${home} is not defined']]);
  });

  test('that nobody defined stays, with a warning unless a colon makes it a map of rewriting', () => {
    assert.deepEqual(expand('${x} ${} ${map:key} $ {a} ${open'), [
      '${x} ${} ${map:key} $ {a} ${open',
      ['AH00111: Config variable ${x} is not defined', 'AH00111: Config variable ${} is not defined'],
    ]);
    assert.deepEqual(expand('${constructor}')[1].length, 1);
  });
});
