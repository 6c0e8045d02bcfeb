// `perdura watch` as a real process, against small servers on loopback.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { main } from '#src/cli/main.js';
import { identity } from '../../io/opening.ts';
import { FakeTerminal } from '../fake-terminal.ts';
import { PerduraProcess, runPerdura } from '../perdura-process.ts';

interface Peer {
  readonly url: string;
  readonly server: Server;
  /** Ends it and everything that is connected to it. */
  stop(): Promise<void>;
}

/** Speaks as much of Redis as a PING needs. */
async function listenRedis(context: TestContext, port = 0): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', () => socket.write('+PONG\r\n'));
    socket.on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  context.after(stop);
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, server, stop };
}

/** A port on which nothing listens any more. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Line {
  readonly event: string;
  readonly target: string;
  readonly rttMs: number | null;
  readonly reason: string | null;
  readonly detail?: string;
}

const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** Whether a group of processes has a member that is more than an entry for its parent. */
function isAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return readFileSync(`/proc/${group}/stat`, 'utf8').split(' ')[2] !== 'Z';
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  const untilMs = performance.now() + 2_000;
  while (!condition()) {
    assert.ok(performance.now() < untilMs, 'it did not come in two seconds');
    await setTimeout(10);
  }
}

describe('a run of perdura watch', () => {
  test('with --count ends by itself, and the exit code tells what it saw', async (context) => {
    const peer = await listenRedis(context);
    const good = await runPerdura('watch', peer.url, '--interval', '400ms', '--count', '3', '--format', 'json');
    assert.deepEqual([good.code, linesOf(good.stdout).map(({ event }) => event)], [0, ['ack', 'ack', 'ack']]);
    assert.ok(linesOf(good.stdout).every(({ target, rttMs }) => target === peer.url && (rttMs ?? -1) >= 0));

    const nobody = `tcp://127.0.0.1:${await freePort()}`;
    // Longer than a busy machine holds a process up: that would be told as `resumed`.
    const options = ['--interval', '400ms', '--timeout', '100ms', '--count', '3', '--format', 'json'];
    const mixed = await runPerdura('watch', peer.url, nobody, ...options);
    assert.equal(mixed.code, 1, mixed.stderr);
    const ofNobody = linesOf(mixed.stdout).filter(({ target }) => target === nobody);
    assert.deepEqual(
      ofNobody.map(({ event }) => event),
      ['missed', 'missed', 'down', 'missed'],
    );
    assert.match(ofNobody[0]?.reason ?? '', /refused/);
    const unreachable = await runPerdura('watch', nobody, ...options);
    assert.equal(unreachable.code, 3);
    assert.match(unreachable.stderr, /^1 target watched for .*\n[\s\S]*never reached|down at the end/);
  });

  test('tells that a server went away, and that it is back, and runs a command for both', async (context) => {
    const peer = await listenRedis(context);
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-watch-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'told.txt');
    await using watch = new PerduraProcess([
      'watch',
      peer.url,
      '--interval',
      '100ms',
      '--timeout',
      '100ms',
      '--on-change',
      `printf '%s %s\\n' "$PERDURA_EVENT" "$PERDURA_TARGET" >> '${file}'`,
    ]);
    await watch.printed(/up {7}redis:/);
    const { port } = peer.server.address() as AddressInfo;
    await peer.stop();
    await watch.printed(/down {5}redis:.*refused/);
    await listenRedis(context, port);
    await watch.printed(/up {7}redis:\S+ {2}after /);
    watch.send('SIGINT');
    const { code, stdout } = await watch.result;
    assert.equal(code, 1);
    assert.match(stdout, /1 target watched for [\s\S]*redis:\/\/127\.0\.0\.1/);
    assert.equal(readFileSync(file, 'utf8'), `down ${peer.url}\nup ${peer.url}\n`);
  });

  test('posts changes to a webhook', async (context) => {
    const bodies: string[] = [];
    const hooks = createHttpServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        bodies.push(body);
        response.end('ok');
      });
    }).listen(0, '127.0.0.1');
    context.after(() => hooks.closeAllConnections());
    context.after(() => void hooks.close());
    await once(hooks, 'listening');
    const webhook = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/hook`;
    const nobody = `tcp://127.0.0.1:${await freePort()}`;
    const { code } = await runPerdura(
      'watch',
      nobody,
      '--count',
      '2',
      '--interval',
      '50ms',
      '--timeout',
      '50ms',
      '--webhook',
      webhook,
    );
    assert.equal(code, 3);
    assert.equal(bodies.length, 1);
    const { event, target } = JSON.parse(bodies[0] ?? '') as Line;
    assert.deepEqual([event, target], ['down', nobody]);
  });

  test('with --expect-status sees an application that is dead behind a balancer that is not', async (context) => {
    let status = 200;
    const { key, cert } = identity('localhost');
    const balancer = createSecureServer({ key, cert, allowHTTP1: true }, (_request, response) => {
      response.writeHead(status).end();
    });
    balancer.listen(0, '127.0.0.1');
    await once(balancer, 'listening');
    context.after(() => void balancer.close());
    const url = `https://127.0.0.1:${(balancer.address() as AddressInfo).port}/`;
    // Longer than a busy machine holds a process up: that would be told as `resumed`.
    const options = ['-k', '--interval', '400ms', '--timeout', '2s', '--count', '3', '--format', 'json'];
    const expecting = [...options, '--expect-status', '2xx, 304', '--expect-status', '418'];
    const watch = async (args: readonly string[]): Promise<[number, Line[]]> => {
      const terminal = new FakeTerminal();
      return [await main(['watch', url, ...args], terminal), linesOf(terminal.stdout.text)];
    };
    for (const good of [200, 304, 418]) {
      status = good;
      const [code, lines] = await watch(expecting);
      assert.equal(code, 0);
      assert.ok(lines.every(({ detail }) => detail === String(good)));
    }
    status = 502;
    const [ofConnection, pings] = await watch(options);
    assert.deepEqual([ofConnection, pings[0]?.detail], [0, 'PING'], 'the connection lives');
    const [ofApplication, lines] = await watch(expecting);
    assert.equal(ofApplication, 3);
    assert.match(lines.find(({ event }) => event === 'down')?.reason ?? '', /502/);
  });

  test('reads targets from a file and from standard input, and names the lines that are none', async (context) => {
    const peer = await listenRedis(context);
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-watch-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'targets.txt');
    writeFileSync(file, `# ours\n${peer.url}  # the cache\n\n${peer.url}\n`);
    const good = await runPerdura('watch', '--file', file, '--count', '1');
    assert.equal(good.code, 0);
    assert.match(
      good.stderr,
      new RegExp(`^warning: ${peer.url} is named twice \\(.*:2 and .*:4\\), and watched once\n`),
    );

    const input = `${peer.url}\ngopher://x\ntcp://no-port\n`;
    await using bad = new PerduraProcess(['watch', '--file', '-', '--count', '1'], { input });
    const { code, stdout, stderr } = await bad.result;
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^error: standard input:2: .*gopher.*\nstandard input:3: .*port/);
  });

  test('serves its metrics while it runs, and does not run where it cannot', async (context) => {
    const peer = await listenRedis(context);
    await using watch = new PerduraProcess(['watch', peer.url, '--interval', '100ms', '--metrics', ':0']);
    const [, url = ''] = await watch.complained(/metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/);
    await watch.printed(/up {7}redis:/);
    const text = await (await fetch(url)).text();
    assert.ok(text.includes(`perdura_watch_up{target="${peer.url}"} 1\n`), text);
    const taken = await runPerdura('watch', peer.url, '--metrics', new URL(url).host);
    assert.deepEqual([taken.code, taken.stdout], [3, '']);
    assert.match(taken.stderr, /^error: --metrics: /);
    watch.send('SIGTERM');
    assert.equal((await watch.result).code, 0);
  });

  test('that is broken off by Ctrl-C says so, and still tells what it saw', async (context) => {
    const peer = await listenRedis(context);
    await using watch = new PerduraProcess(['watch', peer.url, '--interval', '100ms', '--for', '1h']);
    await watch.printed(/up {7}redis:/);
    watch.send('SIGINT');
    const { code, signal, stdout } = await watch.result;
    assert.deepEqual([code, signal], [130, null]);
    assert.match(stdout, /1 target watched for /);
  });

  test('ends when nobody reads it any more', async (context) => {
    const peer = await listenRedis(context);
    await using watch = new PerduraProcess(['watch', peer.url, '--interval', '20ms', '-v']);
    await watch.printed(/ack/);
    watch.child.stdout?.destroy();
    assert.equal((await watch.result).code, 0);
  });

  test('that cannot write says why and ends with 1, or goes on for those who are told otherwise', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('there is no /dev/full');
    const peer = await listenRedis(context);
    const full = openSync('/dev/full', 'w');
    context.after(() => closeSync(full));
    const start = (...options: string[]): PerduraProcess =>
      new PerduraProcess(['watch', peer.url, '--interval', '20ms', '-v', ...options], { stdoutFile: full });
    const message = 'cannot write to standard output: ENOSPC: no space left on device, write';
    for (const options of [[], ['--count', '1'], ['--count', '3', '--format', 'json']]) {
      await using watch = start(...options);
      const { code, stderr } = await watch.result;
      assert.equal(code, 1, options.join(' '));
      assert.equal(stderr.trimEnd().split('\n').at(-1), `error: ${message}`);
    }
    await using watch = start('--count', '5', '--on-change', 'true');
    const { code, stderr } = await watch.result;
    assert.deepEqual([code, stderr], [0, `warning: ${message}; the watch goes on without it\n`]);
  });

  test('that is ended twice leaves no command behind, and says what it waited for', async (context) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'perdura-watch-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'pid');
    const nobody = `tcp://127.0.0.1:${await freePort()}`;
    const command = `trap '' TERM; echo $$ > '${file}'; echo begun; sleep 20; sleep 20`;
    const options = ['--interval', '50ms', '--timeout', '50ms', '--on-change', command];
    await using watch = new PerduraProcess(['watch', nobody, ...options]);
    await watch.complained(/on-change trap: begun/);
    watch.send('SIGINT');
    await watch.complained(/on-change trap: still telling 1 change, for 10000 ms at most\n/);
    watch.send('SIGINT');
    assert.equal((await watch.result).code, 130);
    const pid = Number(readFileSync(file, 'utf8'));
    await until(() => !isAlive(pid));
  });

  test('with wrong words ends with 2 before anything is sent', async () => {
    for (const [args, message] of [
      [[], /name what to watch/],
      [['x', '--interval', 'soon'], /--interval <duration>.*soon.*duration such as/],
      [['x', '--timeout', '0'], /at least 1ms/],
      [['x', '--jitter', '101%'], /a share from 0% to 100%/],
      [['x', '--tolerance', '0'], /whole number of at least 1/],
      [['x', '--adaptive', '--interval', '1s'], /--adaptive finds the interval by itself/],
      [['x', '--adaptive-range', '1s'], /two durations, the shorter first/],
      [['x', '--adaptive-range', '2s..1s'], /two durations, the shorter first/],
      [['x', '--adaptive-range', '1s..soon'], /duration such as/],
      [['x', '--adaptive-range', '1s..2s', '--interval', '1s'], /--adaptive finds the interval by itself/],
      [['x', '--behind', 'aws-abl'], /no hop called 'aws-abl'.*Did you mean .*aws-alb/],
      [['x', '--metrics', 'here'], /a port, or a host and a port/],
      [['x', '--webhook', 'ftp://x'], /^error: --webhook: /],
      [['x', '--expect-status', '2xx,99'], /2xx,99.*Write final statuses of HTTP/],
      [['x', '--expect-status', '100'], /Write final statuses of HTTP/],
      [['x', '--expect-status', ''], /Write final statuses of HTTP/],
      [['x', '--format', 'xml'], /Allowed choices are text, json/],
      [['redis://me:secret@'], /^(?![\s\S]*secret)/],
      [['x', '--cacert', 'no-such-file'], /--cacert: ENOENT/],
      [['x', '--cacert', 'package.json'], /--cacert package\.json: there is no certificate in it/],
      [['x', '--on-change', ''], /--on-change <command>.*Write a command of the shell/],
      [['x', '--on-change', ' '], /Write a command of the shell/],
      [['redis://h/?password=s3cret'], /^error: 'redis:\/\/h\/\?…': (?![\s\S]*s3cret)/],
      [['redis://:s3/cret@h'], /^(?![\s\S]*cret@)[\s\S]*is no URL.*write \/ as %2F/],
      [['postgres://me:s3#cret@h'], /^(?![\s\S]*cret@)[\s\S]*write \/ as %2F/],
      [['http://me:s3?cret@h/'], /^(?![\s\S]*cret@)[\s\S]*write \/ as %2F/],
    ] as const) {
      const terminal = new FakeTerminal();
      assert.equal(await main(['watch', ...args], terminal), 2, args.join(' '));
      assert.equal(terminal.stdout.text, '');
      assert.match(terminal.stderr.text, message);
    }
  });

  test('explains itself with --help: every scheme, examples, exit codes', async () => {
    const { code, stdout } = await runPerdura('watch', '--help');
    assert.equal(code, 0);
    for (const part of ['redis://', 'PING of Redis', '--on-change', 'perdura watch --file targets.txt', '130, 143']) {
      assert.ok(stdout.includes(part), part);
    }
  });
});
