// A worker's side over a link that is a plain object: what it does when the primary speaks, and when it is gone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CloseOptions, CloseReport, Server } from '#src/server/index.js';
import { attachWorker, workerIdentity } from '#src/workers/index.js';
import { encodeMessage } from '#src/workers/message.js';
import type { PrimaryMessage } from '#src/workers/message.js';
import type { PrimaryLink } from '#src/workers/worker-process.js';
import { attachTo } from '#src/workers/worker.js';

const NO_PHASE = { durationMs: 0, open: 0, opened: 0, closed: 0, requests: 0 };
const REPORT: CloseReport = { lameDuck: NO_PHASE, draining: NO_PHASE, durationMs: 5, closed: 2, destroyed: [] };

class FakeLink implements PrimaryLink {
  readonly number = 4;
  readonly port = undefined;
  readonly ticketKeys = '';
  readonly shared = undefined;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;
  say: (value: unknown) => void = () => {};
  disconnect: () => void = () => {};
  terminate: () => void = () => {};

  send(message: object): Promise<void> {
    this.sent.push(message as Record<string, unknown>);
    return Promise.resolve();
  }
  onMessage(listener: (value: unknown) => void): void {
    this.say = listener;
  }
  onDisconnect(listener: () => void): void {
    this.disconnect = listener;
  }
  onTerminate(listener: () => void): void {
    this.terminate = listener;
  }
  close(): void {
    this.closed = true;
  }
  tell(message: PrimaryMessage): void {
    this.say(encodeMessage(message));
  }
  get types(): unknown[] {
    return this.sent.map(({ type }) => type);
  }
}

function attach() {
  const link = new FakeLink();
  const closes: (CloseOptions | undefined)[] = [];
  let finish!: () => void;
  const server = {
    port: 80,
    url: 'http://127.0.0.1/',
    connections: () => [],
    close: (options?: CloseOptions) => {
      closes.push(options);
      return new Promise<CloseReport>((resolve) => {
        finish = () => resolve(REPORT);
      });
    },
  } as unknown as Server;
  let hangUps = 0;
  const ended = attachTo(link, server, { drainMs: 9_000, onHangUp: () => (hangUps += 1) });
  return { link, closes, ended, finish: () => finish(), hangUps: () => hangUps };
}

test('it says that it is ready, and answers what it is asked', () => {
  const { link, hangUps } = attach();
  link.tell({ type: 'connections', question: 6 });
  link.tell({ type: 'hangUp' });
  link.say({ type: 'drain' });
  link.say('a message of the program itself');
  assert.deepEqual(link.types, ['ready', 'connections']);
  assert.deepEqual(link.sent[1], { mark: 'perdura.workers', type: 'connections', question: 6, connections: [] });
  assert.equal(hangUps(), 1);
});

test('it drains as it is told, reports, and lets go of the channel', async () => {
  const { link, closes, ended, finish } = attach();
  link.tell({ type: 'drain', options: { drainMs: 50, idleGraceMs: Infinity, stopListeningFirst: true } });
  assert.deepEqual(closes, [{ drainMs: 50, idleGraceMs: 2 ** 31 - 1, stopListeningFirst: true }]);
  assert.ok(!link.closed);
  finish();
  assert.equal(await ended, REPORT);
  assert.deepEqual(link.sent.at(-1), { mark: 'perdura.workers', type: 'drained', report: REPORT });
  assert.ok(link.closed);
});

test('it drains by itself when the primary is gone, once', async () => {
  const { link, closes, ended, finish } = attach();
  link.disconnect();
  assert.deepEqual(closes, [{ drainMs: 9_000, lameDuckMs: 0, stopListeningFirst: true }]);
  link.disconnect();
  assert.equal(closes.length, 1);
  finish();
  await ended;
});

test('SIGTERM makes it ask for a replacement, and serve on', () => {
  const { link, closes } = attach();
  link.terminate();
  assert.deepEqual(link.types, ['ready', 'retire']);
  assert.deepEqual(closes, []);
});

test('in any other process there is nothing to attach to', () => {
  assert.equal(workerIdentity(), undefined);
  assert.throws(() => attachWorker({} as Server), { code: 'ERR_PERDURA_MISUSE' });
});
