// Every option of a Heartbeat: what it means, its unit, its default and why that default.
import { OptionError } from '../../errors.ts';
import { systemClock } from '../../io/clock.ts';
import type { LoopClock } from '../../io/clock.ts';
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkObject,
  checkShare,
  checkWholeNumber,
  describe,
  fillIn,
  givenOr,
  listNames,
} from '../../option-checks.ts';
import { CalmMemory, sharedCalm } from './calm-memory.ts';
import type { IntervalSearchOptions } from './interval-search.ts';
import { toProbe } from './probe.ts';
import type { Probe, ProbeFunction } from './probe.ts';

/** Options of a Heartbeat. */
export interface HeartbeatOptions {
  /** How a signal is sent. */
  readonly probe: Probe | ProbeFunction;
  /**
   * Silence after which a signal goes out. Default 15,000: well within the 60 s after which the commonest balancers cut, and the
   * HTML standard's advice for event streams. At most half of the shortest idle timeout on the path.
   */
  readonly intervalMs?: number | undefined;
  /** How long an acknowledgement may take. Default 5,000: a lost packet is repeated three times in it (RFC 6298 §2, from 1 s on). */
  readonly timeoutMs?: number | undefined;
  /** Misses in a row that mean down. Default 2: one may be a hiccup. After the first, signals follow each other at once. */
  readonly tolerance?: number | undefined;
  /** By what share of it an interval may be shorter, by chance, so that many do not send at once. Default 0.1. */
  readonly jitter?: number | undefined;
  /** When the first signal goes out after `start`. Default 0: at once. */
  readonly initialDelayMs?: number | undefined;
  /** What postpones the next signal: bytes of the peer, or ours as well, which prove nothing of the peer. Default 'received'. */
  readonly postponedBy?: 'received' | 'any' | undefined;
  /** Whether signals go out while no work is under way (`setActive`). Default true. */
  readonly whileIdle?: boolean | undefined;
  /** Longest interval to which requests for calm may lead. Default 3,600,000. */
  readonly maxIntervalMs?: number | undefined;
  /** Where it is remembered who asked for fewer signals. Default: one memory for the whole program. */
  readonly calm?: CalmMemory | undefined;
  /**
   * Searches the longest interval that the path survives, and holds it, instead of `intervalMs`; jitter is off then. Connections
   * are lost on purpose on the way. Default false.
   */
  readonly adaptive?: boolean | IntervalSearchOptions | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a started heartbeat keeps the process alive, as an interval of Node.js does. Default true. */
  readonly holdsProcess?: boolean | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: LoopClock | undefined;
  /** For tests: numbers from 0 to 1 for jitter. Default Math.random. */
  readonly random?: (() => number) | undefined;
}

/** HeartbeatOptions with every default filled in. */
export interface ResolvedHeartbeatOptions {
  readonly probe: Probe;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly tolerance: number;
  readonly jitter: number;
  readonly initialDelayMs: number;
  readonly postponedBy: 'received' | 'any';
  readonly whileIdle: boolean;
  readonly maxIntervalMs: number;
  readonly calm: CalmMemory;
  readonly adaptive: IntervalSearchOptions | undefined;
  readonly signal: AbortSignal | undefined;
  readonly holdsProcess: boolean;
  readonly clock: LoopClock;
  readonly random: () => number;
}

/** The defaults of everything that has a constant one. */
export const DEFAULT_HEARTBEAT_OPTIONS: {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly tolerance: number;
  readonly jitter: number;
  readonly initialDelayMs: number;
  readonly postponedBy: 'received' | 'any';
  readonly whileIdle: boolean;
  readonly maxIntervalMs: number;
  readonly adaptive: boolean;
  readonly holdsProcess: boolean;
} = {
  intervalMs: 15_000,
  timeoutMs: 5_000,
  tolerance: 2,
  jitter: 0.1,
  initialDelayMs: 0,
  postponedBy: 'received',
  whileIdle: true,
  maxIntervalMs: 3_600_000,
  adaptive: false,
  holdsProcess: true,
};

/** The defaults of the adaptive search; each is explained at IntervalSearchOptions. */
const SEARCH_DEFAULTS: Required<IntervalSearchOptions> = {
  lowestMs: 1_000,
  highestMs: 7_200_000,
  precision: 0.05,
  lookAfter: 128,
};

const OPTION_NAMES: readonly string[] = [
  'probe',
  'calm',
  'signal',
  'clock',
  'random',
  ...listNames(DEFAULT_HEARTBEAT_OPTIONS),
];

/** Fills in the defaults. @throws OptionError with the option's name and what is allowed. */
export function resolveHeartbeatOptions(options: HeartbeatOptions): ResolvedHeartbeatOptions {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  const defaults = DEFAULT_HEARTBEAT_OPTIONS;
  const resolved: ResolvedHeartbeatOptions = {
    probe: checkProbe(options.probe),
    intervalMs: givenOr(options.intervalMs, defaults.intervalMs),
    timeoutMs: givenOr(options.timeoutMs, defaults.timeoutMs),
    tolerance: givenOr(options.tolerance, defaults.tolerance),
    jitter: givenOr(options.jitter, defaults.jitter),
    initialDelayMs: givenOr(options.initialDelayMs, defaults.initialDelayMs),
    postponedBy: givenOr(options.postponedBy, defaults.postponedBy),
    whileIdle: givenOr(options.whileIdle, defaults.whileIdle),
    maxIntervalMs: givenOr(options.maxIntervalMs, defaults.maxIntervalMs),
    calm: givenOr(options.calm, sharedCalm),
    adaptive: resolveSearch(options.adaptive),
    signal: options.signal,
    holdsProcess: givenOr(options.holdsProcess, defaults.holdsProcess),
    clock: givenOr(options.clock, systemClock),
    random: checkFunction('random', options.random) ?? Math.random,
  };
  check(resolved);
  return resolved;
}

function check(options: ResolvedHeartbeatOptions): void {
  checkFiniteNumber('intervalMs', options.intervalMs, 1);
  checkFiniteNumber('timeoutMs', options.timeoutMs, 1);
  checkFiniteNumber('initialDelayMs', options.initialDelayMs, 0);
  checkWholeNumber('tolerance', options.tolerance, 1);
  checkShare('jitter', options.jitter, 0, 1);
  checkNumber('maxIntervalMs', options.maxIntervalMs, 1);
  checkChoice('postponedBy', options.postponedBy, ['received', 'any']);
  if (options.adaptive !== undefined && options.tolerance < 2) {
    throw new OptionError(
      'tolerance',
      'is 1, it must be 2 or more with adaptive: the search loses connections on purpose',
    );
  }
  checkBoolean('whileIdle', options.whileIdle);
  checkBoolean('holdsProcess', options.holdsProcess);
  checkMethods('calm', options.calm, 'CalmMemory', ['intervalMs', 'calm']);
  checkMethods('clock', options.clock, 'LoopClock', ['nowMs', 'wallMs', 'startTimer', 'afterPoll']);
  if (options.signal !== undefined) checkMethods('signal', options.signal, 'AbortSignal', ['addEventListener']);
}

/** A timer of Infinity never fires, so a heartbeat with one would be none. */
function checkFiniteNumber(name: string, value: unknown, lowest: number): void {
  if (typeof value !== 'number' || !(value >= lowest)) {
    throw new OptionError(name, `is ${describe(value)}, it must be a number, ${lowest} or more`);
  }
  if (value === Infinity) throw new OptionError(name, 'is Infinity, it must be finite: without a heartbeat, make none');
}

function checkProbe(probe: unknown): Probe {
  if (typeof probe === 'function') return toProbe(probe as ProbeFunction);
  if (typeof probe !== 'object' || probe === null) {
    throw new OptionError('probe', `is ${describe(probe)}, it must be a Probe or a function that sends one signal`);
  }
  checkMethods('probe', probe, 'Probe', ['send']);
  return probe as Probe;
}

function resolveSearch(given: unknown): IntervalSearchOptions | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return SEARCH_DEFAULTS;
  const search = fillIn('adaptive', given as IntervalSearchOptions, SEARCH_DEFAULTS);
  checkFiniteNumber('adaptive.lowestMs', search.lowestMs, 1);
  checkFiniteNumber('adaptive.highestMs', search.highestMs, search.lowestMs);
  checkShare('adaptive.precision', search.precision, 0.001, 0.5);
  checkWholeNumber('adaptive.lookAfter', search.lookAfter, 1);
  return search;
}
