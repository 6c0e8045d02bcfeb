// What RedirectMatch makes of a target: as the real httpd was seen to write it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { matchPrefix } from '#src/apache/content/alias-prefix.js';
import { escapeUrl, isUrl } from '#src/apache/content/escape-url.js';

describe('escapeUrl', () => {
  test('everything up to the query is escaped, in lower case', () => {
    const seen: Record<string, string> = {
      'http://x/a b': 'http://x/a%20b',
      'http://x/a%20b': 'http://x/a%2520b',
      'http://x/\xe4?#x': 'http://x/%e4?#x',
      'http://x y/z': 'http://x%20y/z',
      'http://x/?a b=a b#c d': 'http://x/?a b=a b#c d',
      'http://x?a b': 'http://x?a b',
      'http://x#a b': 'http://x#a b',
      'http:///a b': 'http:///a%20b',
      '/t/x?q=x': '/t/x?q=x',
      '//a b': '//a%20b',
      'mailto:a b': 'mailto:a%20b',
      'http:/x': 'http:/x',
      'foo://x/a;b': 'foo://x/a;b',
      '#a b': '#a b',
    };
    for (const [url, escaped] of Object.entries(seen)) assert.equal(escapeUrl(url), escaped, url);
  });

  test('ports that need no naming and passwords go', () => {
    assert.equal(escapeUrl('http://user@x:80/y'), 'http://user@x/y');
    assert.equal(escapeUrl('http://x:080/y'), 'http://x/y');
    assert.equal(escapeUrl('HTTP://X:80/y'), 'HTTP://X/y');
    assert.equal(escapeUrl('https://x:443/y'), 'https://x/y');
    assert.equal(escapeUrl('http://x:443/y'), 'http://x:443/y');
    assert.equal(escapeUrl('ftp://x:21/y'), 'ftp://x/y');
    assert.equal(escapeUrl('http://x:/y'), 'http://x/y');
    assert.equal(escapeUrl('http://x:99999/y'), 'http://x:99999/y');
    assert.equal(escapeUrl('http://[::1]:80/y'), 'http://%5b::1%5d/y');
    assert.equal(escapeUrl('http://@x/y'), 'http://@x/y');
    assert.equal(escapeUrl('http://user:pass@x.example:8080/y'), 'http://user:XXXXXXXX@x.example:8080/y');
  });

  test('behind a port that is none everything is lost', () => {
    assert.equal(escapeUrl('http://x:abc/y?z'), 'http://x');
  });

  test('no text makes it fail', () => {
    const character = fc.constantFrom('h', ':', '/', '@', '?', '#', '[', ']', '8', ' ', '\n', '\0', '\xff', '.');
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        const [front] = escapeUrl(text).split(/[?#]/, 1);
        assert.doesNotMatch(front!, /[^\x21-\x7e]/);
      }),
    );
  });
});

test('a URL has a scheme, whatever follows', () => {
  for (const url of ['http://x/', 'mailto:x', 'http:', 'h-t.p+1://x']) assert.equal(isUrl(url), true, url);
  for (const text of ['to.txt', '/x', '', ':x', '#a:b', '?a:b']) assert.equal(isUrl(text), false, text);
});

describe('matchPrefix', () => {
  test('whole segments match, and slashes count once', () => {
    const seen: ReadonlyArray<readonly [path: string, prefix: string, rest: string | undefined]> = [
      ['/a', '/a', ''],
      ['/a/b', '/a', '/b'],
      ['/ab', '/a', undefined],
      ['/a', '/a/', undefined],
      ['/a/', '/a/', ''],
      ['/a/b', '/a/', 'b'],
      ['//a//b/c', '/a/b', '/c'],
      ['/a/b', '//a', '/b'],
      ['/A', '/a', undefined],
      ['/a', '', undefined],
      ['/a b/c', '/a b', '/c'],
      ['/x', '/', 'x'],
    ];
    for (const [path, prefix, rest] of seen) {
      const taken = matchPrefix(path, prefix);
      assert.equal(taken === 0 ? undefined : path.slice(taken), rest, `${path} ${prefix}`);
    }
  });

  test('a path begins with itself and with each of its folders', () => {
    const segment = fc.stringMatching(/^[a-c]{1,3}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), fc.array(segment), (folder, rest) => {
        const prefix = `/${folder.join('/')}`;
        const path = [prefix, ...rest].join('/');
        assert.equal(matchPrefix(path, prefix), prefix.length);
      }),
    );
  });
});
