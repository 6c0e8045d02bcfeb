// From signal to exit code, over a server that only remembers what it was asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drainOnSignal } from '#src/cli/serve/shutdown.js';
import type { CloseOptions, CloseReport, Server } from '#src/server/server.js';
import { FakeTerminal } from './fake-terminal.ts';

class ClosingServer implements Server {
  readonly url = 'http://127.0.0.1:8080/';
  readonly port = 8080;
  readonly hostname = '127.0.0.1';
  readonly state = 'accepting';
  readonly tls = undefined;
  readonly pressure = { level: 'none', causes: [], keepAliveTimeoutMs: 65_000, resources: [] } as const;
  readonly warnings = [];
  readonly derived = [];
  readonly calls: (CloseOptions | 'destroy' | undefined)[] = [];
  report!: (report: CloseReport) => void;
  fail!: (error: Error) => void;
  readonly #closing = new Promise<CloseReport>((resolve, reject) => {
    this.report = resolve;
    this.fail = reject;
  });

  updateTls(): never {
    throw new Error('it has no TLS');
  }

  connections(): [] {
    return [];
  }

  close(options?: CloseOptions): Promise<CloseReport> {
    this.calls.push(options);
    return this.#closing;
  }

  destroy(): void {
    this.calls.push('destroy');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const NOTHING = { durationMs: 0, open: 0, opened: 0, closed: 0, requests: 0 };
const GOOD: CloseReport = { durationMs: 5, lameDuck: NOTHING, draining: NOTHING, closed: 0, destroyed: [] };

interface Bench {
  readonly server: ClosingServer;
  readonly terminal: FakeTerminal;
  readonly ended: Promise<number>;
  readonly hangUps: () => number;
}

function start(options: { readonly isTTY?: boolean } = {}): Bench {
  const server = new ClosingServer();
  const terminal = new FakeTerminal(options);
  let hangUps = 0;
  const ended = drainOnSignal(server, terminal, 30_000, () => (hangUps += 1));
  return { server, terminal, ended, hangUps: () => hangUps };
}

test('SIGTERM drains with the time that was promised to idle connections, and ends with 0', async () => {
  const { server, terminal, ended } = start();
  terminal.send('SIGTERM');
  assert.deepEqual(server.calls, [{ drainMs: 30_000 }]);
  assert.match(terminal.stdout.text, /^Draining: 0 connections, .* a second signal ends at once\n$/);
  server.report(GOOD);
  assert.equal(await ended, 0);
  assert.match(terminal.stdout.text, /^Ended after 5 ms: 0 connections closed in order, none broken off$/m);
});

test('SIGINT keeps idle connections for no longer than a person likes to wait', async () => {
  const { server, terminal, ended } = start();
  terminal.send('SIGINT');
  assert.deepEqual(server.calls, [{ drainMs: 30_000, idleGraceMs: 300 }]);
  assert.match(terminal.stdout.text, /Ctrl-C again ends at once/);
  server.report(GOOD);
  assert.equal(await ended, 0);
});

test('where a connection had to be broken off the exit code is 1', async () => {
  const { server, terminal, ended } = start();
  terminal.send('SIGTERM');
  const holdout = {
    id: 7,
    state: 'active',
    protocol: 'http/1.1',
    requests: 1,
    ageMs: 1,
    idleMs: 0,
    remote: '',
  } as const;
  server.report({ ...GOOD, durationMs: 30_000, destroyed: [holdout] });
  assert.equal(await ended, 1);
  assert.match(terminal.stdout.text, /conn=7 unknown: active, 1 request/);
});

test('a second signal of either kind destroys the server and ends at once with 128 and its number', async () => {
  for (const [first, second, code] of [
    ['SIGINT', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
  ] as const) {
    const { server, terminal, ended } = start();
    terminal.send(first);
    terminal.send(second);
    assert.equal(server.calls.at(-1), 'destroy');
    assert.match(terminal.stdout.text, /\nEnded at once: 0 connections broken off\n$/);
    assert.deepEqual(terminal.exits, [code]);
    assert.equal(await ended, code);
  }
});

test('SIGHUP is handed on, before and while draining, and does not stop the server', async () => {
  const { server, terminal, ended, hangUps } = start();
  terminal.send('SIGHUP');
  assert.deepEqual(server.calls, []);
  terminal.send('SIGTERM');
  terminal.send('SIGHUP');
  assert.equal(hangUps(), 2);
  server.report(GOOD);
  await ended;
});

test('signals mean again what they did before once all is over', async () => {
  const { server, terminal, ended } = start();
  assert.equal(terminal.send('SIGTERM'), true);
  server.report(GOOD);
  await ended;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) assert.equal(terminal.send(name), false, name);
  assert.equal(terminal.stdout.listenerCount('error'), 0);
});

test('a shutdown that fails is passed on, with the signals taken back', async () => {
  const { server, terminal, ended } = start();
  terminal.send('SIGTERM');
  server.fail(new Error('defect'));
  await assert.rejects(ended, /defect/);
  assert.equal(terminal.send('SIGTERM'), false);
});

test('a terminal that is gone drains the server, a reader of a pipe that is gone does not', async () => {
  const gone = Object.assign(new Error('write EIO'), { code: 'EIO' });
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const person = start({ isTTY: true });
  person.terminal.stdout.emit('error', gone);
  person.terminal.stdout.emit('error', gone);
  assert.deepEqual(person.server.calls, [{ drainMs: 30_000 }]);
  person.server.report(GOOD);
  assert.equal(await person.ended, 0);

  const pipe = start();
  pipe.terminal.stdout.emit('error', broken);
  assert.deepEqual(pipe.server.calls, []);
});
