// May a second attempt start beside one that stays silent on a reused connection? The first answer wins, the other connection is
// destroyed. Only what may be executed twice is sent twice (RFC 9110 §9.2.2). Pure.
import { ALWAYS_TRUSTED_MS } from './idle-policy.ts';

/** What the decision rests on, when the request was sent. */
export interface HedgeFacts {
  readonly mode: 'auto' | 'always' | 'never';
  readonly idempotent: boolean;
  readonly reused: boolean;
  /** How long its connection had been idle, by the larger of both clocks. */
  readonly idleMs: number;
  /** The longest idle time after which a connection to this origin answered; 0 where none did. */
  readonly longestSurvivedMs: number;
  readonly bodyReplayable: boolean;
  /** A second attempt counts as one more. */
  readonly retries: number;
  readonly maxRetries: number;
  /** How long this origin may take to answer before it is suspect. */
  readonly suspectAfterMs: number;
}

/** After which silence the second attempt starts, in milliseconds; undefined: never. */
export function decideHedge(facts: HedgeFacts): number | undefined {
  if (facts.mode === 'never' || !facts.idempotent || !facts.reused) return undefined;
  if (!facts.bodyReplayable || facts.retries >= facts.maxRetries) return undefined;
  // What was used a moment ago was not forgotten by any middlebox: silence is then the server at work.
  const trustedMs = Math.max(ALWAYS_TRUSTED_MS, facts.longestSurvivedMs);
  return facts.mode === 'auto' && facts.idleMs <= trustedMs ? undefined : facts.suspectAfterMs;
}
