// Whatever fails while a request is answered: the client gets a page, the log one line, and the process goes on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemorySite } from './memory-site.ts';

/** Takes more steps than there are. */
const SLOW = '^(a|a?)+$';
const SUBJECT = `${'a'.repeat(60)}!`;

const errors = (site: MemorySite): string[] =>
  site.errorLines.filter((line) => /^\[\w+:(?:error|crit)\]/.test(line)).map((line) => line.replace(/ \[pid.*$/, ''));

describe('a regular expression that takes too much work', () => {
  for (const [name, module, htaccess, configuration = ''] of [
    ['SetEnvIf of a host', 'setenvif', '', `SetEnvIf X "${SLOW}" A`],
    ['SetEnvIf of a folder', 'setenvif', `SetEnvIf X "${SLOW}" A`],
    ['Require expr', 'authz_core', `Require expr "%{HTTP:X} =~ /${SLOW}/"`],
    [
      'Require not expr',
      'authz_core',
      `<RequireAll>\nRequire all granted\nRequire not expr "%{HTTP:X} =~ /${SLOW}/"\n</RequireAll>`,
    ],
    ['RewriteCond', 'rewrite', `RewriteEngine On\nRewriteCond %{HTTP:X} ${SLOW}\nRewriteRule ^ - [F]`],
    ['RewriteCond expr', 'rewrite', `RewriteEngine On\nRewriteCond expr "%{HTTP:X} =~ /${SLOW}/"\nRewriteRule ^ - [F]`],
    ['RequestHeader edit', 'headers', `RequestHeader edit X ${SLOW} b`],
    ['If', 'core', `<If "%{HTTP:X} =~ /${SLOW}/">\nRequire all denied\n</If>`],
    ['a condition of Header', 'core', `Header set Y z "expr=%{HTTP:X} =~ /${SLOW}/"`],
    ['a value of Header', 'headers', `Header set Y "%{X}e"\nHeader edit Y ${SLOW} b\nSetEnvIf X (.*) X=$1`],
  ] as const) {
    test(`of ${name} ends the request with 500 and one line of the log`, async () => {
      const site = new MemorySite(configuration, { '/www/.htaccess': htaccess });
      const { status, body } = await site.ask('GET /index.html', 'X', SUBJECT);
      // Who is not let in by an expression is kept out as ever.
      assert.equal(status, name === 'Require expr' ? 403 : 500);
      assert.doesNotMatch(body, /hello/);
      assert.deepEqual(errors(site), [`[${module}:error]`], site.errorLines.join('\n'));
      assert.equal((await site.ask('GET /index.html', 'X', 'b')).status < 500, true, 'others are answered');
    });
  }

  for (const [name, configuration, target] of [
    ['RedirectMatch', `RedirectMatch ${SLOW} /x`, `/${SUBJECT}`],
    ['LocationMatch', `<LocationMatch "/(a|a?)+$">\nRequire all denied\n</LocationMatch>`, `/${SUBJECT}`],
    ['FilesMatch', `<FilesMatch "^(a|a?)+$">\nRequire all denied\n</FilesMatch>`, `/${SUBJECT}`],
  ] as const) {
    test(`of ${name} closes the path`, async () => {
      const text = configuration.replace('^(a|a?)+$ /x', '/(a|a?)+$ /x');
      const site = new MemorySite(text, { [`/www/${SUBJECT}`]: 'secret' });
      const { status, body } = await site.ask(`GET ${target}`);
      assert.equal(status, 500);
      assert.doesNotMatch(body, /secret/);
      assert.equal(errors(site).length, 1, site.errorLines.join('\n'));
    });
  }

  test('of an ErrorDocument leaves the built-in page', async () => {
    const site = new MemorySite(`ErrorDocument 404 "%{HTTP:X} =~ /x/"\nErrorDocument 500 /index.html`, {
      '/www/.htaccess': `SetEnvIf X "${SLOW}" A`,
    });
    const { status, body } = await site.ask('GET /missing', 'X', SUBJECT);
    assert.equal(status, 500);
    assert.match(body, /500 Internal Server Error/);
  });

  test('of Header always on every answer leaves a page without the field', async () => {
    const site = new MemorySite(`SetEnvIf X (.*) X=$1\nHeader always set Y "%{X}e"\nHeader always edit Y ${SLOW} b`);
    const { status, body, head } = await site.ask('GET /index.html', 'X', SUBJECT);
    assert.equal(status, 500);
    assert.match(body, /500 Internal Server Error/);
    assert.equal(head.persistent, false);
  });

  test('of a log does not hide the request from it', async () => {
    const site = new MemorySite(
      `CustomLog access.log "%U" "expr=! %{HTTP:X} =~ /${SLOW}/"\nCustomLog access.log "%U" "expr=%{HTTP:X} =~ /${SLOW}/"`,
    );
    assert.equal((await site.ask('GET /index.html', 'X', SUBJECT)).status, 200);
    assert.deepEqual(site.accessLines, ['/index.html', '/index.html']);
  });
});

describe('a defect', () => {
  test('is told as critical, and the client gets the page of it', async () => {
    const site = new MemorySite('ErrorDocument 500 "sorry"');
    site.files.stat = () => {
      throw new TypeError('no such thing');
    };
    const { status, body, head } = await site.ask('GET /index.html');
    assert.deepEqual([status, body, head.persistent], [500, 'sorry', false]);
    assert.match(site.errorLines.join('\n'), /^\[perdura:crit\] .*TypeError: no such thing/);
  });

  test('of the page itself leaves one that needs nothing', async () => {
    const site = new MemorySite('ErrorDocument 500 /index.html\nErrorDocument 400 /index.html');
    site.files.stat = () => {
      throw new TypeError('no such thing');
    };
    for (const told of [await site.ask('GET /index.html'), await site.refuse('badMethod', 'G(T / HTTP/1.1')]) {
      assert.equal(told?.status, 500);
      assert.match(told?.body ?? '', /500 Internal Server Error/);
    }
  });

  test('of a log is told in the other log, and ends nothing', async () => {
    const site = new MemorySite(
      'CustomLog access.log "%U"',
      {},
      {
        writeAccess: () => {
          throw new TypeError('the disk is gone');
        },
      },
    );
    assert.equal((await site.ask('GET /index.html')).status, 200);
    assert.match(site.errorLines.join('\n'), /^\[perdura:crit\] .*the disk is gone/);
  });
});
