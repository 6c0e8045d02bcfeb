// Paths before anybody looks for a file, with what the real httpd answered to them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodePath, parseTarget, readFaultyPath } from '#src/apache/request/url-path.js';

describe('decodePath', () => {
  for (const [sent, expected] of [
    ['/', '/'],
    ['/a//b', '/a/b'],
    ['/a/./b/../c', '/a/c'],
    ['/a/.', '/a/'],
    ['/a/b/..', '/a/'],
    ['/%61%2e', '/a.'],
    ['/a%20b', '/a b'],
    ['/%2e%2e/x', 'aboveRoot'],
    ['/../x', 'aboveRoot'],
    ['/a%2fb', 'forbiddenEscape'],
    ['/a%00', 'forbiddenEscape'],
    ['/a%', 'badEscape'],
    ['/a%zz', 'badEscape'],
    ['/a%2', 'badEscape'],
    ['/%zz/../a', 'badEscape'],
    ['/%252e%252e/', '/%2e%2e/'],
  ] as const) {
    test(`${sent} becomes ${expected}`, () => {
      const result = decodePath(sent, 'off', true);
      assert.equal(typeof result === 'string' ? result : result.path, expected);
    });
  }

  test('%2F stays, or is a slash, as AllowEncodedSlashes says', () => {
    assert.deepEqual(decodePath('/a%2fb', 'nodecode', true), { path: '/a%2fb' });
    assert.deepEqual(decodePath('/a%2F..%2fb', 'on', true), { path: '/b' });
    assert.equal(decodePath('/%2F..%2f..', 'on', true), 'aboveRoot');
  });

  test('MergeSlashes Off keeps empty segments', () => {
    assert.deepEqual(decodePath('//a///b', 'off', false), { path: '//a///b' });
  });

  test('whatever the path, what comes out holds no NUL and no segment that climbs', () => {
    const piece = fc.constantFrom('/', '.', '..', '%2e', '%2E', '%2f', '%5c', 'a', '%', '%00', '%25', '//', ';x', '\\');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('off' as const, 'nodecode' as const, 'on' as const),
        fc.boolean(),
        (pieces, slashes, merge) => {
          const result = decodePath(`/${pieces.join('')}`, slashes, merge);
          if (typeof result === 'string') return;
          assert.ok(!result.path.includes('\0'));
          assert.ok(!result.path.split('/').includes('..'), result.path);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('readFaultyPath', () => {
  for (const [sent, expected] of [
    ['/..', '/'],
    ['/%2e%2e//a/%20', '/a/%20'],
    ['/%zz/.', '/%zz/'],
    ['/d%2Fe/%20', '/d/e/ '],
    ['/a%00b', '/a'],
  ] as const) {
    test(`${sent} is left as ${expected}`, () => assert.equal(readFaultyPath(sent, 'off', true), expected));
  }
});

describe('parseTarget', () => {
  test('the query ends at a fragment, and may be empty', () => {
    assert.deepEqual(parseTarget('/a?b?c#d'), { path: '/a', query: 'b?c', host: undefined });
    assert.deepEqual(parseTarget('/a?'), { path: '/a', query: '', host: undefined });
  });

  test('http: without slashes behind it is a path alone', () => {
    for (const [sent, path] of [
      ['http:/x', '/x'],
      ['HTTP:/a:80/x', '/a:80/x'],
      ['http:', '/'],
      ['http:x', 'http:x'],
      ['ftp:/x', 'ftp:/x'],
    ] as const)
      assert.deepEqual(parseTarget(sent), { path, query: undefined, host: undefined });
    assert.deepEqual(parseTarget('http:?x'), { path: '/', query: 'x', host: undefined });
  });

  test('the absolute form names the host, without who asks', () => {
    assert.deepEqual(parseTarget('http://u:p@h.example:80?x'), { path: '/', query: 'x', host: 'h.example:80' });
  });
});
