// Paths that stay below the root, whatever is sent; properties first, then the table of spellings.
import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatFolderLocation, readRequestTarget, resolvePath } from '#src/server/static/resolve-path.js';

const PIECES = [
  '/',
  '//',
  '\\',
  '.',
  '..',
  '...',
  '%2e',
  '%2E',
  '%2e%2e',
  '.%2e',
  '%252e',
  '%252e%252e',
  '%2f',
  '%2F',
  '%5c',
  '%5C',
  '%252f',
  '%00',
  '\0',
  '%c0%ae',
  '%c0%af',
  '%e0%80%ae',
  '%ed%a0%80',
  '%ff',
  '%',
  '%2',
  '%zz',
  '%u002e',
  '%0d%0a',
  '\r\n',
  ' ',
  '%20',
  'a',
  'index.html',
  '.git',
  '.well-known',
  '.env',
  '~',
  '-',
  '_',
  'é',
  '\u2025',
  '%e2%80%a5',
  '\uFF0E',
  'C:',
  'C|',
  '::$DATA',
  'NUL',
  'con.txt',
  'a.',
  'a ',
  'a%20',
  'GIT~1',
  ';x=1',
  '@',
  'localhost',
  '*',
];
const nastyPath = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
const anyPath = fc.oneof(
  nastyPath,
  fc.string({ unit: 'binary' }),
  fc.webPath().map((path) => path || '/'),
);

describe('resolvePath', () => {
  it('gives a path below the root or a refusal, whatever the bytes', () => {
    fc.assert(
      fc.property(anyPath, fc.boolean(), (rawPath, windows) => {
        const resolved = resolvePath(rawPath, windows);
        if (resolved.kind === 'refused') return;
        const { path } = resolved;
        assert.ok(`${posix.resolve(`/srv/root${path}`)}/`.startsWith('/srv/root/'), path);
        assert.equal(posix.normalize(path), path);
        assert.ok(!/[\0\\]/.test(path), path);
        const names = path.slice(1).split('/');
        assert.ok(
          names.every((name, at) => !name.startsWith('.') || (at === 0 && name === '.well-known')),
          path,
        );
        assert.equal(path.endsWith('/'), resolved.kind === 'folder');
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives a path below the root by the rules of Windows too', () => {
    fc.assert(
      fc.property(anyPath, (rawPath) => {
        const resolved = resolvePath(rawPath, true);
        if (resolved.kind === 'refused') return;
        const full = win32.resolve(`C:\\root${resolved.path}`);
        assert.ok(`${full}\\`.startsWith('C:\\root\\'), full);
        assert.ok(!/[:*?"<>|]/.test(full.slice(2)), full);
      }),
      { numRuns: 3_000 },
    );
  });

  it('decodes exactly once: what a client encodes from names is what is looked up', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[/\\\0]/.test(text) && !text.startsWith('.'));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const resolved = resolvePath(`/${names.map(encodeURIComponent).join('/')}`);
        assert.deepEqual(resolved, { kind: 'file', path: `/${names.join('/')}` });
      }),
    );
  });

  it('takes the short way only where the long way agrees', () => {
    const plain = fc.stringMatching(/^(?:\/[A-Za-z0-9_~.-]{1,5}){1,4}\/?$/);
    fc.assert(
      fc.property(plain, (rawPath) => {
        // An escaped letter takes the long way.
        const escaped = rawPath.replace(/[A-Za-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
        assert.deepEqual(resolvePath(rawPath), resolvePath(escaped));
      }),
    );
  });

  const spellings: [rawPath: string, expected: string][] = [
    ['/', 'folder /'],
    ['/a.txt', 'file /a.txt'],
    ['/docs/', 'folder /docs/'],
    ['/a%20b.txt', 'file /a b.txt'],
    ['/%C3%A9', 'file /é'],
    ['/%252e%252e/a', 'file /%2e%2e/a'],
    ['/a%252fb', 'file /a%2fb'],
    ['/a;v=1', 'file /a;v=1'],
    ['/...', '404 hidden'],
    ['/.well-known/security.txt', 'file /.well-known/security.txt'],
    ['/%2ewell-known/x', 'file /.well-known/x'],
    ['/.well-known/.env', '404 hidden'],
    ['/docs/.well-known/x', '404 hidden'],
    ['/.well-known.bak/x', '404 hidden'],
    ['/.env', '404 hidden'],
    ['/%2eenv', '404 hidden'],
    ['/a/.git/config', '404 hidden'],
    ['//', '404 emptySegment'],
    ['//a', '404 emptySegment'],
    ['/a//b', '404 emptySegment'],
    ['/a//', '404 emptySegment'],
    ['/..', '400 dotSegment'],
    ['/../a', '400 dotSegment'],
    ['/a/../b', '400 dotSegment'],
    ['/./a', '400 dotSegment'],
    ['/%2e%2e/a', '400 dotSegment'],
    ['/.%2E/a', '400 dotSegment'],
    ['/.git/../a', '400 dotSegment'],
    ['/..%2fa', '400 separator'],
    ['/a%2Fb', '400 separator'],
    ['/..%5ca', '400 separator'],
    ['/..\\a', '400 notVisibleAscii'],
    ['/a%00.txt', '400 nul'],
    ['/a\0.txt', '400 notVisibleAscii'],
    ['/a b', '400 notVisibleAscii'],
    ['/é', '400 notVisibleAscii'],
    ['/%c0%ae%c0%ae/a', '400 badEscape'],
    ['/%c0%af', '400 badEscape'],
    ['/%ed%a0%80', '400 badEscape'],
    ['/%f8%80%80%80%ae', '400 badEscape'],
    ['/%', '400 badEscape'],
    ['/%4', '400 badEscape'],
    ['/%u002e', '400 badEscape'],
    ['', '400 notAbsolute'],
    ['*', '400 notAbsolute'],
  ];
  for (const [rawPath, expected] of spellings) {
    it(`resolves ${JSON.stringify(rawPath)} to ${expected}`, () => {
      const resolved = resolvePath(rawPath);
      const seen =
        resolved.kind === 'refused' ? `${resolved.status} ${resolved.reason}` : `${resolved.kind} ${resolved.path}`;
      assert.equal(seen, expected);
    });
  }

  for (const rawPath of [
    '/c:',
    '/a.txt::$DATA',
    '/nul',
    '/COM1.txt',
    '/a./b',
    '/a%20',
    '/GIT~1/config',
    '/a%3fb',
    '/conin$',
  ]) {
    it(`refuses ${rawPath} on Windows, where it means something else, and only there`, () => {
      assert.deepEqual(resolvePath(rawPath, true), { kind: 'refused', status: 404, reason: 'windowsName' });
      assert.notEqual(resolvePath(rawPath, false).kind, 'refused');
    });
  }
});

describe('readRequestTarget', () => {
  const urls: [url: string, path: string, query: string][] = [
    ['http://localhost/a?b', '/a', '?b'],
    ['http://localhost', '/', ''],
    ['http://localhost?x=/y', '/', '?x=/y'],
    ['http://localhost/?', '/', '?'],
    ['http://localhost/%2e%2e/a', '/%2e%2e/a', ''],
    ['http://localhost/../a?..', '/../a', '?..'],
    ['http://localhost//host/a', '//host/a', ''],
    ['http://localhost/a?b?c#d?e', '/a', '?b?c'],
    ['http://localhost/a#b?c', '/a', ''],
    ['https://[::1]:8080/a', '/a', ''],
  ];
  for (const [url, path, query] of urls) {
    it(`cuts ${url} without changing it`, () => assert.deepEqual(readRequestTarget(url), { path, query }));
  }

  it('knows no path in what is no absolute URL', () => assert.equal(readRequestTarget('/a'), undefined));
});

describe('formatFolderLocation', () => {
  it('never leads to another host, whatever the path and the query', () => {
    fc.assert(
      fc.property(anyPath, nastyPath, (rawPath, query) => {
        const target = readRequestTarget(`http://localhost${rawPath}?${query}`);
        if (!target || resolvePath(target.path).kind !== 'file') return;
        const location = formatFolderLocation(target);
        if (location === undefined) return;
        const url = new URL(location, 'http://good.example/');
        assert.equal(url.host, 'good.example');
        assert.ok(url.pathname.endsWith('/'), location);
        assert.ok(/^\/[\x21-\x7e]*$/.test(location), location);
      }),
      { numRuns: 3_000 },
    );
  });

  it('keeps the escapes of the path and the query', () => {
    assert.equal(formatFolderLocation({ path: '/a%20b', query: '?x=%2F&y' }), '/a%20b/?x=%2F&y');
  });

  it('gives nothing for a query that no field may hold', () => {
    assert.equal(formatFolderLocation({ path: '/a', query: '?x\r\nset-cookie: a=b' }), undefined);
  });
});
