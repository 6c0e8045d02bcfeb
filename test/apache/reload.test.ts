// SIGHUP of `perdura serve --config`, as a process: what changes, what cannot, and that no request is lost before, meanwhile and after.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PerduraProcess } from '../cli/perdura-process.ts';
import { RawConnection } from '../support/raw-client.ts';
import { freePorts } from '../support/free-ports.ts';
import { ServedSite, shownName } from './served-site.ts';

const LIMIT = { timeout: 60_000 };

const GET = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

async function ask(connection: RawConnection, request = GET): Promise<string> {
  connection.write(request);
  return await connection.readUntil('hello');
}

async function askOnce(port: number, request = GET): Promise<string> {
  const connection = await RawConnection.open(port);
  const answer = await ask(connection, request);
  connection.end();
  return answer;
}

/** Resolves when the reload was told of, in use or refused. */
async function reload(perdura: PerduraProcess, count: number): Promise<void> {
  perdura.send('SIGHUP');
  await perdura.printed(new RegExp(`(?:SIGHUP: \\S+ is in use\\n[^]*?){${count}}`));
}

describe('SIGHUP', LIMIT, () => {
  test('brings another configuration into use, also for connections that there are', async () => {
    using site = new ServedSite();
    const [port = 0] = await freePorts(1);
    site.configure(`Listen 127.0.0.1:${port}\nHeader set X-Version one`);
    await using perdura = site.serve();
    await perdura.url();
    const connection = await RawConnection.open(port);
    assert.match(await ask(connection), /X-Version: one/);
    site.configure(`Listen 127.0.0.1:${port}\nHeader set X-Version two`);
    await reload(perdura, 1);
    assert.match(await ask(connection), /X-Version: two/);
    assert.match(await askOnce(port), /X-Version: two/);
    assert.equal(connection.ending, undefined);
  });

  test('keeps the old configuration where the new one is wrong, and says so in its words', async () => {
    using site = new ServedSite();
    const [port = 0, other = 0] = await freePorts(2);
    const good = `Listen 127.0.0.1:${port}\nHeader set X-Version one`;
    site.configure(good);
    await using perdura = site.serve();
    await perdura.url();
    const connection = await RawConnection.open(port);
    const broken: readonly (readonly [string, RegExp])[] = [
      [`${good}\nKeepAlive Perhaps`, /AH00526: Syntax error on line 14 of .*httpd\.conf:\nKeepAlive must be On or Off/],
      ['Header set X-Version two', /no listening sockets available, shutting down/],
      [
        `Listen 127.0.0.1:${port}\nListen 127.0.0.1:${other}\nHeader set X-Version two\nErrorLog /no/such/folder/x`,
        /AH02291: Cannot access directory '\/no\/such\/folder\/' for main error log\nAH00014/,
      ],
      [
        `Listen 127.0.0.1:${other}\nSSLEngine on\nSSLCertificateFile localhost.pem\nSSLCertificateKeyFile other-name.pem`,
        /AH02565: Certificate and private key main\.test:443:0 from \S+localhost\.pem and \S+other-name\.pem do not match/,
      ],
      [`Listen 127.0.0.1:${other}\nListen 192.0.2.1:${port}`, /\(99\)Cannot assign requested address: AH00072/],
    ];
    for (const [index, [text, words]] of broken.entries()) {
      site.configure(text);
      perdura.send('SIGHUP');
      await perdura.complained(
        new RegExp(`(?:the new configuration is refused; the old one stays in use\\n[^]*?){${index + 1}}`),
      );
      assert.match(perdura.stderr, words);
      assert.match(await ask(connection), /X-Version: one/);
      assert.match(await askOnce(port), /X-Version: one/);
      await assert.rejects(RawConnection.open(other), /ECONNREFUSED/);
    }
    site.configure(`Listen 127.0.0.1:${port}\nHeader set X-Version last`);
    await reload(perdura, 1);
    assert.match(await ask(connection), /X-Version: last/);
  });

  test('replaces certificates, and hosts that share an address', async () => {
    using site = new ServedSite();
    const [port = 0] = await freePorts(1);
    const host = (name: string, file: string): string =>
      `<VirtualHost *:${port}>\nServerName ${name}\nSSLEngine on\nSSLCertificateFile ${file}.pem\n</VirtualHost>`;
    site.configure(`Listen 127.0.0.1:${port}\n${host('a.test', 'localhost')}`);
    await using perdura = site.serve();
    assert.equal((await perdura.url()).protocol, 'https:');
    assert.equal(await shownName(port, 'b.test'), 'localhost');
    site.configure(`Listen 127.0.0.1:${port}\n${host('a.test', 'localhost')}\n${host('b.test', 'other-name')}`);
    await reload(perdura, 1);
    assert.equal(await shownName(port, 'b.test'), 'other.test');
    assert.equal(await shownName(port, 'a.test'), 'localhost');
    assert.match(perdura.stdout, new RegExp(`SIGHUP: has other certificates on 127\\.0\\.0\\.1:${port}\n`));
  });

  test('listens on addresses that came, and lets those go that went when their requests are answered', async () => {
    using site = new ServedSite();
    const [first = 0, second = 0] = await freePorts(2);
    site.configure(`Listen 127.0.0.1:${first}`);
    await using perdura = site.serve();
    await perdura.url();
    const connection = await RawConnection.open(first);
    await ask(connection);
    connection.write('GET / HTTP/1.1\r\nHo');
    site.configure(`Listen 127.0.0.1:${second}`);
    await reload(perdura, 1);
    assert.match(await askOnce(second), /^HTTP\/1\.1 200 OK\r\n/);
    await assert.rejects(RawConnection.open(first), /ECONNREFUSED/);
    assert.match(await ask(connection, 'st: a.test\r\n\r\n'), /Connection: close/, 'what was begun is answered');
    assert.match(
      perdura.stdout,
      new RegExp(`listens on 127\\.0\\.0\\.1:${second}\n.*listens no more on .*:${first}\n`),
    );
  });

  test('hands the socket over where limits, timeouts or TLS change, and loses nobody meanwhile', async () => {
    using site = new ServedSite();
    const [port = 0] = await freePorts(1);
    site.configure(`Listen 127.0.0.1:${port}\nLimitRequestFields 20`);
    await using perdura = site.serve();
    await perdura.url();
    const before = await RawConnection.open(port);
    await ask(before);
    let asked = 0;
    let answered = 0;
    const ending = new AbortController();
    const asking = (async (): Promise<void> => {
      while (!ending.signal.aborted) {
        asked += 1;
        if ((await askOnce(port)).startsWith('HTTP/1.1 200 ')) answered += 1;
      }
    })();
    for (const [index, fields] of [3, 30, 4].entries()) {
      site.configure(`Listen 127.0.0.1:${port}\nLimitRequestFields ${fields}`);
      await reload(perdura, index + 1);
    }
    ending.abort();
    await asking;
    assert.equal(answered, asked);
    const after = await RawConnection.open(port);
    after.write(`GET / HTTP/1.1\r\nHost: a\r\n${'X: 1\r\n'.repeat(5)}\r\n`);
    assert.match(await after.readToEnd(), /^HTTP\/1\.1 400 .*exceeds this server's limit/s);
    assert.match(
      perdura.stdout,
      new RegExp(`SIGHUP: has other limits, timeouts or versions .* 127\\.0\\.0\\.1:${port}\n`),
    );
    site.configure(`Listen 127.0.0.1:${port}\nSSLEngine on\nSSLCertificateFile localhost.pem`);
    await reload(perdura, 4);
    assert.equal(await shownName(port, 'a.test'), 'localhost');
    perdura.send('SIGTERM');
    assert.equal((await perdura.result).code, 0);
  });
});
