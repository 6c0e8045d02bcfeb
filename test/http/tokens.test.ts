// Tokens, field values and comma lists against RFC 9110 §5.5 and §5.6.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  hasListToken,
  isFieldValue,
  isToken,
  lowerCaseToken,
  splitList,
  splitOutsideQuotes,
  trimFieldWhitespace,
} from '#src/http/tokens.js';

const TOKEN_SYNTAX = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

// Strings in which separators, quotes and the token itself meet often.
const listValue = fc
  .array(
    fc.constantFrom(
      ',',
      ' ',
      '\t',
      '"',
      '\\',
      ';',
      'close',
      'Close',
      'CLOSE',
      'clos',
      'e',
      'x',
      'é',
      '\u212a',
      '\u00a0',
    ),
  )
  .map((parts) => parts.join(''));

function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

describe('isToken', () => {
  test('agrees with the grammar of RFC 9110 §5.6.2 for any string', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'aZ09!~|:(é \t'.split('')) }),
    );
    fc.assert(fc.property(text, (value) => assert.equal(isToken(value), TOKEN_SYNTAX.test(value))));
  });

  test('agrees with the grammar for every single code unit up to U+01FF', () => {
    for (let code = 0; code < 0x200; code++) {
      const text = String.fromCharCode(code);
      assert.equal(isToken(text), TOKEN_SYNTAX.test(text), `U+${code.toString(16)}`);
    }
  });

  test('refuses the empty string', () => assert.equal(isToken(''), false));
});

describe('lowerCaseToken', () => {
  test('gives the lower case of every token and undefined for everything else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abXYZ09-_ :é\u212a'.split('')) });
    fc.assert(
      fc.property(text, (value) => assert.equal(lowerCaseToken(value), isToken(value) ? foldAscii(value) : undefined)),
    );
  });
});

describe('isFieldValue', () => {
  test('allows exactly HTAB, SP, VCHAR and obs-text (RFC 9110 §5.5)', () => {
    for (let code = 0; code < 0x200; code++) {
      const allowed = code === 0x09 || (code >= 0x20 && code <= 0x7e) || (code >= 0x80 && code <= 0xff);
      assert.equal(isFieldValue(`a${String.fromCharCode(code)}b`), allowed, `U+${code.toString(16)}`);
    }
  });

  test('allows the empty value', () => assert.equal(isFieldValue(''), true));
});

describe('trimFieldWhitespace', () => {
  test('cuts SP and HTAB and no other white space', () => {
    assert.equal(trimFieldWhitespace(' \t a b\t '), 'a b');
    assert.equal(trimFieldWhitespace('\u00a0a\n'), '\u00a0a\n');
    assert.equal(trimFieldWhitespace(' \t'), '');
  });

  test('leaves no white space at the ends and can be repeated', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(' ', '\t', 'a', '\n') }), (value) => {
        const trimmed = trimFieldWhitespace(value);
        assert.ok(value.includes(trimmed));
        assert.doesNotMatch(trimmed, /^[ \t]|[ \t]$/);
        assert.equal(trimFieldWhitespace(trimmed), trimmed);
      }),
    );
  });
});

describe('splitList', () => {
  for (const [value, elements] of [
    ['', []],
    ['close', ['close']],
    ['foo ,bar,charlie', ['foo', 'bar', 'charlie']],
    ['foo , ,bar,charlie', ['foo', 'bar', 'charlie']],
    [' ,\t, ', []],
    ['a="x, y", b', ['a="x, y"', 'b']],
    ['a="x\\", y", b', ['a="x\\", y"', 'b']],
    ['a\\, b', ['a\\', 'b']],
    ['"open, b', ['"open, b']],
    ['"open\\', ['"open\\']],
  ] as const) {
    test(`splits ${JSON.stringify(value)} into ${JSON.stringify(elements)}`, () => {
      assert.deepEqual(splitList(value), elements);
    });
  }

  test('gives back the elements that a list was joined from', () => {
    const element = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'abc=;-'.split('')), minLength: 1 }),
      fc.string({ unit: fc.constantFrom('a', ',', ' ', '\\"', '\\\\') }).map((text) => `"${text}"`),
    );
    const separator = fc.constantFrom(',', ', ', '\t,\t', ',,', ' , ,');
    fc.assert(
      fc.property(fc.array(element), separator, (elements, between) => {
        assert.deepEqual(splitList(elements.join(between)), elements);
      }),
    );
  });
});

describe('splitOutsideQuotes', () => {
  test('takes every given character for a separator, outside quotes only', () => {
    assert.deepEqual(splitOutsideQuotes('a;b,c;"d;e"', ',;'), ['a', 'b', 'c', '"d;e"']);
  });
});

describe('hasListToken', () => {
  test('finds a token exactly where splitList has it as an element', () => {
    fc.assert(
      fc.property(listValue, fc.constantFrom('close', 'clos', 'e', 'k', '', '"'), (value, token) => {
        const expected = token !== '' && splitList(value).some((element) => foldAscii(element) === token);
        assert.equal(hasListToken(value, token), expected);
      }),
      { numRuns: 1000 },
    );
  });

  for (const [value, found] of [
    ['close', true],
    ['Close', true],
    ['keep-alive,\tCLOSE\t', true],
    [',,close', true],
    ['TE, close, Upgrade', true],
    ['closed', false],
    ['not-close', false],
    ['close;q=1', false],
    ['close upgrade', false],
    ['"close"', false],
    ['x="a, close, b"', false],
    ['clo\u017fe', false],
    ['', false],
  ] as const) {
    test(`${found ? 'finds' : 'does not find'} close in ${JSON.stringify(value)}`, () => {
      assert.equal(hasListToken(value, 'close'), found);
    });
  }

  test('does not fold letters outside ASCII into ASCII ones', () => {
    assert.equal(hasListToken('\u212aeep-alive', 'keep-alive'), false);
  });
});
