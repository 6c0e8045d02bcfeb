// Is a request answered whose sender has closed its side behind it? TCP allows that (RFC 9293 §3.6), and simple clients do it.
import { defineCheck } from '../check.ts';
import type { Check } from '../check.ts';

export const halfClose: Check = defineCheck({
  id: 'half-close',
  title: 'Whether it answers a client that has closed its side',
  measures: ['halfCloseAnswered'],
  kind: 'quick',
  cost: () => ({ connections: 1, requests: 1 }),
  run: async (run) => {
    const method = run.cheapMethod;
    const peer = await run.open('a request, and our FIN behind it');
    await run.beforeRequest();
    peer.await(method);
    // Both at once: most servers then see the end before they have an answer, as they do where an answer takes a moment.
    peer.send(run.format({ method }));
    peer.finish();
    const reply = await peer.reply();
    return { halfCloseAnswered: reply.kind === 'answer' };
  },
});
