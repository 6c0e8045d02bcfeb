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
  /** Most connections that it may have, where that is not `perOrigin`. */
  readonly limit?: number | undefined;
  /** The proxy behind which it is, and whose connections it shares with others. */
  readonly proxy?: string | undefined;
}

/** Everything that the plan rests on. */
export interface PoolState {
  /** In the order of turns: among those that have as many connections the first one is served first. */
  readonly origins: readonly OriginDemand[];
  readonly perOrigin: number;
  readonly total: number;
  /** Connections through one proxy. Default Infinity. */
  readonly perProxy?: number;
}

/** What to do, in order. `origin` is the index in the state. */
export type PoolAction =
  | { readonly kind: 'open'; readonly origin: number }
  /** Close the idle connection that was unused for longest. */
  | { readonly kind: 'closeIdle'; readonly origin: number };

/** The counts of one origin while the plan is made. */
interface Tally {
  readonly limit: number;
  readonly proxy: ProxyTally | undefined;
  unserved: number;
  connections: number;
  idle: number;
}

/** What one proxy has left. */
interface ProxyTally {
  room: number;
}

/** See the head of the file. */
export function planPool({ origins, perOrigin, total, perProxy = Infinity }: PoolState): PoolAction[] {
  const actions: PoolAction[] = [];
  const proxies = tallyProxies(origins, perProxy);
  const tallies = origins.map((origin): Tally => ({
    limit: origin.limit ?? perOrigin,
    proxy: origin.proxy === undefined ? undefined : proxies.get(origin.proxy),
    unserved: origin.waiting - origin.opening,
    connections: origin.open + origin.opening,
    idle: origin.idle,
  }));
  let room = total - tallies.reduce((sum, { connections }) => sum + connections, 0);
  while (room > 0 || tallies.some(({ idle }) => idle > 0)) {
    const origin = neediest(tallies, room);
    if (origin === -1) return actions;
    const tally = tallies[origin]!;
    const full = fullProxy(tally);
    if (room <= 0 || full !== undefined || tally.connections >= tally.limit) {
      // An idle connection that the waiting request may not use has to make room for one that it may.
      const victim = tally.idle > 0 ? origin : findSpare(tallies, tally.connections, full);
      actions.push({ kind: 'closeIdle', origin: victim });
      tallies[victim]!.idle -= 1;
      count(tallies[victim]!, -1);
      room += 1;
    }
    actions.push({ kind: 'open', origin });
    tally.unserved -= 1;
    count(tally, 1);
    room -= 1;
  }
  return actions;
}

function tallyProxies(origins: readonly OriginDemand[], perProxy: number): Map<string, ProxyTally> {
  const proxies = new Map<string, ProxyTally>();
  for (const { proxy, open, opening } of origins) {
    if (proxy === undefined) continue;
    const tally = proxies.get(proxy) ?? { room: perProxy };
    tally.room -= open + opening;
    proxies.set(proxy, tally);
  }
  return proxies;
}

/** The proxy of an origin, where it takes no further connection. */
function fullProxy({ proxy }: Tally): ProxyTally | undefined {
  return proxy !== undefined && proxy.room <= 0 ? proxy : undefined;
}

function count(tally: Tally, change: 1 | -1): void {
  tally.connections += change;
  if (tally.proxy !== undefined) tally.proxy.room -= change;
}

/**
 * Whether a connection whose exchange has ended is closed although requests of its own origin wait, so that another origin gets
 * its place: one that has none, or at least two less. So all that wait come to the same share, and a connection is given up for
 * that only while they have not. Asked where a limit over several origins is reached, of those that could use the place.
 */
export function decideYield(own: OriginDemand, origins: Iterable<OriginDemand>, perOrigin: number): boolean {
  const share = own.open + own.opening;
  for (const other of origins) {
    const connections = other.open + other.opening;
    if (other === own || other.waiting <= other.opening) continue;
    if (connections >= (other.limit ?? perOrigin)) continue;
    if (connections === 0 || connections + 1 < share) return true;
  }
  return false;
}

/** Of the origins with requests for which no connection is opened yet and may be: the one with the fewest connections. */
function neediest(tallies: readonly Tally[], room: number): number {
  let least = -1;
  for (const [origin, { unserved, connections }] of tallies.entries()) {
    if (unserved > 0 && (least === -1 || connections < tallies[least]!.connections)) {
      if (isServable(tallies, origin, room)) least = origin;
    }
  }
  return least;
}

function isServable(tallies: readonly Tally[], origin: number, room: number): boolean {
  const tally = tallies[origin]!;
  if (tally.idle > 0) return true;
  if (tally.connections >= tally.limit) return false;
  const full = fullProxy(tally);
  return (room > 0 && full === undefined) || findSpare(tallies, tally.connections, full) !== -1;
}

/**
 * Who can do without an idle connection, for an origin with so many: who has most of them, of those for whom nobody waits;
 * otherwise one that keeps more for itself all the same. Where a proxy is what is full, only somebody behind it. -1: nobody.
 */
function findSpare(tallies: readonly Tally[], share: number, full: ProxyTally | undefined): number {
  let spare = -1;
  for (const [origin, { idle, unserved, connections, proxy }] of tallies.entries()) {
    if (full !== undefined && proxy !== full) continue;
    if (idle === 0 || (unserved > 0 && connections - 1 <= share)) continue;
    if (spare === -1 || rankSpare(tallies[origin]!) > rankSpare(tallies[spare]!)) spare = origin;
  }
  return spare;
}

function rankSpare({ idle, unserved }: Tally): number {
  return unserved > 0 ? -1 / idle : idle;
}
