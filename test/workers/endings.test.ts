// How real workers end: killed, crashing, orphaned, stopped, and what their clients notice of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Session } from '#src/client/index.js';
import { StartedWorkers, isGone } from './started-workers.ts';
import { SteadyLoad, describeDurations, getOnce } from './steady-load.ts';

const TIMEOUT = { timeout: 30_000 };

test('a worker that is killed loses its own exchanges and nothing else, and is replaced', TIMEOUT, async (t) => {
  await using started = await StartedWorkers.ready();
  const { workers, port } = started;
  const reusing = 6;
  const fresh = 4;
  const load = new SteadyLoad(port, { reusing, fresh });
  await load.answers(200);
  const [victim] = workers.list();
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await started.told('ready', 3);
  await load.answers(200);
  const result = await load.stop();
  // Each client has one request under way at a time, so it can lose one; nobody hangs.
  assert.ok(result.failures.length <= reusing + fresh, result.failures.join(', '));
  assert.ok(!result.failures.includes('no answer'), result.failures.join(', '));
  const { worker, how, expected } = await started.told('ended');
  assert.deepEqual({ worker, how, expected }, { worker: victim?.worker, how: 'by SIGKILL', expected: false });
  t.diagnostic(
    `${result.failures.length} of ${reusing + fresh} clients lost a request to the kill, ` +
      `${result.answered} GETs were answered: ${describeDurations(result)}`,
  );
});

test('the clients of the other workers do not notice', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready();
  const agents = Array.from({ length: 12 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const workerOf = async (agent: Agent): Promise<string> =>
    String((await getOnce(started.port, '/', agent)).headers['x-worker']);
  const before = await Promise.all(agents.map(workerOf));
  const victim = before[0];
  const others = agents.filter((_, index) => before[index] !== victim);
  process.kill(started.workers.list().find(({ worker }) => String(worker) === victim)?.pid ?? 0, 'SIGKILL');
  await started.told('ended');
  for (const [index, worker] of (await Promise.all(others.map(workerOf))).entries()) {
    assert.notEqual(worker, victim, `client ${index} is still on its connection`);
  }
  for (const agent of agents) agent.destroy();
});

test('when none is left the port is the same again, and shared with those that follow', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready([], { workers: 1 });
  const { workers, port } = started;
  for (const { pid } of workers.list()) process.kill(pid, 'SIGKILL');
  await started.told('ready', 2);
  const agent = new Agent();
  assert.equal((await getOnce(port, '/', agent)).headers['x-worker'], '2');
  assert.ok((await workers.reload()).reloaded);
  assert.equal(workers.port, port);
  await getOnce(port, '/', agent);
});

test('a program that never becomes ready is given up after a few starts, in words', TIMEOUT, async (t) => {
  const startedAtMs = performance.now();
  await using started = new StartedWorkers(['crash'], { startAttempts: 3, restartDelayMs: 50 });
  await assert.rejects(started.workers.ready, {
    code: 'ERR_PERDURA_WORKERS',
    exitCode: 1,
    message: /^none could be started in 3 attempts; of the last one, worker \d: it ended with exit code 7 before/,
  });
  await started.workers.ended;
  const starts = started.all('started').length;
  assert.ok(starts <= 4, `${starts} starts: two at once, then one at a time`);
  t.diagnostic(`${starts} starts in ${(performance.now() - startedAtMs).toFixed(0)} ms`);
});

test('workers do not outlive a primary that is killed, and end what they have begun', TIMEOUT, async (t) => {
  const program = fileURLToPath(new URL('primary-program.js', import.meta.url));
  const primary = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(primary.stdout, 'data')) as [Buffer];
  const { port, pids } = JSON.parse(String(text)) as { port: number; pids: number[] };
  const agent = new Agent();
  const slow = getOnce(port, '/slow', agent);
  // The answer to it begins when the handler does; a second connection tells that the first was accepted.
  await getOnce(port, '/', agent);
  const startedAtMs = performance.now();
  primary.kill('SIGKILL');
  await once(primary, 'exit');
  assert.equal((await slow).statusCode, 200);
  for (const pid of pids) assert.ok(await isGone(pid, 10_000), `worker ${pid} lives on`);
  await assert.rejects(getOnce(port, '/', agent), /ECONNREFUSED/);
  t.diagnostic(`the workers were gone ${(performance.now() - startedAtMs).toFixed(0)} ms after their primary`);
});

test(
  'all workers have the same keys for session tickets, which their own children do not inherit',
  TIMEOUT,
  async () => {
    await using started = await StartedWorkers.ready();
    const answers = new Set<string>();
    const owners = new Set<number>();
    while (owners.size < 2) {
      const session = new Session({ baseUrl: `http://127.0.0.1:${started.port}` });
      answers.add(await (await session.fetch('/keys')).text());
      const { connections } = await started.workers.connections();
      for (const { worker } of connections) owners.add(worker);
      await session.close();
    }
    assert.equal(answers.size, 1);
    assert.match([...answers][0] ?? '', /^undefined [0-9a-f]{96}$/);
  },
);

test('connections() tells those of all workers, and names who does not answer in time', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready([], { answerTimeoutMs: 500 });
  const { workers, port } = started;
  const agents = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const owners = await Promise.all(
    agents.map(async (agent) => Number((await getOnce(port, '/', agent)).headers['x-worker'])),
  );
  const all = await workers.connections();
  assert.deepEqual(all.silent, []);
  assert.deepEqual(
    all.connections.map(({ worker }) => worker),
    owners.toSorted((one, other) => one - other),
  );
  assert.ok(all.connections.every(({ state, requests }) => state === 'idle' && requests === 1));

  const blocked = getOnce(port, '/block', agents[0]!).catch(() => {});
  const victim = owners[0];
  // Until the request has arrived it answers as before.
  for (let some = await workers.connections(); ; some = await workers.connections()) {
    if (some.silent.length === 0) continue;
    assert.deepEqual(some.silent, [victim]);
    assert.ok(some.connections.every(({ worker }) => worker !== victim));
    break;
  }
  workers.destroy();
  await blocked;
  for (const agent of agents) agent.destroy();
});

test('a stop reports for all workers, and names the worker of a connection that held on', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready();
  const agent = new Agent({ keepAlive: true });
  await getOnce(started.port, '/', agent);
  const held = getOnce(started.port, '/never', agent).then(
    () => 'answered',
    (error: Error) => error.message,
  );
  for (;;) {
    const { connections } = await started.workers.connections();
    if (connections.some(({ state }) => state === 'active')) break;
  }
  const report = await started.workers.stop({ drainMs: 300, idleGraceMs: 0 });
  assert.match(await held, /socket hang up|ECONNRESET/);
  assert.deepEqual(report.unreported, []);
  assert.equal(report.destroyed.length, 1);
  assert.ok([1, 2].includes(report.destroyed[0]?.worker ?? 0));
  agent.destroy();
});

test('a worker that gets SIGTERM is replaced before it drains', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready([], { stableMs: 0 });
  const load = new SteadyLoad(started.port, { reusing: 4, fresh: 2 });
  const [victim] = started.workers.list();
  process.kill(victim?.pid ?? 0, 'SIGTERM');
  const { worker } = await started.told('draining');
  assert.equal(worker, victim?.worker);
  assert.deepEqual(
    started.events.map(({ type }) => type).filter((type) => ['retiring', 'draining', 'ready'].includes(type)),
    ['ready', 'ready', 'retiring', 'ready', 'draining'],
  );
  await started.told('ended');
  assert.deepEqual((await load.stop()).failures, []);
});

describe('a worker that ends before its channel does', () => {
  test('is waited for', TIMEOUT, async () => {
    const started = await StartedWorkers.ready(['heirMs=500'], { workers: 1 });
    started.workers.destroy();
    assert.deepEqual((await started.workers.ended).unreported, [1]);
  });

  test('is waited for where it never took the socket to listen on', TIMEOUT, async () => {
    const started = new StartedWorkers(['heirMs=500', 'deaf'], { workers: 1 });
    const [, word] = (await once(cluster, 'message')) as [unknown, unknown];
    assert.equal(word, 'deaf');
    started.workers.destroy();
    await started.workers.ended;
    assert.equal(started.all('ended').length, 1);
  });
});
