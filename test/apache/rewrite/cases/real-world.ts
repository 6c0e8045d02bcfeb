// What people have in their .htaccess: front controllers, one name and one scheme, slashes, extensions, hot links, maintenance, languages, caches.
import type { RewriteCase } from '../rewrite-case.ts';

const ON = 'RewriteEngine On\n';

export const REAL_WORLD_CASES: readonly RewriteCase[] = [
  {
    name: 'front controller of a content management system',
    htaccess: `<IfModule mod_rewrite.c>
RewriteEngine On
RewriteRule .* - [E=A:%{HTTP:Authorization}]
RewriteBase /
RewriteRule ^index\\.html$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.html [L]
</IfModule>`,
    files: ['index.html', 'style.css', 'uploads/a.html', 'empty/'],
    asks: [
      '/',
      '/index.html',
      '/style.css',
      '/a/b/c',
      '/a/b/c?page=2&x=%20y',
      '/uploads/a.html',
      '/uploads/none.html',
      '/empty',
      '/empty/',
      ['/about', { Authorization: 'Bearer x' }],
      'POST /form',
      'HEAD /form',
    ],
  },
  {
    name: 'front controller in a folder of its own, the path in the query',
    htaccess: {
      blog: `${ON}RewriteBase /blog\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.*)$ index.html?q=$1 [L,QSA]`,
    },
    files: ['index.html', 'blog/index.html', 'blog/x.css'],
    asks: [
      '/blog/',
      '/blog/post/1',
      '/blog/post/1?a=b',
      '/blog/x.css',
      '/blog',
      '/other',
      '/blog/a%26b',
      '/blog/a+b',
      '/blog/caf%C3%A9',
    ],
  },
  {
    name: 'front controller with B, so that the path survives in the query',
    htaccess: `${ON}RewriteCond %{REQUEST_URI} !=/index.html\nRewriteRule ^(.*)$ index.html?q=$1 [B,L,QSA]`,
    files: ['index.html'],
    asks: ['/a%26b', '/a%20b', '/a%2Bb', '/caf%C3%A9/x', '/a=b;c', '/x?q=2', "/it's", '/100%25'],
  },
  {
    name: 'front controller after a trailing slash is taken off',
    htaccess: `<IfModule mod_negotiation.c>
Options -MultiViews -Indexes
</IfModule>
${ON}RewriteCond %{HTTP:Authorization} .
RewriteRule .* - [E=A:%{HTTP:Authorization}]
RewriteCond %{REQUEST_FILENAME} !-d
RewriteCond %{REQUEST_URI} (.+)/$
RewriteRule ^ %1 [L,R=301]
RewriteCond %{REQUEST_FILENAME} !-d
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^ index.html [L]`,
    files: ['index.html', 'css/app.css'],
    asks: [
      '/',
      '/users',
      '/users/',
      '/users/?a=1',
      '/css/',
      '/css/app.css',
      '/users/1/',
      ['/x', { Authorization: 'Basic eA==' }],
    ],
  },
  {
    name: 'a single page application',
    htaccess: `${ON}RewriteCond %{REQUEST_FILENAME} -s [OR]\nRewriteCond %{REQUEST_FILENAME} -l [OR]\nRewriteCond %{REQUEST_FILENAME} -d\nRewriteRule ^.*$ - [NC,L]\nRewriteRule ^.*$ index.html [NC,L]`,
    files: ['index.html', 'assets/app.css', ['assets/nothing.css', '']],
    asks: ['/', '/route/a', '/assets/app.css', '/assets/nothing.css', '/assets/', '/route?x=1'],
  },
  {
    name: 'without www',
    htaccess: `${ON}RewriteCond %{HTTP_HOST} ^www\\.(.+)$ [NC]\nRewriteRule ^ http://%1%{REQUEST_URI} [R=301,L]`,
    files: ['index.html', 'a b.html'],
    asks: ['/', ['/a/b?c=d', { Host: 'www.c5.test' }], ['/x', { Host: 'c5.test' }]],
  },
  {
    name: 'with www and TLS, as boilerplates have it',
    htaccess: `${ON}RewriteCond %{HTTPS} !=on
RewriteCond %{REQUEST_URI} !^/\\.well-known/
RewriteRule ^(.*)$ https://%{HTTP_HOST}/$1 [R=301,L]`,
    files: ['index.html', '.well-known/token'],
    asks: ['/', '/a/b', '/a?b=c%20d', '/.well-known/token', '/a%20b', '/%C3%A9?%C3%A9', '/a%3Fb'],
  },
  {
    name: 'to TLS behind a proxy',
    htaccess: `${ON}RewriteCond %{HTTP:X-Forwarded-Proto} !https\nRewriteRule (.*) https://%{HTTP_HOST}%{REQUEST_URI} [L,R=308]`,
    files: ['index.html'],
    asks: ['/', ['/', { 'X-Forwarded-Proto': 'https' }], ['/a', { 'X-Forwarded-Proto': 'http' }]],
  },
  {
    name: 'a slash at the end of what is no file',
    htaccess: `${ON}RewriteBase /\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_URI} !/$\nRewriteRule (.*) $1/ [R=301,L]`,
    files: ['a.html', 'd/index.html'],
    asks: ['/x', '/x/', '/a.html', '/d', '/d/', '/x?y', '/x/y'],
  },
  {
    name: 'no slash at the end',
    htaccess: `${ON}RewriteCond %{REQUEST_FILENAME} !-d\nRewriteRule ^(.+)/$ /$1 [R=301,L]`,
    files: ['a.html', 'd/index.html'],
    asks: ['/x/', '/x//', '/d/', '/x/y/?q', '/a.html/'],
  },
  {
    name: 'pages without their extension',
    htaccess: `${ON}RewriteCond %{REQUEST_FILENAME} !-d
RewriteCond %{REQUEST_FILENAME}.html -f
RewriteRule ^(.+?)/?$ $1.html [L]
RewriteCond %{THE_REQUEST} \\s/(.+?)\\.html[\\s?] [NC]
RewriteRule ^ /%1 [R=302,L]`,
    files: ['about.html', 'team/kim.html', 'index.html'],
    asks: ['/about', '/about/', '/about.html', '/about.html?x', '/team/kim', '/team/kim.html', '/none', '/none.html'],
  },
  {
    name: 'pictures for other sites',
    htaccess: `${ON}RewriteCond %{HTTP_REFERER} !^$
RewriteCond %{HTTP_REFERER} !^https?://(www\\.)?example\\.org [NC]
RewriteRule \\.(jpe?g|png|gif)$ - [F,NC]`,
    files: ['a.png', 'b.JPG', 'index.html'],
    asks: [
      '/a.png',
      ['/a.png', { Referer: 'http://thief.example/' }],
      ['/b.JPG', { Referer: 'http://thief.example/' }],
      ['/a.png', { Referer: 'https://WWW.example.org/x' }],
      ['/index.html', { Referer: 'http://thief.example/' }],
    ],
  },
  {
    name: 'another picture for other sites',
    htaccess: `${ON}RewriteCond %{HTTP_REFERER} . [NV]
RewriteCond %{HTTP_REFERER} !example\\.org [NC]
RewriteCond %{REQUEST_URI} !/stop.png
RewriteRule \\.png$ /stop.png [R,L]`,
    files: ['a.png', 'stop.png'],
    asks: [
      '/a.png',
      ['/a.png', { Referer: 'http://thief.example/' }],
      ['/stop.png', { Referer: 'http://thief.example/' }],
    ],
  },
  {
    name: 'maintenance',
    htaccess: `ErrorDocument 503 /maintenance.html
${ON}RewriteCond %{REMOTE_ADDR} !^10\\.
RewriteCond %{DOCUMENT_ROOT}/maintenance.flag -f
RewriteCond %{REQUEST_URI} !=/maintenance.html
RewriteRule ^ - [R=503,L]`,
    files: ['maintenance.flag', 'maintenance.html', 'index.html'],
    asks: ['/', '/index.html', '/maintenance.html', '/x?y'],
  },
  {
    name: 'languages',
    htaccess: `${ON}RewriteCond %{REQUEST_URI} ^/$
RewriteCond %{HTTP:Accept-Language} ^(de|fr) [NC]
RewriteRule ^ /%1/ [R=302,L]
RewriteRule ^$ /en/ [R=302,L]`,
    files: ['de/index.html', 'fr/index.html', 'en/index.html'],
    asks: [
      '/',
      ['/', { 'Accept-Language': 'fr-CH, en' }],
      ['/', { 'Accept-Language': 'DE' }],
      ['/', { 'Accept-Language': 'es' }],
      '/de/',
    ],
  },
  {
    name: 'a cache of pages, by cookies and queries',
    htaccess: `${ON}RewriteBase /
RewriteCond %{REQUEST_METHOD} !POST
RewriteCond %{QUERY_STRING} ^$
RewriteCond %{HTTP_COOKIE} !(comment_author_|logged_in|postpass_)
RewriteCond %{DOCUMENT_ROOT}/cache/%{HTTP_HOST}/$1/index.html -f
RewriteRule ^(.*)$ cache/%{HTTP_HOST}/$1/index.html [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule . /index.html [L]`,
    files: ['index.html', 'cache/c15.test/post/index.html'],
    asks: [
      '/post',
      '/post?x=1',
      ['/post', { Cookie: 'logged_in=1' }],
      ['/post', { Cookie: 'a=b' }],
      'POST /post',
      '/other',
    ],
  },
  {
    name: 'compressed files beside the others',
    htaccess: `${ON}RewriteCond %{HTTP:Accept-Encoding} gzip
RewriteCond %{REQUEST_FILENAME}\\.gz -s
RewriteRule ^(.*)\\.css$ $1\\.css\\.gz [QSA]
RewriteRule \\.css\\.gz$ - [T=text/css,E=A:1]`,
    files: ['a.css', 'a.css.gz', 'b.css'],
    asks: [
      ['/a.css', { 'Accept-Encoding': 'gzip, br' }],
      '/a.css',
      ['/b.css', { 'Accept-Encoding': 'gzip' }],
      ['/a.css?v=1', { 'Accept-Encoding': 'gzip' }],
    ],
  },
  {
    name: 'versions in file names',
    htaccess: `${ON}RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^(.+)\\.(\\w+)\\.(bmp|css|js|png)$ $1.$3 [L]`,
    files: ['app.css', 'app.123.png'],
    asks: ['/app.5a2b.css', '/app.123.png', '/app.css', '/app.x.txt'],
  },
  {
    name: 'files that nobody may have',
    htaccess: `${ON}RewriteCond %{REQUEST_URI} "!(^|/)\\.well-known/([^./]+./?)+$" [NC]
RewriteCond %{SCRIPT_FILENAME} -d [OR]
RewriteCond %{SCRIPT_FILENAME} -f
RewriteRule "(^|/)\\." - [F]`,
    files: ['.git/config', '.env', 'index.html', '.well-known/security.txt'],
    asks: ['/.git/config', '/.env', '/.git', '/.none', '/index.html', '/.well-known/security.txt'],
  },
  {
    name: 'bots and attacks by their queries',
    htaccess: `${ON}RewriteCond %{HTTP_USER_AGENT} (BadBot|^$|libwww) [NC,OR]
RewriteCond %{QUERY_STRING} base64_encode[^(]*\\([^)]*\\) [OR]
RewriteCond %{QUERY_STRING} (<|%3C)([^s]*s)+cript.*(>|%3E) [NC,OR]
RewriteCond %{QUERY_STRING} GLOBALS(=|\\[|\\%[0-9A-Z]{0,2})
RewriteRule .* index.html [F]`,
    files: ['index.html'],
    asks: [
      '/',
      ['/', { 'User-Agent': 'x' }],
      ['/', { 'User-Agent': 'badbot/1.0' }],
      ['/?a=base64_encode(x)', { 'User-Agent': 'x' }],
      ['/?a=%3Cscript%3E', { 'User-Agent': 'x' }],
      ['/?GLOBALS[x]', { 'User-Agent': 'x' }],
    ],
  },
  {
    name: 'old addresses with queries',
    htaccess: `${ON}RewriteCond %{QUERY_STRING} ^id=([0-9]+)$
RewriteRule ^page\\.php$ /page/%1? [R=301,L]
RewriteCond %{QUERY_STRING} (?:^|&)cat=(\\w+)(?:&|$)
RewriteRule ^list\\.php$ /category/%1 [R=301,L,QSD]
RewriteRule ^old/(.*)$ /new/$1 [R=301,L]
RewriteRule ^gone/ - [G]
RewriteRule ^feed$ https://feeds.example/x?format=xml [R=302,L]`,
    files: ['index.html'],
    asks: [
      '/page.php?id=12',
      '/page.php?id=x',
      '/list.php?a=1&cat=books&b=2',
      '/old/x/y?z=1',
      '/gone/x',
      '/feed',
      '/feed?a=1',
      '/old/a%20b',
    ],
  },
  {
    name: 'a redirect service',
    htaccess: `Options +FollowSymLinks
${ON}RewriteCond %{HTTP_ACCEPT} !application/rdf\\+xml.*(text/html|application/xhtml\\+xml)
RewriteCond %{HTTP_ACCEPT} text/html [OR]
RewriteCond %{HTTP_ACCEPT} application/xhtml\\+xml [OR]
RewriteCond %{HTTP_USER_AGENT} ^Mozilla/.*
RewriteRule ^$ https://example.org/doc/index.html [R=303,L]
RewriteCond %{HTTP_ACCEPT} text/turtle
RewriteRule ^$ https://example.org/doc/ontology.ttl [R=303,L]
RewriteRule ^$ - [R=406,L]
RewriteRule ^(.+)$ https://example.org/doc#$1 [R=302,NE,L]`,
    files: ['x/'],
    asks: [
      '/',
      ['/', { Accept: 'text/html' }],
      ['/', { Accept: 'text/turtle' }],
      ['/', { Accept: '*/*', 'User-Agent': 'Mozilla/5.0' }],
      '/Term',
      '/Term%20x',
      '/a?b=c',
    ],
  },
  {
    name: 'a fragment, with and without NE',
    htaccess: `${ON}RewriteRule ^a$ /x#y [R]\nRewriteRule ^b$ /x#y [R,NE]\nRewriteRule ^c/(.*)$ /x/$1 [R]\nRewriteRule ^d/(.*)$ /x/$1 [R,NE]\nRewriteRule ^e$ /%20 [R,NE]\nRewriteRule ^f$ /\\%20 [R,NE]\nRewriteRule ^g$ /\\%20 [R]`,
    files: ['x/'],
    asks: ['/a', '/b', '/c/%C3%A4%20%25', '/d/%C3%A4%20%25', '/e', '/f', '/g', '/d/x?a=%20'],
  },
  {
    name: 'several sites in folders of one',
    htaccess: `${ON}RewriteCond %{HTTP_HOST} ^([^.]+)\\.wild23\\.test$ [NC]
RewriteCond %{REQUEST_URI} !^/sites/
RewriteRule ^(.*)$ /sites/%1/$1 [L]`,
    files: ['index.html', 'sites/one/index.html', 'sites/two/a.html'],
    asks: [
      '/',
      ['/', { Host: 'one.wild23.test' }],
      ['/a.html', { Host: 'TWO.wild23.test' }],
      ['/none', { Host: 'one.wild23.test' }],
    ],
  },
  {
    name: 'a public folder below the root',
    htaccess: {
      '': `${ON}RewriteRule ^(.*)$ public/$1 [L]`,
      public: `${ON}RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ index.html [L]`,
    },
    files: ['index.html', 'secret.txt', 'public/index.html', 'public/a.css'],
    asks: ['/', '/a.css', '/secret.txt', '/x/y?z', '/public/a.css'],
  },
  {
    name: 'a public folder that leads to itself',
    htaccess: `${ON}RewriteRule ^(.*)$ public/$1 [L]`,
    files: ['public/index.html'],
    asks: ['/', '/x'],
  },
  {
    name: 'redirects one after the other without L',
    htaccess: `${ON}RewriteRule ^old$ /new [R=301]\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ index.html [L]`,
    files: ['index.html', 'style.css'],
    asks: ['/old', '/x', '/style.css'],
  },
  {
    name: 'upper case in an address',
    host: 'RewriteEngine On\nRewriteMap lower int:tolower\nRewriteCond %{REQUEST_URI} [A-Z]\nRewriteRule ^(.*)$ ${lower:$1} [R=301,L]',
    files: ['index.html', 'a.html'],
    asks: ['/A.HTML', '/a.html', '/X/Y?Z=1', '/%C3%89A'],
  },
  {
    name: 'methods that are not wanted',
    htaccess: `${ON}RewriteCond %{REQUEST_METHOD} !^(GET|HEAD|POST)$ [NC]\nRewriteRule .? - [R=405,L]\nRewriteCond %{THE_REQUEST} ^.*(\\\\r|\\\\n|%0A|%0D).* [NC]\nRewriteRule ^ - [F]`,
    files: ['index.html'],
    asks: ['/', 'DELETE /', 'PUT /index.html', '/?a=%0d%0a', 'HEAD /'],
  },
];
