// Expressions that look at other requests, in a whole site: what bounds them, and what they cannot be told at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MemorySite } from '../site/memory-site.js';

/** Conditions that each look at another file of their own folder. */
function lookingAt(count: number): string {
  return Array.from({ length: count }, (_, at) => `<If "-U '/${at}.txt'">\nHeader append X-Found ${at}\n</If>\n`).join(
    '',
  );
}

const files = (access: string, count: number): Record<string, string> => ({
  '/www/.htaccess': access,
  ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`/www/${at}.txt`, 'x'])),
});

/** `ada` with the password `secret`, at a cost that takes a promise and little time. */
const BCRYPT = 'ada:$2b$04$U.IW.6FxSjtQaeTtDf1FBeJKgrkj/8fJoQDdjJuAQDLhHRvWVcKkO';
const MEMBERS = 'AuthType Basic\nAuthName a\nAuthUserFile /etc/users\nRequire valid-user\n';

describe('an expression that looks at other requests', () => {
  test('is told of all of them where they look at each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), async (count) => {
        const site = new MemorySite('', files(lookingAt(count), count));
        const { status, head } = await site.ask('GET /0.txt');
        assert.equal(status, 200);
        const wanted = Array.from({ length: count }, (_, at) => at).join(', ');
        assert.match(head.fieldLines, new RegExp(`X-Found: ${wanted}\r\n`));
      }),
      { numRuns: 8 },
    );
  });

  test('ends the request with 500 where that takes more than a request may cost', async () => {
    const site = new MemorySite('', files(lookingAt(6), 6));
    assert.equal((await site.ask('GET /0.txt')).status, 500);
    assert.match(site.errorLines.join('\n'), /limit of 250000 steps/);
  });

  test('closes what Require asks it for where the work is used up', async () => {
    const site = new MemorySite('', {
      ...files(lookingAt(6), 6),
      '/www/a/.htaccess': '<RequireAll>\nRequire all granted\nRequire not expr "-U \'/0.txt\'"\n</RequireAll>\n',
      '/www/a/a.txt': 'a',
    });
    assert.equal((await site.ask('GET /a/a.txt')).status, 500);
  });

  test('does not hold while a password is being hashed, and is told of it once that fits', async () => {
    const site = new MemorySite('', {
      '/etc/users': BCRYPT,
      '/www/a/.htaccess': '<If "-U \'/members/x.txt\'">\nHeader set X-Member yes\n</If>\n',
      '/www/a/a.txt': 'a',
      '/www/members/.htaccess': MEMBERS,
      '/www/members/x.txt': 'x',
    });
    const credentials = ['Authorization', `Basic ${Buffer.from('ada:secret').toString('base64')}`];
    assert.ok(!(await site.ask('GET /a/a.txt', ...credentials)).head.fieldLines.includes('X-Member'));
    assert.match(site.errorLines.join('\n'), /AH00039: .*\/members\/x\.txt has a password, which is being checked/);
    assert.equal((await site.ask('GET /members/x.txt', ...credentials)).status, 200);
    assert.ok((await site.ask('GET /a/a.txt', ...credentials)).head.fieldLines.includes('X-Member'));
  });
});
