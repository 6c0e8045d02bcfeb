// Rules from .htaccess are not trusted: whatever they say, a request ends soon, and never outside of the site.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RewriteSite } from './rewrite-site.ts';

const ON = 'RewriteEngine On\n';

async function answerTo(
  htaccess: string,
  target = '/a',
  steps?: number,
): Promise<{ site: RewriteSite; status: number; file: string }> {
  const site = new RewriteSite({ name: '', htaccess, files: ['a', 'b', 'index.html'], asks: [] }, 0, steps);
  const { status, file = '' } = await site.ask(target);
  return { site, status, file };
}

describe('hostile rules', () => {
  test('end after 32000 rounds of N', async () => {
    const { site, status } = await answerTo(`${ON}RewriteRule ^(a)$ $1 [N]`);
    assert.equal(status, 500);
    assert.deepEqual(site.log, [
      "[rewrite:error] AH02596: RewriteRule '^(a)$' and URI '/a' exceeded maximum number of rounds (32000) via the [N] flag",
    ]);
  });

  test('end when a path has grown to twice the longest request line', async () => {
    const { site, status } = await answerTo(`${ON}RewriteRule ^(a.*)$ $1$1$1 [N]`);
    assert.equal(status, 500);
    assert.deepEqual(site.log, ["[rewrite:error] RewriteRule '^(a.*)$' and URI '/a' exceeded maximum length (16380)"]);
  });

  test('end when a variable doubles with every round', async () => {
    const { site, status } = await answerTo(`${ON}RewriteRule ^ - [N,E=A:x%{ENV:A}%{ENV:A}]`);
    assert.equal(status, 500);
    assert.match(site.log[0] ?? '', /^\[rewrite:error\] rewriting of \/a was given up: the limit of 2000000 steps/);
  });

  test('end when each round asks for many files', async () => {
    const conditions = 'RewriteCond /etc/none !-f\n'.repeat(50);
    const { status } = await answerTo(`${ON}${conditions}RewriteRule ^ - [N]`);
    assert.equal(status, 500);
  });

  test('end when requests ask for requests that ask for requests', async () => {
    const { status } = await answerTo(
      `${ON}RewriteCond %{REQUEST_URI}x -U\nRewriteCond %{REQUEST_URI}y -U\nRewriteRule ^ b`,
    );
    assert.ok(status >= 200);
  });

  test('end where a pattern is given up, so that the rules behind it are not passed by', async () => {
    const rules = `${ON}RewriteCond ${'a'.repeat(40)} ^(a|a?)+$x\nRewriteRule ^ -\nRewriteRule ^a$ - [F]`;
    const { site, status } = await answerTo(rules, '/a', 10_000);
    assert.equal(status, 500);
    assert.match(site.log[0] ?? '', /was given up/);
  });

  test('never make a file of a path outside of the root', async () => {
    const target = fc.oneof(
      fc.constantFrom(
        '/etc/hostname',
        '../../../etc/hostname',
        '/../../etc/hostname',
        '//etc/hostname',
        '%{ENV:X}/etc/hostname',
        '$0/../../../etc/hostname',
        '/srv/site/../../etc/hostname',
        '/srv/./../etc/hostname',
      ),
      fc.string({
        unit: fc.constantFrom(
          '/',
          '.',
          '..',
          'e',
          'etc',
          'hostname',
          'srv',
          'site',
          '$1',
          '%1',
          '%{DOCUMENT_ROOT}',
          '?',
        ),
        maxLength: 8,
      }),
    );
    const flags = fc.constantFrom('', ' [L]', ' [END]', ' [PT]', ' [UnsafePrefixStat]', ' [H=x]', ' [DPI,QSA]');
    await fc.assert(
      fc.asyncProperty(target, flags, async (to, flag) => {
        const { status, file } = await answerTo(`${ON}RewriteRule ^(.*)$ "${to}"${flag}`, '/x');
        assert.ok(status !== 200 || file.startsWith('@DOC@'), `${status} ${file}`);
      }),
      { numRuns: 300 },
    );
  });

  test('are refused with a message or answered, whatever is written', async () => {
    const word = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '$1',
          '%1',
          '%{',
          '${',
          '}',
          '[',
          ']',
          ',',
          '=',
          ':',
          '|',
          '\\',
          '"',
          "'",
          ' ',
          '!',
          '-f',
          '(',
          ')',
          '*',
          '.',
          '/',
          'R',
          'L',
          'N',
          'S',
          'E',
          'CO',
          'LA-U:',
          'REQUEST_URI',
          'http://',
          '?',
          '3',
        ),
        fc
          .string({ unit: 'binary', minLength: 1, maxLength: 1 })
          .map((text) => String.fromCharCode(text.charCodeAt(0) & 0xff)),
      ),
      maxLength: 12,
    });
    const line = fc
      .tuple(fc.constantFrom('RewriteRule', 'RewriteCond'), fc.array(word, { maxLength: 4 }))
      .map(([name, words]) => `${name} ${words.join(' ').replace(/[\n\r\0]/g, '')}`);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), fc.webPath(), async (lines, path) => {
        let site: RewriteSite;
        try {
          site = new RewriteSite(
            { name: '', htaccess: `${ON}${lines.join('\n')}`, files: ['a', 'index.html'], asks: [] },
            0,
            100_000,
          );
        } catch (error) {
          assert.equal((error as Error).name, 'ConfigurationError', (error as Error).stack);
          return;
        }
        const { status } = await site.ask(path === '' ? '/' : path);
        assert.ok(Number.isInteger(status));
      }),
      { numRuns: 500 },
    );
  });
});
