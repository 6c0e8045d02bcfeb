// Faults in the order of answers (RFC 9112 §9.3.2): a client that does not compare cannot tell whose answer it has.
import { encodeAnswer } from './answer.ts';
import type { FaultBase, FaultDefinition } from './fault-definition.ts';
import { EXECUTE, FAULT } from './step.ts';

/** Executes a request and goes on with the next one as if it had been answered. */
export interface MissingAnswer extends FaultBase {
  readonly kind: 'missingAnswer';
}

export const MISSING_ANSWER: FaultDefinition<MissingAnswer> = {
  parameters: {},
  when: { request: 1 },
  atRequest: (_parameters, { complete }) => (complete ? [EXECUTE, FAULT] : undefined),
};

/** Sends an answer behind the one of the next request on the connection. Where none comes, it is never sent. */
export interface SwappedAnswers extends FaultBase {
  readonly kind: 'swappedAnswers';
}

export const SWAPPED_ANSWERS: FaultDefinition<SwappedAnswers> = {
  parameters: {},
  when: { request: 1 },
  atAnswer: (_parameters, answer) => {
    const { head, body } = encodeAnswer(answer);
    return [FAULT, { step: 'keepBack', bytes: Buffer.concat([head, body]), status: answer.status }];
  },
};
