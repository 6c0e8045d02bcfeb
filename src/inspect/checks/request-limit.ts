// How many requests does it serve on one connection, and does it say so before it ends it (RFC 9112 §9.6)? Counted one by one.
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import type { Answer } from '../peer/reply.ts';
import type { Peer } from '../peer/peer.ts';

/** How long the FIN may take behind the last answer that we ask for. */
const SETTLE_MS = 150;

/** The second connection waits so long behind its first answer, at least and at most. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Counting ends when so little of the time of the check is left, and ten answers more: what was counted by then is still told. */
const RESERVED_MS = 1_000;

/** What was seen on one connection. */
interface Count {
  readonly peer: Peer;
  readonly answers: number;
  /** `none`: it had not ended after as many as were allowed; `unclear`: no answer came, or half of one. */
  readonly end: 'announced' | 'unannounced' | 'none' | 'unclear';
  /** Whether the last answer is of another status than the first: an error may be the reason for the end. */
  readonly oddAtEnd: boolean;
  readonly tookMs: number;
}

export const requestLimit: Check = defineCheck({
  id: 'request-limit',
  title: 'How many requests it serves on one connection',
  measures: ['maxRequests', 'maxRequestsAnnounced', 'requestsTried'],
  kind: 'quick',
  // The second connection repeats the first one, and only where that ended without a word.
  cost: ({ maxRequests }) => ({ connections: 2, requests: 2 * maxRequests }),
  // Others wait as long meanwhile.
  extraMs: ({ maxWaitMs }) => maxWaitMs,
  run: async (run) => {
    const first = await countAnswers(run, 'one request after the other', run.options.maxRequests, 0);
    const { answers, end } = first;
    if (answers === 0) throw new CheckFailure('the first request on the connection was not answered');
    const isEnded = end === 'announced' || end === 'unannounced';
    const isLimit = isEnded && ((end === 'announced' && !first.oddAtEnd) || (await endsThereAgain(run, first)));
    if (!isLimit) return { requestsTried: answers };
    return { maxRequests: answers, maxRequestsAnnounced: end === 'announced', requestsTried: answers };
  },
});

/**
 * A connection may also end because of its age, a reset on the way, a restart, or too many requests within a time. Whatever is no count
 * does not end a second connection at the same count, least of all one that goes at another pace.
 */
async function endsThereAgain(run: CheckRun, first: Count): Promise<boolean> {
  const pauseMs = Math.min(Math.max(first.tookMs, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
  const atMost = Math.min(first.answers + 1, run.options.maxRequests);
  if (first.tookMs + pauseMs > run.boundMs(Infinity)) return false;
  const second = await countAnswers(run, 'the same again, at another pace', atMost, pauseMs);
  if (second.answers === first.answers && second.end === first.end) return true;
  const text = `${second.answers} answers, not ${first.answers} as before: it does not count them`;
  second.peer.story.add({ atMs: run.nowMs(), kind: 'note', text });
  return false;
}

async function countAnswers(run: CheckRun, purpose: string, atMost: number, pauseMs: number): Promise<Count> {
  const method = run.cheapMethod;
  const text = run.format({ method });
  const peer = await run.open(purpose);
  const startedMs = run.nowMs();
  let first: Answer | undefined;
  let last: Answer | undefined;
  let answers = 0;
  const countedUntil = (end: Count['end']): Count => {
    const tookMs = run.nowMs() - startedMs;
    return { peer, answers, end, oddAtEnd: first?.status !== last?.status, tookMs };
  };
  while (answers < atMost && !peer.ended) {
    const reply = await peer.exchange(text, method);
    if (reply.kind === 'none') {
      const isEnd = (reply.why === 'fin' || reply.why === 'reset') && !reply.begun;
      return countedUntil(isEnd ? 'unannounced' : 'unclear');
    }
    answers += 1;
    first ??= reply;
    last = reply;
    // The way to the server may be long: a thousand answers of 100 ms are more than anybody waits for.
    if (run.boundMs(Infinity) < RESERVED_MS + 10 * (reply.endMs - reply.sentMs)) return countedUntil('none');
    // For a client it is the last one, whether the server then closes or waits for the client to do so.
    if (reply.saysClose) return countedUntil('announced');
    if (answers === 1 && pauseMs > 0) await run.pause(pauseMs);
  }
  return countedUntil((await peer.ending(SETTLE_MS)).how === 'none' ? 'none' : 'unannounced');
}
