// Which peers asked for fewer signals, and how long the interval is that they put up with.
import { systemClock } from '../../io/clock.ts';
import type { Clock } from '../../io/clock.ts';
import { checkMethods, checkNames, checkNumber, checkObject, checkWholeNumber, givenOr } from '../../option-checks.ts';

/** Options of {@link CalmMemory}. */
export interface CalmMemoryOptions {
  /**
   * After how long without a further request half the interval is tried again; after twice as long where that was too short before, up to
   * sixteen times. Default 86,400,000, a day: most peers that ask have a rule (gRPC's servers allow a PING in five minutes), and trying
   * a rule costs a connection; but some were only short of breath, and a program that runs for a year should not pay for one bad minute.
   * Infinity: never.
   */
  readonly quietMs?: number;
  /**
   * How many origins are remembered; above it the one that was asked about longest ago is forgotten. Default 1,024: some 100 KiB, and
   * more peers of one program do not ask for calm.
   */
  readonly mostOrigins?: number;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock;
}

const OPTION_NAMES: readonly string[] = ['quietMs', 'mostOrigins', 'clock'];

/** How much longer than the first time it may take until less calm is tried again. */
const LONGEST_QUIET = 16;

interface Calmed {
  readonly intervalMs: number;
  /** An interval that was too short. What was halved down to it is no request for calm any more. */
  readonly tooShortMs: number;
  /** When it asked last, on the monotonic scale: time that the program slept was quiet because nobody sent anything. */
  readonly askedMs: number;
  readonly quietMs: number;
}

/** Intervals by origin. One for the whole program, unless a heartbeat is given its own. */
export class CalmMemory {
  readonly #quietMs: number;
  readonly #mostOrigins: number;
  readonly #clock: Clock;
  readonly #origins = new Map<string, Calmed>();

  /** @throws OptionError */
  constructor(options: CalmMemoryOptions = {}) {
    checkObject('options', options);
    checkNames('', options, OPTION_NAMES);
    this.#quietMs = givenOr(options.quietMs, 86_400_000);
    this.#mostOrigins = givenOr(options.mostOrigins, 1_024);
    this.#clock = givenOr(options.clock, systemClock);
    checkNumber('quietMs', this.#quietMs, 1);
    checkWholeNumber('mostOrigins', this.#mostOrigins, 1);
    checkMethods('clock', this.#clock, 'Clock', ['nowMs']);
  }

  /** The interval that the origin puts up with, as far as known; 0 where it never asked for fewer signals, or long ago. */
  intervalMs(origin: string): number {
    const known = this.#origins.get(origin);
    if (known === undefined) return 0;
    this.#remember(origin, known);
    return this.#relaxed(known);
  }

  /**
   * The origin asked for fewer signals than one in `intervalMs`. Returns the interval from now on: doubled, at most `highestMs`. Where
   * several connections of an origin are told the same at once it is doubled once: `intervalMs` is the one that they kept to.
   */
  calm(origin: string, intervalMs: number, highestMs: number): number {
    const known = this.#origins.get(origin);
    const beforeMs = known === undefined ? 0 : this.#relaxed(known);
    const calmedMs = Math.max(beforeMs, intervalMs, Math.min(intervalMs * 2, highestMs));
    // Less calm was tried, and it was not for nothing that it had asked.
    const isRelapse = known !== undefined && beforeMs < known.intervalMs && calmedMs > beforeMs;
    const quietMs = known?.quietMs ?? this.#quietMs;
    this.#remember(origin, {
      intervalMs: calmedMs,
      tooShortMs: Math.min(intervalMs, known?.tooShortMs ?? Infinity),
      askedMs: this.#clock.nowMs(),
      quietMs: isRelapse ? Math.min(quietMs * 2, this.#quietMs * LONGEST_QUIET) : quietMs,
    });
    return calmedMs;
  }

  /** Forgets one origin, or all. */
  forget(origin?: string): void {
    if (origin === undefined) this.#origins.clear();
    else this.#origins.delete(origin);
  }

  /** Halved for each quiet time that has passed. */
  #relaxed({ intervalMs, tooShortMs, askedMs, quietMs }: Calmed): number {
    const halvings = Math.floor((this.#clock.nowMs() - askedMs) / quietMs);
    const relaxedMs = intervalMs / 2 ** halvings;
    // One that was not doubled, for it was the longest, asks for nothing less after a quiet time.
    return halvings > 0 && relaxedMs <= tooShortMs ? 0 : relaxedMs;
  }

  #remember(origin: string, calmed: Calmed): void {
    this.#origins.delete(origin);
    this.#origins.set(origin, calmed);
    if (this.#origins.size <= this.#mostOrigins) return;
    const [oldest] = this.#origins.keys();
    if (oldest !== undefined) this.#origins.delete(oldest);
  }
}

/** What heartbeats share where they are not given a memory of their own. */
export const sharedCalm: CalmMemory = new CalmMemory();
