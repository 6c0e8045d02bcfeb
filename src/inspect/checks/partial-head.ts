// How long is the rest of a request waited for? Whoever waits for ever can be kept busy with little (Slowloris).
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import { closeStyle, endedAfterMs } from '../peer/ending.ts';

export const partialHead: Check = defineCheck({
  id: 'partial-head',
  title: 'How long the rest of a request is waited for',
  measures: ['partialHeadTimeoutMs', 'partialHeadClose'],
  kind: 'wait',
  cost: () => ({ connections: 1, requests: 1 }),
  run: async (run) => {
    const peer = await run.open('half a request, then nothing');
    await run.beforeRequest();
    // All but the empty line that ends the head.
    peer.send(run.format().slice(0, -2));
    peer.markTime();
    run.tellWaiting('for the server to give up on half a request', run.options.maxWaitMs);
    const ending = await peer.ending(run.watchMs);
    return { partialHeadTimeoutMs: endedAfterMs(ending), partialHeadClose: closeStyle(ending) };
  },
});
