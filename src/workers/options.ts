// Options of startWorkers(), their defaults and their checks.
import { OptionError } from '../errors.ts';
import { guardTrace } from '../guard-trace.ts';
import { systemClock } from '../io/index.ts';
import type { Clock } from '../io/index.ts';
import {
  checkBoundedNumber,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkWholeNumber,
  listNames,
} from '../option-checks.ts';
import type { WorkersEvent } from './event.ts';
import type { FleetRules } from './fleet-state.ts';

/** Options of `startWorkers()`. Durations are milliseconds; `Infinity` means no limit. */
export interface WorkersOptions {
  /** The program that each worker runs: a path, or the URL of a file. It starts its server and calls `attachWorker()`. */
  readonly program: string | URL;
  /** Its arguments. Default: none. */
  readonly args?: readonly string[];
  /** A text that every worker is given (`workerIdentity().shared`): what is made once and has to be the same in all of them. It may be secret. Default: none. */
  readonly shared?: string;
  /** How many are to be ready, 1 or more. Default 2; `os.availableParallelism()` is one for each core. */
  readonly workers?: number;
  /** How long a worker may take to be ready before it is killed. Default 30,000, as gunicorn's timeout. */
  readonly startTimeoutMs?: number;
  /** How long a worker that is replaced may take to drain. Default 30,000, as `Server.close()`. */
  readonly drainMs?: number;
  /** How long a worker may take to tell its connections before the answer is given without it. Default 1,000. */
  readonly answerTimeoutMs?: number;
  /** The first delay before a worker that failed is started again; it doubles with each failure in a row. Default 100, as systemd's RestartSec. */
  readonly restartDelayMs?: number;
  /** The longest such delay. Default 30,000. */
  readonly maxRestartDelayMs?: number;
  /** How long a worker must have been ready for its end not to count as a failure. Default 10,000, as systemd's StartLimitIntervalSec. */
  readonly stableMs?: number;
  /** How many starts in a row may fail, where no worker ever was ready, before it is given up. Default 5, as systemd's StartLimitBurst. */
  readonly startAttempts?: number;
  /** Told of everything that happens to workers. What it throws is told on standard error. */
  readonly onEvent?: (event: WorkersEvent) => void;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock;
  /** A number from 0 to 1 for the jitter of delays; for tests. Default `Math.random`. */
  readonly random?: () => number;
}

/** Twice the threads of the largest machines on sale: whoever wants more has mistaken the option for something else. */
export const MOST_WORKERS = 1_024;

/** WorkersOptions with every default filled in. */
export interface ResolvedWorkersOptions {
  readonly program: string | URL;
  readonly args: readonly string[];
  readonly shared: string | undefined;
  readonly rules: FleetRules;
  readonly answerTimeoutMs: number;
  readonly onEvent: (event: WorkersEvent) => void;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The defaults of everything that has a constant one. */
export const DEFAULT_WORKERS_OPTIONS: {
  readonly workers: number;
  readonly startTimeoutMs: number;
  readonly drainMs: number;
  readonly answerTimeoutMs: number;
  readonly restartDelayMs: number;
  readonly maxRestartDelayMs: number;
  readonly stableMs: number;
  readonly startAttempts: number;
} = {
  workers: 2,
  startTimeoutMs: 30_000,
  drainMs: 30_000,
  answerTimeoutMs: 1_000,
  restartDelayMs: 100,
  maxRestartDelayMs: 30_000,
  stableMs: 10_000,
  startAttempts: 5,
};

const OPTION_NAMES: readonly string[] = [
  'program',
  'args',
  'shared',
  'onEvent',
  'clock',
  'random',
  ...listNames(DEFAULT_WORKERS_OPTIONS),
];

/** Fills in the defaults and refuses what makes no sense, with the option's name and what is allowed. */
export function resolveWorkersOptions(options: WorkersOptions): ResolvedWorkersOptions {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError('program', 'startWorkers() needs an object of options, with `program` in it');
  }
  checkNames('', options, OPTION_NAMES);
  const { program, args = [], shared, clock = systemClock } = options;
  if (!(program instanceof URL) && (typeof program !== 'string' || program === '')) {
    throw new OptionError('program', "is no path and no URL of a file, e.g. new URL('worker.mjs', import.meta.url)");
  }
  if (!Array.isArray(args) || args.some((argument) => typeof argument !== 'string')) {
    throw new OptionError('args', 'is no list of texts');
  }
  if (shared !== undefined && typeof shared !== 'string') throw new OptionError('shared', 'is no text');
  checkMethods('clock', clock, 'Clock', ['nowMs', 'startTimer']);
  const defaults = DEFAULT_WORKERS_OPTIONS;
  const answerTimeoutMs = options.answerTimeoutMs ?? defaults.answerTimeoutMs;
  checkNumber('answerTimeoutMs', answerTimeoutMs, 1);
  return {
    program,
    args,
    shared,
    rules: resolveRules(options),
    answerTimeoutMs,
    onEvent: guardTrace(checkFunction('onEvent', options.onEvent) ?? (() => {}), 'onEvent'),
    clock,
    random: checkFunction('random', options.random) ?? Math.random,
  };
}

function resolveRules(options: WorkersOptions): FleetRules {
  const defaults = DEFAULT_WORKERS_OPTIONS;
  const rules: FleetRules = {
    size: options.workers ?? defaults.workers,
    startTimeoutMs: options.startTimeoutMs ?? defaults.startTimeoutMs,
    drainMs: options.drainMs ?? defaults.drainMs,
    restartDelayMs: options.restartDelayMs ?? defaults.restartDelayMs,
    maxRestartDelayMs: options.maxRestartDelayMs ?? defaults.maxRestartDelayMs,
    stableMs: options.stableMs ?? defaults.stableMs,
    startAttempts: options.startAttempts ?? defaults.startAttempts,
  };
  checkBoundedNumber('workers', rules.size, 1, MOST_WORKERS, 'more processes than that help nobody');
  checkNumber('startTimeoutMs', rules.startTimeoutMs, 1);
  checkNumber('drainMs', rules.drainMs, 0);
  checkNumber('restartDelayMs', rules.restartDelayMs, 1);
  checkNumber('maxRestartDelayMs', rules.maxRestartDelayMs, rules.restartDelayMs);
  checkNumber('stableMs', rules.stableMs, 0);
  checkWholeNumber('startAttempts', rules.startAttempts, 1);
  return rules;
}
