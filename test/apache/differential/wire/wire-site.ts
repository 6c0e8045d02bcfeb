// The files that random streams ask for, one of each kind of answer, and the configurations that they are asked under.
import type { Site, SiteEntry } from '../harness/site.ts';

export interface WireConfiguration {
  readonly name: string;
  /** Lines of the configuration behind those that all share. */
  readonly directives: string;
  /** How long a silent connection is watched before it is called open. */
  readonly quietMs: number;
}

const QUIET_MS = 60;
/** Longer than the second that is configured. */
const LONG_QUIET_MS = 1_700;

function configure(name: string, directives: string, quietMs: number = QUIET_MS): WireConfiguration {
  return { name, directives, quietMs };
}

export const CONFIGURATIONS: readonly WireConfiguration[] = [
  configure('defaults', ''),
  configure('unsafe', 'HttpProtocolOptions Unsafe LenientMethods Allow0.9'),
  configure('registered', 'HttpProtocolOptions Strict RegisteredMethods Require1.0'),
  configure('unsafe-registered', 'HttpProtocolOptions Unsafe RegisteredMethods Require1.0'),
  configure('keepalive-off', 'KeepAlive Off\nTraceEnable Off'),
  configure('three-answers', 'MaxKeepAliveRequests 3'),
  configure('small-limits', 'LimitRequestLine 60\nLimitRequestFieldSize 40\nLimitRequestFields 5\nLimitRequestBody 10'),
  configure(
    'unsafe-limits',
    'HttpProtocolOptions Unsafe\nLimitRequestLine 60\nLimitRequestFieldSize 40\nLimitRequestFields 5\nLimitRequestBody 10',
  ),
  configure(
    'browsers',
    `BrowserMatch "stay-away" nokeepalive
BrowserMatch "old" downgrade-1.0
BrowserMatch "older" force-response-1.0
BrowserMatch "varied" force-no-vary
MaxKeepAliveRequests 0`,
  ),
  configure(
    'documents',
    `ErrorDocument 400 "bad"
ErrorDocument 403 /index.html
ErrorDocument 404 /missing.html
ErrorDocument 405 /also-missing
ErrorDocument 413 /index.html
ErrorDocument 417 /index.html
ErrorDocument 401 "who"
ErrorDocument 501 http://example.test/a.txt`,
  ),
  configure(
    'set-connection',
    `Header set Connection keep-alive
Header set Keep-Alive "timeout=99, max=999"`,
  ),
  configure(
    'always-connection',
    `Header always append Connection close "expr=%{REQUEST_URI} =~ /empty/"
Header always set Connection keep-alive "expr=%{REQUEST_METHOD} == 'HEAD'"
Header unset Keep-Alive
RequestHeader unset Expect
RequestHeader set X-Added 1`,
  ),
  configure('short-wait', 'KeepAliveTimeout 1', LONG_QUIET_MS),
  configure('read-timeout', 'RequestReadTimeout header=1 body=1', LONG_QUIET_MS),
];

const SHARED = `Listen 127.0.0.1:\${PORT}
ServerName example.test
DocumentRoot "\${SITE}/www"
Redirect 302 /old http://example.test/new
Redirect gone /gone
<Directory "\${SITE}/www">
  Options +Indexes
  IndexOptions -FancyIndexing
</Directory>
<Location /forbidden>
  Require all denied
</Location>
<Location /protected>
  AuthType Basic
  AuthName "members"
  AuthUserFile "\${SITE}/users"
  Require valid-user
</Location>
<Location /small>
  LimitRequestBody 5
</Location>
`;

const MODIFIED = new Date('2024-03-05T06:07:08Z');

function file(path: string, text: string): SiteEntry {
  return { kind: 'file', path, bytes: Buffer.from(text, 'latin1'), modified: MODIFIED };
}

export function siteOf({ name, directives }: WireConfiguration): Site {
  return {
    name: `wire-${name}`,
    title: name,
    entries: [
      file('httpd.conf', `${SHARED}${directives}\n`),
      file('users', 'member:{SHA}nU4eI71bcnBGqeO0t9tXvY1u5oQ=\n'),
      file('www/index.html', 'home\n'),
      file('www/missing.html', 'not here\n'),
      file('www/a.txt', 'a\n'),
      file('www/empty.txt', ''),
      file('www/large.txt', '0123456789abcdef'.repeat(1_024)),
      file('www/forbidden/a.txt', 'forbidden\n'),
      file('www/protected/a.txt', 'protected\n'),
      file('www/small/a.txt', 'small\n'),
      file('www/folder/b.txt', 'b\n'),
    ],
    conversations: [],
    accessLogs: [],
    errorLog: 'none',
    errorLogs: [],
    atOnce: 1,
  };
}
