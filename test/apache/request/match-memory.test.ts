// What decides about a request and runs out of memory while it matches: the request is closed, not let through.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { RawConnection } from '../../support/raw-client.ts';
import { freePorts } from '../../support/free-ports.ts';
import { ServedSite } from '../served-site.ts';

/** Each call of the group keeps all registers: those of 3,000 are too many. */
const GREEDY = String.raw`^(\((?1)?)${'()'.repeat(180)}`;
const MANY = '('.repeat(3000);

const EXPRESSION = `%{QUERY_STRING} =~ /${GREEDY}/`;
const NOT_BAD = '<RequireAll>\nRequire all granted\nRequire not env bad\n</RequireAll>';
const RULE = 'RewriteRule ^ - [F]';

/** Each keeps out who matches; the query, the field X-Long and the path have what takes too much. */
const CASES: Readonly<Record<string, string>> = {
  if: `<If "${EXPRESSION}">\nRequire all denied\n</If>`,
  else: `<If "!(${EXPRESSION})">\nHeader set X-If 1\n</If>\n<Else>\nRequire all denied\n</Else>`,
  'require-expr': `<Location />\nRequire expr "!(${EXPRESSION})"\n</Location>`,
  condition: `RewriteEngine On\nRewriteCond %{QUERY_STRING} ${GREEDY}\n${RULE}`,
  'expr-condition': `RewriteEngine On\nRewriteCond expr "${EXPRESSION}"\n${RULE}`,
  environment: `SetEnvIf X-Long ${GREEDY} bad\n<Location />\n${NOT_BAD}\n</Location>`,
  'environment-expr': `SetEnvIfExpr "${EXPRESSION}" bad\n<Location />\n${NOT_BAD}\n</Location>`,
  redirect: `RedirectMatch 403 ^/${GREEDY.slice(1)}`,
  location: `<LocationMatch ^/${GREEDY.slice(1)}>\nRequire all denied\n</LocationMatch>`,
};

test('a request is answered with 500 where memory ends before it is known who is kept out', async () => {
  using site = new ServedSite();
  const [port = 0] = await freePorts(1);
  site.configure(`Listen 127.0.0.1:${port}
LimitRequestLine 16000
LoadModule rewrite_module mod_rewrite.so
LoadModule alias_module mod_alias.so
LoadModule setenvif_module mod_setenvif.so
${Object.entries(CASES)
  .map(([name, lines]) => `<VirtualHost *:${port}>\nServerName ${name}\nDocumentRoot www\n${lines}\n</VirtualHost>\n`)
  .join('')}`);
  await using perdura = site.serve();
  await perdura.url();
  const ask = async (host: string, target: string, field: string): Promise<string> => {
    const connection = await RawConnection.open(port);
    connection.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nX-Long: ${field}\r\nConnection: close\r\n\r\n`);
    const statusLine = await connection.readUntil('\r\n');
    connection.end();
    return statusLine.slice(9, 12);
  };
  for (const host of Object.keys(CASES)) {
    assert.equal(await ask(host, '/index.html?a', 'a'), '200', host);
    const target = host === 'redirect' || host === 'location' ? `/${MANY}` : `/index.html?${MANY}`;
    assert.equal(await ask(host, target, MANY), '500', host);
  }
});
