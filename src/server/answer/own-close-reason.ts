// The server's own reasons to end a connection with an answer, as far as they are known when its head goes out.
import type { CloseReason } from '../../http/close-reason.ts';
import { decidePolicyClose } from '../connection/keep-alive-policy.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';
import type { AnswerLane } from './answer-lane.ts';

/** The server's own reason to end the connection with the answer to this exchange, as far as it is known now. */
export function ownCloseReason(
  lane: AnswerLane,
  exchange: ServerExchange,
  lastAsked: boolean,
): CloseReason | undefined {
  const { options, draining, isPressureHigh } = lane.core;
  return decidePolicyClose(options, {
    draining,
    isPressureHigh,
    answerNumber: exchange.number,
    ageMs: options.maxAgeMs === Infinity ? 0 : lane.owner.ageMs,
    lastAsked,
  });
}

/** Whether the part of the request's body that nobody read is a reason to close. `whole`: nothing of the answer follows. */
export function unreadBodyReason(
  lane: AnswerLane,
  exchange: ServerExchange,
  whole: boolean,
): 'bodyNotConsumed' | undefined {
  const { body } = exchange;
  if (body === undefined || exchange.wire.requestState !== 'body') return undefined;
  // A client that was not told to continue may send its body or not: nobody can tell where the next request begins.
  if (exchange.awaitsContinue) return 'bodyNotConsumed';
  // Whoever still streams the answer may still read; what is unread when the answer is out is thrown away.
  if (body.beingRead && !whole) return undefined;
  // What may be of any length cannot be promised to be drained, and an end that was not announced would be a broken word.
  return lane.wire.bodyRemainingBytes > lane.core.options.limits.drainBytes ? 'bodyNotConsumed' : undefined;
}
