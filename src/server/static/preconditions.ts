// What the conditional fields of a request come to, in the order of RFC 9110 §13.2.2. Pure.
// To be asked only where the answer would otherwise be 200: a 404 stays a 404 (§13.2.1).
import { parseHttpDate } from '../../http/date.ts';
import { matchesStrongly, matchesWeakly, parseEntityTag, parseEntityTagList, type EntityTag } from './entity-tag.ts';

/** The fields as they were sent, null where they were not, and the validators of the representation that was chosen. */
export interface PreconditionFacts {
  readonly method: string;
  readonly ifMatch: string | null;
  readonly ifUnmodifiedSince: string | null;
  readonly ifNoneMatch: string | null;
  readonly ifModifiedSince: string | null;
  readonly range: string | null;
  readonly ifRange: string | null;
  /** The current entity tag as it is sent, with its quotes. */
  readonly entityTag: string;
  /** The current Last-Modified in milliseconds; only its whole seconds count, since a date has no more. */
  readonly lastModifiedMs: number;
}

/** What to do, and the field that decided it. */
export type PreconditionDecision =
  /** Send the representation; honour the Range field only where `range` is true. */
  | { readonly action: 'send'; readonly range: boolean; readonly reason: 'holds' | 'noRange' | 'ifRange' }
  | { readonly action: 'notModified'; readonly reason: 'ifNoneMatch' | 'ifModifiedSince' }
  | { readonly action: 'preconditionFailed'; readonly reason: 'ifMatch' | 'ifUnmodifiedSince' | 'ifNoneMatch' };

/** Decides in the order of §13.2.2; the first field that is not met wins. */
export function decidePrecondition(facts: PreconditionFacts): PreconditionDecision {
  const safe = facts.method === 'GET' || facts.method === 'HEAD';

  // 1 and 2. If-Unmodified-Since counts only without If-Match (§13.1.4).
  if (facts.ifMatch !== null) {
    if (!hasMatch(facts.ifMatch, facts.entityTag, matchesStrongly)) {
      return { action: 'preconditionFailed', reason: 'ifMatch' };
    }
  } else if (facts.ifUnmodifiedSince !== null) {
    const date = parseHttpDate(facts.ifUnmodifiedSince);
    if (date !== undefined && toSeconds(facts.lastModifiedMs) > toSeconds(date)) {
      return { action: 'preconditionFailed', reason: 'ifUnmodifiedSince' };
    }
  }

  // 3 and 4. If-Modified-Since counts only without If-None-Match, even one that makes no sense (§13.1.3).
  if (facts.ifNoneMatch !== null) {
    // The common case, a browser that sends back what it was given, needs no parsing.
    if (facts.ifNoneMatch === facts.entityTag || hasMatch(facts.ifNoneMatch, facts.entityTag, matchesWeakly)) {
      return safe
        ? { action: 'notModified', reason: 'ifNoneMatch' }
        : { action: 'preconditionFailed', reason: 'ifNoneMatch' };
    }
  } else if (facts.ifModifiedSince !== null && safe) {
    const date = parseHttpDate(facts.ifModifiedSince);
    if (date !== undefined && toSeconds(facts.lastModifiedMs) <= toSeconds(date)) {
      return { action: 'notModified', reason: 'ifModifiedSince' };
    }
  }

  // 5. Ranges are defined for GET alone (§14.2).
  if (facts.range === null || facts.method !== 'GET') return { action: 'send', range: false, reason: 'noRange' };
  if (facts.ifRange === null || holdsIfRange(facts.ifRange, facts.entityTag)) {
    return { action: 'send', range: true, reason: 'holds' };
  }
  return { action: 'send', range: false, reason: 'ifRange' };
}

/** A list that is malformed names no tag that we gave out, so nothing matches. `*` is any representation, and there is one. */
function hasMatch(field: string, entityTag: string, matches: (one: EntityTag, other: EntityTag) => boolean): boolean {
  const wanted = parseEntityTagList(field);
  if (wanted === '*') return true;
  const current = parseEntityTag(entityTag);
  return wanted !== undefined && current !== undefined && wanted.some((tag) => matches(tag, current));
}

/**
 * §13.1.5. A date never holds: it would have to be a strong validator, and a server that keeps no history cannot know that
 * the file did not change twice within that second (§8.8.2.2). Two halves of different files would be the price.
 * It costs nothing: we always send an entity tag, and a client that has one may not send a date.
 */
function holdsIfRange(field: string, entityTag: string): boolean {
  const wanted = parseEntityTag(field.trim());
  const current = parseEntityTag(entityTag);
  return wanted !== undefined && current !== undefined && matchesStrongly(wanted, current);
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
