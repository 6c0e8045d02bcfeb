// `perdura serve --config`: flags, starts that fail, and how it ends. What is served is compared with the real httpd elsewhere.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import { main } from '#src/cli/main.js';
import { ServedSite } from '../apache/served-site.ts';
import { freePorts } from '../support/free-ports.ts';
import { RawConnection } from '../support/raw-client.ts';
import { FakeTerminal } from './fake-terminal.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Ran> {
  const terminal = new FakeTerminal();
  const code = await main(['serve', ...args], terminal);
  return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

describe('--check-config', () => {
  test('says that a configuration holds, and opens nothing', async () => {
    using site = new ServedSite();
    site.configure('Listen 127.0.0.1:1');
    assert.deepEqual(await run('--config', site.configuration, '--check-config'), {
      code: 0,
      stdout: '',
      stderr: 'Syntax OK\n',
    });
  });

  test("says in Apache's words what is wrong, and ends with 1", async () => {
    using site = new ServedSite();
    site.configure('KeepAliveTimeout 5m');
    const { code, stdout, stderr } = await run('--config', site.configuration, '--check-config');
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      `AH00526: Syntax error on line 12 of ${site.configuration}:\nKeepAliveTimeout has wrong format\n`,
    );
  });

  test('names all that perdura does not have behind what it was refused for, and nothing behind a mistake', async () => {
    using site = new ServedSite();
    const lines = [
      'ProxyPass / http://a/',
      'KeepAliveTimeout 5m',
      '<VirtualHost *:80>',
      'SSLVerifyClient require',
      '</VirtualHost>',
      'LoadModule rewrite_module r.so',
      'RewriteMap names prg:/bin/names',
      'Foo',
    ];
    site.configure(`LoadModule proxy_module p.so\n${lines.join('\n')}`);
    const { code, stderr } = await run('--config', site.configuration, '--check-config');
    assert.equal(code, 1);
    const place = site.configuration.replaceAll('.', String.raw`\.`);
    assert.match(
      stderr,
      new RegExp(
        `^AH00526: Syntax error on line 13 of ${place}:\nProxyPass is not supported by perdura: .+\n` +
          `perdura: more that is to be changed:\n${place}:16: SSLVerifyClient require is not supported by perdura.+\n` +
          `${place}:19: RewriteMap: maps of the type prg are not supported by perdura: .+\n` +
          `${place}:20: Invalid command 'Foo', .+\n$`,
      ),
    );
    site.configure(`KeepAliveTimeout 5m\nLoadModule proxy_module p.so\nUser a\n${lines.join('\n')}`);
    const quiet = await run('--config', site.configuration, '--check-config');
    assert.match(quiet.stderr, /^AH00526: .+\nKeepAliveTimeout has wrong format\n$/);
    const loud = await run('--config', site.configuration, '--check-config', '--verbose');
    assert.match(loud.stderr, /^AH00526: .+\nKeepAliveTimeout has wrong format\nperdura: more .+\n(?:.+\n){4}$/);
  });

  test('names with --verbose what is without effect, and why', async () => {
    using site = new ServedSite();
    site.configure('User www-data\nSSLSessionTickets off');
    const quiet = await run('--config', site.configuration, '--check-config');
    assert.equal(quiet.stderr, 'Syntax OK\n');
    const { stderr } = await run('--config', site.configuration, '--check-config', '--verbose');
    assert.match(
      stderr,
      /httpd\.conf:12: User is without effect: .+\n\S+httpd\.conf:13: SSLSessionTickets is without effect: .+\nSyntax OK\n$/,
    );
  });

  test('knows the names that --define gives', async () => {
    using site = new ServedSite();
    site.configure('<IfDefine ONE>\n<IfDefine TWO>\nKeepAlive Perhaps\n</IfDefine>\n</IfDefine>');
    assert.equal((await run('--config', site.configuration, '--check-config', '--define', 'ONE')).code, 0);
    const both = await run('--config', site.configuration, '--check-config', '--define', 'ONE', '--define', 'TWO');
    assert.match(both.stderr, /KeepAlive must be On or Off/);
  });
});

/** A server on IPv6 alone; undefined where the machine has none. */
async function takeIpv6(): Promise<net.Server | undefined> {
  const server = net.createServer().listen({ port: 0, host: '::', ipv6Only: true });
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

test(
  'a port that is in use for IPv6 alone is listened on for IPv4, and that is told',
  { timeout: 30_000 },
  async (context) => {
    using site = new ServedSite();
    const taken = await takeIpv6();
    if (taken === undefined) return context.skip('this machine has no IPv6');
    const { port } = taken.address() as net.AddressInfo;
    site.configure(`Listen ${port}`);
    const terminal = new FakeTerminal();
    const over = main(['serve', '--config', site.configuration], terminal);
    await terminal.stdout.match(/Stop it/);
    taken.close();
    assert.equal(
      terminal.stderr.text,
      `(98)Address already in use: AH00072: make_sock: could not bind to address [::]:${port}\n`,
    );
    const client = await RawConnection.open(port);
    client.write('GET / HTTP/1.0\r\n\r\n');
    assert.match(await client.readToEnd(), /^HTTP\/1\.1 200 OK\r\n.*hello$/s);
    client.end();
    terminal.send('SIGTERM');
    assert.equal(await over, 0);
  },
);

describe('a start fails', () => {
  test('where there is no such file', async () => {
    const { code, stderr } = await run('--config', '/no/such/httpd.conf');
    assert.equal(code, 1);
    assert.equal(stderr, 'perdura: Could not open configuration file /no/such/httpd.conf: No such file or directory\n');
  });

  test('where the file is a folder', async () => {
    using site = new ServedSite();
    const { code, stderr } = await run('--config', site.folder);
    assert.equal(code, 1);
    const [first = '', ...rest] = stderr.split('\n');
    assert.match(first, /^\[[^\]]+\] \[core:error\] \[pid \d+:tid \d+\] AH00554: /);
    assert.ok(first.endsWith(` Access to file ${site.folder} denied by server: not a regular file`), first);
    assert.deepEqual(rest, [`perdura: Could not open configuration file ${site.folder}: Bad file descriptor`, '']);
  });

  test('where nothing is listened on', async () => {
    using site = new ServedSite();
    site.configure('');
    const { code, stderr } = await run('--config', site.configuration);
    assert.equal(code, 1);
    assert.equal(stderr, 'no listening sockets available, shutting down\nAH00015: Unable to open logs\n');
  });

  test('where a port is in use, and takes none of the others', async () => {
    using site = new ServedSite();
    const taken = net.createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    const [free = 0] = await freePorts(1);
    site.configure(`Listen 127.0.0.1:${free}\nListen 127.0.0.1:${port}`);
    const { code, stderr } = await run('--config', site.configuration);
    taken.close();
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `(98)Address already in use: AH00072: make_sock: could not bind to address 127.0.0.1:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
    );
    await assert.rejects(RawConnection.open(free), /ECONNREFUSED/);
  });

  test('where a port is in use on all addresses: each of them is told once', async () => {
    using site = new ServedSite();
    const taken = net.createServer().listen(0, '0.0.0.0');
    await once(taken, 'listening');
    const { port } = taken.address() as net.AddressInfo;
    site.configure(`Listen ${port}`);
    const { code, stderr } = await run('--config', site.configuration);
    taken.close();
    assert.equal(code, 1);
    const words = '(98)Address already in use: AH00072: make_sock: could not bind to address';
    assert.equal(
      stderr,
      `${words} [::]:${port}\n${words} 0.0.0.0:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
    );
  });

  test('where a log cannot be opened', async () => {
    using site = new ServedSite();
    site.configure(`Listen 127.0.0.1:1\nErrorLog www`);
    const { code, stderr } = await run('--config', site.configuration);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `(21)Is a directory: AH00091: perdura: could not open error log file ${site.folder}/www.\nAH00015: Unable to open logs\n`,
    );
  });

  test('where certificates and keys are not what they should be', async () => {
    using site = new ServedSite();
    site.write('garbage.pem', 'garbage\n');
    site.write('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const id = String.raw`main\.test:443`;
    const faults: readonly (readonly [string, RegExp])[] = [
      ['', new RegExp(`^AH02572: Failed to configure at least one certificate and key for ${id}\n$`)],
      [
        'SSLCertificateFile garbage.pem',
        new RegExp(`^AH02562: Failed to configure certificate ${id}:0 \\(with chain\\), check \\S+garbage\\.pem \\(`),
      ],
      [
        'SSLCertificateFile localhost.pem\nSSLCertificateKeyFile key.pem',
        new RegExp(`^AH02564: Failed to configure encrypted \\(\\?\\) private key ${id}:0, check \\S+key\\.pem \\(`),
      ],
      [
        'SSLCertificateFile localhost.pem\nSSLCertificateKeyFile other-name.pem',
        new RegExp(
          `^AH02565: Certificate and private key ${id}:0 from \\S+localhost\\.pem and \\S+other-name\\.pem do not match \\(`,
        ),
      ],
      [
        'SSLCertificateFile localhost.pem\nSSLCipherSuite FOO',
        /^AH01898: Unable to configure permitted SSL ciphers \(/,
      ],
      [
        'SSLCertificateFile localhost.pem\nSSLProtocol all -all',
        /^AH02231: No SSL protocols available \[hint: SSLProtocol\]\n$/,
      ],
      [
        'SSLCertificateFile localhost.pem\nSSLProtocol TLSv1',
        /^SSLProtocol of .*perdura speaks TLSv1\.2 and TLSv1\.3 alone/,
      ],
    ];
    for (const [text, words] of faults) {
      site.configure(`Listen 127.0.0.1:1\nSSLEngine on\n${text}`);
      const { code, stderr } = await run('--config', site.configuration);
      assert.equal(code, 1, text);
      assert.match(stderr.replace(/^perdura: /, ''), words);
    }
  });

  test('where hosts of one address want different versions or ciphers', async () => {
    using site = new ServedSite();
    for (const [line, name] of [
      ['SSLProtocol TLSv1.3', 'SSLProtocol'],
      ['SSLCipherSuite HIGH', 'SSLCipherSuite'],
    ] as const) {
      const host = (server: string, more: string): string =>
        `<VirtualHost *:1>\nServerName ${server}\nSSLEngine on\nSSLCertificateFile localhost.pem\n${more}\n</VirtualHost>\n`;
      site.configure(`Listen 127.0.0.1:1\n${host('a.test', '')}${host('b.test', line)}`);
      const { code, stderr } = await run('--config', site.configuration);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`${name} of b\\.test:443 differs from that of a\\.test:443`));
    }
  });
});

test('addresses that share a socket have to agree on TLS', async () => {
  using site = new ServedSite();
  site.configure(
    `Listen 1\n<VirtualHost 127.0.0.1:1>\nServerName a.test\nSSLEngine on\nSSLCertificateFile localhost.pem\n</VirtualHost>
<VirtualHost 127.0.0.2:1>\nServerName b.test\n</VirtualHost>`,
  );
  const { code, stderr } = await run('--config', site.configuration);
  assert.equal(code, 1);
  assert.match(stderr, /Listen 1: a\.test:443 and b\.test:443 differ in SSLEngine: write a Listen for each/);
});

describe('flags', () => {
  test('that the configuration speaks for are refused with the directive that says the same', async () => {
    using site = new ServedSite();
    site.configure('Listen 127.0.0.1:1');
    for (const [flags, directive] of [
      [['--port', '8080'], 'Listen'],
      [['--host', '::1'], 'Listen'],
      [['--keep-alive-timeout', '5s'], 'KeepAliveTimeout'],
      [['--max-keep-alive-requests', '5'], 'MaxKeepAliveRequests'],
      [['--no-keep-alive'], 'KeepAlive'],
      [['--self-signed'], 'SSLEngine'],
      [['--access-log', 'x'], 'CustomLog'],
    ] as const) {
      const { code, stderr } = await run('--config', site.configuration, ...flags);
      assert.equal(code, 2, flags[0]);
      assert.match(stderr, new RegExp(`with --config, ${flags[0]} has no meaning: write ${directive} into`));
    }
    assert.match((await run('--config', site.configuration, '--workers', '2')).stderr, /--workers cannot be used with/);
    assert.match((await run(site.folder, '--config', site.configuration)).stderr, /leave the folder out/);
    assert.match((await run('--check-config')).stderr, /--check-config goes with --config FILE/);
    assert.match((await run('--define', 'X')).stderr, /--define goes with --config FILE/);
  });
});

test('Ctrl-C in the middle of a request lets it be answered', { timeout: 30_000 }, async () => {
  using site = new ServedSite();
  const [port = 0] = await freePorts(1);
  site.configure(`Listen 127.0.0.1:${port}`);
  const terminal = new FakeTerminal();
  const running = main(['serve', '--config', site.configuration], terminal);
  await terminal.stdout.match(/perdura serves/);
  const connection = await RawConnection.open(port);
  connection.write('GET / HTTP/1.1\r\nHost: a.test\r\n');
  await terminal.stdout.match(/Stop it/);
  terminal.send('SIGINT');
  await terminal.stdout.match(/Draining/);
  connection.write('\r\n');
  assert.match(await connection.readToEnd(), /^HTTP\/1\.1 200 OK\r\n.*Connection: close.*hello$/s);
  connection.end();
  assert.equal(await running, 0);
});
