// Where rules stand: hosts, folders and what they inherit, aliases, files and sections.
import type { RewriteCase } from '../rewrite-case.ts';

const ON = 'RewriteEngine On\n';

const letter = (at: number): string => String.fromCodePoint(97 + at);

/** One rule for each letter. */
function hostRules(...targets: readonly string[]): string {
  return `${ON}RewriteMap m int:unescape\n${targets.map((target, at) => `RewriteRule ^/${letter(at)}(/.*)?$ ${target}${target.includes('[') ? '' : ' [L]'}\n`).join('')}`;
}

export const CONTEXT_CASES: readonly RewriteCase[] = [
  {
    name: 'rules of a host',
    host: `${ON}RewriteRule ^/a$ /b.html
RewriteRule ^/c$ b.html
RewriteRule ^/d$ /none.html
RewriteRule ^/e$ /b.html?x=1 [QSA]
RewriteRule ^/f$ /b.html [R=301]
RewriteRule ^/g$ b.html [R]
RewriteRule ^/h$ /d/
RewriteRule ^/i$ /d
RewriteRule ^/j$ - [F]
RewriteRule ^/k$ /b.html [T=text/k]
RewriteRule ^/l$ ?
RewriteRule ^/m$ /b.html [E=A:%{REQUEST_FILENAME},E=B:%{REQUEST_URI}]`,
    files: ['b.html', 'd/index.html', 'index.html'],
    asks: ['/a', '/a?x=1', '/A', '/c', '/d', '/e', '/e?y', '/f?q', '/g', '/h', '/i', '/j', '/k', '/l', '/m', '/'],
  },
  {
    name: 'paths of the file system',
    host: hostRules(
      '%{DOCUMENT_ROOT}$1',
      '%{CONTEXT_DOCUMENT_ROOT}$1',
      '@DOC@/b',
      '%{ENV:X}@DOC@/b',
      '${m:@DOC@}$1',
      '/etc$1',
      '/et${m:c}/hostname',
      '/$1',
      '$1',
      '$1 [UnsafePrefixStat]',
      'etc/x',
      '/etc/hostname',
      '/../etc/hostname',
      '/./etc/hostname',
      '//etc/x',
      '/ETC/x',
      'x%{DOCUMENT_ROOT}$1',
      '/%{DOCUMENT_ROOT}$1',
      '/etc/../etc/hostname',
      '/etc/$1',
    ),
    files: ['b', 'etc/x'],
    asks: [
      ...Array.from({ length: 20 }, (_, at) => `/${letter(at)}/b`),
      '/h/etc/hostname',
      '/i/etc/hostname',
      '/j/etc/hostname',
      '/f/hostname',
      '/f/none',
    ],
  },
  {
    name: 'passing through to aliases',
    host: `${ON}Alias /al @DOC@/sub
RewriteRule ^/c$ /b [PT]
RewriteRule ^/d$ /al/x [PT]
RewriteRule ^/e$ /al/x
RewriteRule ^/f$ al/x [PT]
RewriteRule ^/g$ /b [R,PT]
RewriteRule ^/h$ - [PT,E=A:1]
RewriteRule ^/i$ /b [F,PT]
RewriteRule ^/j$ http://x/ [PT]`,
    files: ['b', 'sub/x', 'h'],
    asks: ['/c', '/d', '/e', '/f', '/g', '/h', '/i', '/j', '/al/x'],
  },
  {
    name: 'an engine of the host holds in folders',
    host: ON,
    htaccess: 'RewriteRule ^a$ b',
    files: ['b'],
    asks: ['/a'],
  },
  {
    name: 'rules without an engine',
    host: 'RewriteRule ^/a$ /b',
    htaccess: 'RewriteRule ^c$ b',
    files: ['b'],
    asks: ['/a', '/c'],
  },
  {
    name: 'an engine switched off',
    host: `${ON}RewriteEngine Off\nRewriteRule ^/a$ /b`,
    htaccess: `${ON}RewriteRule ^c$ b\nRewriteEngine off`,
    files: ['b'],
    asks: ['/a', '/c'],
  },
  {
    name: 'folders within folders',
    htaccess: {
      '': `${ON}RewriteRule ^ - [E=A:1]`,
      d: `${ON}RewriteOptions Inherit\nRewriteRule ^ - [E=B:1]`,
      e: `${ON}RewriteOptions InheritBefore\nRewriteRule ^ - [E=B:1]\nRewriteRule ^ - [E=A:2]`,
      f: `${ON}RewriteRule ^ - [E=B:1]`,
      g: 'RewriteRule ^ - [E=B:1]',
      h: 'RewriteOptions Inherit',
      i: 'AddType text/x .none',
      j: 'RewriteEngine off',
      k: 'RewriteBase /x',
      'd/l': `${ON}RewriteRule ^ - [E=C:1]`,
      'd/m': `${ON}RewriteOptions inherit\nRewriteRule ^ - [E=C:1]\nRewriteRule ^ - [E=A:2]`,
    },
    files: ['d/x', 'e/x', 'f/x', 'g/x', 'h/x', 'i/x', 'j/x', 'k/x', 'd/l/x', 'd/m/x', 'n/x'],
    asks: ['/d/x', '/e/x', '/f/x', '/g/x', '/h/x', '/i/x', '/j/x', '/k/x', '/d/l/x', '/d/m/x', '/n/x'],
  },
  {
    name: 'rules pushed down',
    htaccess: {
      '': `${ON}RewriteOptions InheritDown\nRewriteRule (.*) - [E=A:$1]`,
      d: `${ON}RewriteRule (.*) - [E=B:$1,E=A:0]`,
      e: `${ON}RewriteOptions IgnoreInherit\nRewriteRule (.*) - [E=B:$1]`,
      'd/g': `${ON}RewriteRule ^ - [E=C:3]`,
      'e/g': `${ON}RewriteRule ^ - [E=C:3]`,
    },
    files: ['d/x', 'e/x', 'f/x', 'd/g/x', 'e/g/x'],
    asks: ['/d/x', '/e/x', '/f/x', '/d/g/x', '/e/g/x'],
  },
  {
    name: 'rules pushed down in front',
    htaccess: {
      '': `${ON}RewriteOptions InheritDownBefore\nRewriteRule (.*) - [E=A:$1]`,
      d: `${ON}RewriteRule (.*) - [E=B:$1,E=A:0]`,
    },
    files: ['d/x'],
    asks: ['/d/x'],
  },
  {
    name: 'bases',
    htaccess: {
      '': `${ON}RewriteBase /r\nRewriteOptions MergeBase`,
      d: `${ON}RewriteRule ^x$ y`,
      f: `${ON}RewriteOptions MergeBase\nRewriteBase /r/q/\nRewriteRule ^x$ y`,
      g: `${ON}RewriteBase /zz/\nRewriteRule ^a$ b\nRewriteRule ^c$ d [R]\nRewriteRule ^e$ /g/b\nRewriteRule ^f$ @DOC@/g/b\nRewriteRule ^h$ @DOC@/d/y\nRewriteRule ^i$ @DOC@/d/y [R]\nRewriteRule ^j$ http://c9.test@DOC@/g/k [R]\nRewriteRule ^l$ ../d/y`,
      h: `${ON}RewriteBase /\nRewriteRule ^a$ b [R]\nRewriteRule ^c$ b`,
    },
    files: ['d/y', 'r/y', 'r/q/y', 'f/y', 'g/b', 'zz/b', 'b'],
    asks: ['/d/x', '/f/x', '/g/a', '/g/c', '/g/e', '/g/f', '/g/h', '/g/i', '/g/j', '/g/l', '/h/a', '/h/c'],
  },
  {
    name: 'targets without a base',
    htaccess: {
      d: `${ON}RewriteRule ^a$ b\nRewriteRule ^c$ b [R]\nRewriteRule ^e$ @DOC@/f\nRewriteRule ^g$ ../f\nRewriteRule ^h$ ../../../../../etc/hostname\nRewriteRule ^i$ /etc/hostname\nRewriteRule ^j$ /../etc/hostname\nRewriteRule ^k$ .\nRewriteRule ^l$ ""\nRewriteRule ^m(.*) /$1\nRewriteRule ^n$ //etc/hostname`,
    },
    files: ['d/b', 'f', 'd/index.html', 'index.html'],
    asks: [
      '/d/a',
      '/d/c',
      '/d/e',
      '/d/g',
      '/d/h',
      '/d/i',
      '/d/j',
      '/d/k',
      '/d/l',
      '/d/metc/hostname',
      '/d/n',
      '/d',
      '/d/',
    ],
  },
  {
    name: 'a folder without its slash',
    host: 'DirectorySlash Off',
    htaccess: {
      d: `${ON}RewriteOptions AllowNoSlash\nRewriteRule ^ - [E=A:1]\nRewriteRule (.*) - [E=B:$1]`,
      e: `${ON}RewriteRule ^ - [F]`,
    },
    files: ['d/x', 'e/x'],
    asks: ['/d/x', '/e/x', '/e/'],
  },
  {
    name: 'folders that are aliases',
    host: 'Alias /al @DOC@/sub\nAlias /base @DOC@/based',
    htaccess: {
      sub: `${ON}RewriteRule ^a$ b\nRewriteRule ^c$ b [R]`,
      based: `${ON}RewriteBase /base/\nRewriteRule ^a$ b\nRewriteRule ^c$ b [R]`,
    },
    files: ['sub/b', 'based/b'],
    asks: ['/al/a', '/sub/a', '/al/c', '/base/a', '/base/c', '/based/a'],
  },
  {
    name: 'path info',
    htaccess: `${ON}RewriteRule ^i/(.*) k [E=A:$1]
RewriteRule ^j/ k
RewriteRule ^l/ k [DPI]
RewriteRule ^m/ k [D]
RewriteRule ^n/ k [discardpathinfo]
RewriteRule (.*) - [E=B:$1]`,
    files: ['i', 'k', 'j', 'l', 'm', 'n'],
    asks: ['/i/p/q', '/j/p', '/l/p', '/k/p', '/m/p', '/n/p'],
  },
  {
    name: 'links that may not be followed',
    htaccess: {
      '': `Options -FollowSymLinks\n${ON}RewriteRule ^a b`,
      d: 'Options +SymLinksIfOwnerMatch\nRewriteRule ^a b',
      e: 'RewriteEngine Off',
    },
    files: ['b', 'd/b', 'e/b'],
    asks: ['/a', '/b', '/d/a', '/e/b'],
  },
  {
    name: 'text maps',
    host: `${ON}RewriteMap t txt:@DOC@/map.txt\nRewriteMap e int:escape\nRewriteMap u int:unescape\nRewriteMap up int:toupper\nRewriteRule ^/m/(.*)$ - [E=A:\${t:$1|none},E=B:\${t:$1}]\nRewriteRule ^/n/(.*)$ - [E=A:\${e:$1},E=B:\${u:$1},E=C:\${up:$1},E=D:\${t:\${up:$1}|\${up:x}}]\nRewriteRule ^/o/(.*)$ /\${t:$1|b} [R]`,
    htaccess: `${ON}RewriteRule ^p/(.*)$ - [E=A:\${t:$1|none}]`,
    files: [['map.txt', '# comment\none  1 # behind\n one 2\none 3\n\ntwo\t22\r\nempty\nTHREE 33\nlast 9'], 'b'],
    asks: [
      '/m/one',
      '/m/two',
      '/m/empty',
      '/m/x',
      '/m/last',
      '/m/%23',
      '/m/THREE',
      '/n/three',
      '/n/a%20b',
      '/n/%2541',
      '/n/a%26%C3%A9',
      '/o/one',
      '/o/x',
      '/p/two',
    ],
  },
  {
    name: 'variables',
    host: 'ServerAdmin me@example.org',
    htaccess: [
      'REQUEST_FILENAME',
      'REQUEST_URI',
      'THE_REQUEST',
      'HTTP_HOST',
      'HTTP:Host',
      'HTTP:',
      'ENV:NOPE',
      'HTTPS',
      'REQUEST_SCHEME',
      'SERVER_PORT',
      'DOCUMENT_ROOT',
      'SCRIPT_FILENAME',
      'CONTEXT_PREFIX',
      'CONTEXT_DOCUMENT_ROOT',
      'IS_SUBREQ',
      'API_VERSION',
      'IPV6',
      'REMOTE_ADDR',
      'CONN_REMOTE_ADDR',
      'REMOTE_HOST',
      'REMOTE_USER',
      'REMOTE_IDENT',
      'REQUEST_METHOD',
      'PATH_INFO',
      'QUERY_STRING',
      'AUTH_TYPE',
      'SERVER_NAME',
      'SERVER_ADDR',
      'SERVER_ADMIN',
      'SERVER_PROTOCOL',
      'request_uri',
      'FOO',
      'HTTP_CONNECTION',
      'HTTP_X_FOO',
      'SSL:SSL_PROTOCOL',
      'HANDLER',
      'HTTP_ACCEPT_LANGUAGE',
      'HTTP:x-foo',
      'env:A',
      'SCRIPT_URL',
    ]
      .map((name, at) => `RewriteRule ^${at}$ - [E=A:(%{${name}})]\n`)
      .join('')
      .replace(/^/, ON),
    files: Array.from({ length: 40 }, (_, at) => String(at)),
    asks: Array.from({ length: 40 }, (_, at) => [`/${at}?q=1`, { 'X-Foo': 'bar' }] as const),
  },
];
