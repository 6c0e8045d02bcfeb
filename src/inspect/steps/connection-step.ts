// Is a connection still in step behind an answer: does the next request get an answer of its own, and does nothing come besides?
import type { CheckRun } from '../check.ts';
import type { Peer } from '../peer/peer.ts';

/**
 * `inStep`: the next request was answered, and nothing came besides. `ended`: the server closed it first, which it may.
 * `extraBytes`: something came that no request had asked for. `misread`: what came for the next request is no answer, or 400.
 * `silent`: nothing came.
 */
export type ConnectionStep = 'inStep' | 'ended' | 'extraBytes' | 'misread' | 'silent';

/** What a server sends behind an answer by mistake comes at once; so does the end of the connection. */
const SETTLE_MS = 150;

/** Sends one more request, for the inspected URL, to find it out. */
export async function readStep(run: CheckRun, peer: Peer): Promise<ConnectionStep> {
  const before = await peer.ending(SETTLE_MS);
  if (before.before === 'bytes') return 'extraBytes';
  if (before.how !== 'none') return 'ended';
  const next = await run.askAgain(peer, 0);
  if (next === undefined) return 'ended';
  if (next.kind === 'none') {
    if (next.why === 'timeout') return 'silent';
    return next.why === 'malformed' || next.why === 'tooLarge' ? 'misread' : 'ended';
  }
  // An answer too many that came late was taken for this one, whose own then follows.
  const after = await peer.ending(SETTLE_MS);
  if (after.before === 'bytes') return 'extraBytes';
  return next.status === 400 && run.known.status !== 400 ? 'misread' : 'inStep';
}
