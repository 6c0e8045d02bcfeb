// Which connections to open and which to give up, so that waiting requests are served within the limits, fairly. Pure: it is asked
// on every change that leaves a request waiting, and before a connection is used again; pool.ts does what it says.

/** One origin, as the plan sees it. */
export interface OriginDemand {
  /** Requests that wait for a connection. Those that could use an idle one have it already. */
  readonly waiting: number;
  /** Connections that are being opened. */
  readonly opening: number;
  /** Open connections, idle ones included. */
  readonly open: number;
  readonly idle: number;
}

/** Everything that the plan rests on. */
export interface PoolState {
  /** In the order of turns: among those that have as many connections the first one is served first. */
  readonly origins: readonly OriginDemand[];
  readonly perOrigin: number;
  readonly total: number;
}

/** What to do, in order. `origin` is the index in the state. */
export type PoolAction =
  | { readonly kind: 'open'; readonly origin: number }
  /** Close the idle connection that was unused for longest. */
  | { readonly kind: 'closeIdle'; readonly origin: number };

/** The counts of one origin while the plan is made. */
interface Tally {
  unserved: number;
  connections: number;
  idle: number;
}

/** See the head of the file. */
export function planPool({ origins, perOrigin, total }: PoolState): PoolAction[] {
  const actions: PoolAction[] = [];
  const tallies = origins.map((origin): Tally => ({
    unserved: origin.waiting - origin.opening,
    connections: origin.open + origin.opening,
    idle: origin.idle,
  }));
  let room = total - tallies.reduce((sum, { connections }) => sum + connections, 0);
  while (room > 0 || tallies.some(({ idle }) => idle > 0)) {
    const origin = neediest(tallies, perOrigin, room);
    if (origin === -1) return actions;
    const tally = tallies[origin]!;
    if (room <= 0 || tally.connections >= perOrigin) {
      // An idle connection that the waiting request may not use has to make room for one that it may.
      const victim = tally.idle > 0 ? origin : findSpare(tallies, tally.connections);
      actions.push({ kind: 'closeIdle', origin: victim });
      tallies[victim]!.idle -= 1;
      tallies[victim]!.connections -= 1;
      room += 1;
    }
    actions.push({ kind: 'open', origin });
    tally.unserved -= 1;
    tally.connections += 1;
    room -= 1;
  }
  return actions;
}

/**
 * Whether a connection whose exchange has ended is closed although requests of its own origin wait, so that another origin gets
 * its place: one that has none, or at least two less. So all that wait come to the same share, and a connection is given up for
 * that only while they have not. Asked where the limit over all origins is reached.
 */
export function decideYield(own: OriginDemand, origins: Iterable<OriginDemand>, perOrigin: number): boolean {
  const share = own.open + own.opening;
  for (const other of origins) {
    const connections = other.open + other.opening;
    if (other === own || other.waiting <= other.opening || connections >= perOrigin) continue;
    if (connections === 0 || connections + 1 < share) return true;
  }
  return false;
}

/** Of the origins with requests for which no connection is opened yet and may be: the one with the fewest connections. */
function neediest(tallies: readonly Tally[], perOrigin: number, room: number): number {
  let least = -1;
  for (const [origin, { unserved, connections }] of tallies.entries()) {
    if (unserved > 0 && (least === -1 || connections < tallies[least]!.connections)) {
      if (isServable(tallies, origin, perOrigin, room)) least = origin;
    }
  }
  return least;
}

function isServable(tallies: readonly Tally[], origin: number, perOrigin: number, room: number): boolean {
  const { connections, idle } = tallies[origin]!;
  if (idle > 0) return true;
  return connections < perOrigin && (room > 0 || findSpare(tallies, connections) !== -1);
}

/**
 * Who can do without an idle connection, for an origin with so many: who has most of them, of those for whom nobody waits;
 * otherwise one that keeps more for itself all the same. -1: nobody.
 */
function findSpare(tallies: readonly Tally[], share: number): number {
  let spare = -1;
  for (const [origin, { idle, unserved, connections }] of tallies.entries()) {
    if (idle === 0 || (unserved > 0 && connections - 1 <= share)) continue;
    if (spare === -1 || rankSpare(tallies[origin]!) > rankSpare(tallies[spare]!)) spare = origin;
  }
  return spare;
}

function rankSpare({ idle, unserved }: Tally): number {
  return unserved > 0 ? -1 / idle : idle;
}
