// URLs of PostgreSQL: what is taken from them, and what is refused without being quoted.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parsePostgresUrl } from '#src/heartbeat/probes/postgresql/target.js';

describe('parsePostgresUrl', () => {
  test('takes a URL apart, and keeps the password out of what people see', () => {
    const { requiredAuth, ...target } = parsePostgresUrl(
      'postgres://al%40ice:s%2Fcr%25t@[::1]:6432/sh%20op?sslmode=require',
    );
    assert.equal(requiredAuth.text, undefined);
    assert.deepEqual(target, {
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

  test('require_auth is a list of what the server may ask for, or of what it may not', () => {
    const methods = ['password', 'md5', 'scram-sha-256', 'none'] as const;
    for (const [text, allowed, namesPassword] of [
      ['', 'password md5 scram-sha-256 none', false],
      ['scram-sha-256', 'scram-sha-256', false],
      ['md5, password', 'password md5', true],
      ['!password,!md5', 'scram-sha-256 none', false],
      ['!none', 'password md5 scram-sha-256', false],
      ['gss', '', false],
    ] as const) {
      const { requiredAuth } = parsePostgresUrl(`postgres://alice@db?require_auth=${text}`);
      const found = methods.filter((method) => requiredAuth.allows(method)).join(' ');
      assert.deepEqual([found, requiredAuth.namesPassword], [allowed, namesPassword], text);
    }
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
    ['postgres://alice:hidden@db?sslmode=toString', /sslmode='toString', it must be one of/],
    ['postgres://alice:hidden@db?channel_binding=require', /channel_binding='require', which is not spoken/],
    ['postgres://alice:hidden@db?channel_binding=yes', /channel_binding='yes', which must be disable or prefer$/],
    [
      'postgres://alice:hidden@db?sslrootcert=/x',
      /^url: has the parameter 'sslrootcert', which is not understood here: there are user, password, host, port, sslmode, require_auth, channel_binding$/,
    ],
    ['postgres://alice:1?hidden@db', /^url: has a parameter \(write \? in a password as %3F\), which is not/],
    ['postgres://alice:hidden@db?SSLMODE=disable', /the parameter 'SSLMODE', which is not understood/],
    ['postgres://alice:hidden@db?sslmode=require&sslmode=disable', /the parameter sslmode twice$/],
    ['postgres://alice:hidden@db?user=bob', /has a user before the path and another one as a parameter$/],
    ['postgres://alice@db?password=hidden&port=1#x', /has a fragment; write # in a password as %23$/],
    ['postgres://db:1?port=2', /has a port before the path and another/],
    ['postgres://db?host=/run', /has a host before the path and another/],
    ['postgres:///?host=db', /has a host that is no folder of a unix socket/],
    [
      'postgres://alice:hidden@db?require_auth=scram',
      /require_auth with 'scram' in it, there are password, md5, gss, sspi, scram-sha-256, oauth, none$/,
    ],
    ['postgres://alice:hidden@db?require_auth=md5,,none', /require_auth with '' in it/],
    ['postgres://alice:hidden@db?require_auth=md5,!none', /either all methods have a ! before them or none has$/],
    ['postgres://alice:hidden@db?require_auth=md5,md5', /require_auth with md5 in it twice$/],
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
