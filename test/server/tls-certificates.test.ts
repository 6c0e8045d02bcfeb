// Certificates of a server: by name, replaced while it runs, and refused in words where something is wrong with them.
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { generate } from 'selfsigned';
import { MisuseError, OptionError } from '#src/errors.js';
import { serve } from '#src/server/index.js';
import type { ServerWarning, TlsOptions } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { certificate, identity, shownName, startTls, TlsClient, until } from './tls-bench.ts';

const handler = (): object => ({ body: 'ok' });

/** A certificate of its own for these names. */
async function makeIdentity(
  names: readonly string[],
  keyType: 'ec' | 'rsa' = 'ec',
): Promise<{ readonly cert: string; readonly key: string }> {
  const altNames = names.map((value) => ({ type: 2 as const, value }));
  const made = await generate([{ name: 'commonName', value: 'perdura' }], {
    keyType,
    algorithm: 'sha256',
    extensions:
      altNames.length === 0 ? [{ name: 'basicConstraints', cA: false }] : [{ name: 'subjectAltName', altNames }],
  });
  return { cert: made.cert, key: made.private };
}

const nameless = await makeIdentity([]);

async function nameShown(port: number, servername: string, options: object = {}): Promise<string> {
  const client = await TlsClient.open(port, { servername, rejectUnauthorized: false, ...options });
  const shown = shownName(client);
  client.socket.destroy();
  return shown;
}

describe('by the name that a client asks for', () => {
  test('it is shown the certificate for it: exact names, then wildcards, then the first one', async (context) => {
    const wild = await makeIdentity(['wild.test', '*.wild.test']);
    const { server } = await startTls(context, {
      tls: {
        ...identity('localhost'),
        contexts: [wild, { ...identity('other-name'), servername: ['exact.wild.test', 'OTHER.test'] }],
      },
    });
    const { port } = server;
    assert.equal(await nameShown(port, 'localhost'), 'localhost');
    assert.equal(await nameShown(port, 'any.wild.test'), 'wild.test');
    assert.equal(await nameShown(port, 'wild.test'), 'wild.test');
    assert.equal(await nameShown(port, 'exact.wild.test'), 'other.test');
    assert.equal(await nameShown(port, 'other.test'), 'other.test');
    assert.equal(await nameShown(port, 'two.any.wild.test'), 'localhost', 'a wildcard is one label');
    assert.equal(await nameShown(port, 'unknown.test'), 'localhost');
    assert.equal(await nameShown(port, ''), 'localhost', 'no name at all');
  });

  test('a name of the first certificate is not taken by the wildcard of another', async (context) => {
    const { server } = await startTls(context, {
      tls: { ...identity('localhost'), contexts: [await makeIdentity(['*.test'])] },
    });
    assert.equal(await nameShown(server.port, 'perdura.test'), 'localhost');
    assert.equal(await nameShown(server.port, 'else.test'), '*.test');
  });

  test('several kinds of keys may stand for one name, and the client takes the one that it knows', async (context) => {
    const rsa = await makeIdentity(['rsa.test'], 'rsa');
    const own = identity('localhost');
    const tls = { cert: [own.cert, rsa.cert], key: [rsa.key, { pem: own.key }] };
    const { server } = await startTls(context, { tls });
    const pinned = { maxVersion: 'TLSv1.2' as const };
    const asRsa = { ...pinned, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' };
    assert.equal(await nameShown(server.port, 'localhost', asRsa), 'rsa.test');
    const asEc = { ...pinned, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' };
    assert.equal(await nameShown(server.port, 'localhost', asEc), 'localhost');
    assert.deepEqual(
      server.tls?.certificates.map(({ option }) => option),
      ['tls.cert[0]', 'tls.cert[1]'],
    );
  });
});

describe('updateTls()', () => {
  test('shows new clients the new certificate, and leaves open connections alone', async (context) => {
    const { server } = await startTls(context);
    const before = await TlsClient.open(server.port);
    await before.ask();
    const { certificates } = server.updateTls(identity('other-name'));
    assert.deepEqual(certificates[0]?.names, ['other.test']);
    assert.deepEqual(server.tls?.certificates, certificates);
    assert.equal(await nameShown(server.port, 'localhost'), 'other.test');
    assert.match(await before.ask(), /ok$/);
    assert.equal(shownName(before), 'localhost');
    before.socket.destroy();
  });

  test('keeps what it had where the new one is wrong, and says which option', async (context) => {
    const { server } = await startTls(context);
    const wrong = { cert: certificate('other-name'), key: certificate('localhost') };
    assert.throws(() => server.updateTls(wrong), { name: 'OptionError', option: 'tls.cert' });
    assert.throws(() => server.updateTls({ ...identity('other-name'), contexts: [wrong] }), {
      name: 'OptionError',
      option: 'tls.contexts[0].cert',
    });
    assert.deepEqual(server.tls?.certificates[0]?.names.slice(0, 1), ['localhost']);
    assert.equal(await nameShown(server.port, 'localhost'), 'localhost');
  });

  test('changes the names, too', async (context) => {
    const { server } = await startTls(context);
    assert.equal(await nameShown(server.port, 'other.test'), 'localhost');
    server.updateTls({ ...identity('localhost'), contexts: [identity('other-name')] });
    assert.equal(await nameShown(server.port, 'other.test'), 'other.test');
    server.updateTls(identity('localhost'));
    assert.equal(await nameShown(server.port, 'other.test'), 'localhost');
  });

  test('drops no connection and no request, however often it is called under load', async (context) => {
    const { server, refusals } = await startTls(context);
    const load = { answers: 0, isOver: false };
    const work = async (): Promise<void> => {
      while (!load.isOver) {
        const client = await TlsClient.open(server.port, { rejectUnauthorized: false });
        for (let request = 0; request < 3; request += 1) {
          assert.match(await client.ask(), /^HTTP\/1\.1 200 OK\r\n.*ok$/s);
          load.answers += 1;
        }
        client.socket.end();
      }
    };
    const workers = Array.from({ length: 4 }, work);
    let updates = 0;
    for (; load.answers < 100; updates += 1) {
      server.updateTls(identity(updates % 2 === 0 ? 'other-name' : 'localhost'));
      const before = load.answers;
      await until(() => load.answers > before);
    }
    load.isOver = true;
    await Promise.all(workers);
    assert.ok(updates > 15, `${updates} updates`);
    assert.deepEqual(refusals, []);
  });

  test('is a mistake on a server without TLS', async () => {
    await using server = await serve({ handler, port: 0 });
    assert.equal(server.tls, undefined);
    assert.throws(() => server.updateTls(identity('localhost')), MisuseError);
  });
});

describe('what is wrong with a certificate is told before anything listens', () => {
  const good = identity('localhost');
  const keyBlock = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/;
  const certOnly = good.cert.toString().replace(keyBlock, '');
  const [keyOnly = ''] = keyBlock.exec(good.key.toString()) ?? [];
  const encrypted = createPrivateKey(keyOnly).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  });

  const CASES: readonly (readonly [what: string, tls: object, option: string, words: RegExp])[] = [
    ['no certificate', { key: keyOnly }, 'tls.cert', /is missing/],
    ['no key', { cert: certOnly }, 'tls.key', /is missing/],
    ['an empty certificate', { ...good, cert: '' }, 'tls.cert', /is empty.*BEGIN CERTIFICATE/],
    ['the name of a file', { ...good, cert: './cert.pem' }, 'tls.cert', /name of a file, give what is in the file/],
    ['the name of a key file', { ...good, key: '/etc/key.pem' }, 'tls.key', /name of a file/],
    ['DER', { ...good, cert: new X509Certificate(certOnly).raw }, 'tls.cert', /binary \(DER\)/],
    ['something else', { ...good, cert: 'a\nb\n' }, 'tls.cert', /is not PEM/],
    [
      'a damaged certificate',
      { ...good, cert: certOnly.replace(/(?<=CERTIFICATE-----\n)[^-\n]{20}/, 'AAAAAAAAAAAAAAAAAAAA') },
      'tls.cert',
      /damaged/,
    ],
    ['a damaged key', { ...good, key: keyOnly.replace(/\n[^-]{20}/, '\nAAAAAAAAAAAAAAAAAAAA') }, 'tls.key', /damaged/],
    ['key and certificate swapped', { cert: keyOnly, key: certOnly }, 'tls.cert', /is a private key.*swapped/],
    ['a certificate as key', { cert: certOnly, key: certOnly }, 'tls.key', /is a certificate.*swapped/],
    [
      'the key of another',
      { cert: certOnly, key: certificate('other-name') },
      'tls.cert',
      /does not belong to tls.key/,
    ],
    [
      'the chain in the wrong order',
      { cert: `${certificate('authority').toString()}${certOnly}`, key: keyOnly },
      'tls.cert',
      /must come first/,
    ],
    ['an encrypted key', { cert: certOnly, key: encrypted }, 'tls.key', /is encrypted.*tls\.passphrase/],
    [
      'a wrong passphrase',
      { cert: certOnly, key: encrypted, passphrase: 'open barley' },
      'tls.key',
      /cannot be decrypted with tls\.passphrase/,
    ],
    ['no PEM at all', { ...good, cert: 5 }, 'tls.cert', /string or a Buffer/],
    ['a misspelt name', { ...good, passprase: 'x' }, 'tls.passprase', /did you mean tls\.passphrase/],
    ['a deprecated version', { ...good, minVersion: 'TLSv1.1' }, 'tls.minVersion', /'TLSv1\.2' or 'TLSv1\.3'/],
    ['no version in between', { ...good, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }, 'tls.minVersion', /above/],
    ['an unknown cipher', { ...good, ciphers: 'none' }, 'tls.ciphers', /OpenSSL cannot use it/],
    ['an unknown curve', { ...good, ecdhCurve: 'none' }, 'tls.ecdhCurve', /OpenSSL cannot use it/],
    ['short ticket keys', { ...good, ticketKeys: Buffer.alloc(47) }, 'tls.ticketKeys', /has 47 bytes.*48/],
    ['no list of contexts', { ...good, contexts: {} }, 'tls.contexts', /must be a list/],
    ['a context without a key', { ...good, contexts: [{ cert: certOnly }] }, 'tls.contexts[0].key', /is missing/],
    [
      'a name that nobody can ask for',
      { ...good, contexts: [{ ...good, servername: '127.0.0.1' }] },
      'tls.contexts[0].servername',
      /no client can ask for/,
    ],
    [
      'a name twice',
      {
        ...good,
        contexts: [
          { ...good, servername: 'a.test' },
          { ...good, servername: 'A.test' },
        ],
      },
      'tls.contexts[1].servername',
      /is there twice/,
    ],
    [
      'a context whose certificate names nobody',
      { ...good, contexts: [nameless] },
      'tls.contexts[0].servername',
      /must be given/,
    ],
  ];

  for (const [what, tls, option, words] of CASES) {
    test(what, async () => {
      await assert.rejects(serve({ handler, port: 0, tls: tls as TlsOptions }), (error) => {
        assert.ok(error instanceof OptionError, String(error));
        assert.equal(error.option, option, error.message);
        assert.match(error.message, words);
        const told = `${error.message} ${String(error.cause)}`;
        for (const secret of ['open sesame', 'open barley', keyOnly.split('\n')[1] ?? ''])
          assert.ok(!told.includes(secret), 'no secret is told');
        return true;
      });
    });
  }

  test('an encrypted key with its passphrase is taken', async (context) => {
    const tls = { cert: certOnly, key: encrypted, passphrase: 'open sesame' };
    const { server } = await startTls(context, { tls });
    assert.equal(await nameShown(server.port, 'localhost'), 'localhost');
    const each = await startTls(context, {
      tls: { cert: certOnly, key: { pem: encrypted, passphrase: 'open sesame' } },
    });
    assert.equal(await nameShown(each.server.port, 'localhost'), 'localhost');
  });
});

describe('a certificate that clients refuse is used all the same, with a warning', () => {
  /** What is told at the start, and again when the certificate is given anew, as `level option: message`. */
  const warningsOf = async (name: string, wallMs: number): Promise<readonly string[]> => {
    const told: string[] = [];
    const onWarning = ({ level, option, message }: ServerWarning): void =>
      void told.push(`${level} ${option}: ${message}`);
    const clock = new ManualClock({ wallMs });
    await using server = await serve({ handler, port: 0, clock, onWarning, tls: identity(name) });
    const first = told.splice(0);
    assert.equal(server.tls?.warnings.length, first.length);
    server.updateTls(identity(name));
    assert.deepEqual(told, first);
    return first;
  };

  test('because it has expired', async () => {
    const [warning, ...others] = await warningsOf('expired', Date.UTC(2024, 0, 1));
    assert.equal(warning, 'bad tls.cert: The certificate for localhost expired on 2021-01-01; clients will refuse it.');
    assert.deepEqual(others, []);
  });

  test('because it is not valid yet', async () => {
    const [warning] = await warningsOf('localhost', Date.UTC(2019, 0, 1));
    assert.match(warning ?? '', /^bad tls\.cert: The certificate for localhost is not valid before 2020-01-01/);
  });

  test('because it soon will have, from seven days before on', async () => {
    const endMs = Date.UTC(2021, 0, 1);
    const dayMs = 86_400_000;
    assert.deepEqual(await warningsOf('expired', endMs - 7 * dayMs), []);
    const [warning] = await warningsOf('expired', endMs - 7 * dayMs + 1_000);
    assert.match(warning ?? '', /^warn .*expires on 2021-01-01; it should be renewed\.$/);
  });
});
