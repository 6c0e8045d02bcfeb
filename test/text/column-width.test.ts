// Columns of a terminal, against what the engine itself knows of characters.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { columnWidth, countLines, cutToColumns, padEndColumns } from '#src/text/index.js';

const clusters = (text: string): string[] =>
  Array.from(new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment);

/** Texts of every kind, without control characters. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '本',
        'か',
        'ｶ',
        '한',
        '한',
        'é',
        'é',
        '👩‍👩‍👧',
        '☎️',
        '🇪🇸',
        'ñ',
        'ﬁ',
        '…',
        '▁',
        '👍🏽',
        '\u{20000}',
        'क्षि',
        '１',
      ),
      fc.stringMatching(/^[ -~]{0,6}$/),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => text.replaceAll(/\p{C}/gu, '')),
    ),
  )
  .map((parts) => parts.join(''));

/** Every assigned character that the pattern matches. */
function* charactersOf(pattern: RegExp): Generator<string> {
  for (let codePoint = 0x20; codePoint < 0x2_0010; codePoint += 1) {
    const character = String.fromCodePoint(codePoint);
    if (pattern.test(character)) yield character;
  }
}

describe('the columns of a text', () => {
  test('are two for each character of Chinese, Japanese and Korean, for fullwidth forms and for pictures', () => {
    const wide = /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Yi}|\p{Script=Tangut}|\p{Emoji_Presentation})$/u;
    for (const character of charactersOf(wide)) {
      // U+16FF0 is a mark of Vietnamese that some fonts put below the character.
      if (/^\p{M}$/u.test(character)) continue;
      assert.equal(columnWidth(character), 2, character.codePointAt(0)?.toString(16));
    }
    assert.equal(columnWidth('データベースシステムは起動しています。（１２）'), 46);
    assert.equal(columnWidth('데이터베이스 시스템이 시작되고 있음'), 35);
    assert.equal(columnWidth('FATAL 57P03: 数据库系统正在启动'), 31);
  });

  test('are one for each character of other scripts, and for halfwidth forms', () => {
    const narrow =
      /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Sm}\p{Sc}]$/u;
    for (const character of charactersOf(narrow)) {
      if (
        /^[\p{M}\p{Cf}\p{Emoji_Presentation}]$/u.test(character) ||
        /^[\u{fe00}-\u{ff60}\u{ffe0}-\u{ffe6}]$/u.test(character)
      )
        continue;
      assert.equal(columnWidth(character), 1, character.codePointAt(0)?.toString(16));
    }
    assert.equal(columnWidth('ｶﾀｶﾅ'), 4);
    assert.equal(columnWidth('…–×▁█“'), 6);
  });

  test('are none for what is combined with the character before', () => {
    for (const mark of charactersOf(/^[\p{Mn}\p{Me}]$/u)) {
      // What joins with the letter before, and nothing else asks for a picture.
      if (mark === '\u{fe0f}' || clusters(`o${mark}`).length > 1) continue;
      assert.ok(columnWidth(`o${mark}`) === 1, mark.codePointAt(0)?.toString(16));
    }
    assert.equal(columnWidth('한'), 2, 'consonant, vowel and final make one syllable');
    assert.equal(columnWidth('☎️'), 2);
    assert.equal(columnWidth('☎'), 1);
  });

  test('are the length for what a keyboard of Latin types', () => {
    fc.assert(fc.property(fc.stringMatching(/^[ -~]*$/), (text) => assert.equal(columnWidth(text), text.length)));
  });

  test('are those of the parts', () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(
          columnWidth(text),
          clusters(text).reduce((sum, cluster) => sum + columnWidth(cluster), 0),
        );
      }),
    );
  });
});

describe('a text that is cut', () => {
  test('is as long as fits, and never in the middle of what is read as one character', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 40 }), (text, columns) => {
        const cut = cutToColumns(text, columns);
        assert.ok(columnWidth(cut) <= columns);
        if (cut === text) return;
        assert.ok(columnWidth(text) > columns && cut.endsWith('…'));
        const kept = clusters(cut.slice(0, -1));
        assert.deepEqual(kept, clusters(text).slice(0, kept.length));
        const next = clusters(text)[kept.length] ?? '';
        assert.ok(columnWidth(cut) + columnWidth(next) > columns, 'one more would fit');
      }),
    );
  });

  test('or filled up has the columns that were asked for', () => {
    fc.assert(
      fc.property(texts, fc.nat(60), (text, columns) => {
        assert.equal(columnWidth(padEndColumns(text, columns)), Math.max(columns, columnWidth(text)));
      }),
    );
  });
});

test('lines are counted as a terminal breaks them, which moves a wide character down where one column is left', () => {
  assert.equal(countLines('', 10), 1);
  assert.equal(countLines('abcdefghij', 10), 1);
  assert.equal(countLines('abcdefghijk', 10), 2);
  assert.equal(countLines('本本本本本', 10), 1);
  assert.equal(countLines('本本本本本', 5), 3);
  assert.equal(countLines('a本本', 4), 2);
  assert.equal(countLines('本', 1), 1);
});
