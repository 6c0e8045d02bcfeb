// What becomes of a connection behind an answer: the server ends it, serves another request on it, or leaves it open and does nothing.
import { CheckFailure } from '../check.ts';
import type { CheckRun } from '../check.ts';
import type { Peer } from '../peer/peer.ts';
import type { Answer } from '../peer/reply.ts';
import type { RequestShape } from '../peer/request-text.ts';

/** See the head of the file. */
export type FollowUp = 'ended' | 'answered' | 'silent';

/** The FIN of a server that closes comes with its answer or right behind it: more would only be waited where none comes. */
const SETTLE_MS = 200;

/** A server that has just answered and will answer again needs no longer, unless it is a slow one. */
const PATIENCE_MS = 1_500;
const PATIENCE_FACTOR = 3;

/** Waits for the end; where none comes, asks `shape` and waits for what that brings. `before`: the answer that was just read. */
export async function followUp(run: CheckRun, peer: Peer, before: Answer, shape: RequestShape): Promise<FollowUp> {
  const ending = await peer.ending(SETTLE_MS);
  if (ending.how !== 'none') return 'ended';
  const { method = 'GET' } = shape;
  await run.beforeRequest();
  peer.await(method);
  peer.send(run.format(shape));
  const patienceMs = Math.max(PATIENCE_MS, PATIENCE_FACTOR * (before.endMs - before.sentMs));
  const reply = await peer.reply(Math.min(patienceMs, run.options.responseTimeoutMs));
  if (reply.kind === 'answer') return 'answered';
  if (reply.why === 'fin' || reply.why === 'reset') return 'ended';
  // Out of time is not the same as silent.
  if (reply.why === 'timeout' && run.boundMs(1) === 0) throw new CheckFailure('its answers take too long for this');
  return 'silent';
}
