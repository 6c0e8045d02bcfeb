// Finds where two parsers disagree about the same bytes.
import type { Observation, OurObservation } from './observation.ts';

/**
 * What kind of disagreement: only one of them refuses, or does so earlier; or, worse, both accept and see other messages
 * (`content`), another number of them (`count`), or do not agree whether the connection goes on (`persistence`).
 */
export type DisagreementKind = 'weRefuse' | 'theyRefuse' | 'content' | 'count' | 'persistence';

export interface Disagreement {
  readonly kind: DisagreementKind;
  /** Index of the message that they disagree about. */
  readonly index: number;
  readonly text: string;
  readonly ours: OurObservation;
  readonly theirs: Observation;
}

function completeCount({ messages }: Observation): number {
  return messages.filter(({ complete }) => complete).length;
}

function differs(ours: Observation, theirs: Observation, index: number): boolean {
  const [our, their] = [ours.messages[index]!, theirs.messages[index]!];
  const parts = [our.start, ...our.fields].join('\n') !== [their.start, ...their.fields].join('\n');
  if (parts || !our.complete || !their.complete) return parts;
  return our.body !== their.body || our.trailers.join('\n') !== their.trailers.join('\n');
}

/** Undefined where both parsers mean the same. */
export function compareObservations(text: string, ours: OurObservation, theirs: Observation): Disagreement | undefined {
  const found = (kind: DisagreementKind, index: number): Disagreement => ({ kind, index, text, ours, theirs });
  const both = Math.min(ours.messages.length, theirs.messages.length);
  for (let index = 0; index < both; index += 1) {
    if (differs(ours, theirs, index)) return found('content', index);
  }
  const [ourCount, theirCount] = [completeCount(ours), completeCount(theirs)];
  if (ours.error !== undefined && (theirs.error === undefined || ourCount < theirCount)) {
    return found('weRefuse', ourCount);
  }
  if (theirs.error !== undefined && (ours.error === undefined || theirCount < ourCount)) {
    return found('theyRefuse', theirCount);
  }
  if (ours.error !== undefined) return undefined;
  if (ourCount !== theirCount || ours.messages.length !== theirs.messages.length) return found('count', both);
  if (ourCount === ours.messages.length && ours.closed !== theirs.closed) return found('persistence', both);
  return undefined;
}
