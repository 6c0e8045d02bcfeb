// Half-open connections: from some moment on the peer is as good as gone, but nothing tells the client.
import { encodeAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { flag, milliseconds, oneOf } from './parameter.ts';
import { EXECUTE, FAULT, mute, waitFor, write } from './step.ts';

/** When a {@link BlackHole} opens. */
export type BlackHoleMoment =
  | 'accept'
  | 'idle'
  | 'beforeProcessing'
  | 'afterProcessing'
  | 'responseHead'
  | 'responseBody';

const MOMENTS: readonly BlackHoleMoment[] = [
  'accept',
  'idle',
  'beforeProcessing',
  'afterProcessing',
  'responseHead',
  'responseBody',
];

/** Never answers and never closes from some moment on, not even when the client closes. */
export interface BlackHole extends FaultBase {
  readonly kind: 'blackHole';
  /**
   * `accept`: from the start; `idle`: behind an answer; `beforeProcessing`: the request is read and not executed;
   * `afterProcessing`: executed and not answered; `responseHead`, `responseBody`: half of that part of the answer is sent.
   * Default `idle`.
   */
  readonly at?: BlackHoleMoment;
  /** From that moment to the silence, where it is `idle`. Default 0. */
  readonly afterMs?: number;
  /** Whether bytes are still taken and ignored; otherwise the client's kernel fills up. Default true. */
  readonly reads?: boolean;
}

export const BLACK_HOLE: FaultDefinition<BlackHole> = {
  parameters: { at: oneOf(MOMENTS, 'idle'), afterMs: milliseconds(0), reads: flag(true) },
  atAccept: ({ at, reads }) => (at === 'accept' ? [FAULT, mute(reads)] : undefined),
  atIdle: ({ at, afterMs, reads }) => (at === 'idle' ? [...waitFor(afterMs), FAULT, mute(reads)] : undefined),
  atRequest: ({ at, reads }, { complete }) => {
    if (!complete) return undefined;
    if (at === 'beforeProcessing') return [FAULT, mute(reads)];
    return at === 'afterProcessing' ? [EXECUTE, FAULT, mute(reads)] : undefined;
  },
  atAnswer: ({ at, reads }, answer) => {
    const { head, body } = encodeAnswer(answer);
    if (at === 'responseHead') return [FAULT, write(head.subarray(0, head.length >> 1)), mute(reads)];
    return at === 'responseBody' ? [FAULT, write(head, body.subarray(0, body.length >> 1)), mute(reads)] : undefined;
  },
};
