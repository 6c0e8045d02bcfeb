// What rules are given, with everything left out that a test does not speak of.
import type { JudgedFacts } from '#src/inspect/catalogue/catalogue.js';
import { NOTHING_MEASURED } from '#src/inspect/index.js';
import type { Measurements } from '#src/inspect/index.js';

/** A load balancer that keeps idle connections to its servers for 60 s. */
export const LOAD_BALANCER = { name: 'balancer', title: 'the load balancer', serverIdleMs: 60_000 } as const;

/** Measurements, and under which circumstances they were made. */
export type Seen = Partial<Measurements> & {
  readonly behind?: JudgedFacts['behind'];
  readonly maxWaitMs?: number;
  readonly scheme?: 'http' | 'https';
};

export function factsOf({ behind, maxWaitMs = 75_000, scheme = 'http', ...measured }: Seen): JudgedFacts {
  return { measured: { ...NOTHING_MEASURED, ...measured }, behind, maxWaitMs, scheme };
}
