// What is to be done about the workers as they are: started, told to drain, killed. Pure, and called after every change.
//
// The one rule behind a reload: a worker is told to drain only while more are ready than are needed. So there are never fewer than before.
import { workersIn } from './fleet-state.ts';
import type { FleetState, WorkerRecord } from './fleet-state.ts';

/** One thing to do. Each has its effect on the state, see `applyAction` in machine.ts. */
export type FleetAction =
  | { readonly type: 'start'; readonly number: number; readonly because: 'missing' | 'reload' }
  | { readonly type: 'drain'; readonly number: number; readonly because: 'replaced' | 'stopping' }
  | {
      readonly type: 'kill';
      readonly number: number;
      readonly because: 'startTimeout' | 'drainTimeout' | 'stopping';
    }
  | { readonly type: 'end' };

export interface FleetPlan {
  readonly actions: readonly FleetAction[];
  /** When to plan again, where nothing happens before. */
  readonly wakeAtMs: number;
}

const NOTHING: FleetPlan = { actions: [], wakeAtMs: Infinity };

/** Decides what to do now. */
export function planFleet(state: FleetState, nowMs: number): FleetPlan {
  if (state.ended) return NOTHING;
  const kills = state.workers.flatMap((worker) => planKill(state, worker, nowMs) ?? []);
  // Who is killed is not told anything else; the plan that follows sees it as killed.
  if (kills.length > 0) return { actions: kills, wakeAtMs: nowMs };
  const { actions, wakeAtMs } = state.stop === undefined ? planRunning(state, nowMs) : planStopping(state);
  return { actions, wakeAtMs: Math.min(wakeAtMs, ...state.workers.map((worker) => killDueMs(state, worker))) };
}

function killDueMs({ rules }: FleetState, worker: WorkerRecord): number {
  if (worker.phase === 'starting') return worker.startedAtMs + rules.startTimeoutMs;
  return worker.phase === 'draining' ? worker.killAtMs : Infinity;
}

function planKill(state: FleetState, worker: WorkerRecord, nowMs: number): FleetAction | undefined {
  const { number, phase, listening } = worker;
  // It serves nobody yet. One that listens may, so it is drained.
  if (state.stop !== undefined && phase === 'starting' && !listening) {
    return { type: 'kill', number, because: 'stopping' };
  }
  if (nowMs < killDueMs(state, worker)) return undefined;
  if (phase === 'starting') return { type: 'kill', number, because: 'startTimeout' };
  // Who was given no time did not take too long.
  return { type: 'kill', number, because: worker.killAtMs > worker.phaseAtMs ? 'drainTimeout' : 'stopping' };
}

function planStopping(state: FleetState): FleetPlan {
  if (state.workers.length === 0) return { actions: [{ type: 'end' }], wakeAtMs: Infinity };
  const actions = state.workers.flatMap(({ number, phase }): FleetAction[] =>
    phase === 'ready' || phase === 'starting' ? [{ type: 'drain', number, because: 'stopping' }] : [],
  );
  return { actions, wakeAtMs: Infinity };
}

function planRunning(state: FleetState, nowMs: number): FleetPlan {
  const { size } = state.rules;
  const ready = workersIn(state, 'ready');
  const starting = workersIn(state, 'starting').length;
  if (ready.length > size) return { actions: planReplaced(ready, size), wakeAtMs: Infinity };
  const isReload = ready.length === size && starting === 0 && ready.some((worker) => isOld(state, worker));
  // After a failure one at a time: what a broken program breaks is then one process in each delay.
  const missing = size - ready.length - starting;
  const wanted = isReload ? 1 : state.failures > 0 ? Math.min(missing, 1 - starting) : missing;
  if (wanted <= 0) return NOTHING;
  if (nowMs < state.startNotBeforeMs) return { actions: [], wakeAtMs: state.startNotBeforeMs };
  const actions = Array.from({ length: wanted }, (_, index): FleetAction => {
    return { type: 'start', number: state.nextNumber + index, because: isReload ? 'reload' : 'missing' };
  });
  return { actions, wakeAtMs: Infinity };
}

function isOld({ reloading, generation }: FleetState, worker: WorkerRecord): boolean {
  return worker.retiring || (reloading && worker.generation < generation);
}

/** As many as are too many: those that were asked to go, then the oldest generation, and of that the oldest worker. */
function planReplaced(ready: readonly WorkerRecord[], size: number): FleetAction[] {
  return ready
    .toSorted(
      (one, other) =>
        Number(other.retiring) - Number(one.retiring) || one.generation - other.generation || one.number - other.number,
    )
    .slice(0, ready.length - size)
    .map(({ number }) => ({ type: 'drain', number, because: 'replaced' }));
}
