// How long is a connection kept on which nothing is asked any more, and how does it end (RFC 9112 §9.8)? One that waits tells exactly.
import { defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { isEndedByAnswer } from '../steps/ended-by-answer.ts';
import { closeStyle, endedAfterMs } from '../peer/ending.ts';
import type { Peer } from '../peer/peer.ts';

/**
 * The server begins to count when it has answered, we when we read the answer: what lies between is missing from the time. An answer
 * that comes sooner leaves no room for that, so a late one is asked for again.
 */
const LATE_MS = 40;
const MOST_TRIES = 3;

export const idleTimeout: Check = defineCheck({
  id: 'idle-timeout',
  title: 'How long an idle connection is kept',
  measures: ['idleTimeoutMs', 'idleClose', 'unsolicitedBytes'],
  kind: 'wait',
  cost: () => ({ connections: MOST_TRIES, requests: MOST_TRIES }),
  skipReason: ({ known }) => (isEndedByAnswer(known) ? 'it closes after each answer' : undefined),
  run: async (run) => {
    const peer = await openIdle(run);
    if (peer === undefined) return {};
    run.tellWaiting('for the server to close an idle connection', run.options.maxWaitMs);
    const ending = await peer.ending(run.watchMs);
    return {
      idleTimeoutMs: endedAfterMs(ending),
      idleClose: closeStyle(ending),
      unsolicitedBytes: ending.before === 'bytes' ? peer.unaskedText : null,
    };
  },
});

/** A connection that has just been answered on; undefined where no answer comes. */
async function openIdle(run: CheckRun): Promise<Peer | undefined> {
  for (let tries = 1; ; tries += 1) {
    const peer = await run.open('one request, then nothing');
    const reply = await peer.exchange(run.format());
    if (reply.kind === 'none') return undefined;
    const isLate = reply.endMs - reply.sentMs >= LATE_MS;
    // A large page takes its time, and is not fetched again for that.
    if (!isLate || tries === MOST_TRIES || run.cheapMethod === 'HEAD') return peer;
    peer.close();
  }
}
