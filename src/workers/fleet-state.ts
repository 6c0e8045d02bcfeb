// What is known of all workers at one moment. Plain data and nothing else: machine.ts alone changes it, plan.ts reads it.

/** `starting → ready → draining`, and from each of them to its end; `killed` is one that was sent SIGKILL and has not ended yet. */
export type WorkerPhase = 'starting' | 'ready' | 'draining' | 'killed';

/** One process. */
export interface WorkerRecord {
  /** Counts up from 1 and is never given twice, so that a line of a log names one process. */
  readonly number: number;
  /** Which reload it belongs to; the first workers are of generation 1. */
  readonly generation: number;
  readonly phase: WorkerPhase;
  /** Since when it is in its phase. */
  readonly phaseAtMs: number;
  /** When it was started. */
  readonly startedAtMs: number;
  /** Whether it listens. One that does may have accepted a connection before it said that it is ready. */
  readonly listening: boolean;
  /** Whether it is to be replaced although its generation is the newest: somebody sent it SIGTERM. */
  readonly retiring: boolean;
  /** What it said of itself when it could not start. */
  readonly failure: WorkerFailure | undefined;
  /** While it drains: when it is taken for one that hangs. */
  readonly killAtMs: number;
}

/** Why a worker cannot serve, in its own words. */
export interface WorkerFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** The numbers that the rules go by. All milliseconds, but for counts. */
export interface FleetRules {
  /** Workers that are to be ready. */
  readonly size: number;
  readonly startTimeoutMs: number;
  readonly drainMs: number;
  readonly restartDelayMs: number;
  readonly maxRestartDelayMs: number;
  /** A worker that was ready for so long has proved itself: its end begins no row of failures. */
  readonly stableMs: number;
  /** Failed starts in a row after which it is given up, where no worker ever was ready. */
  readonly startAttempts: number;
}

/** What all workers are told when it is over. */
export interface StopOrder {
  readonly drainMs: number;
  readonly idleGraceMs: number | undefined;
}

export interface FleetState {
  readonly rules: FleetRules;
  readonly workers: readonly WorkerRecord[];
  readonly nextNumber: number;
  /** Of the workers that are started from now on. */
  readonly generation: number;
  /** Whether workers of an older generation are to be replaced. */
  readonly reloading: boolean;
  /** Whether some worker has ever been ready. */
  readonly proven: boolean;
  /** Rounds of starts in a row that came to nothing. */
  readonly failures: number;
  /** When the last of them was counted: workers that were started before do not count again. */
  readonly failedAtMs: number;
  /** No worker is started before. */
  readonly startNotBeforeMs: number;
  /** Set once it is over. */
  readonly stop: StopOrder | undefined;
  /** Why it was given up. */
  readonly givenUp: WorkerFailure | undefined;
  readonly ended: boolean;
}

/** No worker yet. */
export function initialFleet(rules: FleetRules): FleetState {
  return {
    rules,
    workers: [],
    nextNumber: 1,
    generation: 1,
    reloading: false,
    proven: false,
    failures: 0,
    failedAtMs: -Infinity,
    startNotBeforeMs: -Infinity,
    stop: undefined,
    givenUp: undefined,
    ended: false,
  };
}

/** Those in a phase, in the order in which they were started. */
export function workersIn(state: FleetState, phase: WorkerPhase): WorkerRecord[] {
  return state.workers.filter((worker) => worker.phase === phase);
}
