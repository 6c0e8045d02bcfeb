// Which connections to open and which to give up, so that waiting requests are served within the limits, fairly. Pure: it is asked
// on every change that leaves a request waiting; pool.ts does what it says.

/** One origin, as the plan sees it. */
export interface OriginDemand {
  /** Requests that wait for a connection. */
  readonly waiting: number;
  /** Of those, the ones that must have a connection that was never used. */
  readonly waitingForNew: number;
  /** Connections that are being opened. */
  readonly opening: number;
  /** Open connections, idle ones included. */
  readonly open: number;
  readonly idle: number;
  /** Connections that were already asked to end after their exchange, so that others get their place. */
  readonly yielding: number;
}

/** Everything that the plan rests on. */
export interface PoolState {
  /** In the order of turns: the first one is served first. */
  readonly origins: readonly OriginDemand[];
  readonly perOrigin: number;
  readonly total: number;
}

/** What to do, in order. `origin` is the index in the state. */
export type PoolAction =
  | { readonly kind: 'open'; readonly origin: number }
  /** Close the idle connection that was unused for longest. */
  | { readonly kind: 'closeIdle'; readonly origin: number }
  /** Close the next connection whose exchange ends, although requests of its own origin wait. */
  | { readonly kind: 'yield'; readonly origin: number };

/** The counts of one origin while the plan is made. */
interface Tally {
  unserved: number;
  connections: number;
  idle: number;
  yielding: number;
}

/** See the head of the file. */
export function planPool(state: PoolState): PoolAction[] {
  const actions: PoolAction[] = [];
  const tallies = state.origins.map((origin): Tally => ({
    unserved: origin.waiting - origin.opening,
    connections: origin.open + origin.opening,
    idle: origin.idle,
    yielding: origin.yielding,
  }));
  let room = state.total - tallies.reduce((sum, { connections }) => sum + connections, 0);
  // One connection for each origin in turn, so that a long queue at one of them does not take all places.
  for (let progress = true; progress;) {
    progress = false;
    for (const [origin, tally] of tallies.entries()) {
      if (tally.unserved <= 0) continue;
      const atLimit = tally.connections >= state.perOrigin;
      if (atLimit || room <= 0) {
        // An idle connection that the waiting request may not use has to make room for one that it may.
        const victim = tally.idle > 0 ? origin : atLimit ? -1 : mostIdle(tallies);
        if (victim === -1) continue;
        actions.push({ kind: 'closeIdle', origin: victim });
        tallies[victim]!.idle -= 1;
        tallies[victim]!.connections -= 1;
        room += 1;
      }
      actions.push({ kind: 'open', origin });
      tally.unserved -= 1;
      tally.connections += 1;
      room -= 1;
      progress = true;
    }
  }
  planYields(tallies, actions);
  return actions;
}

/** Whoever waits without any connection would wait for ever behind origins that are never idle. */
function planYields(tallies: readonly Tally[], actions: PoolAction[]): void {
  const starving = tallies.filter(({ unserved, connections }) => unserved > 0 && connections === 0).length;
  let missing = starving - tallies.reduce((sum, { yielding }) => sum + yielding, 0);
  for (; missing > 0; missing -= 1) {
    let donor = -1;
    for (const [origin, { connections, yielding }] of tallies.entries()) {
      const spare = connections - yielding;
      if (spare > 0 && (donor === -1 || spare > tallies[donor]!.connections - tallies[donor]!.yielding)) donor = origin;
    }
    if (donor === -1) return;
    tallies[donor]!.yielding += 1;
    actions.push({ kind: 'yield', origin: donor });
  }
}

function mostIdle(tallies: readonly Tally[]): number {
  let most = -1;
  for (const [origin, { idle }] of tallies.entries()) {
    if (idle > 0 && (most === -1 || idle > tallies[most]!.idle)) most = origin;
  }
  return most;
}
