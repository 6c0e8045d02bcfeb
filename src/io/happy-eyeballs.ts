// In which order and at which pace the addresses of a name are tried (Happy Eyeballs, RFC 8305). Pure: address-race.ts does it.

/** An address as a resolver gives it. */
export interface ResolvedAddress {
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/**
 * The addresses in the order in which to try them (RFC 8305 §4): the families take turns, beginning with the one that the
 * resolver named first; within a family its order stands (RFC 6724). What is there twice is tried once.
 */
export function interleaveFamilies(addresses: readonly ResolvedAddress[]): readonly string[] {
  const families = new Map<number, Set<string>>();
  for (const { address, family } of addresses) {
    const seen = families.get(family);
    if (seen === undefined) families.set(family, new Set([address]));
    else seen.add(address);
  }
  const queues = [...families.values()].map((family) => [...family]);
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1))).flat();
}

/** What a race knows when it decides how to go on. */
export interface RaceFacts {
  /** Addresses that were not tried yet. */
  readonly untried: number;
  /** Attempts that were neither answered nor refused yet. */
  readonly inFlight: number;
  /** Whether the latest attempt was given its time, or has failed. */
  readonly latestHadItsTime: boolean;
}

/** `start` the next attempt, `wait` for those under way, or it is `lost`. */
export type RaceStep = 'start' | 'wait' | 'lost';

/** One attempt at a time; the next one when the latest was given its time, or at once when it failed (RFC 8305 §5). */
export function decideRaceStep(facts: RaceFacts): RaceStep {
  if (facts.untried === 0) return facts.inFlight === 0 ? 'lost' : 'wait';
  return facts.latestHadItsTime ? 'start' : 'wait';
}
