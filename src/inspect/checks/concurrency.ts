// Is a second connection served while a first one is open and idle? Some small servers serve one after the other.
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';

/** A server that is alone with us and does nothing needs no longer, unless it is a slow one. */
const PATIENCE_MS = 3_000;
const PATIENCE_FACTOR = 3;

/** An answer that takes so much longer than the first one waits for something. */
const LATE_MS = 100;
const LATE_FACTOR = 5;

export const concurrency: Check = defineCheck({
  id: 'concurrency',
  title: 'Whether it serves several connections at the same time',
  measures: ['concurrentConnections'],
  kind: 'first',
  cost: () => ({ connections: 2, requests: 2 }),
  skipReason: ({ known }) => (known.status === null ? 'the first request was not answered' : undefined),
  run: async (run) => {
    const idle = await run.open('stays open and idle');
    const method = run.cheapMethod;
    const first = await idle.exchange(run.format({ method }), method);
    if (first.kind === 'none') return {};
    const firstMs = first.endMs - first.sentMs;
    const patienceMs = Math.max(PATIENCE_MS, PATIENCE_FACTOR * firstMs);
    const other = await run.open('asks beside it');
    await run.beforeRequest();
    other.await(method);
    other.send(run.format({ method }));
    const beside = await other.reply(patienceMs);
    if (beside.kind === 'answer') {
      // It may have waited until the server gave up the idle one.
      const isLate = beside.endMs - beside.sentMs > LATE_MS + LATE_FACTOR * firstMs;
      return { concurrentConnections: !(idle.ended && isLate) };
    }
    if (beside.why !== 'timeout') return {};
    // Answered as soon as the first one is gone: that was what it waited for.
    other.await(method);
    idle.close();
    const afterwards = await other.reply();
    return { concurrentConnections: afterwards.kind === 'answer' ? false : null };
  },
});
