// The owner's side of workers over processes that are plain objects, on a clock that the test moves.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CloseReport } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { encodeMessage } from '#src/workers/message.js';
import type { WorkerMessage } from '#src/workers/message.js';
import { resolveWorkersOptions } from '#src/workers/options.js';
import type { WorkersOptions } from '#src/workers/index.js';
import { superviseWorkers } from '#src/workers/start-workers.js';
import type { WorkerProcessSink, WorkerSeed } from '#src/workers/worker-process.js';

const PORT = 4_711;

class FakeProcess {
  readonly seed: WorkerSeed;
  readonly sink: WorkerProcessSink;
  readonly received: Record<string, unknown>[] = [];
  killed = false;

  constructor(seed: WorkerSeed, sink: WorkerProcessSink) {
    this.seed = seed;
    this.sink = sink;
  }

  get pid(): number {
    return 1_000 + this.seed.number;
  }

  send(message: object): void {
    this.received.push(message as Record<string, unknown>);
  }

  kill(): void {
    this.killed = true;
  }

  say(message: WorkerMessage): void {
    // As through the channel: JSON.
    this.sink.onMessage(JSON.parse(JSON.stringify(encodeMessage(message))));
  }

  become(port = PORT): void {
    this.sink.onListening();
    this.say({ type: 'ready', port, url: `http://127.0.0.1:${port}/` });
  }

  get last(): Record<string, unknown> | undefined {
    return this.received.at(-1);
  }
}

function supervise(options: Partial<WorkersOptions> = {}) {
  const clock = new ManualClock();
  const processes: FakeProcess[] = [];
  const events: string[] = [];
  const workers = superviseWorkers(
    resolveWorkersOptions({
      program: 'program.mjs',
      workers: 2,
      clock,
      random: () => 0,
      onEvent: ({ type }) => events.push(type),
      ...options,
    }),
    (seed, sink) => {
      const spawned = new FakeProcess(seed, sink);
      processes.push(spawned);
      return spawned;
    },
  );
  return { clock, processes, events, workers };
}

function running(options: Partial<WorkersOptions> = {}) {
  const supervised = supervise(options);
  for (const each of supervised.processes) each.become();
  return supervised;
}

const NO_PHASE = { durationMs: 0, open: 0, opened: 0, closed: 0, requests: 0 };
const REPORT: CloseReport = { lameDuck: NO_PHASE, draining: NO_PHASE, durationMs: 5, closed: 0, destroyed: [] };
const HELD = { id: 3, state: 'active', protocol: 'http/1.1', requests: 1, ageMs: 5, idleMs: 0, remote: 'a:1' } as const;

describe('workers', () => {
  test('are ready when all of them are, and tell where they listen', async () => {
    const { workers, processes } = supervise();
    processes[0]?.become();
    assert.equal(workers.url, `http://127.0.0.1:${PORT}/`);
    let isReady = false;
    void workers.ready.then(() => (isReady = true));
    await Promise.resolve();
    assert.ok(!isReady);
    processes[1]?.become();
    await workers.ready;
    assert.deepEqual(workers.list()[1], { worker: 2, pid: 1_002, generation: 1, phase: 'ready' });
  });

  test('that are replaced stop listening first; those that are stopped do not', () => {
    const { workers, processes } = running({ drainMs: 7_000 });
    void workers.reload();
    processes[2]?.become();
    assert.deepEqual(processes[0]?.last?.['options'], { drainMs: 7_000, lameDuckMs: 0, stopListeningFirst: true });
    void workers.stop({ drainMs: 100, idleGraceMs: 0 });
    assert.deepEqual(processes[1]?.last?.['options'], { drainMs: 100, idleGraceMs: 0, stopListeningFirst: false });
  });

  test('are told of a limit without bounds as one that JSON can carry', () => {
    const { workers, processes } = running();
    void workers.stop({ drainMs: Infinity });
    assert.deepEqual(processes[0]?.last?.['options'], { drainMs: 2 ** 31 - 1, stopListeningFirst: false });
  });

  test('keep the port that the system chose for the first of them', () => {
    const { processes } = running({ stableMs: 0 });
    assert.equal(processes[1]?.seed.port, undefined, 'they share it as long as one holds it');
    processes[0]?.sink.onExit('by SIGKILL');
    assert.equal(processes[2]?.seed.port, undefined);
    processes[1]?.sink.onExit('by SIGKILL');
    assert.equal(processes[3]?.seed.port, PORT, 'nobody held it any more');
    processes[3]?.become();
    processes[3]?.sink.onExit('by SIGKILL');
    assert.equal(processes[4]?.seed.port, PORT);
  });

  test('that listen elsewhere than the others are ended, and a reload says so', async () => {
    const { workers, processes } = running();
    const report = workers.reload();
    processes[2]?.become(PORT + 1);
    assert.ok(processes[2]?.killed);
    processes[2]?.sink.onExit('by SIGKILL');
    assert.deepEqual(await report, {
      reloaded: false,
      durationMs: 0,
      reason: `it listens on port ${PORT + 1}, the others on ${PORT}; a reload cannot change the port`,
    });
  });

  test('that cannot be understood are left alone', () => {
    const { workers, processes } = running();
    const before = workers.list();
    for (const strange of [
      null,
      'ready',
      { type: 'ready', port: 1 },
      { mark: 'perdura.workers' },
      { mark: 'perdura.workers', type: 'of a later version' },
      { mark: 'perdura.workers', type: 'ready', port: -1 },
      { mark: 'perdura.workers', type: 'connections', question: 1, connections: [{}] },
      { mark: 'perdura.workers', type: 'drained', report: { durationMs: 1, closed: 1, destroyed: null } },
      { mark: 'perdura.workers', type: 'failed', message: 5, exitCode: 1 },
    ]) {
      processes[0]?.sink.onMessage(strange);
    }
    assert.deepEqual(workers.list(), before);
  });

  test('whose owner fails to listen to events are looked after all the same', () => {
    const { error } = console;
    const printed: unknown[] = [];
    console.error = (...words: unknown[]) => printed.push(words[0]);
    try {
      const { workers } = running({
        onEvent: () => {
          throw new Error('defect');
        },
      });
      assert.equal(workers.list().length, 2);
    } finally {
      console.error = error;
    }
    assert.equal(printed[0], "perdura: onEvent failed for 'started':");
  });
});

describe('connections()', () => {
  test('waits for no one longer than its time, and names who did not answer', async () => {
    const { workers, processes, clock } = running({ answerTimeoutMs: 400 });
    const answer = workers.connections();
    const question = Number(processes[0]?.last?.['question']);
    processes[1]?.say({ type: 'connections', question, connections: [HELD] });
    clock.advance(399);
    processes[1]?.say({ type: 'connections', question, connections: [HELD] });
    clock.advance(1);
    assert.deepEqual(await answer, { connections: [{ ...HELD, worker: 2 }], silent: [1] });
    processes[0]?.say({ type: 'connections', question, connections: [HELD] });
    assert.equal(clock.pendingTimers, 0);
  });

  test('does not wait for a worker that ends', async () => {
    const { workers, processes } = running();
    const answer = workers.connections();
    processes[0]?.sink.onExit('by SIGKILL');
    processes[1]?.say({ type: 'connections', question: 1, connections: [] });
    assert.deepEqual(await answer, { connections: [], silent: [] });
  });

  test('is answered at once where nobody is there to ask', async () => {
    const { workers } = supervise();
    assert.deepEqual(await workers.connections(), { connections: [], silent: [] });
  });
});

describe('stop()', () => {
  test('adds up what the workers report, and names those that end without a report', async () => {
    const { workers, processes, clock } = running({ workers: 3 });
    const stopped = workers.stop({ drainMs: 1_000 });
    assert.equal(workers.stop(), stopped);
    clock.advance(1_000);
    processes[0]?.say({ type: 'drained', report: { ...REPORT, closed: 4 } });
    processes[1]?.say({ type: 'drained', report: { ...REPORT, closed: 1, destroyed: [HELD] } });
    for (const each of processes) each.sink.onExit('with exit code 0');
    assert.deepEqual(await stopped, {
      durationMs: 1_000,
      closed: 5,
      destroyed: [{ ...HELD, worker: 2 }],
      unreported: [3],
    });
    assert.equal(clock.pendingTimers, 0);
  });

  test('leaves out what was drained by a reload before', async () => {
    const { workers, processes } = running({ workers: 1 });
    void workers.reload();
    processes[1]?.become();
    processes[0]?.say({ type: 'drained', report: { ...REPORT, closed: 40 } });
    processes[0]?.sink.onExit('with exit code 0');
    const stopped = workers.stop();
    processes[1]?.say({ type: 'drained', report: { ...REPORT, closed: 2 } });
    processes[1]?.sink.onExit('with exit code 0');
    assert.equal((await stopped).closed, 2);
  });

  test('kills a worker that hangs, a little after its time', async () => {
    const { workers, processes, clock } = running({ workers: 1 });
    const stopped = workers.stop({ drainMs: 1_000 });
    clock.advance(2_999);
    assert.ok(!processes[0]?.killed);
    clock.advance(1);
    assert.ok(processes[0]?.killed);
    processes[0]?.sink.onExit('by SIGKILL');
    assert.deepEqual((await stopped).unreported, [1]);
  });

  test('before anybody is ready rejects `ready`, and a reload under way is told', async () => {
    const { workers, processes } = supervise();
    void workers.stop();
    await assert.rejects(workers.ready, /stopped before they were ready/);
    assert.ok(processes.every(({ killed }) => killed));
    const late = running();
    const reloading = late.workers.reload();
    void late.workers.stop();
    assert.deepEqual(await reloading, { reloaded: false, durationMs: 0, reason: 'the workers are being stopped' });
    assert.equal((await late.workers.reload()).reloaded, false);
  });
});

describe('options', () => {
  test('that make no sense are refused with their names', () => {
    for (const [name, value] of [
      ['workers', 0],
      ['workers', 1.5],
      ['workers', 1_025],
      ['startTimeoutMs', 0],
      ['drainMs', -1],
      ['answerTimeoutMs', 0],
      ['restartDelayMs', 0],
      ['maxRestartDelayMs', 99],
      ['stableMs', NaN],
      ['startAttempts', 0],
      ['program', ''],
      ['args', 'text'],
      ['worker', 2],
      ['clock', {}],
      ['onEvent', true],
    ] as const) {
      assert.throws(() => resolveWorkersOptions({ program: 'a', [name]: value }), {
        code: 'ERR_PERDURA_OPTION',
        option: name,
      });
    }
  });
});
