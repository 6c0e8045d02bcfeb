// How a connection was lost to one of its requests, and the error that its caller gets where it was not sent again.
import { ConnectionLostError, TimeoutError } from '../../errors.ts';
import type { LossEvidence } from '../../errors.ts';
import { ProtocolError } from '../../wire/index.ts';
import type { Loss } from '../exchange-parties.ts';
import type { SessionLimits } from '../limits.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';
import { describeLoss } from './describe-loss.ts';
import type { LossDescription } from './describe-loss.ts';
import { decideSafeToRetry } from './retry.ts';
import type { RetryFacts, RetryRefusal } from './retry.ts';

/** What the request adds to it. */
export interface LossContext {
  readonly outgoing: OutgoingRequest;
  /** How often it was sent, this time included. */
  readonly attempts: number;
  readonly retries: number;
  readonly maxRetries: number;
  readonly freshLosses: number;
  readonly limits: Required<SessionLimits>;
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

/** The faults that are no defect of the server: our limits say what is too much. */
const LIMITS = {
  headTooLarge: 'headerBytes',
  tooManyFields: 'headerFields',
  bodyTooLarge: 'bodyBytes',
} as const;

function describeFault(
  error: ProtocolError,
  limits: Required<SessionLimits>,
): Pick<LossDescription, 'fault' | 'limit'> {
  const { fault } = error;
  if (fault !== 'headTooLarge' && fault !== 'tooManyFields' && fault !== 'bodyTooLarge')
    return { fault: error.message };
  const name = LIMITS[fault];
  return { fault: error.message, limit: { option: `limits.${name}`, value: limits[name] } };
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
  const { error } = loss;
  const message = describeLoss({
    evidence,
    url: outgoing.url,
    refusal,
    ...(isTimeout ? { timeoutMs } : {}),
    ...(error instanceof ProtocolError && loss.kind === 'protocolError' ? describeFault(error, context.limits) : {}),
  });
  if (!isTimeout) return new ConnectionLostError(message, evidence, { cause: loss.error });
  return new TimeoutError(phase, timeoutMs, message, evidence);
}
