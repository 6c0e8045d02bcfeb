// Types, and what the extensions of a name say: as the real httpd was seen to answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { describeName } from '#src/apache/content/describe-name.js';
import { parseMediaTypeFile } from '#src/apache/content/media-type-file.js';
import { respellMediaType, withDefaultCharset } from '#src/apache/content/media-type.js';

describe('respellMediaType', () => {
  const respell = (text: string, charset?: string): string => respellMediaType(text, charset).text;

  test('parameters are spelled with a semicolon and a space', () => {
    assert.equal(respell('text/html'), 'text/html');
    assert.equal(respell('text/h;x=1'), 'text/h; x=1');
    assert.equal(respell('text/html;a="x y"'), 'text/html; a="x y"');
    assert.equal(respell('text/html; a = b'), 'text/html; a=b');
    assert.equal(respell('text/html;a=b;'), 'text/html; a=b');
    assert.equal(respell('text/html;a b=c'), 'text/html; a b=c');
    assert.equal(respell('text/html;A=b'), 'text/html; a=b');
    assert.equal(respell('text/html;a="x"y'.replace('"y', '\\"y"')), 'text/html; a="x\\"y"');
    assert.equal(respell('text/html;a="x'), 'text/html; a="x');
  });

  test('white space within a type has odd results', () => {
    assert.equal(respell('text / html'), 'text /html');
    assert.equal(respell('text/ht ml'), 'text/ht');
    assert.equal(respell(' text/html '), 'text/html');
  });

  test('parameters without a value are dropped at the end', () => {
    assert.equal(respell('text/html; charset'), 'text/html');
    assert.equal(respell('text/html;a=b;c'), 'text/html; a=b');
  });

  test('the charset of an extension takes the place of the first and of all others', () => {
    assert.equal(respell('text/html', 'utf-8'), 'text/html; charset=utf-8');
    assert.equal(respell('text/q; charset=koi8-r; a=b', 'utf-8'), 'text/q; charset=utf-8; a=b');
    assert.equal(respell('text/html;charset=x;charset=y', 'k'), 'text/html; charset=k');
    assert.equal(respell('text/html;charset=x;charset=y'), 'text/html; charset=x; charset=y');
    assert.equal(respell('text/h; x=1', 'utf-8'), 'text/h; x=1; charset=utf-8');
  });

  test('what cannot be taken apart stays as it is, without a charset, and the log tells why', () => {
    const seen: Record<string, string> = {
      noslash: 'AH01599',
      '/html': 'AH01599',
      'te xt/html': 'AH01600',
      'text/': 'AH01601',
      'text/html;': 'AH01602',
      'text/html, x': 'AH01602',
      'text/html a=b': 'AH01603',
      'text/html;=b': 'AH01603',
      'text/html;a=': 'AH01604',
      'text/html;;a=b': 'AH01605',
      'text/html;a=b; ;c=d': 'AH01605',
      'text/html;a="b" c': 'AH01606',
      'text/html;a=b c': 'AH01608',
      'text/html;a=b ;c=d': 'AH01608',
    };
    for (const [text, code] of Object.entries(seen)) {
      assert.deepEqual(
        [respellMediaType(text, 'utf-8').text, respellMediaType(text, 'utf-8').fault?.code],
        [text, code],
      );
    }
  });

  test('no text makes it fail, and what it gave stays when it is respelled', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '/', ';', '=', '"', '\\', ' ', ',') }), (text) => {
        const first = respellMediaType(text, undefined);
        if (first.fault === undefined) assert.equal(respell(first.text), first.text);
        else assert.equal(first.text, text);
      }),
    );
  });
});

test('a default charset is for what begins like text/plain and text/html, and has none', () => {
  assert.equal(withDefaultCharset('text/html', 'utf-8'), 'text/html; charset=utf-8');
  assert.equal(withDefaultCharset('text/htmlx', 'utf-8'), 'text/htmlx; charset=utf-8');
  assert.equal(withDefaultCharset('text/plain; x=1', 'utf-8'), 'text/plain; x=1; charset=utf-8');
  assert.equal(withDefaultCharset('text/html; CHARSET=x', 'utf-8'), 'text/html; CHARSET=x');
  assert.equal(withDefaultCharset('text/css', 'utf-8'), 'text/css');
  assert.equal(withDefaultCharset('text/html', undefined), 'text/html');
});

test('a file of types has a type and its extensions on each line, and what stands later wins', () => {
  const types = parseMediaTypeFile('# text/none no\n\ntext/html\thtml HTM\ntext/lonely\n  text/new htm \\\nmore\r\n');
  assert.deepEqual(
    [...types],
    [
      ['html', 'text/html'],
      ['htm', 'text/new'],
      ['more', 'text/new'],
    ],
  );
});

describe('describeName', () => {
  const types = parseMediaTypeFile('text/html html\ntext/plain txt\napplication/gzip gz');
  const meanings = new Map([
    ['de', { language: 'de' }],
    ['fr', { language: 'fr' }],
    ['utf8', { charset: 'utf-8' }],
    ['cyr', { charset: 'iso-8859-5' }],
    ['gz', { encoding: 'gzip' }],
    ['br', { encoding: 'br' }],
    ['old', { type: null }],
    ['bak', { type: 'text/bak', handler: 'x' }],
  ]);
  const typeOf = (name: string): string | undefined => describeName(name, meanings, types).type;

  test('the last extension that is known decides, whatever the case', () => {
    assert.equal(typeOf('a.HTML'), 'text/html');
    assert.equal(typeOf('a.txt.html'), 'text/html');
    assert.equal(typeOf('a.html.unknown'), 'text/html');
    assert.equal(typeOf('a.unknown.html'), 'text/html');
    assert.equal(typeOf('a..txt'), 'text/plain');
    assert.equal(typeOf('a.txt.'), 'text/plain');
    assert.equal(typeOf('a.html.old'), 'text/html');
  });

  test('a name without extensions, or that is only one, says nothing', () => {
    for (const name of ['a', '.html', '..html', 'html', '', '.', '...']) assert.equal(typeOf(name), undefined, name);
    assert.equal(typeOf('.htm.txt'), 'text/plain');
  });

  test('every kind has its own last extension; languages and encodings add up', () => {
    const found = describeName('x.utf8.de.gz.html.fr.cyr.br', meanings, types);
    assert.deepEqual(
      [found.type, found.charset, found.languages, found.encoding],
      ['text/html', 'iso-8859-5', ['de', 'fr'], 'gzip, br'],
    );
    assert.deepEqual(describeName('de.html', meanings, types).languages, []);
    assert.equal(describeName('a.bak.html', meanings, types).handler, 'x');
  });
});
