// What is wrong with a directive is told in httpd's words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VirtualHost } from '#src/apache/config/virtual-host.js';
import { makeRewriteModule } from '#src/apache/modules/rewrite.js';
import { externalProgram } from '../../support/external-program.ts';
import { memoryFiles } from '../modules/support/memory-files.ts';
import { checkWithHttpd } from './ask-httpd.ts';
import { configurePlace } from './site-configuration.ts';

/** Lines of httpd.conf, with what httpd says of them; empty: it takes them. */
const SERVER_LINES: readonly (readonly [line: string, message: string])[] = [
  ['RewriteRule', "RewriteRule: bad argument line ''"],
  ['RewriteRule ^a', "RewriteRule: bad argument line '^a'"],
  ['RewriteRule "^a b" x', ''],
  ['RewriteRule a\\ b x', ''],
  ['RewriteRule "a', "RewriteRule: bad argument line '\"a'"],
  ['RewriteRule "a" "b', ''],
  ['RewriteRule ^a x L', 'RewriteRule: bad flag delimiters'],
  ['RewriteRule ^a x [L', 'RewriteRule: bad flag delimiters'],
  ['RewriteRule ^a x X]', 'RewriteRule: bad flag delimiters'],
  ['RewriteRule ^a x ""', 'RewriteRule: bad flag delimiters'],
  ['RewriteRule ^a x [L] more', ''],
  ['RewriteRule ^a x [R=301, L]', 'RewriteRule: bad flag delimiters'],
  ['RewriteRule ^a x "[R=301, L]"', ''],
  ['RewriteRule ^a x []', "RewriteRule: unknown flag ''"],
  ['RewriteRule ^a x [L,]', "RewriteRule: unknown flag ''"],
  ['RewriteRule ^a x "[L, ]"', "RewriteRule: unknown flag ','"],
  ['RewriteRule ^a x "[L, ,R]"', "RewriteRule: unknown flag ',R,'"],
  ['RewriteRule ^a x "[ ]"', "RewriteRule: unknown flag ','"],
  ['RewriteRule ^a x [FOO]', "RewriteRule: unknown flag 'FOO'"],
  ['RewriteRule ^a x [foo=bar]', "RewriteRule: unknown flag 'foo'"],
  ['RewriteRule ^a x "[R = 301]"', "RewriteRule: unknown flag 'R '"],
  ['RewriteRule ^a x [R=999]', "RewriteRule: invalid HTTP response code '999' for flag 'R'"],
  ['RewriteRule ^a x [R=418]', "RewriteRule: invalid HTTP response code '418' for flag 'R'"],
  ['RewriteRule ^a x [R=0]', "RewriteRule: invalid HTTP response code '0' for flag 'R'"],
  ['RewriteRule ^a x [R=30x]', "RewriteRule: invalid HTTP response code '30x' for flag 'R'"],
  ['RewriteRule ^a x [R=301x]', ''],
  ['RewriteRule ^a x [R=500]', ''],
  ['RewriteRule ^a x [R=abc]', ''],
  ['RewriteRule ^a x [R=Permanent]', ''],
  ['RewriteRule ^a x [BNE]', "RewriteRule: flag 'BNE' wants a list of characters (i.e. [BNE=...])"],
  ['RewriteRule ^a x [BFOO]', "RewriteRule: unknown flag 'BFOO'"],
  ['RewriteRule ^a x [backrefnoplus]', "RewriteRule: unknown flag 'backrefnoplus'"],
  ['RewriteRule ^a x [discardpathinfo]', ''],
  ['RewriteRule ^a x [discardpath]', ''],
  ['RewriteRule ^a x [DXYZ]', ''],
  ['RewriteRule ^a x [XYZ]', "RewriteRule: unknown flag 'XYZ'"],
  ['RewriteRule ^a x [B=#?,BNP,BCTLS,backrefescaping,backrefernoplus]', ''],
  ['RewriteRule ^a x [E,E=,E=X,CO,CO=x,H,H=a,S=x,N=x,N=-1,T=]', ''],
  ['RewriteRule ^a x [UNC,UnsafeAllow3F,UnsafePrefixStat,DPI,END]', ''],
  [
    'RewriteRule ^a x [last,next,nocase,noescape,nosubreq,passthrough,qsappend,qsdiscard,qslast,redirect,skip=1,type=a/b,forbidden,gone,chain,cookie=a:b:c,env=X:1,end,handler=x]',
    '',
  ],
  ['RewriteRule ( x', "RewriteRule: cannot compile regular expression '('"],
  ['RewriteRule !( x', "RewriteRule: cannot compile regular expression '('"],
  ['RewriteCond', "RewriteCond: bad argument line ''"],
  ['RewriteCond %{X}', "RewriteCond: bad argument line '%{X}'"],
  ['RewriteCond a b NC', 'RewriteCond: bad flag delimiters'],
  ['RewriteCond a b [FOO]', "RewriteCond: unknown flag 'FOO'"],
  ['RewriteCond a b [L]', "RewriteCond: unknown flag 'L'"],
  ['RewriteCond a b []', "RewriteCond: unknown flag ''"],
  ['RewriteCond a b [nocase,ornext,novary]', ''],
  ['RewriteCond a -eq 1', 'RewriteCond: bad flag delimiters'],
  ['RewriteCond a (', "RewriteCond: cannot compile regular expression '('"],
  ['RewriteCond a !(', "RewriteCond: cannot compile regular expression '('"],
  ['RewriteCond a -H', ''],
  ['RewriteBase /', 'RewriteBase: only valid in per-directory config files'],
  ['RewriteOptions Foo', "RewriteOptions: unknown option 'Foo'"],
  ['RewriteOptions inherit Foo', "RewriteOptions: unknown option 'Foo'"],
  ['RewriteOptions inherit,inheritbefore', "RewriteOptions: unknown option 'inherit,inheritbefore'"],
  ['RewriteOptions MaxRedirects', "RewriteOptions: unknown option 'MaxRedirects'"],
  ['RewriteOptions LongURLOptimization', "RewriteOptions: unknown option 'LongURLOptimization'"],
  [
    'RewriteOptions InheritDown InheritBefore InheritDownBefore IgnoreInherit AllowNoSlash MergeBase IgnoreContextInfo LegacyPrefixDocRoot AllowAnyURI',
    '',
  ],
  ['RewriteMap a /none', 'RewriteMap: file for map a not found:/none'],
  ['RewriteMap a txt:/none', 'RewriteMap: file for map a not found:/none'],
  ['RewriteMap a rnd:/none', 'RewriteMap: file for map a not found:/none'],
  ['RewriteMap a int:foo', 'RewriteMap: internal map not found:foo'],
  ['RewriteMap a int:ToLower', 'RewriteMap: internal map not found:ToLower'],
  ['RewriteMap a INT:tolower', ''],
  ['RewriteMap a TXT:/etc/hostname', ''],
  ['RewriteMap a dbd:SELECT', 'RewriteMap types dbd and fastdbd require mod_dbd!'],
  ['RewriteMap a fastdbd:', 'RewriteMap types dbd and fastdbd require mod_dbd!'],
];

/** The same in .htaccess. */
const FOLDER_LINES: readonly (readonly [line: string, message: string])[] = [
  ['RewriteBase x', 'RewriteBase: argument is not a valid URL'],
  ['RewriteBase /x', ''],
  ['RewriteRule ^a b [P]', ''],
  ['RewriteCond expr "x', 'RewriteCond: cannot compile expression in htaccess context "x" it is refused'],
];

const httpd = externalProgram('apache2');
const files = memoryFiles({ '/etc/hostname': { text: 'x' } });

const module = makeRewriteModule({
  parseExpression: () => {
    throw new Error('it is refused');
  },
  documentRootOf: () => '/',
  mayFollowLinks: () => true,
  requestLineLimitOf: () => 8190,
});

/** What our directives say; empty: they take it. */
function check(line: string, path?: string): { message: string; warnings: readonly string[] } {
  const host = { server: [], directory: [] } as unknown as VirtualHost;
  try {
    return { message: '', warnings: configurePlace(module, line, host, files, path).warnings };
  } catch (error) {
    return { message: (error as Error).message, warnings: [] };
  }
}

describe('directives of rewriting', () => {
  for (const [line, message] of SERVER_LINES) {
    test(`say of ${line}: ${message === '' ? 'nothing' : message}`, () => {
      assert.equal(check(line).message, message);
    });
  }

  for (const [line, message] of FOLDER_LINES) {
    test(`say of ${line} in .htaccess: ${message === '' ? 'nothing' : message}`, () => {
      assert.equal(check(line, '/srv/').message, message);
    });
  }

  test('are refused by httpd in the same words', { ...httpd }, () => {
    for (const [line, message] of SERVER_LINES) assert.equal(checkWithHttpd(line), message, line);
  });

  test('warn of NC where nothing is compared by letters', () => {
    const words = 'is not supported and will be ignored. (test.conf:1)';
    assert.deepEqual(check('RewriteCond a -f [NC]').warnings, [
      `AH00665: RewriteCond: NoCase option for non-regex pattern '-f' ${words}`,
    ]);
    assert.deepEqual(check('RewriteCond a !-ne1 [NC]').warnings, [
      `AH00665: RewriteCond: NoCase option for non-regex pattern '1' ${words}`,
    ]);
    assert.deepEqual(check('RewriteCond a =x [NC]').warnings, []);
  });

  test('warn of MaxRedirects, which is gone', () => {
    assert.match(
      check('RewriteOptions MaxRedirects=10').warnings[0] ?? '',
      /^AH00664: RewriteOptions: MaxRedirects option has been removed/,
    );
  });

  test('refuse at the start what needs another server or another program', () => {
    assert.match(check('RewriteRule ^a http://b/ [P]').message, /'P' is not supported/);
    assert.match(check('RewriteMap a prg:/bin/cat').message, /prg are not supported/);
    assert.match(check('RewriteMap a dbm:/etc/hostname').message, /dbm are not supported/);
  });
});
