// How a connection was lost to one of its requests, and the error that its caller gets where it was not sent again.
import { ConnectionLostError, TimeoutError } from '../errors.ts';
import type { LossEvidence, LossKind } from '../errors.ts';
import type { Http1Connection } from './http1-connection.ts';
import type { OutgoingRequest } from './outgoing-request.ts';
import { describeLoss } from './describe-loss.ts';
import { decideSafeToRetry } from './retry.ts';
import type { RetryFacts, RetryRefusal } from './retry.ts';

/** What the connection knows at the moment of the loss. */
export interface Loss {
  readonly kind: LossKind;
  readonly connection: Http1Connection;
  /** Whether the connection had served a request before. */
  readonly reused: boolean;
  readonly idleMs: number;
  readonly bytesSent: number;
  /** The kernel took no byte of it. */
  readonly nothingAccepted: boolean;
  /** All of it was given to the kernel. */
  readonly requestComplete: boolean;
  readonly responseBytes: number;
  /** Another request without answer was ahead of it. */
  readonly pipelinedBehind: boolean;
  /** The response that ended it had `Connection: close`. */
  readonly saysClose: boolean;
  /** A piece was taken from the source of its body. */
  readonly bodyTaken: boolean;
  readonly error: unknown;
}

/** What the request adds to it. */
export interface LossContext {
  readonly outgoing: OutgoingRequest;
  /** How often it was sent, this time included. */
  readonly attempts: number;
  readonly retries: number;
  readonly maxRetries: number;
  readonly freshLosses: number;
}

/** The facts that retry.ts decides on. */
export function retryFacts(loss: Loss, context: LossContext): RetryFacts {
  const { body, idempotent } = context.outgoing;
  return {
    event: loss.kind,
    idempotent,
    reused: loss.reused,
    nothingAccepted: loss.nothingAccepted,
    requestComplete: loss.requestComplete,
    responseBytes: loss.responseBytes,
    bodyReplayable: body.kind !== 'pieces' || body.source.replayable || !loss.bodyTaken,
    retries: context.retries,
    maxRetries: context.maxRetries,
    freshLosses: context.freshLosses,
    saysClose: loss.saysClose,
    beganBeforeComplete: !loss.requestComplete,
    pipelinedBehind: loss.pipelinedBehind,
  };
}

/** The deadline that a loss of kind `timeout` is about. */
export interface LossDeadline {
  readonly phase: 'headers' | 'body';
  readonly timeoutMs: number;
}

/** The error for the caller. `refusal` is why it was not sent again. */
export function createLossError(
  loss: Loss,
  context: LossContext,
  refusal: RetryRefusal,
  { phase, timeoutMs }: LossDeadline,
): Error {
  const { outgoing, attempts } = context;
  const facts = retryFacts(loss, context);
  const evidence: LossEvidence = {
    kind: loss.kind,
    method: outgoing.method,
    connectionId: loss.connection.id,
    reused: loss.reused,
    idleMs: loss.idleMs,
    bytesSent: loss.bytesSent,
    requestComplete: loss.requestComplete,
    responseBytes: loss.responseBytes,
    serverAdvertised: loss.connection.hint,
    safeToRetry: decideSafeToRetry(facts),
    attempts,
  };
  const isTimeout = loss.kind === 'timeout';
  const message = describeLoss({ evidence, url: outgoing.url, refusal, ...(isTimeout ? { timeoutMs } : {}) });
  if (!isTimeout) return new ConnectionLostError(message, evidence, { cause: loss.error });
  return new TimeoutError(phase, timeoutMs, message, evidence);
}
