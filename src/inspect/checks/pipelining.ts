// What becomes of requests that are sent without waiting for answers (RFC 9112 §9.3.2): all answered in order, some, none, or chaos?
import { isOutOfOrder, signatureOf, stableSignature } from '../steps/answer-order.ts';
import { CheckFailure, defineCheck } from '../check.ts';
import type { Check, CheckRun } from '../check.ts';
import { isEndedByAnswer } from '../steps/ended-by-answer.ts';
import type { Measurements } from '../measurements.ts';
import { ALONE_COST, askAlone, askAtOnce, planRequests } from '../steps/pipelined-requests.ts';
import type { Played, Reference } from '../steps/pipelined-requests.ts';
import type { Answer } from '../peer/reply.ts';

const REQUESTS = 5;

/** Who has answered the same requests a moment ago needs no longer, unless it is a slow one. */
const PATIENCE_MS = 3_000;
const PATIENCE_FACTOR = 2;

type Seen = Pick<Measurements, 'pipelining' | 'pipelinedAnswers' | 'pipelinedRequests' | 'pipeliningFault'>;

export const pipelining: Check = defineCheck({
  id: 'pipelining',
  title: 'What it makes of pipelined requests',
  measures: ['pipelining', 'pipelinedAnswers', 'pipelinedRequests', 'pipeliningFault'],
  kind: 'quick',
  // Each alone, before and where needed behind; all at once, and where needed without HEAD.
  cost: () => ({
    connections: 2 * ALONE_COST.connections + 2,
    requests: 2 * ALONE_COST.requests + 2 * REQUESTS,
  }),
  skipReason: ({ known }) => {
    if (isEndedByAnswer(known)) return 'it closes after each answer, so that nothing can follow';
    return known.http11Persistent === false ? 'it serves one request on each connection' : undefined;
  },
  run: async (run) => {
    const alone = await askAlone(run, planRequests(run));
    const references = alone.slice(0, run.known.maxRequests ?? alone.length);
    if (references.length < 2) throw new CheckFailure('it serves too few requests on one connection');
    const seen = await play(run, references);
    if (seen.pipeliningFault !== 'malformed') return seen;
    // An answer at the place of that to HEAD, or the other way round, makes no sense, as only one of them has a body.
    const withoutHead = references.filter(({ request }) => request.method !== 'HEAD');
    if (withoutHead.length < 2 || withoutHead.length === references.length) return seen;
    const { pipeliningFault } = await play(run, withoutHead);
    return pipeliningFault === 'outOfOrder' ? { ...seen, pipeliningFault } : seen;
  },
});

async function play(run: CheckRun, references: readonly Reference[]): Promise<Seen> {
  const slowestMs = Math.max(...references.map(({ answer }) => answer.endMs - answer.sentMs));
  const patienceMs = Math.max(PATIENCE_MS, PATIENCE_FACTOR * slowestMs);
  const requests = references.map(({ request }) => request);
  const played = await askAtOnce(run, requests, Math.min(patienceMs, run.options.responseTimeoutMs));
  const { failure, answers } = played;
  if (failure?.why === 'tooLarge') throw new CheckFailure('its answers are too large for this');
  // Out of time is not the same as stalled.
  if (failure?.why === 'timeout' && run.boundMs(1) === 0) throw new CheckFailure('its answers take too long for this');
  const style = decideStyle(references, played);
  const isRefused = style.pipelining === 'refused';
  const counts = { pipelinedAnswers: isRefused ? 0 : answers.length, pipelinedRequests: references.length };
  if (await isDisordered(run, references, answers)) {
    return { pipelining: 'broken', pipeliningFault: 'outOfOrder', ...counts };
  }
  return { ...style, ...counts };
}

/** All but the order. */
function decideStyle(
  references: readonly Reference[],
  { answers, failure }: Played,
): Pick<Seen, 'pipelining' | 'pipeliningFault'> {
  const isWhole = answers.length === references.length;
  const isEnded = failure === undefined ? !isWhole : failure.why === 'fin' || failure.why === 'reset';
  const [first] = answers;
  // Nothing at all, or an error in the place of all answers.
  const isRefused = first === undefined ? failure?.begun === false : answers.length === 1 && isError(first, references);
  if (isEnded && isRefused) return { pipelining: 'refused', pipeliningFault: null };
  if (failure === undefined) return { pipelining: isWhole ? 'ordered' : 'serial-close', pipeliningFault: null };
  if (isEnded) return { pipelining: 'broken', pipeliningFault: 'unannouncedClose' };
  return { pipelining: 'broken', pipeliningFault: failure.why === 'timeout' ? 'stalled' : 'malformed' };
}

/** Whether it is an error that the same request alone did not bring. */
function isError({ status }: Answer, [reference]: readonly Reference[]): boolean {
  return status >= 400 && status !== reference?.answer.status;
}

/** What looks like it is looked at twice: answers that change by themselves are no disorder. */
async function isDisordered(
  run: CheckRun,
  references: readonly Reference[],
  answers: readonly Answer[],
): Promise<boolean> {
  const came = answers.map(signatureOf);
  const before = references.map(({ answer }) => signatureOf(answer));
  if (!isOutOfOrder(before, came)) return false;
  const requests = references.map(({ request }) => request);
  const again = new Map((await askAlone(run, requests)).map(({ request, answer }) => [request, signatureOf(answer)]));
  const stable = requests.map((request, index) => stableSignature(before[index]!, again.get(request)));
  return isOutOfOrder(stable, came);
}
