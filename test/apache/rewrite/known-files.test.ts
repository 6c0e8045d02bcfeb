// Conditions about files in a whole site: what was looked at already is not looked at again, and what was not is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemorySite } from '../site/memory-site.js';

const CMS = `RewriteEngine On
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.html [L]
`;

function looksAt(site: MemorySite, path: string): number {
  return site.files.asked.filter((asked) => asked === `stat ${path}`).length;
}

describe('RewriteCond -f', () => {
  test('takes what is known of the file of the request', async () => {
    const site = new MemorySite('', { '/www/.htaccess': CMS, '/www/a.txt': 'a' });
    await site.ask('GET /a.txt');
    assert.equal(looksAt(site, '/www/a.txt'), 1);
    assert.equal((await site.ask('GET /b.txt')).body, 'hello');
  });

  test('looks at a file whose name a rule has changed, and at the parts of a folder', async () => {
    const access = `RewriteEngine On
RewriteRule ^a.txt$ b.txt
RewriteCond %{REQUEST_FILENAME} -f
RewriteRule b.txt - [F]
RewriteCond %{REQUEST_FILENAME} -d
RewriteRule d - [G]
`;
    const site = new MemorySite('', { '/www/.htaccess': access, '/www/a.txt': 'a', '/www/d/e': 'e' });
    assert.equal((await site.ask('GET /a.txt')).status, 404);
    assert.equal((await site.ask('GET /d/')).status, 410);
    site.files.write('/www/b.txt', 'b');
    assert.equal((await site.ask('GET /a.txt')).status, 403);
  });
});
