// Faults between a request and its answer: the connection ends, or an answer comes too early or is none of the handler's.
import { encodeAnswer, ownAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { count, ending, endingOrNone, flag, milliseconds, oneOf } from './parameter.ts';
import { answered, end, endOrMute, EXECUTE, FAULT, waitFor, write } from './step.ts';
import type { Ending } from './step.ts';

/** Reads the whole request, does not execute it, and closes. */
export interface CloseBeforeProcessing extends FaultBase {
  readonly kind: 'closeBeforeProcessing';
  /** From the request to the end. Default 0. */
  readonly afterMs?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const CLOSE_BEFORE_PROCESSING: FaultDefinition<CloseBeforeProcessing> = {
  parameters: { afterMs: milliseconds(0), ending: ending('fin') },
  atRequest: ({ afterMs, ending: how }, { complete }) =>
    complete ? [...waitFor(afterMs), FAULT, end(how)] : undefined,
};

/** Executes the request, answers nothing, and closes. */
export interface CloseAfterProcessing extends FaultBase {
  readonly kind: 'closeAfterProcessing';
  /** From the execution to the end. Default 0. */
  readonly afterMs?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const CLOSE_AFTER_PROCESSING: FaultDefinition<CloseAfterProcessing> = {
  parameters: { afterMs: milliseconds(0), ending: ending('fin') },
  atRequest: ({ afterMs, ending: how }, { complete }) =>
    complete ? [EXECUTE, ...waitFor(afterMs), FAULT, end(how)] : undefined,
};

/** Closes when the head, or so much of the body, has arrived. The request is not executed, even where more of it has come. */
export interface CloseMidRequest extends FaultBase {
  readonly kind: 'closeMidRequest';
  /** Bytes of the body. Default 0: the head alone. A request with a shorter body is served. */
  readonly afterBodyBytes?: number;
  /** Default `fin`. */
  readonly ending?: Ending;
}

export const CLOSE_MID_REQUEST: FaultDefinition<CloseMidRequest> = {
  parameters: { afterBodyBytes: count(0, 0), ending: ending('fin') },
  atRequest: ({ afterBodyBytes, ending: how }, { bodyBytes }) =>
    bodyBytes >= afterBodyBytes ? [FAULT, end(how)] : undefined,
};

/** Answers before the body of the request was read; the request is not executed. Requests without a body are served. */
export interface EarlyAnswer extends FaultBase {
  readonly kind: 'earlyAnswer';
  /** Default 413. */
  readonly status?: number;
  /** Bytes of the body that are read before it. Default 0. */
  readonly afterBodyBytes?: number;
  /** Whether it says `Connection: close` and ends the connection; otherwise the rest is read and the connection persists. Default true. */
  readonly close?: boolean;
  /** Default `linger`: the answer is not destroyed by an RST, as RFC 9112 §9.6 asks. */
  readonly ending?: Ending;
}

export const EARLY_ANSWER: FaultDefinition<EarlyAnswer> = {
  parameters: {
    status: {
      fallback: 413,
      allowed: 'a final status, 200 to 599',
      isAllowed: (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599,
    },
    afterBodyBytes: count(0, 0),
    close: flag(true),
    ending: ending('linger'),
  },
  atRequest: ({ status, afterBodyBytes, close, ending: how }, { hasBody, bodyBytes }) => {
    if (!hasBody || bodyBytes < afterBodyBytes) return undefined;
    const { head, body } = encodeAnswer(ownAnswer(status, close));
    return [FAULT, write(head, body), answered(status), ...(close ? [end(how)] : [])];
  },
};

/** Answers a request with 408 and `Connection: close` instead of executing it: the server's timeout met the request on its way. */
export interface RequestTimeoutAnswer extends FaultBase {
  readonly kind: 'requestTimeoutAnswer';
  /** As soon as its head has arrived, or when it is complete. Default `complete`. */
  readonly at?: 'head' | 'complete';
  /** Default `fin`; with `none` the connection stays open, and what arrives on it is ignored. */
  readonly ending?: Ending | 'none';
  /** From the 408 to the end. Default 0. */
  readonly endAfterMs?: number;
}

export const REQUEST_TIMEOUT_ANSWER: FaultDefinition<RequestTimeoutAnswer> = {
  parameters: {
    at: oneOf<'head' | 'complete'>(['head', 'complete'], 'complete'),
    ending: endingOrNone('fin'),
    endAfterMs: milliseconds(0),
  },
  // Only where the client cannot have been slow to send its first request.
  when: { request: ({ number }) => number > 1 },
  atRequest: ({ at, ending: how, endAfterMs }, { complete }) => {
    if (at === 'complete' && !complete) return undefined;
    const { head, body } = encodeAnswer(ownAnswer(408, true));
    return [FAULT, write(head, body), answered(408), ...waitFor(endAfterMs), endOrMute(how)];
  },
};
