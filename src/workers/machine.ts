// The life of all workers as a machine: what happens to them, and what it makes of the state. Pure; the only file that changes a
// FleetState. What follows from a state is decided in plan.ts.
import type { FleetState, StopOrder, WorkerFailure, WorkerPhase, WorkerRecord } from './fleet-state.ts';
import type { FleetAction } from './plan.ts';
import { restartDelayMs } from './restart-delay.ts';

/** Something that happened. */
export type FleetEvent =
  | { readonly type: 'listening' | 'ready' | 'retire'; readonly number: number }
  | { readonly type: 'failed'; readonly number: number; readonly failure: WorkerFailure }
  | { readonly type: 'exited'; readonly number: number; readonly how: string }
  | { readonly type: 'reload' }
  | { readonly type: 'stop'; readonly order: StopOrder }
  | { readonly type: 'endAtOnce' };

/** What the owner should hear of. */
export type FleetNotice =
  | { readonly type: 'reloaded'; readonly generation: number }
  | { readonly type: 'reloadFailed'; readonly number: number; readonly reason: string }
  | { readonly type: 'restartDelayed'; readonly number: number; readonly delayMs: number; readonly failures: number }
  | { readonly type: 'gaveUp'; readonly failure: WorkerFailure };

export interface FleetChange {
  readonly state: FleetState;
  readonly notices: readonly FleetNotice[];
}

/** How much longer than it was given a draining worker may take: its own deadline comes first, and it still has to report. */
const KILL_GRACE_MS = 2_000;

/** The exit code of a command that failed for a reason that is not known better. */
const FAILED = 1;

const unchanged = (state: FleetState): FleetChange => ({ state, notices: [] });

/** @param random From 0 to 1, for the jitter of delays. */
export function applyEvent(state: FleetState, event: FleetEvent, nowMs: number, random: number): FleetChange {
  if (state.ended) return unchanged(state);
  switch (event.type) {
    case 'listening':
      return unchanged(withWorker(state, event.number, (worker) => ({ ...worker, listening: true })));
    case 'ready':
      return noticeReload(becomeReady(state, event.number, nowMs));
    case 'retire':
      return retire(state, event.number, nowMs, random);
    case 'failed':
      return unchanged(withWorker(state, event.number, (worker) => ({ ...worker, failure: event.failure })));
    case 'exited':
      return exit(state, event, nowMs, random);
    case 'reload':
      if (state.stop !== undefined) return unchanged(state);
      // Whoever asks for it has changed something, so what failed before is worth another try at once.
      return unchanged({
        ...state,
        generation: state.generation + 1,
        reloading: true,
        failures: 0,
        startNotBeforeMs: -Infinity,
      });
    case 'stop':
      return unchanged(beginStop(state, event.order, nowMs));
    case 'endAtOnce':
      return unchanged(killAll(beginStop(state, { drainMs: 0, idleGraceMs: 0 }, nowMs), nowMs));
  }
}

/** What an action makes of the state. To be called for each action of a plan, in order. */
export function applyAction(state: FleetState, action: FleetAction, nowMs: number, random: number): FleetChange {
  switch (action.type) {
    case 'start':
      return unchanged({
        ...state,
        nextNumber: action.number + 1,
        workers: [...state.workers, newWorker(action.number, state.generation, nowMs)],
      });
    case 'drain': {
      const drainMs = state.stop?.drainMs ?? state.rules.drainMs;
      const drained = withPhase(state, action.number, 'draining', nowMs, nowMs + drainMs + KILL_GRACE_MS);
      return noticeReload(drained);
    }
    case 'kill': {
      const worker = find(state, action.number);
      const killed = withPhase(state, action.number, 'killed', nowMs);
      if (worker === undefined || action.because !== 'startTimeout') return unchanged(killed);
      const reason = `it was not ready after ${state.rules.startTimeoutMs} ms`;
      return failStart(killed, worker, reason, nowMs, random);
    }
    case 'end':
      return unchanged({ ...state, ended: true });
  }
}

function newWorker(number: number, generation: number, nowMs: number): WorkerRecord {
  return {
    number,
    generation,
    phase: 'starting',
    phaseAtMs: nowMs,
    startedAtMs: nowMs,
    listening: false,
    retiring: false,
    failure: undefined,
    killAtMs: Infinity,
  };
}

const find = (state: FleetState, number: number): WorkerRecord | undefined =>
  state.workers.find((worker) => worker.number === number);

function withWorker(state: FleetState, number: number, change: (worker: WorkerRecord) => WorkerRecord): FleetState {
  return { ...state, workers: state.workers.map((worker) => (worker.number === number ? change(worker) : worker)) };
}

const PHASE_ORDER: readonly WorkerPhase[] = ['starting', 'ready', 'draining', 'killed'];

/** Phases only go forward: a message may be overtaken by what was decided meanwhile. */
function withPhase(
  state: FleetState,
  number: number,
  phase: WorkerPhase,
  nowMs: number,
  killAtMs = Infinity,
): FleetState {
  return withWorker(state, number, (worker) =>
    PHASE_ORDER.indexOf(phase) > PHASE_ORDER.indexOf(worker.phase)
      ? { ...worker, phase, phaseAtMs: nowMs, killAtMs }
      : worker,
  );
}

function becomeReady(state: FleetState, number: number, nowMs: number): FleetState {
  if (find(state, number)?.phase !== 'starting') return state;
  return { ...withPhase(state, number, 'ready', nowMs), proven: true };
}

/** A reload is done when all that are needed are ready and of its generation. The old ones may still be draining. */
function noticeReload(state: FleetState): FleetChange {
  const active = state.workers.filter(({ phase }) => phase === 'ready' || phase === 'starting');
  const isDone =
    state.reloading &&
    active.length === state.rules.size &&
    active.every((worker) => worker.phase === 'ready' && worker.generation === state.generation);
  if (!isDone) return unchanged(state);
  const notices: FleetNotice[] = [{ type: 'reloaded', generation: state.generation }];
  return { state: { ...state, reloading: false }, notices };
}

function exit(
  state: FleetState,
  { number, how }: { readonly number: number; readonly how: string },
  nowMs: number,
  random: number,
): FleetChange {
  const worker = find(state, number);
  const left = { ...state, workers: state.workers.filter((other) => other.number !== number) };
  // Their end was wanted, or was counted when they were killed.
  if (worker === undefined || worker.phase === 'draining' || worker.phase === 'killed') return noticeReload(left);
  if (state.stop !== undefined) return unchanged(left);
  if (worker.phase === 'starting') return failStart(left, worker, worker.failure?.message ?? how, nowMs, random);
  return countEnd(left, worker, nowMs, random);
}

/** A worker that was asked by somebody else to go: it stays until another one is ready. */
function retire(state: FleetState, number: number, nowMs: number, random: number): FleetChange {
  const worker = find(state, number);
  if (worker?.phase !== 'ready' || worker.retiring || state.stop !== undefined) return unchanged(state);
  const retiring = withWorker(state, number, (own) => ({ ...own, retiring: true }));
  // Counted like a crash where it comes early: workers that leave as soon as they have come would be replaced without end.
  return countEnd(retiring, worker, nowMs, random);
}

/** The end of a worker that was needed: one that lived for a while is replaced at once. */
function countEnd(state: FleetState, worker: WorkerRecord, nowMs: number, random: number): FleetChange {
  const isProven = worker.phase === 'ready' && nowMs - worker.phaseAtMs >= state.rules.stableMs;
  return isProven
    ? unchanged({ ...state, failures: 0, startNotBeforeMs: -Infinity })
    : countFailure(state, worker, nowMs, random);
}

/** A worker that never became ready. */
function failStart(
  state: FleetState,
  worker: WorkerRecord,
  reason: string,
  nowMs: number,
  random: number,
): FleetChange {
  const counted = countFailure(state, worker, nowMs, random);
  if (!state.proven && (worker.failure !== undefined || counted.state.failures >= state.rules.startAttempts)) {
    const attempts = `none could be started in ${counted.state.failures} attempts`;
    const message = `${attempts}; of the last one, worker ${worker.number}: ${reason}`;
    const failure = worker.failure ?? { message, exitCode: FAILED };
    const stopped = beginStop({ ...state, givenUp: failure }, { drainMs: 0, idleGraceMs: 0 }, nowMs);
    return { state: killAll(stopped, nowMs), notices: [{ type: 'gaveUp', failure }] };
  }
  if (!state.reloading || worker.generation !== state.generation) return counted;
  // What is there serves, what is new does not: it stays as it is until somebody has mended it and asks again.
  return {
    state: { ...counted.state, reloading: false },
    notices: [...counted.notices, { type: 'reloadFailed', number: worker.number, reason }],
  };
}

/** Those that were started together and fail together are one failure. */
function countFailure(state: FleetState, worker: WorkerRecord, nowMs: number, random: number): FleetChange {
  if (worker.startedAtMs < state.failedAtMs) return unchanged(state);
  const failures = state.failures + 1;
  const delayMs = restartDelayMs(failures, state.rules.restartDelayMs, state.rules.maxRestartDelayMs, random);
  return {
    state: { ...state, failures, failedAtMs: nowMs, startNotBeforeMs: nowMs + delayMs },
    notices: [{ type: 'restartDelayed', number: worker.number, delayMs, failures }],
  };
}

function beginStop(state: FleetState, order: StopOrder, nowMs: number): FleetState {
  if (state.stop !== undefined) return state;
  const killAtMs = nowMs + order.drainMs + KILL_GRACE_MS;
  // Those that drain already may have been given more time than there is now.
  const workers = state.workers.map((worker) => ({ ...worker, killAtMs: Math.min(worker.killAtMs, killAtMs) }));
  return { ...state, stop: order, reloading: false, workers };
}

/** Leaves nobody a time to drain: the plan kills those in the phase `draining` that are overdue. */
function killAll(state: FleetState, nowMs: number): FleetState {
  const workers = state.workers.map((worker): WorkerRecord =>
    worker.phase === 'killed' ? worker : { ...worker, phase: 'draining', phaseAtMs: nowMs, killAtMs: nowMs },
  );
  return { ...state, workers };
}
