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
  /** Most connections that it may have, where that is not `perOrigin`. */
  readonly limit?: number | undefined;
  /** The proxy behind which it is, and whose connections it shares with others. */
  readonly proxy?: string | undefined;
}

/** Everything that the plan rests on. */
export interface PoolState {
  /** In the order of turns: the first one is served first. */
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
  | { readonly kind: 'closeIdle'; readonly origin: number }
  /** Close the next connection whose exchange ends, although requests of its own origin wait. */
  | { readonly kind: 'yield'; readonly origin: number };

/** The counts of one origin while the plan is made. */
interface Tally {
  readonly limit: number;
  readonly proxy: ProxyTally | undefined;
  unserved: number;
  connections: number;
  idle: number;
  yielding: number;
}

/** What is left of one proxy. */
interface ProxyTally {
  room: number;
}

/** See the head of the file. */
export function planPool(state: PoolState): PoolAction[] {
  const actions: PoolAction[] = [];
  const proxies = tallyProxies(state);
  const tallies = state.origins.map((origin): Tally => ({
    limit: origin.limit ?? state.perOrigin,
    proxy: origin.proxy === undefined ? undefined : proxies.get(origin.proxy),
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
      const atLimit = tally.connections >= tally.limit;
      const full = fullProxy(tally);
      if (atLimit || full !== undefined || room <= 0) {
        // An idle connection that the waiting request may not use has to make room for one that it may.
        const victim = tally.idle > 0 ? origin : atLimit ? -1 : mostIdle(tallies, full);
        if (victim === -1) continue;
        actions.push({ kind: 'closeIdle', origin: victim });
        tallies[victim]!.idle -= 1;
        count(tallies[victim]!, -1);
        room += 1;
      }
      actions.push({ kind: 'open', origin });
      tally.unserved -= 1;
      count(tally, 1);
      room -= 1;
      progress = true;
    }
  }
  for (const proxy of proxies.values()) planYields(tallies, proxy, actions);
  planYields(tallies, undefined, actions);
  return actions;
}

/** The proxy of an origin, where it takes no further connection. */
function fullProxy({ proxy }: Tally): ProxyTally | undefined {
  return proxy !== undefined && proxy.room <= 0 ? proxy : undefined;
}

function tallyProxies({ origins, perProxy = Infinity }: PoolState): Map<string, ProxyTally> {
  const proxies = new Map<string, ProxyTally>();
  for (const { proxy, open, opening } of origins) {
    if (proxy === undefined) continue;
    const tally = proxies.get(proxy) ?? { room: perProxy };
    tally.room -= open + opening;
    proxies.set(proxy, tally);
  }
  return proxies;
}

function count(tally: Tally, change: 1 | -1): void {
  tally.connections += change;
  if (tally.proxy !== undefined) tally.proxy.room -= change;
}

/**
 * Whoever waits without any connection would wait for ever behind origins that are never idle. Where a proxy is what is full, only
 * an origin behind the same `proxy` can help.
 */
function planYields(tallies: readonly Tally[], proxy: ProxyTally | undefined, actions: PoolAction[]): void {
  const isStarving = (tally: Tally): boolean => tally.unserved > 0 && tally.connections === 0;
  const starving = tallies.filter((tally) => isStarving(tally) && fullProxy(tally) === proxy).length;
  const donors = proxy === undefined ? tallies : tallies.filter((tally) => tally.proxy === proxy);
  let missing = starving - donors.reduce((sum, { yielding }) => sum + yielding, 0);
  for (; missing > 0; missing -= 1) {
    let donor = -1;
    for (const [origin, { connections, yielding, proxy: own }] of tallies.entries()) {
      const spare = proxy === undefined || own === proxy ? connections - yielding : 0;
      if (spare > 0 && (donor === -1 || spare > tallies[donor]!.connections - tallies[donor]!.yielding)) donor = origin;
    }
    if (donor === -1) return;
    tallies[donor]!.yielding += 1;
    actions.push({ kind: 'yield', origin: donor });
  }
}

/** Of all origins, or of those behind one proxy. */
function mostIdle(tallies: readonly Tally[], proxy: ProxyTally | undefined): number {
  let most = -1;
  for (const [origin, { idle, proxy: own }] of tallies.entries()) {
    if (proxy !== undefined && own !== proxy) continue;
    if (idle > 0 && (most === -1 || idle > tallies[most]!.idle)) most = origin;
  }
  return most;
}
