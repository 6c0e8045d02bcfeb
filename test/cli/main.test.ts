// The command line before any command runs: help, version and every wrong usage, as a real process.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { main } from '#src/cli/main.js';
import { FakeTerminal } from './fake-terminal.ts';
import { runPerdura } from './perdura-process.ts';

const ROOT = new URL('../../../', import.meta.url);
const THIS_FILE = fileURLToPath(import.meta.url);

test('the version is the one of package.json', async () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  const { code, stdout, stderr } = await runPerdura('--version');
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${version}\n`, stderr: '' });
});

test('the help of the program lists the commands and the exit codes', async () => {
  const { code, stdout, stderr } = await runPerdura('--help');
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^ {2}serve \[options\] \[dir\] {2,}\S/m);
  assert.match(stdout, /^ {2}get \[options\] <url...> {2,}\S/m);
  assert.match(stdout, /^ {2}2 {2}wrong usage$/m);
});

test('the help of serve shows defaults, examples and signals', async () => {
  const { code, stdout } = await runPerdura('serve', '--help');
  assert.equal(code, 0);
  const text = stdout.replaceAll(/\s+/g, ' ');
  for (const part of [
    '--port <number> port to listen on; 0 takes any free one (default: 8080)',
    '(default: "127.0.0.1")',
    '(default: 65s)',
    '(default: 30s)',
    '(default: 20000)',
    'perdura serve site --port 3000 --access-log -',
    'SIGHUP re-opens the access log',
  ]) {
    assert.ok(text.includes(part), part);
  }
  for (const option of [
    '--no-keep-alive',
    '--max-keep-alive-requests',
    '--access-log',
    '--drain-timeout',
    '--open-connections',
  ]) {
    assert.ok(text.includes(option), option);
  }
});

test('every wrong usage ends with 2, nothing on standard output, and a message that says what is wrong', async () => {
  for (const [args, message] of [
    [[], /Usage: perdura/],
    [['serv'], /unknown command 'serv'[\s\S]*perdura --help/],
    [['--nonsense'], /unknown option '--nonsense'[\s\S]*perdura --help/],
    [['serve', '--nonsense'], /unknown option '--nonsense'[\s\S]*perdura serve --help/],
    [['serve', 'one', 'two'], /too many arguments/],
    [['serve', '--port'], /'-p, --port <number>' argument missing[\s\S]*perdura serve --help/],
    [['serve', '--port', '70000'], /--port[\s\S]*whole number from 0 to 65535/],
    [['serve', '--port', 'http'], /--port[\s\S]*'http' is invalid/],
    [['serve', '--host', ''], /--host[\s\S]*an address or a name/],
    [
      ['serve', '--keep-alive-timeout', 'soon'],
      /--keep-alive-timeout[\s\S]*'soon' is invalid\. Write a duration such as/,
    ],
    [['serve', '--keep-alive-timeout=-1'], /'-1' is invalid/],
    [['serve', '--drain-timeout', '5x'], /--drain-timeout[\s\S]*'5x' is invalid/],
    [['serve', '--max-keep-alive-requests', '1.5'], /--max-keep-alive-requests[\s\S]*whole number of at least 0/],
    [['serve', '--open-connections', '0'], /--open-connections[\s\S]*whole number of at least 1/],
    [['serve', '/no/such/folder'], /there is no folder \/no\/such\/folder\.\nName one/],
    [['serve', THIS_FILE], /is not a folder\.\nServe the folder that it is in: perdura serve \//],
    [['serve', ''], /the folder has no name/],
    [
      ['serve', '--port', '0', '--access-log', '/no/such/folder/a.log'],
      /cannot open the access log: ENOENT[\s\S]*Name a file/,
    ],
    [['serve', '--access-log', ''], /--access-log[\s\S]*Write the name of a file, or -/],
  ] as const) {
    const { code, stdout, stderr } = await runPerdura(...args);
    const context = `perdura ${args.join(' ')}\n${stderr}`;
    assert.equal(code, 2, context);
    assert.equal(stdout, '', context);
    assert.match(stderr, message, context);
    assert.doesNotMatch(stderr, /\n\s+at /, context);
  }
});

test('a port that is taken ends with 3, names the address and suggests another', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  try {
    const { code, stdout, stderr } = await runPerdura('serve', '--port', String(port));
    assert.equal(code, 3);
    assert.equal(stdout, '');
    assert.ok(stderr.includes(`127.0.0.1:${port}`), stderr);
    assert.match(stderr, /--port 0/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  } finally {
    holder.close();
  }
});

test('an address that is not of this machine ends with 3 and suggests another address, not another port', async () => {
  // TEST-NET-1 of RFC 5737: nobody has it.
  const { code, stderr } = await runPerdura('serve', '--port', '0', '--host', '192.0.2.1');
  assert.equal(code, 3);
  assert.match(
    stderr,
    /192\.0\.2\.1[^\n]*does not have that address[^\n]*\nName an address of this machine with --host/,
  );
  assert.doesNotMatch(stderr, /--port/);
});

test('an address of IPv6 may be written in brackets, as it stands in a URL', async () => {
  // Of the documentation prefix of RFC 3849: nobody has it.
  const { code, stderr } = await runPerdura('serve', '--port', '0', '--host', '[2001:db8::1]');
  assert.equal(code, 3);
  assert.match(stderr, /cannot listen on \[2001:db8::1\]:0/);
});

test('main runs in the process of its caller and leaves no signal handler behind', async () => {
  const terminal = new FakeTerminal();
  const running = main(['serve', fileURLToPath(ROOT), '--port', '0', '--no-keep-alive'], terminal);
  await terminal.stdout.match(/Keep-alive is off: .*\n/);
  assert.equal(terminal.send('SIGTERM'), true);
  assert.equal(await running, 0);
  assert.equal(terminal.send('SIGTERM'), false);
  assert.deepEqual(terminal.exits, []);
});
