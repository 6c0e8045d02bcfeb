// What is told of workers, and what is known of them: the types that their owner sees.
import type { ConnectionInfo } from '../trace.ts';
import type { WorkerPhase } from './fleet-state.ts';

/** One worker at one moment. */
export interface WorkerInfo {
  /** Counts up from 1 and is never given twice. */
  readonly worker: number;
  readonly pid: number;
  /** Which reload it belongs to; 1 for the first workers. */
  readonly generation: number;
  readonly phase: WorkerPhase;
}

/** A connection, and the worker that has it. Its `id` is unique within that worker only. */
export interface WorkerConnectionInfo extends ConnectionInfo {
  readonly worker: number;
}

/** The connections of all workers. */
export interface WorkerConnections {
  readonly connections: readonly WorkerConnectionInfo[];
  /** Workers that did not answer in time, whose connections are missing. */
  readonly silent: readonly number[];
}

/** What a stop of all workers came to. */
export interface StopReport {
  readonly durationMs: number;
  /** Connections that ended by themselves or in an orderly way, of all workers. */
  readonly closed: number;
  /** Those that held on until the deadline and were destroyed. */
  readonly destroyed: readonly WorkerConnectionInfo[];
  /** Workers that ended without a report, so whose connections were cut off uncounted. */
  readonly unreported: readonly number[];
}

/** What a reload came to. */
export type ReloadReport =
  | { readonly reloaded: true; readonly durationMs: number }
  /** The workers of before, as far as they were not replaced yet, stay. `reason` is a sentence. */
  | { readonly reloaded: false; readonly durationMs: number; readonly reason: string };

/** Everything that happens to workers. */
export type WorkersEvent =
  | { readonly type: 'started'; readonly worker: number; readonly pid: number; readonly because: 'missing' | 'reload' }
  | { readonly type: 'ready'; readonly worker: number; readonly pid: number; readonly startMs: number }
  /** It stops accepting, and ends when its connections have. */
  | {
      readonly type: 'draining';
      readonly worker: number;
      readonly pid: number;
      readonly because: 'replaced' | 'stopping';
    }
  | {
      readonly type: 'killed';
      readonly worker: number;
      readonly pid: number;
      readonly because: 'startTimeout' | 'drainTimeout' | 'stopping';
    }
  /** `expected` where it was told to. `how`: `with exit code 1`, `by SIGKILL`. `message`: why it could not start, in its own words. */
  | {
      readonly type: 'ended';
      readonly worker: number;
      readonly pid: number;
      readonly phase: WorkerPhase;
      readonly expected: boolean;
      readonly how: string;
      readonly message: string | undefined;
    }
  /** Workers fail: none is started for so long. `failures` in a row. */
  | { readonly type: 'restartDelayed'; readonly worker: number; readonly delayMs: number; readonly failures: number }
  /** Somebody asked it to go (SIGTERM): another one is started, then it drains. */
  | { readonly type: 'retiring'; readonly worker: number; readonly pid: number }
  | { readonly type: 'reloaded'; readonly durationMs: number }
  | { readonly type: 'reloadFailed'; readonly worker: number; readonly reason: string }
  | { readonly type: 'gaveUp'; readonly message: string; readonly exitCode: number };
