// One thing after the other: flags, conditions, expansion, queries, folders, inheritance, and what is refused.
import type { RewriteCase } from '../rewrite-case.ts';

const ON = 'RewriteEngine On\n';

export const MECHANICS_CASES: readonly RewriteCase[] = [
  {
    name: 'queries of targets',
    htaccess: `${ON}RewriteRule ^a$ b? [QSA]
RewriteRule ^c$ b?x=1& [QSA]
RewriteRule ^d$ b [QSD]
RewriteRule ^e$ b?x=1 [QSD]
RewriteRule ^f$ b?x=1?y=2 [QSL]
RewriteRule ^g$ b?x=1 [QSA]
RewriteRule ^h$ b?
RewriteRule ^i$ b?x=1
RewriteRule ^j$ b
RewriteRule ^k$ b?%{ENV:NONE} [QSA]
RewriteRule ^l$ b?x?y
RewriteRule ^m$ ?x=1
RewriteRule ^n$ - [QSD]
RewriteRule ^o$ b??
RewriteRule ^p$ b?x=1&y=2& [R]`,
    files: ['b', 'n', 'index.html'],
    asks: [
      '/a',
      '/a?z=1',
      '/c',
      '/c?z=1',
      '/d?z=1',
      '/e?z=1',
      '/f?z=1',
      '/g',
      '/g?z=1&',
      '/g?z',
      '/h?z=1',
      '/i?z=1',
      '/j?z=1',
      '/j?',
      '/k?z=1',
      '/k',
      '/l',
      '/m?z',
      '/n?z',
      '/o',
      '/p',
    ],
  },
  {
    name: 'groups and references',
    htaccess: `${ON}RewriteCond %{REQUEST_URI} -f [OR]
RewriteCond a ^(a)(x)?$
RewriteRule ^(b)(.)?$ - [E=A:$1$2$3%0%1%2%3%9]
RewriteCond a !b
RewriteRule !q - [E=B:x$0%0x]
RewriteCond abc b
RewriteCond abc !x
RewriteRule . - [E=C:x%0x]
RewriteCond xyz (x)(y)
RewriteCond %1%2 ^(x)y$
RewriteRule ^(.)$ - [E=D:$1%1%2]`,
    files: ['b'],
    asks: ['/b'],
  },
  {
    name: 'characters that mean something',
    htaccess: `${ON}RewriteRule ^b - [E=A:a\\:b\\$1\\%1\\\\x$x%x%{x\${x:y%{x:}z]
RewriteRule ^b - [E=B:%{HTTP_HOST}:%{REQUEST_URI}]
RewriteRule ^b - [E=%{QUERY_STRING}:1]
RewriteRule ^b - "[E=D:two words]"
RewriteRule ^c - [E=A:1,E=B:2,E=C]
RewriteRule ^c - [E=!A,E=!%{QUERY_STRING}]
RewriteRule ^d - [E=A:\${none:x|fallback},E=B:\${none:x},E=C:%{nothing},E=D:\\]`,
    files: ['b', 'c', 'd'],
    asks: ['/b?C', '/c?B', '/c', '/d'],
  },
  {
    name: 'comparisons of texts and numbers',
    htaccess: [
      ['abc', '>abb'],
      ['abc', '<abd'],
      ['ab', '<abc'],
      ['z', '<abc'],
      ['abc', '>=abc'],
      ['abc', '<=abc'],
      ['abc', '=abc'],
      ['ABC', '=abc', '[NC]'],
      ['ABC', '>=abc', '[NC]'],
      ['%{NONE}', '=""'],
      ['%{NONE}', '='],
      ['10', '-gt9'],
      ['10', '-lt9'],
      ['10', '-eq10'],
      ['10', '-ne10'],
      ['10', '!-ne10'],
      ['10', '!-eq10'],
      ['x', '-eq0'],
      ['-5', '-lt0'],
      ['10', '-ge10'],
      ['10', '-le9'],
      ['a<b', '<'],
      ['a-eqb', '-eq'],
      ['abc', '!=abc'],
      ['abc', '!abc'],
      ['=', '='],
      ['a-Hb', '-H'],
      ['!', '!!'],
    ]
      .map(
        ([input, pattern, flags = ''], at) =>
          `RewriteCond "${input}" ${pattern} ${flags}\nRewriteRule ^${at}$ - [E=A:yes]\n`,
      )
      .join('')
      .replace(/^/, ON),
    files: Array.from({ length: 28 }, (_, at) => String(at)),
    asks: Array.from({ length: 28 }, (_, at) => `/${at}`),
  },
  {
    name: 'tests of files',
    htaccess: ['-f', '-d', '-s', '-l', '-L', '-h', '-x', '!-f', '!-d', '-U', '-F', '!-U', '!-F']
      .map((test, at) => `RewriteCond %{DOCUMENT_ROOT}/%{QUERY_STRING} ${test}\nRewriteRule ^${at}$ - [E=A:yes]\n`)
      .join('')
      .replace(/^/, ON),
    files: [...Array.from({ length: 13 }, (_, at) => String(at)), 'd/', ['empty', '']],
    asks: Array.from({ length: 13 }, (_, at) => [`/${at}?0`, `/${at}?d`, `/${at}?empty`, `/${at}?none`]).flat(),
  },
  {
    name: 'looking at other paths',
    htaccess: `${ON}RewriteBase /
RewriteCond /b -U
RewriteRule ^a$ - [E=A:U]
RewriteCond /none -U
RewriteRule ^a$ - [E=B:U]
RewriteCond /forbidden -U
RewriteRule ^a$ - [E=C:U]
RewriteCond %{DOCUMENT_ROOT}/b -F
RewriteRule ^a$ - [E=D:F]
RewriteRule ^c$ - [E=A:%{LA-U:REQUEST_FILENAME},E=B:%{LA-F:REQUEST_FILENAME},E=C:%{LA-U:REQUEST_URI},E=D:%{LA-U:IS_SUBREQ}]
RewriteRule ^forbidden$ - [F]
RewriteRule ^d$ - [NS,E=A:%{LA-U:ENV:B}]
RewriteRule ^d$ - [E=B:%{IS_SUBREQ}]`,
    files: ['a', 'b', 'c', 'd', 'forbidden'],
    asks: ['/a', '/c', '/d', '/forbidden'],
  },
  {
    name: 'chains and skips',
    htaccess: `${ON}RewriteRule ^a - [C]
RewriteRule b - [C,E=A:1]
RewriteRule c - [E=B:1]
RewriteRule d - [E=C:1]
RewriteRule x - [S=2]
RewriteRule . - [E=A:2]
RewriteRule . - [E=B:2]
RewriteRule . - [E=D:2]
RewriteRule y - [S=99]
RewriteRule . - [E=C:3]`,
    files: ['a', 'ab', 'abc', 'd', 'x', 'abcd', 'y'],
    asks: ['/a', '/ab', '/abc', '/d', '/x', '/abcd', '/y'],
  },
  {
    name: 'rounds',
    htaccess: `${ON}RewriteRule ^(.*)_(.*)$ $1-$2 [N]
RewriteRule ^loop$ loop [N=7]
RewriteRule ^loop2(.*)$ loop2$1x [N=20]
RewriteRule ^none$ - [N=0]
RewriteRule ^word$ - [N=x]
RewriteRule ^plain$ - [N]`,
    files: ['a-b-c-d', 'loop', 'plain'],
    asks: ['/a_b_c_d', '/a_b_c_d?q', '/loop', '/loop2', '/none', '/word', '/plain'],
  },
  {
    name: 'redirects that never end within the server',
    htaccess: {
      '': `${ON}RewriteRule ^(.*)$ x/$1`,
      self: `${ON}RewriteRule ^ /self/y`,
      ping: `${ON}RewriteRule ^ /pong/x`,
      pong: `${ON}RewriteRule ^ /ping/x`,
    },
    files: ['self/y', 'ping/x', 'pong/x'],
    asks: ['/a', '/self/x', '/self/y', '/ping/x'],
  },
  {
    name: 'END and L',
    htaccess: `${ON}RewriteRule ^a$ b [END]\nRewriteRule ^b$ c [L]\nRewriteRule ^c$ - [E=A:1]\nRewriteRule ^d$ - [END,E=A:1]\nRewriteRule ^d$ - [E=B:1]\nRewriteRule ^e$ - [L,E=A:1]\nRewriteRule ^e$ - [E=B:1]`,
    files: ['a', 'b', 'c', 'd', 'e'],
    asks: ['/a', '/b', '/c', '/d', '/e'],
  },
  {
    name: 'END in the host holds in folders',
    host: 'RewriteEngine On\nRewriteRule ^/a$ /b [END]\nRewriteRule ^/x$ /b [L]',
    htaccess: `${ON}RewriteRule ^b$ c`,
    files: ['b', 'c'],
    asks: ['/a', '/x', '/b'],
  },
  {
    name: 'cookies',
    htaccess: `${ON}RewriteRule ^a - [CO=n:v:x.test]
RewriteRule ^a - [CO=n:again:x.test,CO=m:v:x.test:0:/p:secure:HttpOnly:Lax]
RewriteRule ^b - [CO=;m;a:b;x.test;0;/;1;true;false]
RewriteRule ^c - [CO=k:v]
RewriteRule ^d - [CO=k:v:d:abc:/:0:0:Strict]
RewriteRule ^e - [CO=%{QUERY_STRING}:$0:%{HTTP_HOST}:0:/:0:true:0]
RewriteRule ^f$ b [CO=f:1:x]
RewriteRule ^g - [CO=g:1:x,F]
RewriteRule ^h$ /x [CO=h:1:x,R]
RewriteRule ^i - [CO=i::x.test::/]`,
    files: ['a', 'b', 'c', 'd', 'e', 'i'],
    asks: ['/a', '/b', '/c', '/d', '/e?name', '/f', '/g', '/h', '/i'],
  },
  {
    name: 'types and handlers',
    htaccess: `${ON}RewriteRule ^a - [T=text/x-foo]
RewriteRule ^b - [T=A/B]
RewriteRule ^c c2 [T=text/c]
RewriteRule ^e - [T=]
RewriteRule ^g - [T=text/$0]
RewriteRule ^h - [T=%{QUERY_STRING}]
RewriteRule ^i - [T=text/i,T=text/ii]`,
    files: ['a.css', 'b', 'c2', 'e', 'g', 'h', 'i.html'],
    asks: ['/a.css', '/b', '/c', '/e', '/g', '/h?text/h', '/h', '/i.html'],
  },
  {
    name: 'statuses',
    htaccess: `${ON}RewriteRule ^404$ - [R=404]
RewriteRule ^404b$ b [R=404]
RewriteRule ^f$ b [F]
RewriteRule ^g$ b [G]
RewriteRule ^r$ b [R]
RewriteRule ^re$ b [R=]
RewriteRule ^rx$ b [R=abc]
RewriteRule ^rp$ b [R=permanent]
RewriteRule ^rt$ b [R=TEMP]
RewriteRule ^rs$ b [R=seeother]
RewriteRule ^307$ b [R=307]
RewriteRule ^308$ b [R=308]
RewriteRule ^300$ b [R=300]
RewriteRule ^304$ b [R=304]
RewriteRule ^451$ b [R=451]
RewriteRule ^503$ b [R=503]
RewriteRule ^c$ - [R]
RewriteRule ^d$ - [R=301,E=A:1]`,
    files: ['b'],
    asks: [
      '/404',
      '/404b',
      '/f',
      '/g',
      '/r',
      '/re',
      '/rx',
      '/rp',
      '/rt',
      '/rs',
      '/307',
      '/308',
      '/300',
      '/451',
      '/503',
      '/c',
      '/d',
    ],
  },
  {
    name: 'escaping of back references',
    htaccess: `${ON}RewriteRule ^x(.*)$ /b?c=$1 [R,B]
RewriteRule ^y(.*)$ /b?c=$1 [R,BNP,B]
RewriteRule ^z(.*)$ /b?c=$1 [R,B=\\ #]
RewriteRule ^w(.*)$ /b?c=$1 [BCTLS]
RewriteRule ^v(.*)$ /b?c=$1 [R,B,BNE=/]
RewriteRule ^t(.*)$ /b?c=$1 [BCTLS,B=#]
RewriteRule ^s(.*)$ /b?c=$1 [NE,R,B]
RewriteCond %{REQUEST_URI} r(.*)
RewriteRule ^r /b?c=%1&d=%{REQUEST_URI} [NE,R,B]
RewriteRule ^u(.*)$ /b?c=$1`,
    files: ['b'],
    asks: [
      '/x%20%26%C3%A9/+',
      '/y%20%26%C3%A9/+',
      '/z%20%26%C3%A9/+%23',
      '/w%20%26%C3%A9/+',
      '/w%01',
      '/v%20%26%C3%A9/+',
      '/t%20%26%23%C3',
      '/s%20%26',
      '/r%26',
      '/u%20a',
      '/u%01a',
      '/u%7fa',
      '/u%C3%A9',
      '/ua&b',
    ],
  },
  {
    name: 'question marks that came escaped',
    htaccess: `${ON}RewriteRule ^u(.*)$ /b$1
RewriteRule ^v(.*)$ /b$1 [UnsafeAllow3F]
RewriteRule ^w(.*)$ /b$1 [B]
RewriteRule ^x(.*)$ /b?$1
RewriteRule ^y(.*)$ /b$1 [R]
RewriteRule ^z(.*)$ /b%{QUERY_STRING}$1
RewriteRule ^q(.*)$ /b$1?x=1
RewriteRule ^r(.*)$ /b?x=1$1?y
RewriteRule ^s(.*)$ /b?$1 [QSL]
RewriteRule ^t(.*)$ /b\\?$1
RewriteRule ^l(.*)$ /b$1?
RewriteRule ^m(.*)$ ftp://x/$1
RewriteRule ^n$ \${none:x|/b?d}
RewriteRule ^o /b%{HTTP:X-Y}`,
    files: ['b'],
    asks: [
      '/q%3f',
      '/q',
      '/r%3f',
      '/r',
      '/s%3f',
      '/s',
      '/t%3f',
      '/l%3f',
      '/m%3f',
      '/n',
      ['/o', { 'X-Y': '?a' }],
      '/u%3fa',
      '/v%3fa',
      '/w%3fa',
      '/x%3f',
      '/y%3fz',
      '/u%3Fa?k',
      '/u?%3f',
      '/u%253f',
      '/z?%3f',
      '/z?a?b',
    ],
  },
  {
    name: 'fields that answers depend on',
    htaccess: `${ON}RewriteCond %{HTTP_ACCEPT} x [OR]
RewriteCond %{HTTP:X-Y} y
RewriteRule ^a - [E=A:%{HTTP_REFERER}]
RewriteCond %{HTTP_USER_AGENT} .
RewriteRule ^a - [E=B:1]
RewriteCond %{HTTP_HOST} .
RewriteRule ^a - [E=C:1]
RewriteCond %{HTTP:X-Y} .
RewriteCond %{HTTP:X-Z} none
RewriteRule ^a - [E=D:1]
RewriteCond %{HTTP:X-Y}%{HTTP:X-Z} . [NV]
RewriteRule ^b -
RewriteCond %{HTTP:X-Y}%{HTTP:X-Z} .
RewriteRule ^c -`,
    files: ['a', 'b', 'c'],
    asks: [
      '/a',
      ['/a', { Accept: 'x' }],
      ['/a', { 'X-Y': 'y' }],
      ['/a', { 'X-Y': 'y', Accept: 'z' }],
      ['/a', { 'X-Y': 'y', Accept: 'z', 'User-Agent': 'k', Referer: 'q' }],
      ['/b', { 'X-Y': 'y' }],
      ['/c', { 'X-Y': 'y', 'X-Z': 'z' }],
      ['/c', { 'X-Z': 'z' }],
    ],
  },
  {
    name: 'slashes that clients bring',
    host: 'MergeSlashes Off',
    htaccess: `${ON}RewriteRule a(/.*)$ /$1 [L]
RewriteRule b(/.*)$ //$1 [L]
RewriteRule c(/.*)$ /$1 [R,L]
RewriteRule e(/.*)$ //x [R,L]
RewriteRule f(/.*)$ $1 [R,L]
RewriteRule h(/.*)$ $1 [L]`,
    files: ['x'],
    asks: ['/a/x', '/b/x', '/c/x', '/e/x', '/f/x', '/h/x', '/a//x', '/h//x', '/c//x'],
  },
  {
    name: 'schemes of targets',
    htaccess: `${ON}RewriteRule ^d$ https://c18.test/b
RewriteRule ^g$ http://other.test:77
RewriteRule ^h$ HTTP://other.test/a?b
RewriteRule ^i$ ftp://x/a?b
RewriteRule ^j$ mailto:a@b?c=d
RewriteRule ^k$ ldap://h/a\\ ?b?c
RewriteRule ^m$ ws://x/a\\ b?c
RewriteRule ^n$ foo://x/a
RewriteRule ^p$ news:x
RewriteRule ^q$ javascript:alert(1)
RewriteRule ^r$ //other/x [R]
RewriteRule ^s$ gopher://x/y?z
RewriteRule ^v$ nntp://x/y?z
RewriteRule ^y$ data:abc
RewriteRule ^z$ http://x.y/%20?a=b\\ c [QSA]`,
    files: ['b'],
    asks: [
      '/d',
      '/g',
      '/h',
      '/i',
      '/i?x=1',
      '/j',
      '/j?x=1',
      '/k',
      '/m',
      '/n',
      '/p',
      '/q',
      '/r',
      '/s',
      '/v',
      '/y',
      '/z',
      '/z?q=%20',
    ],
  },
  {
    name: 'URLs of the site itself',
    ownPort: true,
    htaccess: `${ON}RewriteRule ^x$ http://c19.test/b
RewriteRule ^y$ http://C19.test:80/b?q
RewriteRule ^z$ http://alias19.test/b
RewriteRule ^w$ http://k.wild19.test
RewriteRule ^v$ http://c19.test?q
RewriteRule ^u$ https://c19.test/b
RewriteRule ^t$ http://c19.test:81/b
RewriteRule ^s$ http://c19.test/b [R]
RewriteRule ^r$ http://c19.test//b
RewriteRule ^q$ http://other.test/b`,
    files: ['b', 'index.html'],
    asks: ['/x', '/y', '/z', '/w', '/v', '/u', '/t', '/s', '/r', '/q'],
  },
  {
    name: 'expressions',
    htaccess: `${ON}RewriteCond expr "%{REQUEST_URI} =~ m#^/(.)(.*)#"
RewriteRule ^ - [E=A:%1-%2]
RewriteCond expr "req('Foo') == 'bar'"
RewriteRule ^ - [E=B:1]
RewriteCond expr "req('Baz') == 'bar'" [NV]
RewriteRule ^ - [E=C:1]
RewriteCond expr "!-f '/none'"
RewriteRule ^b - [E=D:1]`,
    files: ['a', 'bc'],
    asks: ['/a', ['/a', { Foo: 'bar' }], ['/a', { Baz: 'bar' }], '/bc'],
  },
  {
    name: 'proxying',
    htaccess: `${ON}RewriteRule ^a$ http://b/ [P]\nRewriteRule ^b$ c [P]\nRewriteRule ^d$ -`,
    files: ['d'],
    asks: ['/a', '/b', '/d'],
  },
];
