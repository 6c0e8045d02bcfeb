// SCRAM-SHA-256: the example of RFC 7677, and servers that do not prove what they must.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  hashMd5Password,
  makeNonce,
  SaltedPasswords,
  saltPassword,
} from '#src/heartbeat/probes/postgresql/derive-password.js';
import { prepareSaslPassword } from '#src/heartbeat/probes/postgresql/sasl-prep.js';
import { ScramExchange } from '#src/heartbeat/probes/postgresql/scram.js';

/** RFC 7677 §3. */
const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_FIRST = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const CLIENT_FINAL =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

async function proved(password = 'pencil'): Promise<ScramExchange> {
  const exchange = new ScramExchange(NONCE, 'user');
  exchange.proof(await saltPassword(password, exchange.salting(SERVER_FIRST)));
  return exchange;
}

describe('ScramExchange', () => {
  test('says what RFC 7677 has as its example, and believes the server of it', async () => {
    const exchange = new ScramExchange(NONCE, 'user');
    assert.equal(exchange.first, 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
    const salting = exchange.salting(SERVER_FIRST);
    assert.equal(salting.iterations, 4096);
    assert.equal(exchange.proof(await saltPassword('pencil', salting)), CLIENT_FINAL);
    exchange.verify(SERVER_FINAL);
    exchange.verify(`${SERVER_FINAL},x=an extension`);
  });

  test('a server that signs with another password is not believed, whatever it signs', async () => {
    const other = await proved('pencil ');
    assert.throws(() => other.verify(SERVER_FINAL), /could not prove that it knows the password/);
    const exchange = await proved();
    for (const final of ['', 'v=', 'v=AAAA', 'e=other-error', `x${SERVER_FINAL}`, SERVER_FINAL.slice(0, -2)]) {
      assert.throws(() => exchange.verify(final), /could not prove/, final);
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (signature) => {
        assert.throws(() => exchange.verify(`v=${Buffer.from(signature).toString('base64')}`), /could not prove/);
      }),
    );
  });

  test('no signature is believed before the client has proved itself', () => {
    assert.throws(() => new ScramExchange(NONCE, 'user').verify(SERVER_FINAL), /could not prove/);
  });

  test('a nonce that does not continue ours is that of another log-in', () => {
    const salting = (nonce: string): unknown => new ScramExchange(NONCE).salting(`r=${nonce},s=W22Z,i=4096`);
    assert.throws(() => salting(NONCE), /does not continue ours/);
    assert.throws(() => salting(`x${NONCE}`), /does not continue ours/);
    assert.doesNotThrow(() => salting(`${NONCE}x`));
  });

  for (const first of [
    '',
    'e=no-resources',
    `m=x,${SERVER_FIRST}`,
    SERVER_FIRST.replace('4096', '0'),
    SERVER_FIRST.replace('4096', '-1'),
    SERVER_FIRST.replace('4096', '40960000000'),
    SERVER_FIRST.replace('i=4096', ''),
    SERVER_FIRST.replace('s=W22Z', 's=!'),
  ]) {
    test(`'${first}' is no first message of a server`, () => {
      assert.throws(() => new ScramExchange(NONCE).salting(first), /RFC 5802/);
    });
  }

  test('commas and equals signs of a user are escaped', () => {
    assert.equal(new ScramExchange('n', 'a=b,c').first, 'n,,n=a=3Db=2Cc,r=n');
  });
});

describe('passwords', () => {
  test('nonces are unlike each other, and without commas', () => {
    const nonces = Array.from({ length: 50 }, makeNonce);
    assert.equal(new Set(nonces).size, 50);
    for (const nonce of nonces) assert.match(nonce, /^[A-Za-z0-9+/]{24}$/);
  });

  test('the same salt and rounds are hashed once, others anew', async () => {
    const passwords = new SaltedPasswords('pencil');
    const salting = { salt: Buffer.from('salt'), iterations: 2 };
    const first = passwords.derive(salting);
    assert.equal(passwords.derive({ salt: Buffer.from('salt'), iterations: 2 }), first);
    assert.notDeepEqual(await passwords.derive({ ...salting, iterations: 3 }), await first);
    assert.notDeepEqual(await passwords.derive({ ...salting, salt: Buffer.from('other') }), await first);
  });

  test('MD5 hashes password and user, and that hash with the salt', () => {
    // As md5sum computes it: md5("secretalice"), and of its hexadecimal digits with the four bytes behind them.
    assert.equal(hashMd5Password('alice', 'secret', Uint8Array.of(1, 2, 3, 4)), 'md598a0412b9c31436fc53776e863350083');
  });
});

describe('prepareSaslPassword', () => {
  for (const [what, password, prepared] of [
    ['ASCII is what it is', 'p e=n,cil', 'p e=n,cil'],
    ['spaces of all kinds are spaces', 'a\u00a0b\u3000c', 'a b c'],
    ['what is commonly mapped to nothing goes', 'I\u00adX', 'IX'],
    ['compatibility forms are composed', '\u00aa\u2168', 'aIX'],
    ['what is decomposed is composed', 'a\u0308', '\u00e4'],
    ['a control character leaves all as it is', '\u00a0\u0007', '\u00a0\u0007'],
    ['nothing but what goes stays', '\u00ad', '\u00ad'],
  ] as const) {
    test(what, () => assert.equal(prepareSaslPassword(password), prepared));
  }
});
