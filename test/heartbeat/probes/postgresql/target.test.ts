// URLs of PostgreSQL: what is taken from them, and what is refused without being quoted.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parsePostgresUrl } from '#src/heartbeat/probes/postgresql/target.js';

describe('parsePostgresUrl', () => {
  test('takes a URL apart, and keeps the password out of what people see', () => {
    assert.deepEqual(parsePostgresUrl('postgres://al%40ice:s%2Fcr%25t@[::1]:6432/sh%20op?sslmode=require'), {
      target: 'postgres://[::1]:6432/sh op',
      host: '::1',
      port: 6432,
      socketPath: undefined,
      user: 'al@ice',
      password: 's/cr%t',
      database: 'sh op',
      tlsMode: 'require',
      checksCertificate: true,
    });
  });

  test('the database is the user where none is given, as libpq has it, and the port 5432', () => {
    const { database, port, tlsMode, checksCertificate } = parsePostgresUrl('postgresql://alice@db.example');
    assert.deepEqual([database, port, tlsMode, checksCertificate], ['alice', 5432, 'prefer', false]);
  });

  test('without a user nobody logs in', () => {
    const { user, password, target } = parsePostgresUrl('postgres://db.example/');
    assert.deepEqual([user, password, target], [undefined, undefined, 'postgres://db.example:5432']);
  });

  test('user and password may be parameters, where a percent sign is one', () => {
    const { user, password } = parsePostgresUrl('postgres://db.example/?user=alice&password=100%25%3D');
    assert.deepEqual([user, password], ['alice', '100%=']);
  });

  test('what a terminal would obey stays encoded where people see it', () => {
    const { database, target } = parsePostgresUrl('postgres://db.example/%1b%5d0;pwn%07%C2%9B%E2%80%AEé');
    assert.equal(database, '\u001b]0;pwn\u0007\u009b\u202eé');
    assert.equal(target, 'postgres://db.example:5432/%1B]0;pwn%07%C2%9B%E2%80%AEé');
  });

  test('a folder as host is that of a unix socket, where there is no TLS', () => {
    const { socketPath, target, tlsMode } = parsePostgresUrl(
      'postgres:///shop?host=/run/pg&user=alice&sslmode=require',
    );
    assert.deepEqual(
      [socketPath, target, tlsMode],
      ['/run/pg/.s.PGSQL.5432', 'postgres:///run/pg:5432/shop', 'disable'],
    );
  });

  for (const [url, message] of [
    ['http://alice:hidden@db', /^url: is no URL of PostgreSQL/],
    ['alice:hidden@db', /^url: is no URL of PostgreSQL/],
    ['postgres://:hidden@db', /^url: has a password and no user$/],
    ['postgres://alice:hidden%@db', /^url: has a password that cannot be decoded/],
    ['postgres://alice:hidden%00@db', /^url: has a password with U\+0000 in it$/],
    ['postgres:///shop?user=alice&password=hidden', /^url: has no host$/],
    [
      'postgres://alice:hidden@db?sslmode=allow',
      /sslmode='allow', it must be one of disable, prefer, require, verify-full$/,
    ],
    ['postgres://alice:hidden@db?channel_binding=require', /channel_binding=require, which is not spoken/],
    // As it stands the user is a host, the first half of the password its port.
    ['postgres://alice:1234/hidden@db', /^url: has an @ behind its \/; write \/ as %2F and @ as %40$/],
  ] as const) {
    test(`${url} is refused, and the password is not told`, () => {
      assert.throws(
        () => parsePostgresUrl(url),
        (error: Error) => message.test(error.message) && !error.message.includes('hidden'),
      );
    });
  }
});
