// `perdura get` where something is wrong: on the command line, on the way, with who reads along, or with the patience of a person.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BodyOutput } from '#src/cli/get/body-output.js';
import { main } from '#src/cli/main.js';
import { ResponseBody } from '#src/client/index.js';
import { startBadPeer } from '#src/testing/bad-peer/index.js';
import { FakeTerminal } from './fake-terminal.ts';
import { PerduraProcess } from './perdura-process.ts';

const ROOT = new URL('../../../', import.meta.url);
const SELF_SIGNED = fileURLToPath(new URL('test/io/fixtures/self-signed.pem', ROOT));

const scratch = mkdtempSync(join(tmpdir(), 'perdura-get-endings-'));
after(() => rmSync(scratch, { recursive: true }));

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  try {
    await use(`http://127.0.0.1:${await listen(server)}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** In this process, on a terminal or not. */
async function runHere(
  args: readonly string[],
  isTTY = false,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const terminal = new FakeTerminal({ isTTY });
  const code = await main(['get', ...args], terminal);
  return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
}

test('every wrong usage ends with 2, one clear sentence, and nothing on standard output', async () => {
  const url = 'http://127.0.0.1:9/';
  for (const [args, message] of [
    [[], /^error: missing required argument 'url'/],
    [['/path'], /^error: '\/path' is no URL; write one such as http:\/\/localhost:8080\/path\.\n$/],
    [['http://ann:secret@a b/'], /^error: '…@a b\/' is no URL/],
    [['ftp://host/'], /^error: 'ftp:\/\/host\/' has the scheme ftp:, it must be http: or https:\.\n$/],
    [['http://exa%20mple/'], /^error: .* is no URL/],
    [
      [url, '-H', 'Authorization secret'],
      /^error: -H: write a field as 'Name: value', e\.g\. -H 'Accept: text\/html'\.\n$/,
    ],
    [[url, '-H', 'Transfer-Encoding: chunked'], /^error: -H transfer-encoding: cannot be set: .*\n$/],
    [[url, '-H', 'Expect: 100-continue'], /^error: -H expect: cannot be set: .*use --expect-continue\n$/],
    [[url, '-H', 'Content-Length: 5', '-d', 'x'], /^error: -H content-length: /],
    [[url, '-d', '@/no/such/file'], /^error: -d @\/no\/such\/file: there is no such file\.\n$/],
    [[url, '-d', `@${scratch}`], /^error: -d @.*: that is a folder, name a file\.\n$/],
    [[url, '-d', '@'], /^error: the file of -d @ has no name/],
    [[url, '-d', '@-', '-d', '@-'], /^error: standard input can be read once only/],
    [[url, '-I', '-d', 'x'], /^error: --head asks for no body and --data sends one/],
    [[url, '-X', 'GE T'], /--method[\s\S]*Write a method such as GET or POST/],
    [[url, '-X', 'connect'], /CONNECT makes a tunnel/],
    [[url, '--profile', 'opera'], /Allowed choices are chrome, firefox, ie7, ie8, requests, node\./],
    [[url, '--format', 'xml'], /Allowed choices are text, json\./],
    [[url, '--non-idempotent', 'never'], /Allowed choices are validate, fresh, reuse\./],
    [[url, '--repeat', '0'], /--repeat[\s\S]*whole number of at least 1/],
    [[url, '--gap', 'soon'], /--gap[\s\S]*'soon' is invalid\. Write a duration such as/],
    [[url, '--timeout', '0'], /--timeout[\s\S]*at least 1ms/],
    [[url, '--retries', '-1'], /--retries[\s\S]*whole number from 0 to 100/],
    [[url, '--pipelining', 'x'], /--pipelining[\s\S]*whole number/],
    [[url, '--hold-back', '--expect-continue'], /cannot be used with/],
    [[url, '-o', '-', '--format', 'json'], /^error: standard output cannot take bodies and JSON/],
    [[url, '-o', ''], /^error: the file of --output has no name/],
    [
      [url, '-o', '/no/such/folder/file'],
      /^error: --output: there is no folder \/no\/such\/folder; make it first\.\n$/,
    ],
    [[url, '-o', '/no/such/folder/'], /^error: --output: there is no folder \/no\/such\/folder\/; make it first\.\n$/],
    [[url, `${url}a`, '-o', join(scratch, 'one')], /^error: --output .*several URLs need a folder/],
    [
      [`${url}a/x`, `${url}b/x`, '-o', scratch],
      /^error: --output: http:\S+\/a\/x and http:\S+\/b\/x would both be \S+\/x\.\n$/,
    ],
    [[url, '--cacert', '/no/such.pem'], /^error: --cacert: ENOENT/],
    [[url, '--nonsense'], /unknown option '--nonsense'[\s\S]*perdura get --help/],
  ] as const) {
    const { code, stdout, stderr } = await runHere(args);
    const context = `perdura get ${args.join(' ')}\n${stderr}`;
    assert.equal(code, 2, context);
    assert.equal(stdout, '', context);
    assert.match(stderr, message, context);
    assert.doesNotMatch(stderr, /secret|\n\s+at /, context);
  }
});

describe('a server that cannot be reached ends with 3 and one sentence that says what to do', () => {
  test('where nobody listens', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await runHere([`http://127.0.0.1:${port}/`]);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^error: cannot connect to 127\.0\.0\.1:\d+: connection refused \(ECONNREFUSED\); nothing listens .*\n$/,
    );
  });

  test('where there is no such unix socket', async () => {
    const { code, stderr } = await runHere(['localhost', '--unix-socket', join(scratch, 'none')]);
    assert.equal(code, 3);
    assert.match(stderr, /^error: .*there is no such socket \(ENOENT\); start the server, or check --unix-socket\n$/);
  });

  test('where its certificate is self-signed, unless it is trusted or --insecure is given', async () => {
    const pem = readFileSync(SELF_SIGNED, 'latin1');
    const server = createTlsServer({ cert: pem, key: pem }, (_, response) => response.end('safe'));
    const url = `https://localhost:${await listen(server)}/`;
    try {
      const refused = await runHere([url]);
      assert.equal(refused.code, 3);
      assert.match(
        refused.stderr,
        /the certificate is self-signed .*give it as --cacert FILE.*; --insecure goes on without/,
      );
      assert.equal((await runHere([url, '--insecure'])).stdout, 'safe');
      const trusted = await runHere([url, '--cacert', SELF_SIGNED, '-v']);
      assert.equal(trusted.stdout, 'safe');
      assert.match(trusted.stderr, /opened connection 1 to \S+ in \S+ ms \(.*TLS 1\.3 \d+\.\d\)/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('and the other URLs are still asked for', async () => {
    await withServer(
      (_, response) => response.end('there'),
      async (url) => {
        const { code, stdout } = await runHere(['http://127.0.0.1:1/', url]);
        assert.deepEqual([code, stdout], [3, 'there']);
      },
    );
  });
});

test('what takes longer than --timeout or --max-time ends with 3 and names the option', async () => {
  const peer = await startBadPeer({ fault: { kind: 'blackHole', at: 'beforeProcessing' } });
  const silent = await runHere([peer.url, '--timeout', '50ms']);
  assert.equal(silent.code, 3);
  assert.match(silent.stderr, /stayed silent for 50 ms .*raise --timeout if the server needs longer/);
  const late = await runHere([peer.url, '--max-time', '50ms']);
  assert.equal(late.code, 3);
  assert.match(late.stderr, /^error: GET http:\S+: not finished within 50 ms \(--max-time\)\n$/);
  await peer.close();
});

describe('on a terminal', () => {
  test('a binary body is not shown unless it is asked for', async () => {
    await withServer(
      (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.of(137, 80, 0, 71)),
      async (url) => {
        const guarded = await runHere([url], true);
        assert.equal(guarded.stdout, '');
        assert.match(
          guarded.stderr,
          /is binary \(image\/png\) and could disturb the terminal: not shown\.\s+-o FILE saves it/,
        );
        assert.equal(guarded.code, 0);
        const forced = await runHere([url, '-o', '-'], true);
        assert.ok(forced.stdout.includes('P\0G'));
        const piped = await runHere([url]);
        assert.ok(piped.stdout.includes('P\0G'));
      },
    );
  });

  test('a body ends with a line end, and repetitions are not shown unless that is asked for', async () => {
    await withServer(
      (_, response) => response.end('text'),
      async (url) => {
        const { stdout, stderr } = await runHere([url, '--repeat', '3'], true);
        assert.equal(stdout, 'text\n');
        assert.match(stderr, /^note: the bodies of repetitions are not shown on a terminal; -o - shows them\n/);
        assert.equal((await runHere([url, '--repeat', '2', '-o', '-'], true)).stdout, 'text\ntext\n');
        assert.equal((await runHere([url, '--repeat', '2'])).stdout, 'texttext');
      },
    );
  });

  test('what is told is wrapped, with the column of times free', async () => {
    await withServer(
      (_, response) => response.end('text'),
      async (url) => {
        const { stderr } = await runHere([url, '-v'], true);
        for (const line of stderr.split('\n').slice(0, -2)) {
          assert.match(line, /^(?: {2}[ \d]{2}\d\.\d{3} s {2}| {13})\S/);
          assert.ok(line.length <= 80, line);
        }
      },
    );
  });
});

/** Sends pieces for ever. */
const endless: RequestListener = (_, response) => {
  const piece = Buffer.alloc(65_536, 'perdura\n');
  const send = (): void => {
    while (response.write(piece));
    response.once('drain', send);
  };
  send();
};

test('a reader that goes away ends it quietly, however long the body would be', async () => {
  await withServer(endless, async (url) => {
    await using perdura = new PerduraProcess(['get', url]);
    await perdura.printed(/perdura\n/);
    perdura.child.stdout?.destroy();
    const { code, stderr } = await perdura.result;
    assert.deepEqual([code, stderr], [0, '']);
  });
});

test('a reader that does not read is waited for, and no body is ever held in memory', async () => {
  const asked: string[] = [];
  const body = new ResponseBody({
    pauseBody: () => void asked.push('pause'),
    resumeBody: () => void asked.push('resume'),
    abandonBody: () => {},
  });
  let release = (): void => {};
  const stuck = new Writable({
    write: (_piece, _encoding, callback) => {
      release = callback;
    },
  });
  const output = new BodyOutput({ kind: 'stdout', forced: false }, stuck, () => {});
  const item = { mediaType: undefined, body, url: '', index: 0, isRepetition: false, head: '', headOnly: false };
  const written = output.write(item);
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await settle();
  for (let piece = 0; piece < 3; piece += 1) body.push(Buffer.alloc(65_536));
  await settle();
  assert.deepEqual(asked, ['pause']);
  body.finish();
  for (let piece = 0; piece < 3; piece += 1) {
    release();
    await settle();
  }
  await written;
  assert.equal(stuck.writableLength, 0);
});

describe('Ctrl-C', () => {
  test('ends a pause at once with 130, and says how far it came', async () => {
    await withServer(
      (_, response) => response.end('text'),
      async (url) => {
        await using perdura = new PerduraProcess(['get', url, '--repeat', '3', '--gap', '1h']);
        await perdura.printed(/text/);
        perdura.send('SIGINT');
        const { code, stderr } = await perdura.result;
        assert.equal(code, 130);
        assert.match(stderr, /^Interrupted: 1 of 3 requests were answered\n1 request over 1 connection/);
      },
    );
  });

  test('ends a body in the middle, as SIGTERM does, and signals mean again what they did before', async () => {
    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      await withServer(endless, async (url) => {
        const file = join(scratch, signal);
        const terminal = new FakeTerminal();
        const running = main(['get', url, '-v', '-o', file], terminal);
        await terminal.stderr.match(/200 OK/);
        terminal.send(signal);
        assert.equal(await running, expected);
        assert.match(terminal.stderr.text, /Interrupted: 0 of 1 request was answered\n/);
        assert.equal(terminal.send(signal), false);
      });
    }
  });
});
