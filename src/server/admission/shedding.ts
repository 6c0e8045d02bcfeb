// Room for new connections when there are too many: those that dawdle in their handshake go first, then the longest idle ones, then
// those that never asked for anything, and only then newcomers are refused. Pure.

/** No connection is shed before it did nothing for this long: a client that is about to ask should find it. The idea of nginx's keepalive_min_timeout. */
export const SHED_FLOOR_MS = 1_000;

/** What is to be done with a newcomer: let it in, let it in at the cost of another, or refuse it. */
export type AdmissionPlan = 'admit' | 'shedPending' | 'shedIdle' | 'shedSilent' | 'refuse';

/** What is known when a connection arrives. */
export interface AdmissionFacts {
  readonly open: number;
  readonly limit: number;
  /** How long the handshake that takes longest has taken; undefined where none is under way. */
  readonly longestPendingMs?: number | undefined;
  /** How long the connection that is idle longest has been so; undefined where none is. */
  readonly longestIdleMs: number | undefined;
  /** The same for connections that have not asked for anything yet. */
  readonly longestSilentMs: number | undefined;
}

/** Decides about a new connection. */
export function decideAdmission(facts: AdmissionFacts): AdmissionPlan {
  if (facts.open < facts.limit) return 'admit';
  // A handshake takes a few round trips. Who needs a second has proved nothing yet, and an idle connection is worth one to its client.
  if (facts.longestPendingMs !== undefined && facts.longestPendingMs >= SHED_FLOOR_MS) return 'shedPending';
  if (facts.longestIdleMs !== undefined && facts.longestIdleMs >= SHED_FLOOR_MS) return 'shedIdle';
  if (facts.longestSilentMs !== undefined && facts.longestSilentMs >= SHED_FLOOR_MS) return 'shedSilent';
  return 'refuse';
}
