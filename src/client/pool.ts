// All connections of a session: the limits over all origins, and the turns that they take. Carries out what pool-plan.ts decides.
import { PoolError } from '../errors.ts';
import type { OriginParts } from '../http/origin.ts';
import { OriginPool } from './origin-pool.ts';
import type { OriginPoolOwner } from './origin-pool.ts';
import type { ExchangeRequest } from './exchange-parties.ts';
import { planPool } from './pool-plan.ts';
import { PollGate } from './poll-gate.ts';
import type { Route } from './proxies.ts';
import type { SessionCore } from './session-core.ts';

/** Origins that are remembered; beyond, those without connection and waiting request are forgotten with what was learned of them. */
const REMEMBERED_ORIGINS = 1_024;

/** See the head of the file. */
export class Pool implements OriginPoolOwner {
  readonly gate: PollGate;
  readonly #core: SessionCore;
  /** The origin whose turn is next comes first. */
  readonly #origins: Map<string, OriginPool> = new Map();
  /** Connections that are open or being opened. */
  #connections = 0;
  #queued = 0;
  #isPlanning = false;
  #whenEmpty: (() => void) | undefined;

  constructor(core: SessionCore) {
    this.#core = core;
    this.gate = new PollGate(core);
  }

  get origins(): IterableIterator<OriginPool> {
    return this.#origins.values();
  }

  get queued(): number {
    return this.#queued;
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

  /** Takes a place in the queue; false where it is full. */
  admits(): boolean {
    if (this.#queued >= this.#core.options.limits.queue) return false;
    this.#queued += 1;
    return true;
  }

  unqueued(): void {
    this.#queued -= 1;
    if (this.#whenEmpty !== undefined) this.#checkEmpty();
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

  /** Requests wait at this origin, or a place became free. */
  plan(origin: OriginPool): void {
    const { perOrigin } = this.#core.options.limits;
    const room = this.#roomFor(origin);
    // Where there is room for everybody, nobody else has to be looked at.
    const own = origin.open + origin.opening;
    if (room >= origin.waiting - origin.opening) this.#carryOut([origin], perOrigin, own + room);
    else this.#planAll();
  }

  /** A connection is being opened. */
  onOpening(): void {
    this.#connections += 1;
  }

  /** A connection has ended, or could not be opened. */
  onGone(): void {
    this.#connections -= 1;
    if (this.#queued > 0) this.#planAll();
    if (this.#whenEmpty !== undefined) this.#checkEmpty();
  }

  /** No connection takes a further request. Resolves once the last one has ended. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      for (const origin of this.#origins.values()) if (origin.waiting === 0) origin.retireAll('draining');
      this.#checkEmpty();
    });
  }

  destroy(error: Error): void {
    for (const origin of this.#origins.values()) origin.destroy(error);
  }

  /** How many connections more the limits over several origins allow. */
  #roomFor({ proxy }: OriginPool): number {
    const { perProxy, total } = this.#core.options.limits;
    const room = total - this.#connections;
    if (proxy === undefined) return room;
    let connections = 0;
    for (const origin of this.#origins.values()) {
      if (origin.proxy === proxy) connections += origin.open + origin.opening;
    }
    return Math.min(room, perProxy - connections);
  }

  #planAll(): void {
    const { perOrigin, total } = this.#core.options.limits;
    this.#carryOut([...this.#origins.values()], perOrigin, total);
  }

  #carryOut(origins: readonly OriginPool[], perOrigin: number, total: number): void {
    // What the actions change is a part of the plan.
    if (this.#isPlanning) return;
    this.#isPlanning = true;
    const { perProxy } = this.#core.options.limits;
    for (const action of planPool({ origins, perOrigin, total, perProxy })) {
      const origin = origins[action.origin]!;
      if (action.kind === 'closeIdle') origin.closeIdle('shed');
      else if (action.kind === 'yield') origin.yielding += 1;
      else {
        origin.openConnection();
        // It had its turn.
        this.#origins.delete(origin.key);
        this.#origins.set(origin.key, origin);
      }
    }
    this.#isPlanning = false;
  }

  #checkEmpty(): void {
    if (this.#queued > 0) return;
    for (const origin of this.#origins.values()) origin.retireAll('draining');
    if (this.#connections > 0) return;
    this.#whenEmpty?.();
    this.#whenEmpty = undefined;
  }

  #forgetUnused(): void {
    for (const [name, origin] of this.#origins) {
      if (origin.open + origin.opening + origin.waiting === 0) this.#origins.delete(name);
      if (this.#origins.size < REMEMBERED_ORIGINS / 2) return;
    }
  }
}
