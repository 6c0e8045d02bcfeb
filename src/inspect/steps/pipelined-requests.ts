// The requests of the pipelining check: how each is answered alone, and all of them when they come at once.
import { ABSENT_PATH, CheckFailure } from '../check.ts';
import type { CheckRun } from '../check.ts';
import type { Peer } from '../peer/peer.ts';
import type { Answer, NoAnswer } from '../peer/reply.ts';

/** A request that is safe to repeat. */
export interface PipelinedRequest {
  readonly method: 'GET' | 'HEAD';
  readonly path: string;
}

/** What it was answered when nothing came before or behind it. */
export interface Reference {
  readonly request: PipelinedRequest;
  readonly answer: Answer;
}

/** What came of requests that were sent at once. */
export interface Played {
  /** In the order in which they came, up to the first that announces the close. */
  readonly answers: readonly Answer[];
  /** What came instead of the next answer; undefined where all came, or the close was announced. */
  readonly failure: NoAnswer | undefined;
}

/** How often a connection that a request ends is replaced. */
const MOST_REOPENED = 2;

/** What one pass over the requests one by one may cost. */
export const ALONE_COST: { readonly connections: number; readonly requests: number } = {
  connections: 1 + MOST_REOPENED,
  requests: 5 + MOST_REOPENED,
};

/** Behind an answer to HEAD: a body that should not be there comes with it. */
const HEAD_SETTLE_MS = 50;

/** Different methods, paths and statuses, so that their answers can be told apart. */
export function planRequests(run: Pick<CheckRun, 'cheapMethod' | 'target'>): readonly PipelinedRequest[] {
  const { cheapMethod: method, target } = run;
  const { path } = target;
  return [
    { method, path },
    { method: 'GET', path: ABSENT_PATH },
    { method, path: `${path}${path.includes('?') ? '&' : '?'}perdura-check=1` },
    { method: 'HEAD', path },
    { method, path },
  ];
}

/**
 * Asks one after the other. Requests that end the connection by themselves, as a 404 may, are left out: pipelined, they would be blamed on
 * pipelining. For the same reason there are no more of them than one connection was seen to answer.
 */
export async function askAlone(run: CheckRun, requests: readonly PipelinedRequest[]): Promise<readonly Reference[]> {
  let peer = await run.open('each request alone, to know its answer');
  let references: Reference[] = [];
  let reopened = 0;
  let onThisOne = 0;
  let mostOnOne = 0;
  for (let index = 0; index < requests.length; index += 1) {
    const request = requests[index]!;
    const { method, path } = request;
    const reply = await peer.exchange(run.format({ method, path }), method);
    const isGone = reply.kind === 'none' && (reply.why === 'fin' || reply.why === 'reset') && onThisOne > 0;
    if (reply.kind === 'none' && !isGone) throw new CheckFailure(`${method} ${path} alone was not answered`);
    if (reply.kind === 'answer') {
      onThisOne += 1;
      mostOnOne = Math.max(mostOnOne, onThisOne);
      const endsHere = reply.saysClose || (method === 'HEAD' && !(await isClean(peer)));
      if (!endsHere) {
        references.push({ request, answer: reply });
        continue;
      }
    } else {
      // It was the one before that ended it, without a word; this one is asked again.
      const culprit = requests[index - 1];
      references = references.filter((reference) => reference.request !== culprit);
      index -= 1;
    }
    peer.close();
    if (reopened === MOST_REOPENED) break;
    reopened += 1;
    onThisOne = 0;
    peer = await run.open('the same on another connection, as the one before has ended');
  }
  peer.close();
  return references.slice(0, mostOnOne);
}

/** Sends all of them in one write and reads the answers, each at most `patienceMs`. */
export async function askAtOnce(
  run: CheckRun,
  requests: readonly PipelinedRequest[],
  patienceMs: number,
): Promise<Played> {
  const peer = await run.open(`${requests.length} requests in one write`);
  for (const { method } of requests) {
    await run.beforeRequest();
    peer.await(method);
  }
  peer.send(requests.map(({ method, path }) => run.format({ method, path })).join(''));
  const answers: Answer[] = [];
  let failure: NoAnswer | undefined;
  while (answers.length < requests.length && failure === undefined && answers.at(-1)?.saysClose !== true) {
    const reply = await peer.reply(patienceMs);
    if (reply.kind === 'answer') answers.push(reply);
    else failure = reply;
  }
  peer.close();
  return { answers, failure };
}

async function isClean(peer: Peer): Promise<boolean> {
  const ending = await peer.ending(HEAD_SETTLE_MS);
  return ending.how === 'none' && peer.unaskedBytes === '';
}
