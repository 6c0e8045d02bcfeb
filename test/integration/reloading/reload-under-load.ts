// A server is replaced by itself again and again while a session has work for it, as in a week of deployments within seconds.
// What must hold is the same for every server.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session } from '#src/client/index.js';
import type { SessionOptions } from '#src/client/index.js';
import { ConnectionLostError } from '#src/errors.js';
import { runWorkload } from './workload.ts';
import type { ExpectedAnswer, FailedRequest, LoadRequest, WorkloadResult } from './workload.ts';

/** A server that can be replaced by itself so that there is always somebody who accepts connections. */
export interface ReloadedServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  expect(request: LoadRequest): ExpectedAnswer;
  /** Resolves when the next one is there, or was ordered. */
  reload(): Promise<void>;
  /** The ids of all POST requests that were executed, one for each time, once no request is under way. */
  executedPosts(): Promise<readonly string[]>;
}

const LOOPS = 30;
const LOAD_MS = 3_000;
const RELOAD_PAUSE_MS = 200;
/** Where a machine is so slow that there were fewer of either, it takes longer. */
const FEWEST_RELOADS = 5;
const FEWEST_REQUESTS = 100;

/**
 * Part of the POST requests that may fail where the last byte is held back. A round trip shows a close that was under way; a process
 * that gets no turn to read the first part of a request within it can still decide to close, and does under the load of a busy machine.
 */
export const RARE = 0.05;

/** Time that such a test may take where the machine is busy. */
export const RELOAD_TEST = { timeout: 60_000 };

export interface ReloadOptions extends SessionOptions {
  /** Part of the POST requests that may fail, as a typed error. Default 1. */
  readonly failedPostShare?: number;
}

/** Puts the load on the server, reloads it all the time, and asserts what perdura promises. */
export async function surviveReloads(
  t: TestContext,
  server: ReloadedServer,
  { failedPostShare = 1, ...sessionOptions }: ReloadOptions = {},
): Promise<void> {
  const retries: string[] = [];
  await using session = new Session({
    ...sessionOptions,
    trace: (event) => {
      if (event.type === 'retried') retries.push(`${event.request.method} ${event.retry.cause}`);
    },
  });
  const startMs = performance.now();
  let reloads = 0;
  const isOver = (): boolean =>
    performance.now() - startMs > LOAD_MS && reloads >= FEWEST_RELOADS && session.stats().requests >= FEWEST_REQUESTS;
  const expect = (request: LoadRequest): ExpectedAnswer => server.expect(request);
  const load = runWorkload({ session, url: server.url, expect, loops: LOOPS, isOver });
  while (!isOver()) {
    await server.reload();
    reloads += 1;
    await sleep(RELOAD_PAUSE_MS);
  }
  const result = await load;
  const stats = session.stats();
  const posts = result.failed.filter(({ request }) => request.method === 'POST');
  const allPosts = posts.length + result.answered.filter(({ method }) => method === 'POST').length;
  t.diagnostic(
    `${stats.requests} requests (${posts.length} of ${allPosts} POST failed), ${stats.connectionsOpened} connections, ` +
      `${stats.reused} reused, ${reloads} reloads, ${stats.validations} validations, retries ${JSON.stringify(countEach(retries))}, ` +
      `closed ${JSON.stringify(stats.closed)}`,
  );
  for (const { error } of posts.slice(0, 3)) t.diagnostic(String(error));
  assertPromises(result, await server.executedPosts());
  assert.ok(
    posts.length <= failedPostShare * allPosts,
    `${posts.length} of ${allPosts} POST requests failed: ${String(posts[0]?.error)}`,
  );
  // The server did end connections, and those that it left were used.
  const { peerClosed = 0, peerReset = 0, peerSentClose = 0 } = stats.closed;
  assert.ok(peerClosed + peerReset + peerSentClose >= reloads && stats.reused > 0, JSON.stringify(stats));
}

function assertPromises(result: WorkloadResult, executed: readonly string[]): void {
  assert.deepEqual(result.wrong, []);
  assert.deepEqual(
    result.failed
      .filter((failure) => !isHonestFailure(failure))
      .map(({ request, error }) => `${request.method}: ${String(error)}`),
    [],
  );
  const times = countEach(executed);
  const repeated = Object.entries(times).filter(([, count]) => count > 1);
  assert.deepEqual(repeated, [], 'requests that were executed twice');
  const unexecuted = result.answered.filter(({ method, id }) => method === 'POST' && times[id] === undefined);
  assert.deepEqual(unexecuted, [], 'requests that were answered and not executed');
}

/** Only what may have been executed fails, with an error that says so. */
function isHonestFailure({ request, error }: FailedRequest): boolean {
  return request.method === 'POST' && error instanceof ConnectionLostError && !error.safeToRetry;
}

function countEach(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
