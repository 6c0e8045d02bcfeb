// What does a new connection cost, what a request on one that is open, and what does a page save that uses one connection for everything?
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { medianOf } from '../steps/median.ts';
import { roundMs } from '../round-ms.ts';
import type { Peer } from '../peer/peer.ts';
import type { Reply } from '../peer/reply.ts';

const NEW_CONNECTIONS = 5;
const REUSED_REQUESTS = 10;

/** Fewer tell nothing: a connection may end within them. */
const FEWEST_REUSED = 3;

/** About as many as a small page has today with its scripts, styles and images. */
const PAGE_RESOURCES = 30;

export const latency: Check = defineCheck({
  id: 'latency',
  title: 'What a new connection costs, and what reuse saves',
  measures: ['newConnectionMs', 'reusedRequestMs', 'pageSavingMs', 'pageResources'],
  kind: 'quick',
  cost: () => ({ connections: NEW_CONNECTIONS, requests: NEW_CONNECTIONS + REUSED_REQUESTS }),
  run: async (run) => {
    const method = run.cheapMethod;
    const opened: number[] = [];
    let reused: readonly number[] = [];
    for (let number = 1; number <= NEW_CONNECTIONS; number += 1) {
      const isLast = number === NEW_CONNECTIONS;
      const { peer, opened: opening } = await run.openTimed(
        isLast ? 'a new connection, then reused' : 'a new connection',
      );
      const tookMs = durationMs(await peer.exchange(run.format({ method }), method));
      // Look-up, TCP and TLS, which resumes a session where the server lets it, as with any client that comes back.
      if (tookMs !== undefined) opened.push(opening.totalMs + tookMs);
      if (isLast) reused = await timeReused(run, peer);
      peer.close();
    }
    if (opened.length === 0) throw new CheckFailure('no request on a new connection was answered');
    const newConnectionMs = medianOf(opened);
    if (reused.length < FEWEST_REUSED) return { newConnectionMs };
    const reusedRequestMs = medianOf(reused);
    return {
      newConnectionMs,
      reusedRequestMs,
      pageSavingMs: savingOfPage(newConnectionMs, reusedRequestMs),
      pageResources: PAGE_RESOURCES,
    };
  },
});

/** As many as the connection serves, and no more than are needed. */
async function timeReused(run: CheckRun, peer: Peer): Promise<readonly number[]> {
  const method = run.cheapMethod;
  const times: number[] = [];
  while (times.length < REUSED_REQUESTS && !peer.ended) {
    const tookMs = durationMs(await peer.exchange(run.format({ method }), method));
    if (tookMs === undefined) break;
    times.push(tookMs);
  }
  return times;
}

/**
 * Assumes that a page fetches one resource after the other, each as dear as the one that was measured: on a connection of its own, or
 * all on one, of which only the first pays for the opening. Browsers open up to six connections at a time and so wait less, but every
 * connection begins slowly (RFC 5681 §3.1): for larger resources reuse saves more than this.
 */
function savingOfPage(newConnectionMs: number, reusedRequestMs: number): number {
  return roundMs(Math.max(0, (PAGE_RESOURCES - 1) * (newConnectionMs - reusedRequestMs)));
}

/** From the request to the end of its answer; undefined where there is none. */
function durationMs(reply: Reply): number | undefined {
  return reply.kind === 'answer' ? reply.endMs - reply.sentMs : undefined;
}
