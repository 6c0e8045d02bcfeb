// Are pipelined answers in the order of their requests (RFC 9112 §9.3.2)? Told by what each request was answered alone. Pure.
import type { Answer } from '../peer/reply.ts';

/** What tells answers apart. Members that change from answer to answer are left out. */
export interface Signature {
  readonly status?: number;
  readonly length?: string | null;
  readonly bodyBytes?: number;
  readonly bodyHash?: number;
}

const MEMBERS = ['status', 'length', 'bodyBytes', 'bodyHash'] as const;

export function signatureOf({ status, headers, bodyBytes, bodyHash }: Answer): Signature {
  return { status, length: headers.get('content-length'), bodyBytes, bodyHash };
}

/** Of two answers to the same request: what is the same in both. A date in a body changes, and so may its length. */
export function stableSignature(before: Signature, after: Signature | undefined): Signature {
  const stable = MEMBERS.filter((member) => before[member] !== undefined && before[member] === after?.[member]);
  return Object.fromEntries(stable.map((member) => [member, before[member]]));
}

/**
 * Whether some answer is certain to be that to another request: it differs from what its own request was answered, and is what another
 * was answered. An answer that is like none of them has changed, and proves nothing.
 */
export function isOutOfOrder(expected: readonly Signature[], answers: readonly Signature[]): boolean {
  return answers.some((answer, index) => {
    const own = expected[index] ?? {};
    const differing = MEMBERS.filter((member) => own[member] !== undefined && own[member] !== answer[member]);
    return expected.some(
      (other, place) =>
        place !== index && fits(other, answer) && differing.some((member) => other[member] === answer[member]),
    );
  });
}

function fits(expected: Signature, answer: Signature): boolean {
  return MEMBERS.every((member) => expected[member] === undefined || expected[member] === answer[member]);
}
