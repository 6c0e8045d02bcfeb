// The cases that users are told about, with the facts that they stand for: the table of docs/retry.md is made of what is decided.
import { decideRetry, decideSafeToRetry } from '#src/client/policy/retry.js';
import type { RetryFacts } from '#src/client/policy/retry.js';

/** One row of the table. */
export interface RetryCase {
  readonly what: string;
  readonly facts: RetryFacts;
}

/** A complete request on a reused connection, of which nothing else is known. */
const BASE: RetryFacts = {
  event: 'fin',
  idempotent: false,
  reused: true,
  nothingAccepted: false,
  requestComplete: true,
  responseBytes: 0,
  bodyReplayable: true,
  retries: 0,
  maxRetries: 2,
  freshLosses: 0,
  saysClose: false,
  beganBeforeComplete: false,
  pipelinedBehind: false,
};

const caseOf = (what: string, facts: Partial<RetryFacts>): RetryCase => ({ what, facts: { ...BASE, ...facts } });

const REQUEST_TIMEOUT = { event: 'requestTimeout', responseBytes: 60, saysClose: true } as const;

/** In the order of the document. */
export const RETRY_CASES: readonly RetryCase[] = [
  caseOf('no connection could be opened', { event: 'connectFailed', reused: false }),
  caseOf('the first write failed, the kernel took nothing', { event: 'writeFailed', nothingAccepted: true }),
  caseOf('a reused connection ended (FIN, RST) after the request and before any byte of the response', {}),
  caseOf('the connection ended before the request was complete', { event: 'reset', requestComplete: false }),
  caseOf('a reused connection stayed silent for `headersMs`', { event: 'timeout' }),
  caseOf('it ended while a pipelined request before this one was unanswered', { pipelinedBehind: true }),
  caseOf('408 with `close` on a reused connection, begun before the request was complete', {
    ...REQUEST_TIMEOUT,
    beganBeforeComplete: true,
  }),
  caseOf('408 with `close` on a reused connection, begun after that', REQUEST_TIMEOUT),
  caseOf('408 without `close`', { ...REQUEST_TIMEOUT, saysClose: false }),
  caseOf('408 on a new connection', { ...REQUEST_TIMEOUT, reused: false }),
  caseOf('a new connection ended before any byte of the response', { reused: false }),
  caseOf('a second new connection did so', { reused: false, retries: 1, freshLosses: 1 }),
  caseOf('a new connection stayed silent', { event: 'timeout', reused: false }),
  caseOf('a part of the response had arrived', { responseBytes: 1 }),
  caseOf('what came was no HTTP', { event: 'protocolError', responseBytes: 1 }),
  caseOf('a reused connection brought what was no HTTP together with the answer before', { event: 'protocolError' }),
  caseOf('it would be sent again, but its body is a stream that was read from', {
    nothingAccepted: true,
    bodyReplayable: false,
  }),
  caseOf('it would be sent again, but `maxRetries` is used up', { nothingAccepted: true, retries: 2 }),
];

/** What is done, as a cell of the table. */
export function describeOutcome(facts: RetryFacts): string {
  const decision = decideRetry(facts);
  if (decision.retry) return `sent again: \`${decision.cause}\``;
  if (facts.event === 'requestTimeout') return `the 408 is delivered: \`${decision.reason}\``;
  return `error: \`${decision.reason}\`, \`safeToRetry: ${decideSafeToRetry(facts)}\``;
}
