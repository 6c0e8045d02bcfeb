// Room for new connections when there are too many: the longest idle ones go first, and only then newcomers are refused. Pure.

/** An idle connection is never shed before it was idle for this long: a client that is about to ask again should find it. As nginx's keepalive_min_timeout. */
export const SHED_FLOOR_MS = 1_000;

/** What is to be done with a newcomer. */
export type AdmissionPlan = { readonly admit: true; readonly shed: boolean } | { readonly admit: false };

/** Decides about a new connection. `longestIdleMs`: how long the connection that is idle longest has been so; undefined where none is. */
export function decideAdmission(open: number, limit: number, longestIdleMs: number | undefined): AdmissionPlan {
  if (open < limit) return { admit: true, shed: false };
  if (longestIdleMs !== undefined && longestIdleMs >= SHED_FLOOR_MS) return { admit: true, shed: true };
  return { admit: false };
}
