// Directives found, placed, called and refused, hosts and what they inherit: as httpd does, in its words.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatNote } from '#src/apache/config/format-note.js';
import { readConfiguration } from '#src/apache/config/read-configuration.js';
import { coreKeepAlive } from '#src/apache/modules/core-keep-alive.js';
import { coreServer } from '#src/apache/modules/core-server.js';
import { ConfigurationRefused } from '#src/apache/syntax/configuration-error.js';
import { main } from '#src/cli/main.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.ts';
import { FakeTerminal } from '../../cli/fake-terminal.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { complaint, read, refusal } from './read-memory.ts';

const UNKNOWN = 'perhaps misspelled or defined by a module not included in the server configuration';

describe('a directive', () => {
  test('is found without regard to case, and repeated in errors as it was written', () => {
    assert.equal(read('keepALIVE off').hosts.length, 1);
    assert.equal(complaint('fOO bar'), `Invalid command 'fOO', ${UNKNOWN}`);
    assert.equal(complaint('<Foo bar>\n</Foo>'), `Invalid command '<Foo', ${UNKNOWN}`);
  });

  test('of a module that is not loaded is unknown, of one that is loaded holds', () => {
    assert.equal(complaint('RequestReadTimeout header=5'), `Invalid command 'RequestReadTimeout', ${UNKNOWN}`);
    read('LoadModule reqtimeout_module nowhere.so\nRequestReadTimeout header=5');
  });

  test('that only Apache has is refused with what to do, never passed over', () => {
    const words =
      'DAVMinTimeout is not supported by perdura: take it out, or put it between <IfModule !perdura_module> and </IfModule>';
    assert.equal(complaint('LoadModule dav_module x\nDAVMinTimeout 5'), words);
    assert.equal(complaint('DAVMinTimeout 5'), `Invalid command 'DAVMinTimeout', ${UNKNOWN}`);
    read('LoadModule dav_module x\n<IfModule !perdura_module>\nDAVMinTimeout 5\n</IfModule>');
  });

  test('is told where it must not stand', () => {
    assert.equal(
      complaint('<Directory />\nKeepAlive On\n</Directory>'),
      'KeepAlive not allowed in <Directory> context',
    );
    assert.equal(complaint('<files x>\nListen 80\n</files>'), 'Listen not allowed in <files> context');
    assert.equal(complaint('AllowOverride None'), 'AllowOverride not allowed here');
    assert.equal(
      complaint('<VirtualHost *>\nListen 80\n</VirtualHost>'),
      'Listen cannot occur within <VirtualHost> section',
    );
    assert.equal(
      complaint('<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n</VirtualHost>'),
      '<VirtualHost> cannot occur within <VirtualHost> section',
    );
  });

  test('without effect is noted for whoever asks, and warnings are told as httpd tells them', () => {
    const { notes } = read('MaxRequestWorkers 5\nDefaultType text/html\nNameVirtualHost *:80');
    const lines = notes.map((note) => formatNote(note, Date.UTC(2026, 0, 2), 7).replace(/^\[\w{3} .*?\] /, '[time] '));
    assert.deepEqual(lines, [
      '/etc/httpd.conf:1: MaxRequestWorkers is without effect: perdura has no processes and threads of this kind',
      '[time] [core:warn] [pid 7:tid 7] AH00117: Ignoring deprecated use of DefaultType in line 2 of /etc/httpd.conf.',
      'AH00548: NameVirtualHost has no effect and will be removed in the next release /etc/httpd.conf:3',
    ]);
    assert.deepEqual(
      notes.map(({ level }) => level),
      ['info', 'warn', 'warn'],
    );
  });
});

describe('a configuration that is refused', () => {
  test('is told with the place: of directives in two lines, of structure in one, with the name of the program', () => {
    assert.equal(
      refusal('\nFoo "\u00e9\\'),
      `AH00526: Syntax error on line 2 of /etc/httpd.conf:\nInvalid command 'Foo', ${UNKNOWN}`,
    );
    assert.equal(
      refusal('Error \u00e9\\ "'),
      String.raw`AH00526: Syntax error on line 1 of /etc/httpd.conf:${'\n'}\xe9\\ "`,
    );
    assert.equal(
      refusal('</A>'),
      'perdura: Syntax error on line 1 of /etc/httpd.conf: </A> without matching <A> section',
    );
    assert.equal(
      refusal('<A>\n<B>'),
      String.raw`perdura: Syntax error on line 1 of /etc/httpd.conf: /etc/httpd.conf:2: <B> was not closed.\n/etc/httpd.conf:1: <A> was not closed.`,
    );
    assert.equal(
      refusal('LoadModule mpm_event_module x\nLoadModule mpm_worker_module y'),
      'AH00534: perdura: Configuration error: More than one MPM loaded.',
    );
  });

  test('is cut where the buffer of httpd ends', () => {
    assert.equal(refusal(`Error ${'a'.repeat(9000)}`).split('\n')[1]?.length, 8190);
  });

  test('has what was doubtful before it', () => {
    assert.throws(
      () => read('ServerAdmin ${NOBODY}\nFoo'),
      (error) => {
        assert.ok(error instanceof ConfigurationRefused);
        assert.deepEqual(error.notes, [
          { level: 'warn', module: 'core', message: 'AH00111: Config variable ${NOBODY} is not defined' },
        ]);
        return true;
      },
    );
  });

  test('may not be there at all', () => {
    const files = new MemoryFileLookup();
    assert.throws(
      () => readConfiguration({ file: '/etc/none.conf', files }),
      /^ConfigurationRefused: Could not open configuration file \/etc\/none\.conf: No such file or directory$/,
    );
  });
});

describe('a virtual host', () => {
  test('has what the main server has, wherever that stands, and its own before it', () => {
    const text =
      '<VirtualHost *:80>\nKeepAliveTimeout 1\n</VirtualHost>\n<VirtualHost *:81>\n</VirtualHost>\nKeepAliveTimeout 9\nMaxKeepAliveRequests 7';
    const [mainServer, first, second] = read(text).hosts.map(({ server }) => coreKeepAlive.ofServer(server));
    assert.deepEqual([mainServer?.keepAliveTimeoutMs, mainServer?.maxKeepAliveRequests], [9000, 7]);
    assert.deepEqual([first?.keepAliveTimeoutMs, first?.maxKeepAliveRequests], [1000, 7]);
    assert.deepEqual([second?.keepAliveTimeoutMs, second?.maxKeepAliveRequests], [9000, 7]);
  });

  test('has its addresses: any, with and without port, IPv6 in one spelling, names of the table of hosts', () => {
    const files = { '/etc/hosts': '127.0.0.1 localhost # a comment\n10.0.0.7 www.test WWW.other\n' };
    const addressesOf = (words: string, before = ''): unknown =>
      read(`${before}<VirtualHost ${words}>\n</VirtualHost>`, files).hosts[1]?.addresses;
    assert.deepEqual(addressesOf('*'), [{ host: '*', port: 0 }]);
    assert.deepEqual(addressesOf('*:*'), [{ host: '*', port: 0 }]);
    assert.deepEqual(addressesOf('_Default_:80'), [{ host: '*', port: 80 }]);
    assert.deepEqual(addressesOf('10.0.0.1', 'ServerName a:8080\n'), [{ host: '10.0.0.1', port: 8080 }]);
    assert.deepEqual(addressesOf('[0::1]:80 "10.0.0.1:81"'), [
      { host: '::1', port: 80 },
      { host: '10.0.0.1', port: 81 },
    ]);
    assert.deepEqual(addressesOf('www.other:80'), [{ host: '10.0.0.7', port: 80 }]);
  });

  test('is refused where its addresses are none', () => {
    const refused = (words: string): string => complaint(`<VirtualHost${words}\n</VirtualHost>`);
    assert.equal(refused('>'), '<VirtualHost> directive requires additional arguments');
    assert.equal(refused(' *:80'), "<VirtualHost> directive missing closing '>'");
    assert.equal(refused(' 80>'), 'Missing address for VirtualHost');
    assert.equal(refused(' *:0>'), 'The address or port is invalid');
    assert.equal(refused(' [::1>'), 'The address or port is invalid');
    assert.match(refused(' nobody.test>'), /perdura looks up no names but those of \/etc\/hosts/);
  });

  test('has names, of which some are patterns', () => {
    const [, host] = read(
      '<VirtualHost *>\nServerName https://A.test:443\nServerAlias b *.c\nServerAlias d?\n</VirtualHost>',
    ).hosts;
    assert.deepEqual([host?.name, host?.namePort, host?.nameScheme], ['A.test', 443, 'https']);
    assert.deepEqual([host?.aliases, host?.wildAliases], [['b'], ['*.c', 'd?']]);
    assert.equal(complaint('ServerAlias b'), 'ServerAlias only used in <VirtualHost>');
  });

  test('may have a folder that is not there, the main server may not', () => {
    const { hosts, notes } = read('DocumentRoot "/srv/www/"\n<VirtualHost *>\nDocumentRoot www\n</VirtualHost>');
    assert.deepEqual(
      hosts.map(({ server }) => coreServer.ofServer(server).documentRoot),
      ['/srv/www', '/etc/www'],
    );
    assert.deepEqual(notes, [{ level: 'warn', message: 'AH00112: Warning: DocumentRoot [/etc/www] does not exist' }]);
    assert.equal(complaint('DocumentRoot www'), "DocumentRoot '/etc/www' is not a directory, or is not readable");
  });
});

describe('Listen', () => {
  test('takes ports and addresses, and the protocol behind them', () => {
    assert.deepEqual(
      read('Listen 80\nListen 127.0.0.1:81\nListen [0:0::1]:443 HTTPS\nListen *:82\nListen a.test:83').listen,
      [
        { host: '*', port: 80, protocol: undefined },
        { host: '127.0.0.1', port: 81, protocol: undefined },
        { host: '::1', port: 443, protocol: 'https' },
        { host: '*', port: 82, protocol: undefined },
        { host: 'a.test', port: 83, protocol: undefined },
      ],
    );
  });

  test('is refused for what is no port', () => {
    for (const words of ['', ' ""', ' 1 2 3'])
      assert.equal(complaint(`Listen${words}`), 'Listen requires 1 or 2 arguments.');
    for (const words of ['0', '65536', ':80', '[::1', '[x]:80'])
      assert.equal(complaint(`Listen ${words}`), 'Invalid address or port');
    for (const words of ['abc', '127.0.0.1', '[::1]', '80x', '80:'])
      assert.equal(complaint(`Listen ${words}`), 'Port must be specified');
  });

  test('must be there to serve, not to check', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-listen-'));
    try {
      const file = path.join(folder, 'httpd.conf');
      writeFileSync(file, 'ServerName a.test\n');
      const terminal = new FakeTerminal();
      assert.equal(await main(['serve', '--config', file], terminal), 1);
      assert.equal(
        terminal.stderr.text,
        'no listening sockets available, shutting down\nAH00015: Unable to open logs\n',
      );
      assert.equal(await main(['serve', '--config', file, '--check-config'], new FakeTerminal()), 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
