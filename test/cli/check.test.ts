// `perdura check` as people run it: a real process against servers that do what a test wants.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from '#src/cli/main.js';
import type { InspectionReport } from '#src/inspect/index.js';
import { plainAnswer, startRawServer } from '../inspect/raw-server.ts';
import type { RawServer } from '../inspect/raw-server.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { PerduraProcess, runPerdura } from './perdura-process.ts';

const FIXTURES = new URL('../../../test/io/fixtures/', import.meta.url);
const SELF_SIGNED = fileURLToPath(new URL('self-signed.pem', FIXTURES));

/** One check, and no longer than the test needs. */
const QUICK = ['--only', 'idle-timeout', '--max-wait', '300ms'] as const;

/** For a server that closes. */
const LONGER = ['--only', 'idle-timeout', '--max-wait', '2s'] as const;

let scratch = '';

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'perdura-check-'));
});

after(() => rm(scratch, { recursive: true }));

/** Keeps connections for ever. */
const startGood = (): Promise<RawServer> => startRawServer((_head, { socket }) => socket.write(plainAnswer()));

/** Promises 10 s and closes half a second after its last answer. */
function startBad(): Promise<RawServer> {
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  return startRawServer((_head, { socket }) => {
    clearTimeout(timers.get(socket));
    timers.set(
      socket,
      setTimeout(() => socket.end(), 500),
    );
    socket.write(plainAnswer('ok\n', 'Connection: keep-alive\r\nKeep-Alive: timeout=10\r\n'));
  });
}

describe('perdura check', () => {
  test('says what it may cost, measures, and prints a report; nothing else', async () => {
    await using server = await startGood();
    const { code, stdout, stderr } = await runPerdura('check', server.url, ...QUICK);
    assert.match(stderr, /^at most \d+ connections and \d+ requests to 127\.0\.0\.1:\d+, and 300 ms of waiting\n$/);
    assert.match(stdout, /^(?:good|warn) {2}http:/);
    assert.match(stdout, /\n {2}Waiting .*an idle connection is still open after 300 ms\n/);
    assert.match(stdout, /\n {2}#\d idle-timeout .*\n/);
    assert.match(stdout, /\nCost: \d connections, \d requests and /);
    assert.ok(!stdout.includes('\u001b'));
    assert.equal(code, 0);
  });

  test('takes a URL without scheme for http, and its user and password for a field that no report shows', async () => {
    const heads: string[] = [];
    await using server = await startRawServer((head, { socket }) => {
      heads.push(head);
      socket.write(plainAnswer());
    });
    const { code, stdout, stderr } = await runPerdura(
      'check',
      `ann:secret@127.0.0.1:${server.port}/x?y=1`,
      ...QUICK,
      '-H',
      'X-Trace: abc',
      '--format',
      'json',
    );
    assert.equal(code, 0);
    assert.doesNotMatch(stdout + stderr, /secret|YW5uOnNlY3JldA/);
    assert.equal((JSON.parse(stdout) as InspectionReport).url, `http://127.0.0.1:${server.port}/x?y=1`);
    for (const head of heads) {
      assert.match(head, /^GET \/x\?y=1 HTTP\/1\.1\r\n/);
      assert.match(head, /\r\nx-trace: abc/i);
      assert.match(head, /\r\nauthorization: Basic YW5uOnNlY3JldA==/i);
    }
  });

  test('fails with 1 for a bad finding, unless it is told not to', async () => {
    await using server = await startBad();
    const found = await runPerdura('check', server.url, ...LONGER);
    assert.match(found.stdout, /^bad {2}[\s\S]*\n {2}bad {3}It closes idle connections sooner than it promises/);
    assert.equal(found.code, 1);
    const ignored = await runPerdura('check', server.url, ...LONGER, '--fail-on', 'never');
    assert.match(ignored.stdout, /^bad /);
    assert.equal(ignored.code, 0);
  });

  test('fails with 1 for an expectation that is not met, and says it in words wherever the report goes', async () => {
    await using server = await startGood();
    const expected = ['--expect', 'idleTimeoutMs>=65s', '--expect', 'http11Persistent==true'];
    const text = await runPerdura('check', server.url, ...QUICK, ...expected);
    assert.equal(text.code, 1);
    assert.match(
      text.stdout,
      /\n {2}unmet {2}idleTimeoutMs>=65s: idleTimeoutMs is more than 300 ms, .*raise --max-wait/,
    );
    assert.match(text.stdout, /\n {2}met {4}http11Persistent==true: /);
    const json = await runPerdura('check', server.url, ...QUICK, ...expected, '--format', 'json');
    assert.equal(json.code, 1);
    assert.match(json.stderr, /\nunmet: idleTimeoutMs is more than 300 ms, [^\n]*\n$/);
    const { expectations } = JSON.parse(json.stdout) as { expectations: { met: boolean }[] };
    assert.deepEqual(
      expectations.map(({ met }) => met),
      [false, true],
    );
    const met = await runPerdura('check', server.url, ...QUICK, '--expect', 'idleTimeoutMs>=300ms');
    assert.equal(met.code, 0);
  });

  test('writes files in the format of their endings, and the text for people', async () => {
    await using server = await startGood();
    const folder = await mkdtemp(join(scratch, 'reports-'));
    const files = ['report.json', 'junit.xml', 'summary.md', 'report.txt', 'report.html'].map((name) =>
      join(folder, name),
    );
    const { code, stdout } = await runPerdura(
      'check',
      server.url,
      ...QUICK,
      ...files.flatMap((file) => ['--output', file]),
    );
    assert.equal(code, 0);
    assert.match(stdout, /^(?:good|warn) {2}http:/);
    const [json = '', junit, markdown, text, html] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    assert.equal((JSON.parse(json) as InspectionReport).address, `127.0.0.1:${server.port}`);
    assert.match(junit ?? '', /^<\?xml /);
    assert.match(markdown ?? '', /^## perdura check: /);
    assert.equal(text, stdout);
    assert.match(html ?? '', /^<!doctype html>/i);
    const given = await runPerdura(
      'check',
      server.url,
      ...QUICK,
      '--format',
      'json',
      '--output',
      join(folder, 'x.txt'),
    );
    assert.equal(given.code, 0);
    assert.match(await readFile(join(folder, 'x.txt'), 'utf8'), /^\{\n/);
  });

  test('tells what was said on every connection with -v, and as it goes on a pipe', async () => {
    await using server = await startGood();
    const { stdout, stderr } = await runPerdura('check', server.url, ...QUICK, '-v');
    assert.match(stdout, /\nTranscripts\n {2}#1 first-answer: .*\n(?:.*\n)+ +> GET \/ HTTP\/1\.1\\r\\n\n/);
    assert.match(
      stderr,
      /\n +\d+\.\d\d s {2}idle-timeout: waits for the server to close an idle connection, at most 300 ms\n/,
    );
  });

  test('lists the checks with what they cost and measure, and sends nothing', async () => {
    const { code, stdout, stderr } = await runPerdura('check', '--list', '--max-wait', '5s');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /\n {2}idle-timeout {2,}How long an idle connection is kept\n +costs at most 3 connections and 3 requests, waits 5 s\n +measures idleTimeoutMs, idleClose, unsolicitedBytes\n/,
    );
    const json = JSON.parse((await runPerdura('check', '--list', '--format', 'json')).stdout) as { id: string }[];
    assert.equal(json[0]?.id, 'first-answer');
  });

  test('fails with 3 where nobody is there', async () => {
    const server = await startGood();
    await server[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await runPerdura(
      'check',
      server.url,
      ...QUICK,
      '--output',
      join(scratch, 'no.json'),
    );
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(stderr, /\nerror: cannot connect to 127\.0\.0\.1:\d+: connection refused/);
    assert.ok(!(await readdir(scratch)).includes('no.json'));
  });

  test('goes on when nobody reads its output any more', async () => {
    await using server = await startGood();
    await using perdura = new PerduraProcess(['check', server.url, ...QUICK, '-v']);
    perdura.child.stdout?.destroy();
    const { code, stderr } = await perdura.result;
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /EPIPE|at .*\.js/);
  });

  test('asks over TLS only whom it can trust, unless it is told otherwise', async () => {
    const pem = readFileSync(SELF_SIGNED);
    const server = createServer({ key: pem, cert: pem }, (_request, response) => response.end('ok\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
      const refused = await runPerdura('check', url, ...QUICK);
      assert.equal(refused.code, 3);
      assert.match(refused.stderr, /the certificate .*; --insecure goes on without knowing who answers\n$/);
      for (const trust of [['-k'], ['--cacert', SELF_SIGNED]]) {
        const { code, stdout } = await runPerdura(
          'check',
          url,
          ...QUICK,
          ...trust,
          '--format',
          'json',
          '--fail-on',
          'never',
        );
        assert.equal(code, 0);
        assert.equal((JSON.parse(stdout) as InspectionReport).measurements.status, 200);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('what cannot be carried out', () => {
  let opened = 0;
  let server: RawServer;
  before(async () => {
    server = await startRawServer(
      (_head, { socket }) => socket.write(plainAnswer()),
      () => (opened += 1),
    );
    await mkdir(join(scratch, 'folder'));
  });
  after(() => server[Symbol.asyncDispose]());

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown flag', ['--max-wate', '5s'], /unknown option '--max-wate'/],
    [
      'an unknown check',
      ['--only', 'idle-timeot'],
      /^error: --only: has 'idle-timeot' in it, which is no check; there are /,
    ],
    [
      'an unknown measurement',
      ['--expect', 'idleTimeotMs>=5s'],
      /^error: --expect 'idleTimeotMs>=5s' names .*did you mean idleTimeoutMs\?/,
    ],
    ['no expectation', ['--expect', 'idle'], /^error: --expect 'idle' is no expectation; write it as NAME OP VALUE/],
    ['an unknown hop', ['--behind', 'nobody'], /^error: --behind: is 'nobody', which is no known hop/],
    ['a strange time of the hop', ['--behind', '60q'], /^error: --behind: Write a duration/],
    [
      'too many requests',
      ['--max-requests', '1000000'],
      /^error: --max-requests: is 1000000, it must be a whole number/,
    ],
    ['a format that nobody knows', ['--format', 'pdf'], /argument 'pdf' is invalid/],
    [
      'a field that the checks vary',
      ['-H', 'Connection: close'],
      /^error: -H connection: is what the checks themselves vary/,
    ],
    [
      'a file without folder',
      ['--output', 'no/such/folder/x.json'],
      /^error: --output .*: there is no folder .*no\/such\/folder; make it first/,
    ],
    ['a folder as a file', ['--output', '.'], /^error: --output \.: is a folder/],
    ['a file within a file', ['--output', 'package.json/x'], /^error: --output package\.json\/x: ENOTDIR/],
    [
      'the same file twice',
      ['--output', 'x.json', '--output', './x.json'],
      /^error: --output \.\/x\.json: given twice/,
    ],
    ['certificates that are not there', ['--cacert', 'no-such-file'], /^error: --cacert: ENOENT/],
  ];
  for (const [what, flags, message] of refused) {
    test(`${what} is refused before anything is opened`, async () => {
      opened = 0;
      const { code, stdout, stderr } = await runPerdura('check', server.url, ...flags);
      assert.match(stderr, message);
      assert.deepEqual([code, stdout, opened], [2, '', 0]);
    });
  }

  test('no URL, no http URL and two URLs are refused', async () => {
    for (const args of [[], ['ftp://localhost/'], [server.url, server.url]]) {
      const { code, stderr } = await runPerdura('check', ...args);
      assert.equal(code, 2);
      assert.match(stderr, /^error: /);
    }
  });
});

describe('Ctrl-C', () => {
  test('ends it with what was measured by then, and 130', async () => {
    await using server = await startGood();
    await using perdura = new PerduraProcess(['check', server.url, '--only', 'idle-timeout', '-v']);
    while (!perdura.stderr.includes('idle-timeout: waits')) await once(perdura.child.stderr!, 'data');
    perdura.send('SIGINT');
    const { code, stdout } = await perdura.result;
    assert.equal(code, 130);
    assert.match(stdout, /\nThe inspection was broken off: /);
    assert.match(stdout, /\n {2}Persistence .*a connection is kept behind an answer\n/);
    assert.match(stdout, /\n {2}idle-timeout: cut short: aborted\n/);
  });

  test('a second one ends it at once', async () => {
    await using server = await startGood();
    const terminal = new FakeTerminal();
    const ended = main(['check', server.url, '--only', 'idle-timeout'], terminal);
    await terminal.stderr.match(/of waiting\n/);
    assert.ok(terminal.send('SIGTERM'));
    assert.deepEqual(terminal.exits, []);
    assert.ok(terminal.send('SIGINT'));
    assert.deepEqual(terminal.exits, [130]);
    assert.equal(await ended, 143);
    assert.equal(terminal.send('SIGINT'), false);
  });
});

describe('on a terminal', () => {
  const watch = async (columns: number, environment: Readonly<Record<string, string>>): Promise<FakeTerminal> => {
    await using server = await startBad();
    const terminal = new FakeTerminal({ isTTY: true });
    Object.assign(terminal.stdout, { columns });
    Object.assign(terminal.stderr, { columns });
    Object.assign(terminal, { environment });
    assert.equal(await main(['check', server.url, ...LONGER], terminal), 1);
    return terminal;
  };

  test('of 40 columns, without colours, everything fits and nothing of the progress stays', async () => {
    const { stdout, stderr } = await watch(40, { NO_COLOR: '1' });
    assert.ok(!stdout.text.includes('\u001b'));
    for (const line of stdout.text.split('\n')) assert.ok(line.length <= 40 || !line.trim().includes(' '), line);
    const [budget, ...others] = stderr.text.split('\u001b[');
    assert.match(budget ?? '', /^at most \d connections and \d requests .*\n/);
    assert.ok(others.length > 0);
    assert.equal(others.at(-1), 'J');
    for (const line of stderr.text.split('\n').slice(1)) assert.ok(line.length < 50, line);
  });

  test('with colours, the verdict and bad findings are red', async () => {
    const { stdout } = await watch(100, {});
    assert.ok(stdout.text.startsWith('\u001b[1m\u001b[31mbad\u001b[39m\u001b[22m  http://'));
    assert.ok(stdout.text.includes('\n  \u001b[31mbad\u001b[39m   It closes idle'));
  });

  test('that cannot move its cursor, progress is left out', async () => {
    const { stderr } = await watch(80, { TERM: 'dumb' });
    assert.ok(!stderr.text.includes('\u001b'));
    assert.match(stderr.text, /^at most .*\n$/);
  });
});
