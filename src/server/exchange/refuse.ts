// The answer to a request that broke off: the server's own, or that of whoever answers in its place.
import { isThenable } from '../../thenable.ts';
import type { ContextLane } from './exchange-context.ts';
import { ExchangeContext } from './exchange-context.ts';
import { statusAnswer } from './builtin-answers.ts';
import type { Answer } from '../handler.ts';
import { OpenRefusal } from './open-refusal.ts';
import { describeRefusal } from './refusal.ts';
import type { RefusalCause } from './refusal.ts';
import { reportFailure } from './report-failure.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What the peer is told for having broken its request; asked for when its turn comes, where somebody else is to be asked. */
export function refuse(
  lane: ContextLane,
  exchange: ServerExchange,
  error: Error,
  cause: RefusalCause,
): Answer | OpenRefusal {
  const refusal = describeRefusal(error, cause, exchange.head, exchange.account?.partial);
  const own = statusAnswer(refusal.status, refusal.message);
  const ask = lane.core.options.refuse;
  if (ask === undefined) return own;
  const failed = (failure: unknown): Answer => {
    reportFailure(lane.core, failure, exchange.request);
    return own;
  };
  return new OpenRefusal(() => {
    try {
      const answer = ask(refusal, new ExchangeContext(lane, exchange));
      return isThenable(answer) ? Promise.resolve(answer).catch(failed) : answer;
    } catch (failure) {
      return failed(failure);
    }
  });
}
