// Passwords as the tools of Apache hash them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { fitsPassword } from '#src/apache/access/password-hash.js';
import { findGroups, findPassword } from '#src/apache/access/user-file.js';
import { externalProgram } from '../../support/external-program.ts';

describe('fitsPassword', () => {
  const htpasswd = externalProgram('htpasswd');
  for (const [form, flags] of [
    ['MD5 of Apache', '-m'],
    ['bcrypt', '-B'],
    ['SHA-1', '-s'],
  ] as const) {
    test(`knows the ${form} of htpasswd, whatever the length of the password`, { skip: htpasswd.skip }, async () => {
      for (const password of [
        'x',
        'secret',
        'with space: and colon',
        'a-password-of-more-than-sixteen-bytes',
        'pässwörd',
      ]) {
        const line = execFileSync('htpasswd', ['-nb', flags, 'user', password], { encoding: 'utf8' }).trim();
        const hash = findPassword(line, 'user')!;
        const bytes = Buffer.from(password).toString('latin1');
        assert.equal(await fitsPassword(bytes, hash), true, line);
        assert.equal(await fitsPassword(`${bytes}x`, hash), false, line);
      }
    });
  }

  test('knows the MD5 of crypt(3)', async () => {
    // openssl passwd -1 -salt abcdefgh secret
    assert.equal(await fitsPassword('secret', '$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1'), true);
  });

  for (const [method, salt] of [
    ['5', 'saltsalt'],
    ['6', 'saltsalt'],
    ['6', 'longer-than-sixteen-bytes'],
  ] as const) {
    const openssl = externalProgram('openssl');
    test(`knows $${method}$ of crypt(3) with the salt ${salt}`, { skip: openssl.skip }, async () => {
      for (const password of [
        'x',
        'secret',
        'a password of more than sixty-four bytes, so that digests have to be repeated: yes',
      ]) {
        const hash = execFileSync('openssl', ['passwd', `-${method}`, '-salt', salt, password], {
          encoding: 'utf8',
        }).trim();
        assert.equal(await fitsPassword(password, hash), true, hash);
        assert.equal(await fitsPassword(`${password}x`, hash), false, hash);
      }
    });
  }

  test('refuses rounds that would take the time of everybody else', async () => {
    assert.equal(await fitsPassword('x', '$6$rounds=999999999$salt$hash'), 'unsupported');
    assert.equal(await fitsPassword('x', '$6$rounds=100001$salt$hash'), 'unsupported');
    assert.equal(await fitsPassword('x', `$2y$13$${'a'.repeat(53)}`), 'unsupported');
    assert.equal(await fitsPassword('x', '$6$rounds=1001$salt$hash'), false);
  });

  test('hashes passwords up to the length that htpasswd takes, and none that is longer', async () => {
    const hash = (length: number): string => `{SHA}${createHash('sha1').update('x'.repeat(length)).digest('base64')}`;
    assert.equal(await fitsPassword('x'.repeat(255), hash(255)), true);
    assert.equal(await fitsPassword('x'.repeat(256), hash(256)), false);
  });

  test('lets others have their turn while it hashes', async () => {
    let turns = 0;
    let ended = false;
    const turn = (): void => {
      turns += 1;
      if (!ended) setImmediate(turn);
    };
    setImmediate(turn);
    await fitsPassword('x', '$6$rounds=10000$salt$hash');
    ended = true;
    assert.ok(turns > 5, `${turns} turns`);
  });

  test('says what it does not know, rather than no', async () => {
    assert.equal(await fitsPassword('x', 'rl0uE5vDhzTFg'), 'unsupported');
    assert.equal(await fitsPassword('x', 'x'), 'unsupported');
  });
});

describe('files of users and groups', () => {
  test('the first line of a name counts; comments and what follows the hash do not', () => {
    const text = '# staff\nada:one:more\r\n\nbob:two\nada:three\nnocolon\n';
    assert.equal(findPassword(text, 'ada'), 'one');
    assert.equal(findPassword(text, 'bob'), 'two');
    assert.equal(findPassword(text, 'ad'), undefined);
    assert.equal(findPassword(text, 'nocolon'), undefined);
  });

  test('a user may be in several groups', () => {
    assert.deepEqual([...findGroups('a: ada bob\nb:bob\n# c: bob\nd: bobby', 'bob')], ['a', 'b']);
  });
});
