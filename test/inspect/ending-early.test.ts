// However an inspection ends, it ends at once and leaves nothing open: given up at any moment, or broken by whoever watches it.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { inspect } from '#src/inspect/index.js';
import type { InspectOptions, ProgressEvent } from '#src/inspect/index.js';
import { plainAnswer, startRawServer } from './raw-server.ts';
import { inspectLocal, startHttps } from './tls-servers.ts';

/** Nobody who has had enough waits longer, also on a machine that is busy. */
const AT_ONCE_MS = 1_000;

const PATIENT: InspectOptions = { maxWaitMs: 60_000, responseTimeoutMs: 60_000, connectTimeoutMs: 60_000 };

interface WatchedServer extends AsyncDisposable {
  readonly url: string;
  /** How many connections are open when those that were closed have had the time to tell. */
  open(): Promise<number>;
}

async function startWatchedServer(answers: (requests: number) => boolean = () => true): Promise<WatchedServer> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = await startRawServer(
    (_head, { socket }) => {
      requests += 1;
      if (answers(requests)) socket.write(plainAnswer());
    },
    ({ socket }) => void sockets.add(socket.on('close', () => sockets.delete(socket))),
  );
  const open = async (): Promise<number> => countLeftOpen(sockets);
  return { url: server.url, open, [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose]() };
}

/** How many do not close, now that nothing is there to keep them open. */
async function countLeftOpen(sockets: ReadonlySet<Socket>): Promise<number> {
  const deadline = sleep(AT_ONCE_MS, 'late', { ref: false });
  for (const socket of sockets) {
    // A reset is an end as well, so its error is none here.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if ((await Promise.race([closed, deadline])) === 'late') break;
  }
  return sockets.size;
}

async function assertNothingIsOpen(server: WatchedServer): Promise<void> {
  assert.equal(await server.open(), 0, 'connections stay open');
}

describe('an inspection that is given up', () => {
  test('at any moment ends at once, says that it is not complete, and leaves nothing open', async () => {
    const moments = fc.record({
      afterMs: fc.integer({ min: 0, max: 400 }),
      gentle: fc.boolean(),
      // From some request on there is silence, so that it may be given up within an exchange.
      answered: fc.constantFrom(0, 1, 5, 20, Infinity),
    });
    await fc.assert(
      fc.asyncProperty(moments, async ({ afterMs, gentle, answered }) => {
        await using server = await startWatchedServer((requests) => requests <= answered);
        const controller = new AbortController();
        const inspecting = inspect(server.url, { ...PATIENT, gentle, signal: controller.signal });
        await sleep(afterMs);
        controller.abort();
        const abortedMs = performance.now();
        const report = await inspecting;
        assert.ok(performance.now() - abortedMs < AT_ONCE_MS);
        assert.equal(report.complete, false);
        assert.ok(report.checks.some(({ outcome, reason }) => outcome === 'cutShort' && reason === 'aborted'));
        assert.ok(report.checks.every(({ reason }) => reason !== 'the first request was not answered'));
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
        await assertNothingIsOpen(server);
      }),
      { numRuns: 12 },
    );
  });

  test('over TLS, too', async (context: TestContext) => {
    const sockets = new Set<Socket>();
    const port = await startHttps(context, {}, (server) => {
      server.on('connection', (socket: Socket) => void sockets.add(socket.on('close', () => sockets.delete(socket))));
    });
    for (const afterMs of [0, 5, 20, 80, 200]) {
      const controller = new AbortController();
      const inspecting = inspectLocal('https', port, { ...PATIENT, signal: controller.signal });
      await sleep(afterMs);
      controller.abort();
      assert.equal((await inspecting).complete, false);
      assert.equal(await countLeftOpen(sockets), 0, `given up after ${afterMs} ms`);
    }
  });

  test('before it begins asks nothing, and reports that', async () => {
    await using server = await startWatchedServer();
    const report = await inspect(server.url, { signal: AbortSignal.abort() });
    assert.deepEqual([report.complete, report.cost.connections], [false, 0]);
    assert.ok(report.checks.every(({ outcome, reason }) => outcome === 'cutShort' && reason === 'aborted'));
  });

  test('does not wait for a look-up of all addresses', async () => {
    await using server = await startWatchedServer();
    const controller = new AbortController();
    let looked = 0;
    const report = await inspect(`http://inspected.test:${new URL(server.url).port}/`, {
      ...PATIENT,
      only: ['addresses'],
      allAddresses: true,
      signal: controller.signal,
      lookup: async () => {
        looked += 1;
        if (looked === 1) return [{ address: '127.0.0.1', family: 4 }];
        setImmediate(() => controller.abort());
        return new Promise(() => {});
      },
    });
    assert.deepEqual([looked, report.checks.at(-1)?.outcome], [2, 'cutShort']);
  });
});

describe('an inspection whose watcher throws', () => {
  for (const kind of ['planned', 'started', 'waiting', 'finished'] as const) {
    test(`when it is told that something is ${kind} rejects with that error, and leaves nothing open`, async () => {
      await using server = await startWatchedServer();
      const failure = new Error('the watcher has failed');
      let told = 0;
      const onProgress = (event: ProgressEvent): void => {
        if (event.kind !== kind) return;
        told += 1;
        // In the middle of it, where others are under way.
        if (kind === 'planned' || kind === 'waiting' || told > 5) throw failure;
      };
      const begunMs = performance.now();
      await assert.rejects(inspect(server.url, { ...PATIENT, onProgress }), failure);
      assert.ok(performance.now() - begunMs < 10_000);
      await assertNothingIsOpen(server);
    });
  }
});

test('several inspections at a time do not get in the way of each other', async () => {
  await using keeps = await startWatchedServer();
  await using closes = await startRawServer((_head, { socket }) => socket.end(plainAnswer()));
  const options: InspectOptions = { maxWaitMs: 200, maxRequests: 5, only: ['idle-timeout', 'request-limit', 'http10'] };
  const reports = await Promise.all([keeps, closes, keeps, closes].map(async ({ url }) => inspect(url, options)));
  assert.deepEqual(
    reports.map(({ measurements }) => measurements.http11Persistent),
    [true, false, true, false],
  );
  for (const report of reports) {
    assert.deepEqual(
      report.connections.map(({ id }) => id),
      report.connections.map((_, index) => index + 1),
    );
  }
  await assertNothingIsOpen(keeps);
});
