// The query of a rule's target: in place of the request's, in front of it, or none. Pure.
import { readScheme } from './absolute-url.ts';
import type { RuleFlags } from './rule-flags.ts';

/** What becomes of a target. */
export interface SplitTarget {
  readonly path: string;
  readonly query: string | undefined;
}

/** `query`: what the request has so far. */
export function splitQuery(
  target: string,
  query: string | undefined,
  flags: Pick<RuleFlags, 'queryAppend' | 'queryDiscard' | 'queryLast'>,
): SplitTarget {
  const scheme = readScheme(target);
  // Of schemes that know no query `?` is a part of the path, and what the request had is gone.
  if (scheme !== undefined && !scheme.hasQuery) return { path: target, query: undefined };
  const kept = flags.queryDiscard ? undefined : query;
  const mark = flags.queryLast ? target.lastIndexOf('?') : target.indexOf('?');
  if (mark === -1) return { path: target, query: kept };
  const path = target.slice(0, mark);
  const own = target.slice(mark + 1);
  let joined = own;
  if (flags.queryAppend) joined = own === '' ? (kept ?? '') : `${own}&${kept ?? ''}`;
  if (joined.endsWith('&')) joined = joined.slice(0, -1);
  return { path, query: joined === '' ? undefined : joined };
}
