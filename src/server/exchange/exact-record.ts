// The record of an exact answer: what went over the wire, counted to the byte. Made only where its handler wants to know.
import type { Clock } from '../../io/index.ts';
import type { ExactRecord } from '../answer/exact-answer.ts';
import { ExchangeAccount } from './exchange-account.ts';
import type { ServerExchange } from './server-exchange.ts';

/** `consumedBytes`: what the connection has read in all, of whole heads and of bodies. */
export function toExactRecord(
  exchange: ServerExchange,
  clock: Clock,
  output: { readonly producedBytes: number },
  consumedBytes: number,
  aborted: boolean,
): ExactRecord {
  const { wire } = exchange;
  const account = exchange.account ?? new ExchangeAccount(clock);
  const receivedTo = wire.receivedTo === -1 ? consumedBytes : wire.receivedTo;
  const answerBytes = account.exact === undefined ? 0 : output.producedBytes - account.producedBefore;
  return {
    bodyBytes: exchange.bodyBytes,
    sentBytes: account.interimBytes + answerBytes,
    receivedBytes: account.partial?.receivedBytes ?? receivedTo - wire.receivedFrom,
    persistent: exchange.persistent,
    aborted,
    durationMs: clock.nowMs() - account.begunMonotonicMs,
    startedAtMs: account.begunAtMs,
  };
}
