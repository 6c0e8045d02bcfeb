// Origins, connections and requests as numbers, driven by the plan of the pool as pool.ts is: to see where the plan leads over time.
import assert from 'node:assert/strict';
import { decideYield, planPool } from '#src/client/pool/pool-plan.js';
import type { OriginDemand } from '#src/client/pool/pool-plan.js';

/** What can happen to a pool. */
export type PoolEvent = 'request' | 'needsNew' | 'opened' | 'failed' | 'finished' | 'lost';

class SimulatedDemand implements OriginDemand {
  /** Requests that any connection can serve, and those that must have a new one. */
  waitingForAny = 0;
  waitingForNew = 0;
  opening = 0;
  busy = 0;
  idle = 0;
  served = 0;

  get waiting(): number {
    return this.waitingForAny + this.waitingForNew;
  }

  get open(): number {
    return this.busy + this.idle;
  }
}

/** See the head of the file. */
export class SimulatedPool {
  /** In the order of turns. */
  origins: SimulatedDemand[];
  readonly #total: number;
  readonly #perOrigin: number;
  readonly #byNumber: readonly SimulatedDemand[];

  constructor(origins: number, total: number, perOrigin: number) {
    this.#byNumber = Array.from({ length: origins }, () => new SimulatedDemand());
    this.origins = [...this.#byNumber];
    this.#total = total;
    this.#perOrigin = perOrigin;
  }

  get waiting(): number {
    return this.origins.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  get connections(): number {
    return this.origins.reduce((sum, { open, opening }) => sum + open + opening, 0);
  }

  /** One event at one of those that it can happen to, which `which` chooses. */
  happen(kind: PoolEvent, which: number): void {
    if (kind === 'request' || kind === 'needsNew') {
      this.#request(this.#byNumber[which % this.#byNumber.length]!, kind === 'needsNew');
      return;
    }
    const counted = kind === 'opened' || kind === 'failed' ? 'opening' : 'busy';
    const candidates = this.#byNumber.filter((origin) => origin[counted] > 0);
    const origin = candidates[which % candidates.length];
    if (origin === undefined) return;
    origin[counted] -= 1;
    if (kind === 'opened') this.#welcome(origin);
    else if (kind === 'finished') this.#finish(origin);
    else if (kind === 'failed') this.#fail(origin);
    this.#plan();
  }

  /** What must be so at any time. */
  check(): void {
    assert.ok(this.connections <= this.#total);
    for (const { open, opening, waiting, idle } of this.origins) {
      assert.ok(open + opening <= this.#perOrigin);
      const isUnserved = waiting > opening && (open + opening < this.#perOrigin || idle > 0);
      assert.ok(!isUnserved || (this.connections === this.#total && this.origins.every((origin) => origin.idle === 0)));
    }
  }

  /** Every opening succeeds and every exchange ends, and nothing new comes. */
  runOut(): void {
    for (let step = 0; step < 10_000 && this.waiting > 0; step += 1) {
      this.happen('opened', step);
      this.happen('finished', step);
    }
  }

  #request(origin: SimulatedDemand, needsNew: boolean): void {
    if (needsNew) origin.waitingForNew += 1;
    else if (origin.idle > 0) this.#use(origin, 'idle');
    else origin.waitingForAny += 1;
    this.#plan();
  }

  #use(origin: SimulatedDemand, from: 'idle' | 'new'): void {
    if (from === 'idle') origin.idle -= 1;
    origin.busy += 1;
    origin.served += 1;
  }

  #welcome(origin: SimulatedDemand): void {
    if (origin.waiting === 0) {
      origin.idle += 1;
      return;
    }
    if (origin.waitingForNew > 0) origin.waitingForNew -= 1;
    else origin.waitingForAny -= 1;
    this.#use(origin, 'new');
  }

  #finish(origin: SimulatedDemand): void {
    // It is counted while it is decided about.
    origin.busy += 1;
    const isFull = this.connections === this.#total;
    const isGivenUp = isFull && decideYield(origin, this.origins, this.#perOrigin);
    origin.busy -= 1;
    if (isGivenUp || origin.waitingForNew > origin.opening) return;
    if (origin.waitingForAny === 0) {
      origin.idle += 1;
      return;
    }
    origin.waitingForAny -= 1;
    this.#use(origin, 'new');
  }

  /** One request answers for it. */
  #fail(origin: SimulatedDemand): void {
    if (origin.waiting <= origin.opening) return;
    if (origin.waitingForNew > 0) origin.waitingForNew -= 1;
    else origin.waitingForAny -= 1;
  }

  #plan(): void {
    const origins = this.origins;
    for (const action of planPool({ origins, perOrigin: this.#perOrigin, total: this.#total })) {
      const origin = origins[action.origin]!;
      if (action.kind === 'closeIdle') {
        origin.idle -= 1;
        continue;
      }
      origin.opening += 1;
      this.origins = [...this.origins.filter((other) => other !== origin), origin];
    }
  }
}
