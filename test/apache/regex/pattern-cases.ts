// Expressions of every sort that PCRE2 knows, right and wrong ones, and subjects for them.

const WORDS = String.raw`
\b+ \A* ^* $* a|* (*) (?i)* (?=a)* (?#x)* a** a{2}{3} a++ a+++ \K+ \G* \E* \Qa\E* a{,3} [\w-.] [\w-] [.-\w]
[\A] [\R] [\N] [\8] \8 \18 \400 \777 (?:a a) (?z) (?<a \k \g \i [a [z-a] [[:foo:]] [[.a.]] [:alpha:] (?<=a*)
(?<=a|bc) (?<=(a|bc)) (?<=(a|bc)d) \X (?C1) (*FAIL) a{65536} a{3,2} \x{100} \x{ \xg \c \N{U+41} \u (?(1)a|b|c)
(?(1)a) (?P<n>a)(?P<n>b) (?|(?<a>a)|(?<b>b)) (?R) (?(R)a) \C (?<=\C) (?<=\R) (?<=\X) (?-) (?^) (?i (? ( \\ *a
{2} (?<1a>b) (?P (?P=x) (?<n>a)(?P=n) (?i:a \Q \Qabc \o{} \o{8} \o{777} \o7 (?+1) (?-1) (?a) (?aD) a\K*b
(?=a\K) (?<=ab\K) [[:<:]]a[[:>:]] a[[:<:]] [a-\d] [a-[:digit:]] [[:digit:]-z] [[:digit:]-] (?(?=a)b|c) (?(a)b)
(?(<n>)b) (?(VERSION>=10)a) (?(DEFINE)a|b) \1 \10 \g{0} \g0 \g{-1} \g{+1}(a) (?1) (?&n) \_ (a)\g1 (a)\g{-1}
(a\1)+ (a|b\1)+ (?>a+)b (a)|(b) (?:(a)|b)* (a|)+ (a*)* (a*)+ (|a)+ (|a)* (a|b|){2,5} (.*a){3} ^(.*)$
^/?(.*)\.(png|jpg)$ \.(png|jpg|gif|css|js)$ (?i)FOO(?-i)bar ((?i)a|b)c (a(?i)b|c)d (?<!a)b (?<=^|a)b (?!a)b
\bfoo\b x*y x*?y x*+x (?:ab)*+a (a{2}){3} (a{1,2}){2,3}? (?|(a)|(b))\1 (?:(?<n>a)|(?<n>b))\k<n>
(?<n>a)(?i)\k<n> ^(?:(a)|(b))(?(1)c|d) (?(?!a)b|a)c ^(\((?:[^()]|(?1))*\))$ ^(a(?1)?b)$ (?R)?a \Aa\z a\Z ^a$
a.b a\Nb \R \h+ \v \H\V [^\S ] [\Qa]\E] [\d.-] []a] [^]a] [a\]b] [\x41-\x43] [[:^alpha:]] [[:upper:]] \cA \e
\x{41} \101 \o{101} (a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10 a{0} (a){0}b (a){0}(?1) a{0,0}b (?:a|ab)(?:c|bcd)(d*)
(?:a?){3}a{3} (a?)*?b (a??)*b ((a)|(b))*\2 (?s:.) (?-s:.)a (?m:^a$) (?x:a\ b) (?U)a+ (?U)a+? (?n)(a)(?<x>b)
(?<=a(?=b))b (?=(a+))a*b\1 (?!(a)b)a (?<=(?<!foo)bar)baz ^(?=ab(de))(abd)(e) (?>(\.\d\d[1-9]?))\d+
(?<!(foo)a)bar (?:(?=a)a+)* (?:(?=(a))a)+b a(?=b(*COMMIT)c) (?P>x)(?<x>a) (?'q'a)\k'q'\k{q} \g<1>(a) \g'-1'
(a)\g'-1' (?(R1)a|b) (?(R&n)a|b)(?<n>c) (?(+1)a|b)(c) ^(?:a?b?)*$ (?:a+)*b (\w+)\s\1 (?i)([ab]+)\1 [W-c]
(?i)[W-c] (?i)[^a] (?i:a)b [a-c-e] [--a] [a-] [-a] [a--] [^-a] [\b] [\n-\r] [a-\n] \0 \01 \08 [\0-\x1f]
(?=a{2,})a a{2,}? a{2,}+a {a} a{ a{1 a{1, a{1,2 a{,} a{a} x{2}+x (?:)* (?:)+a () (|) (a||b) a||b |a (?:|a) ^*a
$a ^^a $$ (?^i:a) (?i-s)a.b (?-i-s) (?^-i) (?xx)[ab] (?J)a (?i)(?-i)A [^a]*a .*?a .+?$ \D\d \w\W
[[:alpha:][:digit:]]+ [a-z&&[b]] (?:a|b|c|d|e)+f ^(?:one|two|three|four|five|six)$ (?:foo|foobar|fo|f|b)$
(?:a|b|c|d|)e
`;

/** With a space inside. */
const WITH_SPACES = [
  '(?x) a b # c',
  '(?x)a +',
  '(?x)a# c\nb',
  '(?xx)[a b]',
  '[a b]',
  'a b',
  '(?x)[a b]',
  '(?x)a + +',
  '(?#c)a',
  'a(?#c)*',
  'a(?#',
  '(?x)(? :a)',
];

/** From the configurations of real sites. */
const FROM_SITES = [
  String.raw`^index\.php$`,
  String.raw`^wp-admin/includes/`,
  String.raw`!^wp-includes/`,
  String.raw`^(?:[_0-9a-zA-Z-]+/)?(wp-(content|admin|includes).*)`,
  String.raw`(^|/)\.(?!well-known/)`,
  String.raw`(^#.*#|\.(bak|conf|dist|fla|in[ci]|log|orig|psd|sh|sql|sw[op])|~)$`,
  String.raw`\.(ttf|ttc|otf|eot|woff2?|font\.css|css|js)$`,
  String.raw`^(.+)\.(\d+)\.(bmp|css|cur|gif|ico|jpe?g|m?js|png|svgz?|webp|webmanifest)$`,
  String.raw`^www\.(.+)$`,
  String.raw`^[A-Z]{3,9}\ /.*index\.php\ HTTP/`,
  String.raw`/(.*)/$`,
  String.raw`(<|%3C)([^s]*s)+cript.*(>|%3E)`,
  String.raw`proc/self/environ`,
  String.raw`(\.\./|\.\.%2f){2,}`,
  String.raw`base64_encode.*\(.*\)`,
  String.raw`GLOBALS(=|\[|\%[0-9A-Z]{0,2})`,
  String.raw`^(.*/)?(?<name>[^/]+)\.html?$`,
  String.raw`MSIE ([1-6]|7\.[0-9]);`,
];

export const PATTERNS: readonly string[] = [...WORDS.split(/\s+/).filter(Boolean), ...WITH_SPACES, ...FROM_SITES];

export const SUBJECTS: readonly string[] = [
  '',
  'a',
  'b',
  'ab',
  'aab',
  'aaa',
  'aaaa',
  'abab',
  'foo',
  'foobar',
  'foobarbaz',
  'x.png',
  '/a/b.jpg',
  '\n',
  'a\n',
  'a\nb',
  '\r\n',
  'ABC',
  'aBc',
  'abcd',
  '(a(b)c)',
  'aabb',
  'bb',
  'aabbb',
  'cd',
  'ac',
  'bd',
  'c d',
  'foo foo',
  'a.b',
  'a b',
  '\x00',
  '\x01',
  '\xa0\x85',
  'abde',
  '0.123456',
  'abdefghijj',
  'abcdefghijj',
  'xxxy',
  'one',
  'six',
  'f',
  'ce',
  'W',
  '-',
  '.',
  '{a}',
  'a{',
  'a{1',
  'a{,3}',
  'a{,}',
  'a]',
  'é',
  'A',
  'aA',
  '\\',
  'index.php',
  'wp-content/themes/site/style.css',
  'blog/wp-includes/x',
  '.htaccess',
  'a/.git/config',
  '.well-known/x',
  'main.123.css',
  'www.example.org',
  'GET /index.php HTTP/1.1',
  '<scrscript>alert(1)</script>',
  '../../etc',
  'GLOBALS[x',
  'dir/page.html',
  'Mozilla/4.0 (compatible; MSIE 7.0; Windows)',
];
