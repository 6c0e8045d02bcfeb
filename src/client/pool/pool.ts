// All connections of a session: the limits over all origins, and the turns that they take. Carries out what pool-plan.ts decides.
import { PoolError } from '../../errors.ts';
import type { Origin, OriginParts } from '../../http/origin.ts';
import { OriginPool } from './origin-pool.ts';
import type { OriginPoolOwner } from './origin-pool.ts';
import type { ExchangeRequest } from '../exchange-parties.ts';
import type { SessionHeartbeat } from '../heartbeat/session-heartbeat.ts';
import { decideYield, planPool } from './pool-plan.ts';
import { PollGate } from './poll-gate.ts';
import type { Route } from '../proxy/proxies.ts';
import type { SessionCore } from '../session-core.ts';

/** Origins that are remembered; beyond, those without connection and waiting request are forgotten with what was learned of them. */
const REMEMBERED_ORIGINS = 1_024;

/** See the head of the file. */
export class Pool implements OriginPoolOwner {
  readonly gate: PollGate;
  readonly heartbeat: SessionHeartbeat | undefined;
  readonly #core: SessionCore;
  /** The origin whose turn is next comes first. */
  readonly #origins: Map<string, OriginPool> = new Map();
  /** Connections that are open or being opened. */
  #connections = 0;
  #queued = 0;
  #isPlanning = false;
  /** Changes that came while a plan was carried out. */
  #changes = 0;
  #isRetiring = false;
  #whenEmpty: (() => void) | undefined;

  constructor(core: SessionCore, heartbeat?: SessionHeartbeat) {
    this.#core = core;
    this.heartbeat = heartbeat;
    this.gate = new PollGate(core);
  }

  get origins(): IterableIterator<OriginPool> {
    return this.#origins.values();
  }

  /** The pool of one origin, or of all that share the route, made when it is first asked for. Without a route directly. */
  originOf(parts: OriginParts, route?: Route): OriginPool {
    const key = route === undefined ? parts.origin : route.key;
    let origin = this.#origins.get(key);
    if (origin === undefined) {
      if (this.#origins.size >= REMEMBERED_ORIGINS) this.#forgetUnused();
      const direct = { key, parts, opener: this.#core.opener, proxy: undefined, forwardLines: undefined };
      origin = new OriginPool(this.#core, this, route ?? direct);
      this.#origins.set(key, origin);
    }
    return origin;
  }

  /** A request waits at this origin from now on. */
  onQueued(origin: OriginPool): void {
    this.#queued += 1;
    this.#plan(origin);
  }

  /** Whether more requests wait than may. Those for which a connection is being opened do not count. */
  get isOverfull(): boolean {
    const { queue } = this.#core.options.limits;
    if (this.#queued <= queue) return false;
    let unserved = 0;
    for (const { waiting, opening } of this.#origins.values()) unserved += Math.max(0, waiting - opening);
    return unserved > queue;
  }

  unqueued(): void {
    this.#queued -= 1;
    this.checkEmpty();
  }

  queueError(request: ExchangeRequest, origin: OriginPool): PoolError {
    const { queue } = this.#core.options.limits;
    return new PoolError(
      `${request.outgoing.url}: ${queue} requests wait already (limits.queue); ${origin.describeHolders()}`,
    );
  }

  /** Whether a further connection to the origin may be opened. */
  hasRoom(origin: OriginPool): boolean {
    return origin.open + origin.opening < origin.limit && this.#roomFor(origin) > 0;
  }

  /** Whether a connection may be opened that nobody waits for. */
  hasSpareRoom(origin: OriginPool): boolean {
    return this.#queued === 0 && !this.isDraining && this.hasRoom(origin);
  }

  /** The limits over several origins that are reached. */
  describeFull({ proxy }: OriginPool): string {
    const { perProxy, total } = this.#core.options.limits;
    const inTotal = this.#connections < total ? '' : `; ${this.#connections} of ${total} in total (limits.total)`;
    return proxy === undefined || !this.#isFull(proxy)
      ? inTotal
      : `${inTotal}; ${perProxy} through the proxy ${proxy} (limits.perProxy)`;
  }

  /** Whether a connection of this origin whose exchange has ended is to make room for another origin. */
  wantsPlaceOf(origin: OriginPool): boolean {
    if (this.#queued <= origin.waiting) return false;
    if (!decideYield(origin, this.#couldUsePlaceOf(origin), this.#core.options.limits.perOrigin)) return false;
    this.#hadItsTurn(origin);
    return true;
  }

  /** A connection became idle: a request that may not use it may have its place. */
  onIdle(): void {
    if (this.#queued > 0) this.#planAll();
  }

  /** A connection is being opened. */
  onOpening(): void {
    this.#connections += 1;
  }

  /** A connection has ended, or could not be opened. */
  onGone(): void {
    this.#connections -= 1;
    if (this.#queued > 0) this.#planAll();
    this.checkEmpty();
  }

  /** Whether nothing is kept for later any more. */
  get isDraining(): boolean {
    return this.#whenEmpty !== undefined;
  }

  /** No connection takes a further request. Resolves once the last one has ended. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      this.#isRetiring = true;
      for (const origin of this.#origins.values()) if (origin.waiting === 0) origin.retireAll('draining');
      this.#isRetiring = false;
      this.checkEmpty();
    });
  }

  destroy(error: Error): void {
    // First all that waits: what is closed below would make room for it.
    this.gate.failAll(error);
    for (const origin of this.#origins.values()) origin.failWaiting(error);
    for (const origin of this.#origins.values()) origin.destroy(error);
  }

  /** While draining: whether that was the last. A request between two attempts waits nowhere, and has no connection. */
  checkEmpty(): void {
    // Each connection that ends asks again: thousands of them within each other would be more than a stack holds.
    if (this.#whenEmpty === undefined || this.#queued > 0 || this.#isRetiring) return;
    this.#isRetiring = true;
    for (const origin of this.#origins.values()) origin.retireAll('draining');
    this.#isRetiring = false;
    if (this.#connections > 0 || this.#core.unsettled > 0) return;
    this.#whenEmpty();
    this.#whenEmpty = undefined;
  }

  /** Requests wait at this origin. */
  #plan(origin: OriginPool): void {
    const { perOrigin } = this.#core.options.limits;
    const room = this.#roomFor(origin);
    // Where there is room for everybody, nobody else has to be looked at.
    const own = origin.open + origin.opening;
    if (room >= origin.waiting - origin.opening) this.#carryOut([origin], perOrigin, own + room);
    else this.#planAll();
  }

  /** Origins that are kept from a connection by a limit under which the connections of `own` count, too. */
  #couldUsePlaceOf(own: OriginPool): OriginPool[] {
    const { total } = this.#core.options.limits;
    const isTotalFull = this.#connections >= total;
    if (!isTotalFull && (own.proxy === undefined || !this.#isFull(own.proxy))) return [];
    return [...this.#origins.values()].filter(({ proxy, waiting }) => {
      if (waiting === 0) return false;
      return proxy === own.proxy || (isTotalFull && (proxy === undefined || !this.#isFull(proxy)));
    });
  }

  /** How many connections more the limits over several origins allow. */
  #roomFor({ proxy }: OriginPool): number {
    const room = this.#core.options.limits.total - this.#connections;
    return proxy === undefined ? room : Math.min(room, this.#roomBehind(proxy));
  }

  #isFull(proxy: Origin): boolean {
    return this.#roomBehind(proxy) <= 0;
  }

  #roomBehind(proxy: Origin): number {
    let connections = 0;
    for (const origin of this.#origins.values()) {
      if (origin.proxy === proxy) connections += origin.open + origin.opening;
    }
    return this.#core.options.limits.perProxy - connections;
  }

  #planAll(): void {
    const { perOrigin, total } = this.#core.options.limits;
    this.#carryOut([...this.#origins.values()], perOrigin, total);
  }

  #carryOut(origins: readonly OriginPool[], perOrigin: number, total: number): void {
    if (this.#isPlanning) {
      this.#changes += 1;
      return;
    }
    this.#isPlanning = true;
    const changes = this.#changes;
    const { perProxy } = this.#core.options.limits;
    for (const action of planPool({ origins, perOrigin, total, perProxy })) {
      const origin = origins[action.origin]!;
      if (action.kind === 'closeIdle') origin.closeIdle('shed');
      // Whoever is told of all this may have made a request, and that may have taken what was idle.
      else if (this.hasRoom(origin)) this.#open(origin);
    }
    this.#isPlanning = false;
    // What the plan itself changed is a part of it, so that this ends.
    if (this.#changes !== changes && this.#queued > 0) this.#planAll();
  }

  #open(origin: OriginPool): void {
    origin.openConnection();
    this.#hadItsTurn(origin);
  }

  #hadItsTurn(origin: OriginPool): void {
    this.#origins.delete(origin.key);
    this.#origins.set(origin.key, origin);
  }

  #forgetUnused(): void {
    for (const [name, origin] of this.#origins) {
      if (origin.open + origin.opening + origin.waiting === 0) this.#origins.delete(name);
      if (this.#origins.size < REMEMBERED_ORIGINS / 2) return;
    }
  }
}
