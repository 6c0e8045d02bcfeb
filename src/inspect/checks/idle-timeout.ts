// How long is a connection kept on which nothing is asked any more, and how does it end (RFC 9112 §9.8)? One that waits tells exactly.
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import { isEndedByAnswer } from '../ended-by-answer.ts';
import { closeStyle, endedAfterMs } from '../ending.ts';

export const idleTimeout: Check = defineCheck({
  id: 'idle-timeout',
  title: 'How long an idle connection is kept',
  measures: ['idleTimeoutMs', 'idleClose', 'unsolicitedBytes'],
  kind: 'wait',
  cost: () => ({ connections: 1, requests: 1 }),
  skipReason: ({ known }) => (isEndedByAnswer(known) ? 'it closes after each answer' : undefined),
  run: async (run) => {
    const peer = await run.open('one request, then nothing');
    const reply = await peer.exchange(run.format());
    if (reply.kind === 'none') return {};
    run.tellWaiting('for the server to close an idle connection', run.options.maxWaitMs);
    const ending = await peer.ending(run.options.maxWaitMs);
    return {
      idleTimeoutMs: endedAfterMs(ending),
      idleClose: closeStyle(ending),
      unsolicitedBytes: ending.before === 'bytes' ? peer.unaskedText : null,
    };
  },
});
