// `perdura serve` over TLS: certificates from files and made for the run, read anew on SIGHUP, and what is wrong with them in words.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { certificate } from '../io/opening.ts';
import { PerduraProcess, runPerdura } from './perdura-process.ts';

const LIMIT = { timeout: 60_000 };

let scratch = '';
let site = '';
/** The path of a copy of a certificate of the tests, which has its key behind it. */
const pem = (name: string): string => join(scratch, `${name}.pem`);

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'perdura-tls-'));
  site = await mkdtemp(join(scratch, 'site-'));
  await writeFile(join(site, 'index.html'), 'hello\n');
  for (const name of ['localhost', 'other-name', 'expired']) await writeFile(pem(name), certificate(name));
});

after(() => rm(scratch, { recursive: true }));

async function connect(url: URL, options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
  const socket = tls.connect({ port: Number(url.port), host: '127.0.0.1', rejectUnauthorized: false, ...options });
  socket.on('error', () => {});
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
  return socket;
}

async function shownNames(url: URL, servername = 'localhost'): Promise<string> {
  const socket = await connect(url, { servername });
  const names = socket.getPeerX509Certificate()?.subjectAltName ?? '';
  socket.destroy();
  return names;
}

async function ask(socket: tls.TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let text = '';
  while (!text.endsWith('hello\n')) text += String((await once(socket, 'data'))[0]);
  return text;
}

describe('perdura serve over TLS', LIMIT, () => {
  test('shows the certificate of the files, and further ones by the names in them', async () => {
    const other = pem('other-name');
    const args = [
      '--tls-cert',
      pem('localhost'),
      '--tls-key',
      pem('localhost'),
      '--tls-cert',
      other,
      '--tls-key',
      other,
    ];
    await using perdura = new PerduraProcess(['serve', site, '--port', '0', ...args]);
    const url = await perdura.url();
    assert.equal(url.protocol, 'https:');
    assert.match(await shownNames(url), /DNS:localhost/);
    assert.match(await shownNames(url, 'other.test'), /DNS:other\.test/);
    await perdura.printed(/Protocols +HTTP\/2 and HTTP\/1\.1 over TLS 1\.2 and 1\.3\n/);
    await perdura.printed(
      /Certificate +for localhost, .*::1, valid until 2125-\d\d-\d\d\n +for other\.test, valid until/,
    );
    await perdura.printed(/curl -vk https:\/\/127/);
    const socket = await connect(url, {
      ca: certificate('authority'),
      servername: 'localhost',
      rejectUnauthorized: true,
    });
    assert.match(await ask(socket), /^HTTP\/1\.1 200 OK/);
    socket.destroy();
  });

  test('offers HTTP/2, but for --no-http2', async () => {
    const files = ['--tls-cert', pem('localhost'), '--tls-key', pem('localhost')];
    await using both = new PerduraProcess(['serve', site, '--port', '0', ...files]);
    await using one = new PerduraProcess(['serve', site, '--port', '0', ...files, '--no-http2']);
    for (const [perdura, expected] of [
      [both, 'h2'],
      [one, 'http/1.1'],
    ] as const) {
      const socket = await connect(await perdura.url(), { ALPNProtocols: ['h2', 'http/1.1'] });
      assert.equal(socket.alpnProtocol, expected);
      socket.destroy();
    }
    await one.printed(/Protocols +HTTP\/1\.1 over TLS/);
  });

  test('--self-signed makes a certificate for this machine and run, and says what to think of it', async () => {
    await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--self-signed', '--host', 'localhost']);
    const [, fingerprint] = await perdura.printed(
      /self-signed and made for this run.*\n.*\n +((?:[0-9A-F]{2}:){31}[0-9A-F]{2})\n/,
    );
    const url = new URL((await perdura.printed(/(https:\S+)\n/))[1] ?? '');
    const socket = await connect(new URL(url), { host: 'localhost' });
    const shown = socket.getPeerX509Certificate();
    assert.equal(shown?.fingerprint256, fingerprint);
    assert.equal(shown?.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    assert.equal(shown?.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    const days = (Date.parse(shown?.validTo ?? '') - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days < 30.1, `${days} days`);
    assert.match(await ask(socket), /^HTTP\/1\.1 200 OK/);
    socket.destroy();
    assert.match(perdura.stdout, /for development only, never for production/);
    assert.doesNotMatch(perdura.stdout + perdura.stderr, /PRIVATE KEY/);
  });

  test('SIGHUP reads the files anew: new connections get them, open ones live on, and broken files change nothing', async () => {
    const file = pem('changing');
    await copyFile(pem('localhost'), file);
    await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--tls-cert', file, '--tls-key', file]);
    const url = await perdura.url();
    const open = await connect(url);
    await ask(open);
    await copyFile(pem('other-name'), file);
    assert.match(await shownNames(url), /DNS:localhost/);
    perdura.send('SIGHUP');
    await perdura.printed(/SIGHUP: certificates are read anew: for other\.test, valid until 2125/);
    assert.match(await shownNames(url), /DNS:other\.test/);
    await writeFile(file, 'this is no certificate\n');
    perdura.send('SIGHUP');
    await perdura.complained(
      /SIGHUP: --tls-cert .*changing\.pem: is not PEM.*\nThe certificates from before stay in use\.\n/,
    );
    await rm(file);
    perdura.send('SIGHUP');
    await perdura.complained(/changing\.pem: there is no such file\..*\nThe certificates from before stay in use\.\n/);
    assert.match(await shownNames(url), /DNS:other\.test/);
    assert.match(await ask(open), /^HTTP\/1\.1 200 OK/);
    assert.match(open.getPeerX509Certificate()?.subjectAltName ?? '', /DNS:localhost/);
    await copyFile(pem('localhost'), file);
    perdura.send('SIGHUP');
    await perdura.printed(/read anew: for localhost/);
    open.destroy();
    assert.match(await shownNames(url), /DNS:localhost/);
  });

  test('a certificate that has expired is used, with a warning', async () => {
    const files = ['--tls-cert', pem('expired'), '--tls-key', pem('expired')];
    await using perdura = new PerduraProcess(['serve', site, '--port', '0', ...files]);
    await perdura.complained(
      /^warning: --tls-cert .*expired\.pem: The certificate for localhost expired on 2021-01-01; clients will/,
    );
    assert.match(await shownNames(await perdura.url()), /DNS:localhost/);
  });

  test('a key within the served folder is warned of', async () => {
    const key = join(site, 'site.key');
    await copyFile(pem('localhost'), key);
    await using perdura = new PerduraProcess([
      'serve',
      site,
      '--port',
      '0',
      '--tls-cert',
      pem('localhost'),
      '--tls-key',
      key,
    ]);
    await perdura.complained(/^warning: the key .*site\.key is inside the served folder, where everybody can fetch it/);
    await perdura.url();
  });

  test('drains and reports while only an idle connection of HTTP/2 is left', async () => {
    await using perdura = new PerduraProcess(['serve', site, '--port', '0', '--self-signed']);
    const session = http2.connect(await perdura.url(), { rejectUnauthorized: false });
    session.on('error', () => {});
    await once(session.request({ ':path': '/' }).resume(), 'close');
    perdura.send('SIGTERM');
    const { code, stdout } = await perdura.result;
    session.destroy();
    assert.match(stdout, /Ended after .*: 1 connection closed in order, none broken off\n/);
    assert.equal(code, 0);
  });
});

describe('what is wrong with the files is said before anything listens, with exit code 2', LIMIT, () => {
  const cases: readonly (readonly [what: string, args: () => readonly string[], words: RegExp])[] = [
    [
      'missing',
      () => ['--tls-cert', pem('none'), '--tls-key', pem('localhost')],
      /--tls-cert .*none\.pem: there is no such file/,
    ],
    ['a folder', () => ['--tls-cert', site, '--tls-key', pem('localhost')], /--tls-cert .*: is a folder/],
    [
      'no PEM',
      () => ['--tls-cert', join(site, 'index.html'), '--tls-key', pem('localhost')],
      /index\.html: .*must be a certificate in PEM form/,
    ],
    [
      'the key of another',
      () => ['--tls-cert', pem('localhost'), '--tls-key', pem('other-name')],
      /--tls-cert .*localhost\.pem: the certificate does not belong to --tls-key .*other-name\.pem/,
    ],
    [
      'without its key',
      () => ['--tls-cert', pem('localhost')],
      /1 --tls-cert and 0 --tls-key\.\nEach certificate needs its key/,
    ],
    ['without a name', () => ['--tls-cert', '', '--tls-key', pem('localhost')], /--tls-cert has no file name/],
    [
      'beside --self-signed',
      () => ['--self-signed', '--tls-cert', pem('localhost'), '--tls-key', pem('localhost')],
      /exclude each other/,
    ],
    [
      'wrong in the second pair',
      () => [
        '--tls-cert',
        pem('localhost'),
        '--tls-key',
        pem('localhost'),
        '--tls-cert',
        pem('other-name'),
        '--tls-key',
        pem('localhost'),
      ],
      /--tls-cert .*other-name\.pem: the certificate does not belong to --tls-key .*localhost\.pem/,
    ],
  ];
  for (const [what, args, words] of cases) {
    test(what, async () => {
      const { code, stdout, stderr } = await runPerdura('serve', site, '--port', '0', ...args());
      assert.match(stderr, words);
      assert.deepEqual([code, stdout], [2, '']);
      assert.doesNotMatch(stderr, /PRIVATE KEY|\n +at /);
    });
  }
});
