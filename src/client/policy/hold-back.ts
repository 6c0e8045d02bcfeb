// Whether the end of a request waits until its connection has shown that it is alive: an incomplete request cannot be executed, so
// where the connection turns out to be stale it may be sent again, whatever its method. Pure.
import type { HoldBack, NonIdempotentPolicy } from '../options.ts';

/** Up to this round trip waiting for one is cheaper than any loss: the machines stand beside each other. */
const NEAR_ROUND_TRIP_MS = 2;

/** What the decision rests on. */
export interface HoldBackFacts {
  readonly option: HoldBack;
  readonly policy: NonIdempotentPolicy;
  readonly idempotent: boolean;
  /** The connection had served a request before. */
  readonly reused: boolean;
  readonly roundTripMs: number;
}

/** What waits: nothing, the last byte, or the whole body. What is repeatable is simply repeated, and never waits. */
export function decideHoldBack(facts: HoldBackFacts): Exclude<HoldBack, 'auto'> {
  if (facts.idempotent || !facts.reused) return 'never';
  if (facts.option !== 'auto') return facts.option;
  return facts.policy === 'validate' && facts.roundTripMs <= NEAR_ROUND_TRIP_MS ? 'lastByte' : 'never';
}
