// Conditions whose value was compared with that of httpd 2.4.71, and is by the tests where it is installed.

/** One for each line. Bytes: the accents are UTF-8. */
const LINES = String.raw`
'a' == 'a'
'a' == 'b'
'a' < 'b'
'B' < 'a'
'a' <= 'a'
'a' > 'B'
'abc' >= 'abd'
'10' < '9'
'10' -lt '9'
10 -lt 9
' 5x' -eq 5
'0x10' -eq 0
'-0' -eq 0
'+3' -eq 3
'99999999999999999999' -eq '9223372036854775807'
'abc' -eq 0
'' -eq 0
1 -ne 2
2 ge 2
%{REQUEST_URI} == '/q'
%{request_method} == 'GET'
%{HTTP:X-A} == 'hello'
%{req:x-a} == 'hello'
req('X-A') == 'hello'
%{HTTP_HOST} == 'h'
%{HTTP_USER_AGENT} == ''
-n %{HTTP_USER_AGENT}
-z %{HTTP_USER_AGENT}
-n ''
-T 'on'
-T 'off'
-T 'OFF'
-T 'no'
-T 'No'
-T 'nope'
-T 'false'
-T '0'
-T '00'
-T ''
-T 'f'
-T 'o'
-T ' '
'abc' =~ /b/
'abc' =~ /B/
'abc' =~ /B/i
'abc' !~ /x/
'abc' =~ m#^a.c$#
'a\nb' =~ /a.b/
'a\nb' =~ /^b/
'b\n' =~ /b$/
'abc' =~ /(b)/ && $1 == 'b'
'abc' =~ /(b)/ && $0 == 'b'
'abc' =~ /(b)/ && 'x' =~ /x/ && $1 == 'b'
'abc' =~ /(b)/ && 'x' =~ /(y)/ || $1 == 'b'
'abc' =~ /(b)/ && ('x' =~ /(y)/ || $1 == '')
'abc' =~ /(x)?(b)/ && $1 == '' && $2 == 'b'
'abc' =~ /(b)/ && "x$1y" == 'xby'
'abc' =~ /(b)/ && "x$2y" == 'xy'
'' =~ /()/ && $0 == ''
'a' in {'b','a'}
'a' in {'b','c'}
'a' -in {'a'.'', 'c'}
!('a' == 'a')
! 'a' == 'b'
not not true
true && false || true
true || true && false
false && false || true
(true || true) && false
!true || true
!(true || true)
'a' . 'b' == 'ab'
'a'.'b'.'c'.'d' == 'abcd'
"a%{REQUEST_URI}b" == 'a/qb'
"$" == '$'
'%' == "\x25"
"\101\102" == 'AB'
'\x41' == 'x41'
'0x0a.1' -ipmatch '10'
'012.1.1.1' -ipmatch '10'
'167772161' -ipmatch '10'
'10.256' -ipmatch '10'
'10.1.2.3.4' -ipmatch '10'
'M' -strcmatch '[k-P]'
'a' -strcmatch '[^A]'
'a]' -strmatch '[]-a]]'
'-' -strmatch '[a-]'
'b' -strmatch '[c-a]'
'^' -strmatch '[^]'
'a' -strmatch '['
'[' -strmatch '['
'[]' -strmatch '[]'
'a' -strmatch '[]'
'x' -strmatch '[!]'
'a/b' -fnmatch 'a[!x]b'
'[/]' -fnmatch '[/]'
'a' -strmatch 'a\\'
'a\\b' -strmatch 'a\\\\b'
'\q' == 'q'
'a\'b' == "a'b"
'\0' == ''
'a\0b' == 'a'
tolower('ABC') == 'abc'
toupper('abcÀà') == 'ABCÀà'
%{tolower:ABC} == 'abc'
%{tolower:%{HTTP:X-A}Z} == 'helloz'
base64('abc') == 'YWJj'
base64('') == ''
base64('ab') == 'YWI='
base64('a') == 'YQ=='
unbase64('YWJj') == 'abc'
unbase64('YWI=') == 'ab'
unbase64('YWJj!!') == 'abc'
unbase64('YWJ') == 'ab'
unbase64('Y') == ''
unbase64('YWJj YWJj') == 'abc'
unbase64('==') == ''
md5('a') == '0cc175b9c0f1b6a831c399e269772661'
sha1('a') == '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'
escape('a b/c?d') == 'a%20b/c%3fd'
unescape('a%20b') == 'a b'
unescape('a%2fb') == 'a%2fb'
unescape('a%2Fb') == 'a%2Fb'
unescape('a%zz') == ''
unescape('a%') == ''
unescape('a%4') == ''
unescape('a%00b') == ''
unescape('a+b') == 'a+b'
-e '/etc/passwd'
-f '/etc/passwd'
-d '/etc'
-f '/etc'
-s '/etc/passwd'
-s '/dev/null'
-e '/nonexistent'
-h '/etc/passwd'
-x '/usr/bin/env'
-x '/etc/passwd'
-x '/etc'
-e ''
-d ''
filesize('/dev/null') == '0'
filesize('/nonexistent') == '0'
filesize('/etc') == '0'
-R '127.0.0.0/8'
-R '127'
-R '10.0.0.0/8'
-R '127.0.0.1'
-R '::1'
'10.1.2.3' -ipmatch '10.0.0.0/8'
'10.1.2.3' -ipmatch '10.1.2.0/255.255.255.0'
'10.1.2.3' -ipmatch '10.1'
'10.2.2.3' -ipmatch '10.1'
'::1' -ipmatch '::1'
'fe80::1' -ipmatch 'fe80::/10'
'::ffff:10.1.2.3' -ipmatch '10.0.0.0/8'
'10.1.2' -ipmatch '10.0.0.0/8'
'' -ipmatch '10.0.0.0/8'
'abc' -strmatch 'a*'
'abc' -strmatch 'a?c'
'abc' -strmatch 'a?'
'ABC' -strmatch 'abc'
'ABC' -strcmatch 'a*'
'a/b' -strmatch 'a*b'
'a/b' -fnmatch 'a*b'
'a/b' -fnmatch 'a/b'
'a/b' -fnmatch '*/b'
'a/b' -fnmatch '?/?'
'a/b' -fnmatch 'a?b'
'a/b/c' -fnmatch 'a/*/c'
'a/b/c' -fnmatch 'a/*'
'abc' -strmatch '[a-c]bc'
'abc' -strmatch '[!a]bc'
'abc' -strmatch '[^a]bc'
'abc' -strmatch '[abc'
'[abc' -strmatch '[abc'
'a]c' -strmatch 'a[]]c'
'a*c' -strmatch 'a\\*c'
'abc' -strmatch 'a\\*c'
'a-c' -strmatch 'a[b-]c'
'' -strmatch '*'
'' -strmatch ''
'a' -strmatch ''
'a' -strmatch '**'
'ab' -strmatch '*?*?*'
'a' -strmatch '*?*?*'
'.a' -fnmatch '*'
'a/b' -fnmatch 'a[/]b'
'a/b' -strmatch 'a[/]b'
'B' -strcmatch '[a-c]'
'B' -strcmatch '[A-C]'
'_' -strcmatch '[A-z]'
'a\\' -strmatch 'a\\\\'
'a\\' -strmatch 'a\\'
'aXbXc' -strmatch '*X*c'
'a/b' -fnmatch '**'
'a/' -fnmatch 'a/'
'a/' -fnmatch '*/'
'/a' -fnmatch '*a'
'a' -fnmatch '*a*'
'a//b' -fnmatch 'a/*/b'
'a//b' -fnmatch 'a/**/b'
'abcd' -strmatch '[a-b][!x]*[d]'
ldap('a*(b)\\c') == 'a\\2a\\28b\\29\\5cc'
%{REQUEST_SCHEME} == 'http'
%{HTTPS} == 'off'
%{IPV6} == 'off'
%{HTTP2} == 'off'
%{IS_SUBREQ} == 'false'
%{QUERY_STRING} == 'x=1'
%{REQUEST_STATUS} == '200'
%{REMOTE_ADDR} == '127.0.0.1'
%{CONN_REMOTE_ADDR} == '127.0.0.1'
env('E') == 'envval'
reqenv('E') == 'envval'
note('N') == ''
'a' == 'a' || 'b' == 'c' || 'd' == 'e'
'1' == 1
1.2 == '12'
-1 == '-1'
'' == ''
'é' == '\xe9'
'\xc3\xa9' == 'é'
'b\n' =~ /b\z/
'abc' =~ //
'x' . $1 == 'x'
true && 'abc' =~ /(.)(.)(.)/ && "$3$2$1" == 'cba'
file('/nonexistent') == ''
'a' == 'a' && file('/nonexistent') != 'a'
`;

/** As many in a row, or in one another, as there may be, and one more. */
const LONG = [18, 19, 20, 21, 30].flatMap((count) => [
  `${'false || '.repeat(count)}true`,
  `${'true && '.repeat(count)}false`,
  `${"'a'.".repeat(count)}'' == '${'a'.repeat(count)}'`,
  `"${'a$1'.repeat(count)}" == '${'a'.repeat(count)}'`,
  `${'('.repeat(count)}true${')'.repeat(count)}`,
  `${'tolower('.repeat(count)}'A'${')'.repeat(count)} == 'a'`,
  `${'! '.repeat(count)}true`,
  `${'!('.repeat(count)}false || true${')'.repeat(count)}`,
  `${'false || ('.repeat(count)}true${')'.repeat(count)}`,
]);

export const CONDITIONS: readonly string[] = [...LINES.split('\n').filter(Boolean), ...LONG].map((line) =>
  Buffer.from(line, 'utf8').toString('latin1'),
);

function escaped(bytes: readonly number[]): string {
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

const BYTES = Array.from({ length: 254 }, (_, index) => index + 1).filter((byte) => byte !== 10);

/** Texts that make a field of an answer. */
export const TEXTS: readonly string[] = [
  'plain',
  '%{REQUEST_URI}',
  'a%{REQUEST_URI}b$0c',
  '%{tolower:ABC}',
  'x"y\'z',
  '%{req:X-A}-%{HTTP:X-B}',
  '$',
  '%',
  '%%',
  '\\101',
  '',
  `%{escape:${escaped(BYTES)}}`,
  `%{ldap:${escaped(BYTES)}}`,
  '%{base64:%{unbase64:AAEC}}',
  `%{base64:%{toupper:${escaped(BYTES)}}}`,
  `%{base64:%{tolower:${escaped(BYTES)}}}`,
  '%{escape::a}',
  '%{escape:./a:b}',
  `%{base64:%{unescape:%{escape:${escaped(BYTES)}}}}`,
];
