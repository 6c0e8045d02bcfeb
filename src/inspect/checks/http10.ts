// What becomes of the connection of an HTTP/1.0 client: kept where it asks for that, closed where it does not (RFC 9112 §9.3, §C.2.2)?
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { followUp } from '../steps/follow-up.ts';
import type { FollowUp } from '../steps/follow-up.ts';

/** Upgrade Required, and HTTP Version Not Supported: whoever says so has no HTTP/1.0 clients to keep. */
const REFUSALS: readonly number[] = [426, 505];

export const http10: Check = defineCheck({
  id: 'http10',
  title: 'How it treats clients of HTTP/1.0',
  measures: ['http10KeepAlive', 'http10ClosesByDefault'],
  kind: 'quick',
  cost: () => ({ connections: 2, requests: 4 }),
  run: async (run) => {
    const asked = await whatBecomes(run, 'HTTP/1.0, asks to be kept', 'Connection: keep-alive\r\n');
    const unasked = await whatBecomes(run, 'HTTP/1.0, asks for nothing', '');
    return {
      http10KeepAlive: asked === undefined ? null : asked === 'answered',
      // One that stays open and silent is not closed: a client that waits for the end of the answer waits for it.
      http10ClosesByDefault: unasked === undefined ? null : unasked === 'ended',
    };
  },
});

/** Undefined where the first request was not answered. */
async function whatBecomes(run: CheckRun, purpose: string, fieldLines: string): Promise<FollowUp | undefined> {
  const method = run.cheapMethod;
  const shape = { method, version: '1.0', fieldLines } as const;
  const peer = await run.open(purpose);
  const first = await peer.exchange(run.format(shape), method);
  if (first.kind === 'none') return undefined;
  if (REFUSALS.includes(first.status)) throw new CheckFailure(`it refuses HTTP/1.0 with status ${first.status}`);
  return followUp(run, peer, first, shape);
}
