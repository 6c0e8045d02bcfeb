// A rolling reload of real workers under load: no request fails, whoever asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '#src/client/index.js';
import { StartedWorkers } from './started-workers.ts';
import { SteadyLoad, describeDurations } from './steady-load.ts';

const TIMEOUT = { timeout: 30_000 };

test('no GET fails while all workers are replaced, on reused and on fresh connections', TIMEOUT, async (t) => {
  await using started = await StartedWorkers.ready(['keepAliveTimeoutMs=2000']);
  const { workers, port } = started;
  const load = new SteadyLoad(port, { reusing: 8, fresh: 4 });
  await load.answers(200);
  const reloads = [await workers.reload(), await workers.reload()];
  await load.answers(200);
  const result = await load.stop();
  assert.deepEqual(result.failures, []);
  assert.ok(reloads.every(({ reloaded }) => reloaded));
  assert.deepEqual([...result.workers.keys()].toSorted(), ['1', '2', '3', '4', '5', '6']);
  assert.deepEqual(
    workers
      .list()
      .map(({ worker, generation, phase }) => `${worker} ${generation} ${phase}`)
      .slice(-2),
    ['5 3 ready', '6 3 ready'],
  );
  const times = reloads.map(({ durationMs }) => `${durationMs.toFixed(0)} ms`).join(' and ');
  t.diagnostic(`${result.answered} GETs, none failed, over two reloads of ${times}: ${describeDurations(result)}`);
});

test('no request of a Session fails or is sent again meanwhile', TIMEOUT, async (t) => {
  await using started = await StartedWorkers.ready(['keepAliveTimeoutMs=2000']);
  const { workers, port } = started;
  let retries = 0;
  const session = new Session({
    baseUrl: `http://127.0.0.1:${port}`,
    trace: (event) => {
      if (event.type === 'retried') retries += 1;
    },
  });
  const reload = new AbortController();
  const over = reload.signal;
  let answered = 0;
  const clients = Array.from({ length: 6 }, async () => {
    while (!over.aborted) {
      const { status, body } = await session.request('/');
      await body.dump();
      assert.equal(status, 200);
      answered += 1;
    }
  });
  const { reloaded } = await workers.reload();
  reload.abort();
  await Promise.all(clients);
  await session.close();
  assert.ok(reloaded);
  assert.equal(retries, 0);
  t.diagnostic(`${answered} requests of a Session, none failed, none sent again`);
});

test('an old worker accepts nobody any more, and answers what it has begun', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready([], { workers: 1 });
  const slow = new SteadyLoad(started.port, { reusing: 4, fresh: 0, path: '/slow' });
  await slow.answers(4);
  const reloading = started.workers.reload();
  await started.told('draining');
  const fresh = new SteadyLoad(started.port, { reusing: 0, fresh: 2 });
  await fresh.answers(40);
  const after = await fresh.stop();
  assert.deepEqual([...after.workers.keys()], ['2']);
  assert.ok((await reloading).reloaded);
  assert.deepEqual((await slow.stop()).failures, []);
  const { how, phase } = await started.told('ended');
  assert.equal(`${phase} ${how}`, 'draining with exit code 0');
});

test('a reload of a program that has broken meanwhile changes nothing, and says why', TIMEOUT, async () => {
  await using started = await StartedWorkers.ready(['brokenFrom=3']);
  const load = new SteadyLoad(started.port, { reusing: 4, fresh: 2 });
  const report = await started.workers.reload();
  await load.answers(100);
  const result = await load.stop();
  assert.deepEqual(result.failures, []);
  assert.ok(!report.reloaded);
  assert.equal(report.reason, 'it ended with exit code 9 before it was ready');
  assert.deepEqual(
    started.workers.list().map(({ worker, phase }) => `${worker} ${phase}`),
    ['1 ready', '2 ready'],
  );
});
