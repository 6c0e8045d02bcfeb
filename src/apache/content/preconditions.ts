// Conditional requests (RFC 9110 §13) as Apache decides them. Pure: all times are whole seconds since 1970.
import { readApacheDate } from './apache-date.ts';
import { hasStrongTag, hasWeakTag } from './entity-tag-match.ts';

/** What a decision looks at. Fields are undefined where the request has none. */
export interface ConditionFacts {
  /** GET or HEAD. */
  readonly isGet: boolean;
  readonly entityTag: string | undefined;
  /** Of the Last-Modified field. */
  readonly modifiedS: number;
  /** When the request arrived. */
  readonly requestS: number;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
  readonly hasRange: boolean;
  /** Default: false. */
  readonly hasIfRange?: boolean;
}

/** What Apache found, and why. */
export interface ConditionDecision {
  readonly status: 200 | 304 | 412;
  readonly reason: 'unconditional' | 'ifMatch' | 'ifUnmodifiedSince' | 'ifNoneMatch' | 'ifModifiedSince' | 'holds';
}

/** How long a file must have rested until its date is as good as a strong tag (RFC 9110 §8.8.2.2 proposes a minute). */
const RESTED_S = 60;

/**
 * Every condition that speaks against 304 wins, against RFC 9110 §13.2.2, where If-None-Match alone decides:
 * with both fields If-None-Match and If-Modified-Since must allow it.
 */
export function decideConditions(facts: ConditionFacts): ConditionDecision {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, entityTag } = facts;
  let fresh: boolean | undefined;
  let reason: ConditionDecision['reason'] = 'unconditional';
  if (ifMatch !== undefined) {
    const matches = ifMatch.startsWith('*') || (entityTag !== undefined && hasStrongTag(ifMatch, entityTag));
    if (!matches) return { status: 412, reason: 'ifMatch' };
    reason = 'holds';
  }
  if (ifUnmodifiedSince !== undefined) {
    const limitS = readApacheDate(ifUnmodifiedSince);
    if (limitS !== 0 && facts.modifiedS > limitS) return { status: 412, reason: 'ifUnmodifiedSince' };
    // What is no date speaks against 304, too.
    fresh = false;
    reason = 'holds';
  }
  if (ifNoneMatch !== undefined) {
    if (matchesAny(facts, ifNoneMatch)) {
      if (!facts.isGet) return { status: 412, reason: 'ifNoneMatch' };
      fresh ??= true;
      reason = 'ifNoneMatch';
    } else {
      fresh = false;
      reason = 'holds';
    }
  }
  if (ifModifiedSince !== undefined) {
    const verdict = isUnchangedSince(facts, readApacheDate(ifModifiedSince));
    if (verdict === false) fresh = false;
    else if (verdict === true && facts.isGet) {
      fresh ??= true;
      reason = 'ifModifiedSince';
    }
  }
  // Whoever asks for the rest of what it has wants an answer, whatever If-Range says.
  if (facts.hasRange && facts.hasIfRange === true) fresh = false;
  return fresh === true ? { status: 304, reason } : { status: 200, reason: fresh === false ? 'holds' : reason };
}

function matchesAny(facts: ConditionFacts, ifNoneMatch: string): boolean {
  if (ifNoneMatch.startsWith('*')) return true;
  if (facts.entityTag === undefined) return false;
  return facts.isGet && !facts.hasRange
    ? hasWeakTag(ifNoneMatch, facts.entityTag)
    : hasStrongTag(ifNoneMatch, facts.entityTag);
}

/** Undefined: a date is too weak to say so. */
function isUnchangedSince(facts: ConditionFacts, sinceS: number): boolean | undefined {
  // A date in the future is none (RFC 9110 §13.1.3).
  if (sinceS < facts.modifiedS || sinceS > facts.requestS) return false;
  return facts.hasRange && facts.requestS < facts.modifiedS + RESTED_S ? undefined : true;
}

/** Whether a range may be sent although If-Range is there. */
export function allowsRange(
  ifRange: string | undefined,
  facts: Pick<ConditionFacts, 'entityTag' | 'modifiedS' | 'requestS'>,
): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"')) return ifRange === facts.entityTag;
  if (ifRange.startsWith('W/')) return false;
  return readApacheDate(ifRange) === facts.modifiedS && facts.requestS >= facts.modifiedS + RESTED_S;
}
