// The machine and the plan without processes: every action is applied, what happens is said by the test. Time moves by hand.
import { initialFleet, workersIn } from '#src/workers/fleet-state.js';
import type { FleetRules, FleetState, WorkerPhase } from '#src/workers/fleet-state.js';
import { applyAction, applyEvent } from '#src/workers/machine.js';
import type { FleetEvent, FleetNotice } from '#src/workers/machine.js';
import { planFleet } from '#src/workers/plan.js';
import type { FleetAction } from '#src/workers/plan.js';

export const RULES: FleetRules = {
  size: 3,
  startTimeoutMs: 30_000,
  drainMs: 30_000,
  restartDelayMs: 100,
  maxRestartDelayMs: 30_000,
  stableMs: 10_000,
  startAttempts: 5,
};

/** More actions than any one event can bring about. */
const MOST_ACTIONS = 1_000;

export class SimulatedFleet {
  state: FleetState;
  nowMs = 0;
  readonly actions: (FleetAction & { readonly atMs: number })[] = [];
  readonly notices: FleetNotice[] = [];
  readonly #random: () => number;
  #wakeAtMs = Infinity;

  constructor(rules: Partial<FleetRules> = {}, random: () => number = () => 0) {
    this.state = initialFleet({ ...RULES, ...rules });
    this.#random = random;
    this.#step();
  }

  /** Numbers of those in a phase. */
  numbers(phase: WorkerPhase): number[] {
    return workersIn(this.state, phase).map(({ number }) => number);
  }

  /** Of the actions so far. */
  started(): number {
    return this.actions.filter(({ type }) => type === 'start').length;
  }

  happen(event: FleetEvent): void {
    const { state, notices } = applyEvent(this.state, event, this.nowMs, this.#random());
    this.state = state;
    this.notices.push(...notices);
    this.#step();
  }

  ready(...numbers: readonly number[]): void {
    for (const number of numbers) {
      this.happen({ type: 'listening', number });
      this.happen({ type: 'ready', number });
    }
  }

  exit(...numbers: readonly number[]): void {
    for (const number of numbers) this.happen({ type: 'exited', number, how: 'it ended' });
  }

  stop(drainMs = 30_000): void {
    this.happen({ type: 'stop', order: { drainMs, idleGraceMs: undefined } });
  }

  /** Lets time pass, planning whenever the plan asked for it. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.#wakeAtMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.#wakeAtMs);
      this.#step();
    }
    this.nowMs = untilMs;
  }

  #step(): void {
    for (let left = MOST_ACTIONS; ; left -= 1) {
      const { actions, wakeAtMs } = planFleet(this.state, this.nowMs);
      this.#wakeAtMs = wakeAtMs;
      if (actions.length === 0) return;
      if (left === 0) throw new Error(`the plan never comes to rest: ${JSON.stringify(actions)}`);
      for (const action of actions) {
        const { state, notices } = applyAction(this.state, action, this.nowMs, this.#random());
        this.state = state;
        this.notices.push(...notices);
        this.actions.push({ ...action, atMs: this.nowMs });
      }
    }
  }
}
