// May a request whose connection was lost be sent again? The whole answer, without I/O. RFC 9110 §9.2.2 and RFC 9112 §9.3.1: only what
// is idempotent may be repeated, unless it is certain that the peer did not execute it.
//
// A retry always goes to a connection that is opened for it, at once. One from the pool is likely to be as stale as the one that
// failed, and there is nothing to wait for: this is no back-off for a server that is overloaded.
import type { LossKind } from '../../errors.ts';
import type { RetryCause } from '../../trace.ts';

/** What the decision rests on: what is known of the request at the moment its connection was lost. */
export interface RetryFacts {
  /** `connectFailed`: no connection could be opened. `requestTimeout`: the response is a 408. */
  readonly event: LossKind | 'connectFailed';
  /** Executing it twice does no harm: by its method, by the option, or by an Idempotency-Key field. */
  readonly idempotent: boolean;
  /** The connection had served a request before this one was sent. */
  readonly reused: boolean;
  /** The first write of the request failed (`syscall: 'write'`), so the kernel took no byte of it. */
  readonly nothingAccepted: boolean;
  /** All of it was given to the kernel. False while a body streams, and while its last byte is held back. */
  readonly requestComplete: boolean;
  readonly responseBytes: number;
  /** There is no body, or it can be produced again, or nothing was taken of it. */
  readonly bodyReplayable: boolean;
  /** How often it was sent again so far. */
  readonly retries: number;
  /** The session's `maxRetries`. */
  readonly maxRetries: number;
  /** How often it was lost before at the head of a connection that had served nothing: then staleness is no explanation. */
  readonly freshLosses: number;
  /** Of a 408: it has `Connection: close`, as one that ends an idle connection must have. */
  readonly saysClose: boolean;
  /** Of a 408: its first byte came before all of the request was given to the kernel, so it cannot be about the whole of it. */
  readonly beganBeforeComplete: boolean;
  /** Another request was unanswered before it on that connection. The peer can have executed it nevertheless. */
  readonly pipelinedBehind: boolean;
}

/** Why a request is sent again, as sentences for the documentation. */
export const RETRY_CAUSES: Readonly<Record<RetryCause, string>> = {
  connectFailed: 'No connection could be opened, so nothing was sent.',
  writeFailed: 'The first write of the request failed: the kernel took no byte of it.',
  requestIncomplete: 'The connection ended before the request was complete, so it cannot have been executed.',
  endedBeforeResponse: 'The connection ended before any byte of the response, and the request may be repeated.',
  requestTimeout: 'A reused connection was given up with a 408 that is not about this request.',
  silent: 'A reused connection stayed silent for `headersMs`, and the request may be repeated.',
  pipelineBroken: 'The connection ended under a request before it, and this one may be repeated.',
};

/** Why a request is not sent again: what is so, and what the caller can do about it. */
export const RETRY_REFUSALS = {
  responseBegan: {
    because: 'a part of the response had arrived',
    remedy: 'ask for the rest with a Range field, or repeat the request if it does no harm',
  },
  mayHaveBeenExecuted: {
    because: 'it is not idempotent, and the server may have executed it',
    remedy:
      "if a repetition does no harm, set idempotent: true or send an Idempotency-Key field; nonIdempotent: 'fresh' keeps such requests off reused connections",
  },
  freshConnectionLost: {
    because: 'new connections were lost under it twice, so a stale connection is not the cause',
    remedy: 'look for a server that crashes on this request, or a middlebox that refuses it',
  },
  freshConnectionSilent: {
    because: 'the connection was new, so it is the server that does not answer',
    remedy: 'raise timeouts.headersMs if the server needs longer',
  },
  protocolError: {
    because: 'the response is no HTTP/1, and asking again would not change that',
    remedy: 'check what listens there, e.g. TLS on a port without it; nothing but a defect of the peer leads here',
  },
  bodyNotReplayable: {
    because: 'its body is a stream that was already read from',
    remedy: 'give the body as bytes, a string, or a function that produces it again',
  },
  retriesExhausted: {
    because: 'maxRetries is used up',
    remedy: 'raise maxRetries, or find out why connections to this server keep failing',
  },
  requestTimeoutOnFreshConnection: {
    because: 'the connection was new, so the 408 is about this request',
    remedy: 'the 408 is delivered as the response',
  },
  requestTimeoutWithoutClose: {
    because: 'the server goes on with the connection, so the 408 is about this request',
    remedy: 'the 408 is delivered as the response',
  },
} as const;

/** See {@link RETRY_REFUSALS}. Of a 408 each means: deliver it as the response that it is. */
export type RetryRefusal = keyof typeof RETRY_REFUSALS;

/** What is to be done with a request whose connection was lost. */
export type RetryDecision =
  | { readonly retry: true; readonly cause: RetryCause }
  | { readonly retry: false; readonly reason: RetryRefusal };

const RETRY: Readonly<Record<RetryCause, RetryDecision>> = freezeEach(RETRY_CAUSES, (cause) => ({
  retry: true,
  cause,
}));
const REFUSE: Readonly<Record<RetryRefusal, RetryDecision>> = freezeEach(RETRY_REFUSALS, (reason) => ({
  retry: false,
  reason,
}));

/** Whether the request is sent again, on a new connection and at once. The reason that speaks of execution comes before those of means. */
export function decideRetry(facts: RetryFacts): RetryDecision {
  const decision = facts.event === 'requestTimeout' ? judgeRequestTimeout(facts) : judgeLoss(facts);
  if (!decision.retry) return decision;
  if (!facts.bodyReplayable) return REFUSE.bodyNotReplayable;
  if (facts.retries >= facts.maxRetries) return REFUSE.retriesExhausted;
  return decision;
}

function judgeLoss(facts: RetryFacts): RetryDecision {
  if (facts.event === 'connectFailed') return RETRY.connectFailed;
  if (facts.event === 'protocolError' && isAboutThisRequest(facts)) return REFUSE.protocolError;
  if (facts.responseBytes > 0) return REFUSE.responseBegan;
  if (facts.nothingAccepted) return RETRY.writeFailed;
  if (!facts.idempotent && facts.requestComplete) return REFUSE.mayHaveBeenExecuted;
  // Behind another request its connection says nothing about it: the one at the head is answered for first.
  if (!facts.reused && !facts.pipelinedBehind) {
    if (facts.event === 'timeout') return REFUSE.freshConnectionSilent;
    if (facts.freshLosses > 0) return REFUSE.freshConnectionLost;
  }
  if (!facts.requestComplete) return RETRY.requestIncomplete;
  if (facts.idempotent && facts.pipelinedBehind) return RETRY.pipelineBroken;
  if (facts.idempotent && facts.event === 'timeout') return RETRY.silent;
  if (facts.idempotent) return RETRY.endedBeforeResponse;
  return REFUSE.mayHaveBeenExecuted;
}

/**
 * Whether what was no HTTP came as the answer to this request. Bytes that came with the answer before belong to that one (RFC 9112
 * §6.3), and what stands behind a broken answer has none of its own yet.
 */
function isAboutThisRequest({ pipelinedBehind, reused, responseBytes }: RetryFacts): boolean {
  return !pipelinedBehind && (!reused || responseBytes > 0);
}

/**
 * RFC 9110 §15.5.9: the server did not receive a complete request in the time it was prepared to wait. On a connection that was
 * used before it ends the idle time and crossed our request, which the client may repeat.
 */
function judgeRequestTimeout(facts: RetryFacts): RetryDecision {
  if (!facts.reused) return REFUSE.requestTimeoutOnFreshConnection;
  if (!facts.saysClose) return REFUSE.requestTimeoutWithoutClose;
  if (facts.idempotent || isCertainlyUnexecuted(facts)) return RETRY.requestTimeout;
  return REFUSE.mayHaveBeenExecuted;
}

/**
 * Whether the caller may send it again: the server cannot have executed it, or twice does no harm. What our own rules of how often
 * and with which body say does not matter here. It holds once the connection is destroyed, so that the rest cannot arrive.
 */
export function decideSafeToRetry(facts: RetryFacts): boolean {
  return facts.idempotent || isCertainlyUnexecuted(facts);
}

function isCertainlyUnexecuted(facts: RetryFacts): boolean {
  if (facts.event === 'connectFailed' || facts.nothingAccepted) return true;
  if (facts.event === 'requestTimeout') return facts.beganBeforeComplete || !facts.requestComplete;
  // A server that answers half a request has acted on that half.
  return !facts.requestComplete && facts.responseBytes === 0;
}

function freezeEach<Name extends string>(
  names: Readonly<Record<Name, unknown>>,
  make: (name: Name) => RetryDecision,
): Readonly<Record<Name, RetryDecision>> {
  const entries = (Object.keys(names) as Name[]).map((name) => [name, Object.freeze(make(name))]);
  return Object.freeze(Object.fromEntries(entries) as Record<Name, RetryDecision>);
}
