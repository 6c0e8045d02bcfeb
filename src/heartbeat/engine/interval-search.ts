// The search for the longest silence that a path survives: grow while connections live, halve the doubt once one died, then hold below
// it and look again now and then. Pure: it is told of silences, and says how long the next one is to be.

/** Where the search may go. */
export interface IntervalSearchOptions {
  /**
   * Where it begins, and the shortest silence that it tries. Default 1,000: shorter than what any middlebox is known to forget after.
   */
  readonly lowestMs?: number;
  /** Where it stops to grow. Default 7,200,000: the two hours that RFC 5382 asks of NATs at least, and of TCP keepalive. */
  readonly highestMs?: number;
  /**
   * How near to each other the longest survived and the shortest fatal silence must be, as a share, and how far below what was
   * survived it holds. Default 0.05: with both, the interval that is held is within 10 % of the limit.
   */
  readonly precision?: number;
  /**
   * After how many intervals held a longer one is tried, which costs a connection where the limit is still the same; twice as many
   * after each try, up to sixteen times. Default 128: at an interval of five minutes some ten hours, later a week. Infinity: never.
   */
  readonly lookAfter?: number;
}

/**
 * Where the search is. 'growing': nothing died yet. 'narrowing': between what was survived and what was not. 'checking': a connection
 * died that should have lived, and the same silence is tried again before that is believed. 'holding': done. 'looking': done, and
 * trying whether the path survives more by now.
 */
export type SearchPhase = 'growing' | 'narrowing' | 'checking' | 'holding' | 'looking';

/** By how much longer than the silence in doubt the one is that decides, as a share of the precision: timers are not that exact. */
const CLEARANCE = 0.25;

/** Deaths while holding, each forgiven by a survival, that are believed after all: a limit that varies kills only now and then. */
const MOST_STRIKES = 3;

/** Intervals that must be survived for one of them to be forgotten. */
const SURVIVALS_PER_STRIKE = 32;

/** Look again at most so many times more rarely than at first. */
const RAREST_LOOK = 16;

/** See the head of the file. */
export class IntervalSearch {
  readonly #lowestMs: number;
  readonly #highestMs: number;
  readonly #precision: number;
  readonly #firstLookAfter: number;
  #survivedMs = 0;
  /** Two deaths speak for it: no more than the longer of two silences. */
  #diedMs = Infinity;
  /** One death speaks for it. */
  #suspectMs: number | undefined;
  /** The limit is lower than what was survived before: rather a little than much. */
  #hasShrunk = false;
  #isLooking = false;
  #lookAfter: number;
  /** Intervals held since the last look. */
  #held = 0;
  #strikes = 0;
  /** Intervals held since the last death. */
  #heldInARow = 0;

  constructor(options: IntervalSearchOptions = {}) {
    const { lowestMs = 1_000, highestMs = 7_200_000, precision = 0.05, lookAfter = 128 } = options;
    this.#lowestMs = lowestMs;
    this.#highestMs = highestMs;
    this.#precision = precision;
    this.#firstLookAfter = lookAfter;
    this.#lookAfter = lookAfter;
  }

  /** Longest silence that a connection survived, as far as nothing speaks against it since. */
  get survivedMs(): number {
    return this.#survivedMs;
  }

  /** Shortest silence that is known to be fatal; Infinity where none is. */
  get diedMs(): number {
    return this.#diedMs;
  }

  /** Whether the search is over and its result is held. */
  get isHolding(): boolean {
    return this.phase === 'holding';
  }

  get phase(): SearchPhase {
    if (this.#suspectMs !== undefined) return 'checking';
    if (this.#isLooking) return 'looking';
    if (this.#isFound) return 'holding';
    return this.#diedMs === Infinity ? 'growing' : 'narrowing';
  }

  /** How long to be silent next. */
  get intervalMs(): number {
    return Math.min(Math.max(this.#wantedMs(), this.#lowestMs), this.#highestMs);
  }

  /** A connection lived through so long a silence. Nothing but the path can bring that about, so it is believed at once. */
  survived(silenceMs: number): void {
    const wasHolding = this.isHolding;
    if (silenceMs > this.#survivedMs) this.#survivedMs = silenceMs;
    if (silenceMs >= this.#diedMs) {
      this.#diedMs = Infinity;
      if (this.#isLooking) this.#endLook();
    }
    if (this.#suspectMs !== undefined && silenceMs >= this.#suspectMs * (1 - this.#clearance))
      this.#suspectMs = undefined;
    if (this.#survivedMs > 0) this.#hasShrunk = false;
    // Silences that something else broke prove nothing of the interval that is held.
    if (wasHolding && silenceMs >= this.intervalMs * (1 - this.#precision)) this.#heldOnce();
  }

  /**
   * A connection was found dead after so long a silence, although the peer lives. It may have died of something else, such as a peer
   * that was restarted or lost packets, so one death is only a reason to try the same silence again.
   */
  died(silenceMs: number): void {
    // Not of silence: such as a peer that ends each connection after so many answers.
    if (silenceMs < this.#lowestMs / 2) return;
    const wasHolding = this.isHolding;
    this.#heldInARow = 0;
    if (this.#isLooking) {
      this.#endLook();
      // The limit is where it was.
      if (silenceMs > this.#survivedMs) return;
    }
    if (this.#suspectMs !== undefined) {
      return this.#secondDeath(this.#suspectMs, Math.min(silenceMs, this.#diedMs));
    }
    // That much was known; or there is nothing shorter to try.
    if (silenceMs >= this.#diedMs * (1 - this.#clearance) || this.#survivesNothing) return;
    if (wasHolding) this.#strikes += 1;
    if (this.#strikes < MOST_STRIKES) {
      this.#suspectMs = silenceMs;
      return;
    }
    this.#believe(silenceMs);
    // It may have been the peer after all.
    this.#lookAfter = this.#firstLookAfter;
  }

  get #clearance(): number {
    return this.#precision * CLEARANCE;
  }

  get #lookMs(): number {
    return this.#diedMs * (1 + this.#clearance);
  }

  /** What was survived and what was not are near enough to each other, or there is nothing left to try. */
  get #isFound(): boolean {
    if (this.#survivedMs >= this.#highestMs || this.#survivesNothing) return true;
    return this.#diedMs < Infinity && this.#diedMs - this.#survivedMs <= this.#diedMs * this.#precision;
  }

  get #survivesNothing(): boolean {
    return this.#survivedMs === 0 && this.#diedMs * (1 - this.#precision) <= this.#lowestMs;
  }

  #wantedMs(): number {
    if (this.#suspectMs !== undefined) return this.#suspectMs * (1 + this.#clearance);
    if (this.#diedMs === Infinity) return this.#survivedMs * 2;
    if (this.#isLooking) return this.#lookMs;
    if (this.#isFound) return this.#survivedMs * (1 - this.#precision);
    if (this.#hasShrunk) return this.#diedMs * (1 - 2 * this.#precision);
    return (this.#survivedMs + this.#diedMs) / 2;
  }

  /** Both speak for a limit that is no higher than the longer one; only one of them for a limit below that. */
  #secondDeath(firstMs: number, secondMs: number): void {
    const longerMs = Math.max(firstMs, secondMs);
    const shorterMs = Math.min(firstMs, secondMs);
    this.#believe(longerMs);
    if (shorterMs < longerMs * (1 - this.#precision / 2)) this.#suspectMs = shorterMs;
  }

  #believe(diedMs: number): void {
    this.#diedMs = diedMs;
    this.#suspectMs = undefined;
    this.#strikes = 0;
    // Where the silence just below it dies as well, nothing is known to survive, and it was not a little.
    this.#hasShrunk = this.#survivedMs >= diedMs;
    if (this.#hasShrunk) this.#survivedMs = 0;
  }

  #heldOnce(): void {
    this.#held += 1;
    this.#heldInARow += 1;
    if (this.#heldInARow % SURVIVALS_PER_STRIKE === 0) this.#strikes = Math.max(0, this.#strikes - 1);
    if (this.#held < this.#lookAfter || this.#lookMs > this.#highestMs) return;
    this.#held = 0;
    this.#isLooking = true;
  }

  #endLook(): void {
    this.#isLooking = false;
    this.#lookAfter = Math.min(this.#lookAfter * 2, this.#firstLookAfter * RAREST_LOOK);
  }
}
