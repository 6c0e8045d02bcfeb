import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PasswordChecker } from '#src/apache/access/password-checker.js';

/** Hashes are passwords here; what is hashed is counted. */
function checker(maxUsers?: number) {
  const asked: string[] = [];
  let underWay = 0;
  const passwords = new PasswordChecker(async (password, hash) => {
    asked.push(password);
    underWay += 1;
    assert.equal(underWay, 1, 'another password is being hashed');
    await Promise.resolve();
    underWay -= 1;
    if (hash === 'broken') throw new Error('broken');
    return hash === '?' ? 'unsupported' : password === hash;
  }, maxUsers);
  return { passwords, asked };
}

describe('passwords of requests', () => {
  test('that come together are hashed one by one, and what fits once', async () => {
    const { passwords, asked } = checker();
    const all = await Promise.all(Array.from({ length: 50 }, async () => passwords.check('ada', 'one', 'one')));
    assert.deepEqual(new Set(all), new Set([true]));
    assert.deepEqual(asked, ['one']);
  });

  test('that do not fit, or whose hash is not known, are hashed each time', async () => {
    const { passwords, asked } = checker();
    for (let time = 0; time < 2; time += 1) {
      assert.equal(await passwords.check('ada', 'two', 'one'), false);
      assert.equal(await passwords.check('ada', 'two', '?'), 'unsupported');
    }
    assert.equal(asked.length, 4);
  });

  test('that fitted are forgotten for another password, user or hash', async () => {
    const { passwords, asked } = checker();
    assert.equal(await passwords.check('ada', 'one', 'one'), true);
    assert.equal(await passwords.check('ada', 'two', 'one'), false);
    assert.equal(await passwords.check('ada', 'one', 'two'), false);
    assert.equal(await passwords.check('bob', 'one', 'one'), true);
    assert.deepEqual(asked, ['one', 'two', 'one', 'one']);
  });

  test('are remembered up to a number of users', async () => {
    const { passwords, asked } = checker(2);
    for (const user of ['ada', 'bob', 'bob', 'ada', 'eve', 'bob', 'ada']) await passwords.check(user, 'one', 'one');
    assert.equal(asked.length, 4);
  });

  test('wait no longer than for an error of those before them', async () => {
    const { passwords } = checker();
    const broken = Promise.resolve(passwords.check('ada', 'one', 'broken'));
    const next = passwords.check('ada', 'one', 'one');
    await assert.rejects(broken, /broken/);
    assert.equal(await next, true);
  });
});
