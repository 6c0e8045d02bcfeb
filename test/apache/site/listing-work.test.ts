// A listing of a whole site: what the files of a folder may cost, with the rules that hold for them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemorySite } from './memory-site.js';

const LISTED = '<Directory /www/d>\nOptions Indexes FollowSymLinks\n</Directory>';

function siteOf(count: number, access: string, last = 'last'): MemorySite {
  const names = [...Array.from({ length: count }, (_, at) => `f${at}`), last];
  return new MemorySite(LISTED, {
    '/www/d/.htaccess': access,
    ...Object.fromEntries(names.map((name) => [`/www/d/${name}`, 'x'])),
  });
}

describe('a listing', () => {
  test('has all files of a folder, however many rules are asked for each of them', async () => {
    const rules = Array.from({ length: 20 }, (_, at) => `RewriteRule ^none${at}$ - [F]\n`).join('');
    const { status, body } = await siteOf(4_000, `RewriteEngine On\n${rules}`).ask('GET /d/');
    assert.equal(status, 200);
    assert.equal(body.match(/<li>/g)?.length, 4_003);
  });

  test('is given up where an expression takes all work that there is, and nothing is left out in silence', async () => {
    const site = siteOf(10, 'RewriteEngine On\nRewriteRule ^(a+)+$ - [F]\n', `${'a'.repeat(40)}b`);
    assert.equal((await site.ask('GET /d/')).status, 500);
    assert.match(site.errorLines.join('\n'), /250000 steps of a request/);
  });
});
