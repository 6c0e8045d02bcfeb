// How long is a connection kept that never says anything, such as the one that a browser opens in advance?
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';
import { closeStyle, endedAfterMs } from '../peer/ending.ts';

export const silentConnection: Check = defineCheck({
  id: 'silent-connection',
  title: 'How long a connection is kept that never asks anything',
  measures: ['silentConnectTimeoutMs', 'silentConnectClose'],
  kind: 'wait',
  cost: () => ({ connections: 1, requests: 0 }),
  run: async (run) => {
    const peer = await run.open('says nothing at all');
    run.tellWaiting('for the server to close a connection that says nothing', run.options.maxWaitMs);
    const ending = await peer.ending(run.watchMs);
    return { silentConnectTimeoutMs: endedAfterMs(ending), silentConnectClose: closeStyle(ending) };
  },
});
