// Passwords, tokens and control characters in targets: they are nowhere in what `perdura watch` prints, posts, serves or passes on, whatever
// the scheme, whether the target makes sense, and whatever the peer says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { main } from '#src/cli/main.js';
import { PROBE_SCHEMES } from '#src/heartbeat/index.js';
import { FakeTerminal } from '../fake-terminal.ts';

const PASSWORD = 'Zq7passwort';
const TOKEN = 'Zq8token';
const SECRETS = [PASSWORD, TOKEN, Buffer.from(`ada:${PASSWORD}`).toString('base64').replace(/=+$/, '')];

/** Sets the title of a terminal; the same by one character of C1; and turns the direction of writing. */
const STEERING = ['\u001b]0;pwn\u0007', '\u009b2J', '\u202e'];

const SCHEMES = Object.keys(PROBE_SCHEMES);
const IS_WEB = /^(?:sse\+)?(?:https?|h2c?|wss?)$/;

/** Fails where a line would give a secret away, or steer the terminal of whoever looks at it. */
function assertHarmless(text: string, where: string): void {
  for (const line of text.split('\n')) {
    for (const secret of SECRETS) assert.ok(!line.includes(secret), `${secret} in ${where}: ${line}`);
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, `${where}: ${JSON.stringify(line)}`);
  }
}

/** Of one scheme, each of them wrong in a way of its own. */
function wrongTargets(scheme: string): string[] {
  const steering = STEERING.join('');
  return [
    // Nobody is the host.
    `${scheme}://ada:${PASSWORD}@`,
    `${scheme}://ada:${PASSWORD}`,
    `${scheme}://ada:${PASSWORD}@127.0.0.1:port/`,
    `${scheme}://ada:${PASSWORD}@127.0.0.1:99999/?token=${TOKEN}`,
    `${scheme}://ada:${PASSWORD}@127.0.0.1:0?token=${TOKEN}`,
    `${scheme}://127.0.0.1:99999/${PASSWORD}?token=${TOKEN}#${TOKEN}`,
    `${scheme}://127.0.0.1:0?email=a@${TOKEN}`,
    `${scheme}://[::${PASSWORD}`,
    // Characters that a password should have had encoded.
    `${scheme}://ada:x/${PASSWORD}@127.0.0.1:1`,
    `${scheme}://ada:x?${PASSWORD}@127.0.0.1:1`,
    `${scheme}://ada:x#${PASSWORD}@127.0.0.1:1`,
    // Where there is a path, that is another host.
    ...(IS_WEB.test(scheme)
      ? []
      : [`${scheme}://ada:/${PASSWORD}@127.0.0.1`, `${scheme}://ada:1234/${PASSWORD}@127.0.0.1`]),
    `${scheme}x://ada:${PASSWORD}@127.0.0.1:1/?token=${TOKEN}`,
    // What a terminal would obey.
    `${scheme}://${steering}@127.0.0.1:port/${steering}`,
    `${scheme}://127.0.0.1${steering}:99999`,
    `${scheme}${steering}://127.0.0.1`,
    `${scheme}://127.0.0.1:0/${encodeURIComponent(steering)}`,
  ];
}

describe('targets that make no sense', () => {
  for (const scheme of SCHEMES) {
    test(`of ${scheme}: are refused in harmless words`, async () => {
      for (const target of wrongTargets(scheme)) {
        const terminal = new FakeTerminal();
        assert.equal(await main(['watch', target, '--count', '1'], terminal), 2, `${target}: ${terminal.stdout.text}`);
        assert.equal(terminal.stdout.text, '');
        assert.match(terminal.stderr.text, /^error: '[a-z]/, target);
        assertHarmless(terminal.stderr.text, target);
      }
    });
  }

  test('with --adaptive, too', async () => {
    for (const [target, code] of [
      [`tcp://ada:${PASSWORD}@127.0.0.1:1`, 2],
      ['tcp://127.0.0.1:1', 2],
      ['tls://127.0.0.1:1', 2],
      ['postgres://127.0.0.1:1', 2],
      ['postgresql://127.0.0.1:1/shop', 2],
      [`postgres://ada:${PASSWORD}@127.0.0.1:1/%1b%5d0;pwn%07`, 3],
    ] as const) {
      const terminal = new FakeTerminal();
      const args = ['watch', target, '--adaptive', '--count', '1', '--timeout', '50ms'];
      assert.equal(await main(args, terminal), code, target);
      assertHarmless(terminal.stdout.text + terminal.stderr.text, target);
      if (code === 2 && !target.includes('@')) assert.match(terminal.stderr.text, /--adaptive has nothing to find/);
    }
  });

  test('and options that make none, which are quoted', async () => {
    const steering = STEERING.join('');
    for (const args of [
      ['--interval', steering],
      ['--jitter', steering],
      ['--metrics', steering],
      ['--format', steering],
      ['--behind', steering],
      ['--expect-status', steering],
      ['--cacert', `/no/such/${steering}`],
      ['--file', `/no/such/${steering}`],
      ['-H', `authorization ${PASSWORD}${steering}`],
      ['-H', `x: ${PASSWORD}${steering}`],
      ['-X', steering],
      ['--webhook', `ftp://ada:${PASSWORD}@127.0.0.1/${steering}`],
      [`--no-such-${steering}`],
    ]) {
      const terminal = new FakeTerminal();
      assert.equal(await main(['watch', 'tcp://127.0.0.1:1', ...args], terminal), 2, JSON.stringify(args));
      assertHarmless(terminal.stdout.text + terminal.stderr.text, JSON.stringify(args));
    }
  });
});

/** Listens on a port of its own until the test is over. */
async function listen(context: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Targets of every scheme with everything in them that its URLs may have. */
function fullTargets(port: number): string[] {
  return SCHEMES.flatMap((scheme) => {
    const host = `127.0.0.1:${port}`;
    if (IS_WEB.test(scheme)) {
      return [`${scheme}://ada:${PASSWORD}@${host}/a%1b%5d0?token=${TOKEN}`, `${scheme}://${host}/?${TOKEN}`];
    }
    if (scheme.startsWith('postgres')) {
      return [
        `${scheme}://ada:${PASSWORD}@${host}/%1b%5d0;pwn%07%C2%9B%E2%80%AE?sslmode=disable`,
        `${scheme}://${host}/?user=ada&password=${PASSWORD}&sslmode=disable`,
      ];
    }
    return [
      /^(?:tcp|tls|smtps?|memcacheds?)$/.test(scheme) ? `${scheme}://${host}` : `${scheme}://ada:${PASSWORD}@${host}`,
    ];
  });
}

/** Takes what is posted. */
function collect(bodies: string[]): Server {
  return createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      response.end('ok');
    });
  });
}

/** What peers may say. */
const PEERS: Readonly<Record<string, (socket: Socket) => void>> = {
  'repeats what it was sent': (socket) => void socket.on('data', (bytes) => socket.write(bytes)),
  'repeats it as an error of its protocol': (socket) => {
    const said = (bytes: Buffer): string => bytes.toString('latin1').replaceAll(/[\r\n]+/g, ' ');
    socket.write('220 hello\r\n');
    socket.on('data', (bytes) => socket.write(`-ERR 500 ${said(bytes)}\r\n`));
  },
  'says what a terminal would obey': (socket) => {
    const steering = Buffer.from(`${STEERING.join('')}\r\n`);
    socket.write(steering);
    socket.on('data', () => socket.write(steering));
  },
  'refuses the request of HTTP in words that steer': (socket) => {
    socket.on('data', () => socket.end(`HTTP/1.1 503 no\u009b2J\r\nContent-Length: 0\r\n\r\n`));
  },
  'closes at once': (socket) => void socket.end(),
};

describe('targets that are watched', () => {
  for (const [what, onConnection] of Object.entries(PEERS)) {
    test(`whose peer ${what} are told of in harmless words`, { timeout: 60_000 }, async (context) => {
      const port = await listen(context, createServer(onConnection));
      const targets = fullTargets(port);
      const bodies: string[] = [];
      const webhook = `http://127.0.0.1:${await listen(context, collect(bodies))}/`;
      for (const format of [['-v'], ['--format', 'json']]) {
        const terminal = new FakeTerminal();
        const args = ['watch', ...targets, '--interval', '100ms', '--timeout', '100ms', '--webhook', webhook];
        const run = main([...args, ...format, '--metrics', ':0'], terminal);
        const [, metrics = ''] = await terminal.stderr.match(/metrics: (\S+)\n/);
        // What was named last is down: by then everybody was told of something.
        await terminal.stdout.match(/down.*wss:/);
        const scraped = await (await fetch(metrics)).text();
        terminal.send('SIGINT');
        await run;
        assert.ok(terminal.stdout.text.includes(`redis://127.0.0.1:${port}`));
        assert.ok(scraped.includes(`target="http://127.0.0.1:${port}/a%1b%5d0"`), scraped);
        assertHarmless(terminal.stdout.text, `standard output ${format.join(' ')}`);
        assertHarmless(terminal.stderr.text, `standard error ${format.join(' ')}`);
        assertHarmless(scraped, 'the metrics');
      }
      assert.ok(bodies.length > 0);
      assertHarmless(bodies.join('\n'), 'webhooks');
      for (const body of bodies) assertHarmless((JSON.parse(body) as { text: string }).text, 'a sentence');
    });
  }

  test('are passed on to commands in harmless words', { timeout: 60_000 }, async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-watch-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'told.txt');
    const ports = await Promise.all(Object.values(PEERS).map((peer) => listen(context, createServer(peer))));
    const targets = ports.flatMap((port) =>
      fullTargets(port).filter((url) => /^(?:http|redis|postgres|ws):/.test(url)),
    );
    const command = `printf '%s %s\n' "$PERDURA_TARGET" "$PERDURA_REASON" >> '${file}'`;
    const terminal = new FakeTerminal();
    const args = ['--count', '2', '--interval', '100ms', '--timeout', '100ms', '--on-change', command];
    await main(['watch', ...targets, ...args], terminal);
    const told = readFileSync(file, 'utf8');
    assert.match(told, /^redis:/m);
    assertHarmless(told, 'the environment of a command');
    assertHarmless(terminal.stdout.text + terminal.stderr.text, 'the output');
  });
});
