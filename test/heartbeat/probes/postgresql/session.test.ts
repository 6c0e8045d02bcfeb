// The conversation with PostgreSQL without a server: every way in, the signal, and what a server may not do.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hashMd5Password, saltPassword } from '#src/heartbeat/probes/postgresql/derive-password.js';
import { encodeStartup } from '#src/heartbeat/probes/postgresql/frontend-messages.js';
import { DEFAULT_MAX_MESSAGE_BYTES, MessageReader } from '#src/heartbeat/probes/postgresql/message-reader.js';
import { parseRequiredAuth } from '#src/heartbeat/probes/postgresql/required-auth.js';
import { PostgresServerError } from '#src/heartbeat/probes/postgresql/server-error.js';
import { PostgresSession } from '#src/heartbeat/probes/postgresql/session.js';
import type { SessionStep } from '#src/heartbeat/probes/postgresql/session.js';
import { PerduraError } from '#src/errors.js';
import { splitAt } from '../split-at.ts';
import { authentication, backendMessage, EMPTY_ANSWER, errorResponse, LET_IN, READY } from './backend.ts';

const OPTIONS = {
  user: 'alice',
  database: 'shop',
  password: 'secret',
  requiredAuth: parseRequiredAuth(null),
  tellsAnybody: true,
  nonce: 'fyko',
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  maxScramIterations: 10_000,
};

const MECHANISMS = authentication(10, 'SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0');
const SERVER_FIRST = 'r=fykoserver,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const SALTING = { salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), iterations: 4_096 };

/** What a server that knows the password signs. */
async function serverFinal(password: string): Promise<string> {
  const key = createHmac('sha256', await saltPassword(password, SALTING))
    .update('Server Key')
    .digest();
  const story = `n=,r=fyko,${SERVER_FIRST},c=biws,r=fykoserver`;
  return `v=${createHmac('sha256', key).update(story).digest('base64')}`;
}

const take = (session: PostgresSession, ...pieces: readonly Uint8Array[]): SessionStep[] =>
  pieces.flatMap((piece) => [...session.receive(piece)]);

const begun = (options: Partial<typeof OPTIONS> = {}): PostgresSession => {
  const session = new PostgresSession({ ...OPTIONS, ...options });
  session.start(false);
  return session;
};

const sent = (step: SessionStep | undefined): string =>
  step?.do === 'send' ? Buffer.from(step.bytes).toString('latin1') : `no bytes but ${step?.do ?? 'nothing'}`;

describe('PostgresSession', () => {
  test('begins with the user, the database and what poolers know', () => {
    const text = 'user\0alice\0database\0shop\0application_name\0perdura\0client_encoding\0UTF8\0\0';
    const start = Buffer.from(new PostgresSession(OPTIONS).start(false));
    assert.equal(start.toString('latin1'), `\0\0\0${String.fromCharCode(text.length + 8)}\0\x03\0\0${text}`);
    assert.deepEqual(
      start,
      encodeStartup({ user: 'alice', database: 'shop', application_name: 'perdura', client_encoding: 'UTF8' }),
    );
  });

  test('is let in at once where the server trusts it', () => {
    assert.deepEqual(take(begun(), LET_IN), [{ do: 'loggedIn' }]);
  });

  test('tells the password where the server asks for it', () => {
    const [step, ...rest] = take(begun(), authentication(3), LET_IN);
    assert.equal(sent(step), 'p\0\0\0\x0bsecret\0');
    assert.deepEqual(rest, [{ do: 'loggedIn' }]);
  });

  test('tells it in the clear only to who has proved to be the server, or where anybody may know it', () => {
    for (const [isVerified, tellsAnybody] of [
      [true, false],
      [false, true],
      [true, true],
      [false, false],
    ] as const) {
      const session = new PostgresSession({ ...OPTIONS, tellsAnybody });
      session.start(isVerified);
      if (isVerified || tellsAnybody) assert.match(sent(take(session, authentication(3))[0]), /secret/);
      else {
        assert.throws(() => take(session, authentication(3)), {
          code: 'ERR_PERDURA_CONNECT',
          message:
            /^the server wants the password in the clear, over a connection that does not prove who it is; use sslmode=verify-full, .* require_auth=password or sslmode=disable$/,
        });
      }
    }
  });

  test('goes no way in that require_auth forbids, also where it is let in without any', () => {
    const ways = {
      password: authentication(3),
      md5: authentication(5, 'salt'),
      'scram-sha-256': MECHANISMS,
      none: LET_IN,
    };
    for (const [required, allowed] of [
      ['scram-sha-256', ['scram-sha-256']],
      ['password,none', ['password', 'none']],
      ['!password,!none', ['md5', 'scram-sha-256']],
      ['gss', []],
    ] as const) {
      for (const [way, request] of Object.entries(ways)) {
        const session = begun({ requiredAuth: parseRequiredAuth(required) });
        if ((allowed as readonly string[]).includes(way)) assert.equal(take(session, request).length, 1, way);
        else {
          const message = `, which require_auth=${required} forbids`;
          assert.throws(
            () => take(session, request),
            (error: Error) => error.message.endsWith(message),
          );
        }
      }
    }
    const session = begun({ requiredAuth: parseRequiredAuth('!none') });
    assert.deepEqual(take(session, authentication(3), LET_IN).at(-1), { do: 'loggedIn' }, 'let in behind a password');
  });

  test('hashes the password with the salt of the server where it wants MD5', () => {
    const salt = Uint8Array.of(1, 2, 3, 4);
    const [step, ...rest] = take(begun(), authentication(5, salt), LET_IN);
    assert.equal(sent(step), `p\0\0\0\x28${hashMd5Password('alice', 'secret', salt)}\0`);
    assert.deepEqual(rest, [{ do: 'loggedIn' }]);
  });

  test('proves that it knows the password, and has the server prove it, with SCRAM-SHA-256', async () => {
    const session = begun();
    const [first] = take(session, MECHANISMS);
    assert.equal(sent(first), 'p\0\0\0\x22SCRAM-SHA-256\0\0\0\0\x0cn,,n=,r=fyko');
    assert.deepEqual(take(session, authentication(11, SERVER_FIRST)), [{ do: 'derive', salting: SALTING }]);
    const proof = Buffer.from(session.salted(await saltPassword('secret', SALTING))).toString('latin1');
    const [, shown = ''] = /^p\0\0\0.c=biws,r=fykoserver,p=(.{44})$/s.exec(proof) ?? [];
    // What a server does with it: the client's key is the proof without the signature, and its hash is what is stored.
    const clientKey = createHmac('sha256', await saltPassword('secret', SALTING))
      .update('Client Key')
      .digest();
    const storedKey = createHash('sha256').update(clientKey).digest();
    const story = `n=,r=fyko,${SERVER_FIRST},c=biws,r=fykoserver`;
    const signature = createHmac('sha256', storedKey).update(story).digest();
    assert.deepEqual(Buffer.from(shown, 'base64'), Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)));
    assert.deepEqual(take(session, authentication(12, await serverFinal('secret')), LET_IN), [{ do: 'loggedIn' }]);
  });

  test('does not go in where the server does not prove itself', async () => {
    const salted = await saltPassword('secret', SALTING);
    const asked = (): PostgresSession => {
      const session = begun();
      take(session, MECHANISMS, authentication(11, SERVER_FIRST));
      session.salted(salted);
      return session;
    };
    const wrong = authentication(12, await serverFinal('guessed'));
    assert.throws(() => take(asked(), wrong), /could not prove that it knows the password/);
    assert.throws(() => take(asked(), LET_IN), /before it has proved/);
    assert.throws(() => take(begun(), MECHANISMS, LET_IN), /before it has proved/);
    assert.throws(() => take(asked(), authentication(3)), /second request for a password/);
  });

  test('however the bytes are split, an empty query is acknowledged with two messages, and others change nothing', () => {
    const notice = backendMessage('N', 'SNOTICE\0Mhello\0\0');
    const parameter = backendMessage('S', 'TimeZone\0UTC\0');
    const bytes = Buffer.concat([notice, EMPTY_ANSWER, parameter, READY, parameter]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), fc.array(fc.nat(LET_IN.length)), (cuts, earlier) => {
        const session = begun();
        assert.deepEqual(take(session, ...splitAt(LET_IN, earlier)), [{ do: 'loggedIn' }]);
        for (let count = 0; count < 2; count += 1) {
          assert.deepEqual(Buffer.from(session.signal()), Buffer.from('Q\0\0\0\x05\0'));
          assert.deepEqual(take(session, ...splitAt(bytes, cuts)), [{ do: 'acknowledged' }]);
        }
      }),
    );
  });

  test('a server that repeats the password it was told is not quoted with it', () => {
    const repeated = { S: 'FATAL', C: '28P01', M: 'no user alice with secret', H: `${'x'.repeat(300)} secret` };
    assert.throws(
      () => take(begun(), authentication(3), errorResponse(repeated)),
      (error: Error) => error.message.includes('no user alice with …') && !error.message.includes('secret'),
    );
    assert.throws(
      () => take(begun(), authentication(3), Buffer.from('secret')),
      (error: Error) => /type that there is not/.test(error.message) && !error.message.includes('secret'),
    );
  });

  test('whatever the bytes, they are steps or a PerduraError', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(LET_IN, EMPTY_ANSWER, READY, MECHANISMS, authentication(11, SERVER_FIRST), authentication(3)),
      fc
        .tuple(fc.constantFrom('R', 'K', 'E', 'I', 'N', 'A', 'v', 'S', 'Z'), fc.uint8Array({ maxLength: 20 }))
        .map(([type, body]) => backendMessage(type, body)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        try {
          take(begun(), ...pieces);
        } catch (error) {
          assert.ok(error instanceof PerduraError, String(error));
          assert.doesNotMatch(error.message, /secret/);
        }
      }),
    );
  });

  test('what was acknowledged before an error is told before it', () => {
    const session = begun();
    take(session, LET_IN);
    session.signal();
    const end = errorResponse({ S: 'FATAL', V: 'FATAL', C: '57P01', M: 'terminating connection' });
    const steps = session.receive(Buffer.concat([EMPTY_ANSWER, READY, end]));
    assert.deepEqual(steps.next().value, { do: 'acknowledged' });
    assert.throws(() => steps.next(), /^PostgresServerError: FATAL 57P01: terminating connection$/);
  });

  for (const [what, pieces, message] of [
    ['an answer to nothing', [LET_IN, EMPTY_ANSWER], /EmptyQueryResponse, which nothing has asked for/],
    ['readiness before the log-in', [READY], /ReadyForQuery, which nothing has asked for/],
    ['another protocol', [Buffer.from('HTTP/1.1 400')], /does not speak the protocol of PostgreSQL: it says 'HTTP/],
    ['a length that does not count itself', [Buffer.of(0x52, 0, 0, 0, 3)], /impossible length 3/],
    ['GSSAPI', [authentication(7)], /wants GSSAPI, which is not spoken here/],
    ['a method of the future', [authentication(99)], /the authentication method 99/],
    ['other mechanisms', [authentication(10, 'SCRAM-SHA-512\0\0')], /one of SCRAM-SHA-512, and only SCRAM-SHA-256/],
    ['an MD5 password without a salt', [authentication(5)], /no salt/],
    [
      'no end of hashing',
      [MECHANISMS, authentication(11, SERVER_FIRST.replace('4096', '10001'))],
      /10001 rounds of hashing, maxScramIterations allows 10000/,
    ],
  ] as const) {
    test(`a server that sends ${what} is refused`, () => assert.throws(() => take(begun(), ...pieces), message));
  }

  test('as many rounds of hashing as are allowed are', () => {
    const steps = take(begun(), MECHANISMS, authentication(11, SERVER_FIRST.replace('4096', '10000')));
    assert.equal(steps.at(-1)?.do, 'derive');
  });

  test('a password that is wanted and not there is told, whatever the way', () => {
    for (const request of [authentication(3), authentication(5, 'salt'), MECHANISMS]) {
      const session = new PostgresSession({ ...OPTIONS, password: undefined });
      session.start(false);
      assert.throws(() => take(session, request), /wants a password, and none is given/);
    }
  });
});

describe('PostgresServerError', () => {
  const errorOf = (fields: Readonly<Record<string, string>>): PostgresServerError => {
    try {
      take(begun(), errorResponse(fields));
    } catch (error) {
      assert.ok(error instanceof PostgresServerError);
      return error;
    }
    assert.fail('no error');
  };

  test('has the words of the server, and its code', () => {
    const error = errorOf({
      S: 'FATALE',
      V: 'FATAL',
      C: '57P03',
      M: 'the database system is starting up',
      F: 'postmaster.c',
    });
    assert.equal(error.message, 'FATAL 57P03: the database system is starting up');
    assert.equal(error.sqlState, '57P03');
    assert.equal(error.isFatal, true);
  });

  test('has detail and hint behind the message, and what to do where the server does not say it', () => {
    assert.equal(
      errorOf({ S: 'FATAL', C: '28P01', M: 'password authentication failed', D: 'a detail', H: 'a hint' }).message,
      'FATAL 28P01: password authentication failed; a detail; a hint; give the right user and password in the URL',
    );
  });

  test('is one line of bounded length, whatever the server says', () => {
    assert.equal(errorOf({ S: 'ERROR', M: 'a\nb\x1b[2Jc\u202ed' }).message, 'ERROR a b [2Jc d');
    assert.equal(errorOf({ S: 'ERROR', M: 'x'.repeat(5_000) }).message.length, 401);
    assert.equal(errorOf({}).message, 'ERROR no message');
    assert.equal(errorOf({}).isFatal, false);
  });
});

describe('MessageReader', () => {
  test('a message as long as is allowed is read, one byte more is told with the limit', () => {
    const read = (bytes: Buffer): unknown[] => [...new MessageReader(100).read(bytes)];
    assert.equal(read(backendMessage('N', Buffer.alloc(95))).length, 1);
    assert.throws(
      () => read(backendMessage('N', Buffer.alloc(96))),
      /type N has 101 bytes, maxMessageBytes allows 100/,
    );
    assert.throws(() => read(Buffer.of(0x4e, 0xff, 0xff, 0xff, 0xff)), /4294967296 bytes/);
  });
});
