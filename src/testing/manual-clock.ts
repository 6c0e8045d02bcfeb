// A clock that stands still until a test moves it. Timers fire in a fixed order, so the same test always sees the same story.
// No real time is read here.
import { MisuseError } from '../errors.ts';
import type { ClockTimer, LoopClock } from '../io/clock.ts';
import type { PollWatch } from '../io/poll-watch.ts';

/** Where a {@link ManualClock} starts. */
export interface ManualClockOptions {
  /** Monotonic milliseconds at the start. Default 0. */
  readonly nowMs?: number;
  /** Wall clock at the start, milliseconds since 1970. Default 1,000,000,000,000: 2001-09-09T01:46:40Z. */
  readonly wallMs?: number;
}

interface PendingTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Shortest delay, as Node.js has it: a timer that starts itself again with 0 lets time pass instead of hanging the test. */
const MIN_DELAY_MS = 1;

/**
 * A {@link LoopClock} for tests. Time moves by {@link advance} alone; what is due fires in order of time, then of start.
 * Between two moments the turn of the event loop ends, as it does in Node.js before time can pass.
 */
export class ManualClock implements LoopClock {
  #nowMs: number;
  #wallOffsetMs: number;
  #advancing = false;
  /** Ordered by due time, then by start. */
  readonly #timers: PendingTimer[] = [];
  #turnCallbacks: (() => void)[] = [];
  #turns = 0;
  #unpolledMs = 0;

  constructor(options: ManualClockOptions = {}) {
    this.#nowMs = options.nowMs ?? 0;
    this.#wallOffsetMs = (options.wallMs ?? 1_000_000_000_000) - this.#nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  /** Timers that were started and neither fired nor were stopped: 0 at the end of a test that left nothing behind. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** When the next timer is due, in the milliseconds of {@link nowMs}; undefined where none is pending. */
  get nextTimerMs(): number | undefined {
    return this.#timers[0]?.dueMs;
  }

  startTimer(delayMs: number, callback: () => void): ClockTimer {
    if (Number.isNaN(delayMs))
      throw new MisuseError('startTimer: the delay is NaN; a number of milliseconds is needed.');
    const timer: PendingTimer = { dueMs: this.#nowMs + Math.max(delayMs, MIN_DELAY_MS), callback };
    const before = this.#timers.findLastIndex((other) => other.dueMs <= timer.dueMs);
    this.#timers.splice(before + 1, 0, timer);
    return {
      stop: () => {
        const index = this.#timers.indexOf(timer);
        if (index !== -1) this.#timers.splice(index, 1);
      },
    };
  }

  endOfTurn(callback: () => void): void {
    this.#turnCallbacks.push(callback);
  }

  afterPoll(callback: () => void): void {
    this.endOfTurn(() => this.endOfTurn(callback));
  }

  /** Sockets count as looked at with each {@link turn}. */
  watchPolls(): PollWatch {
    return {
      mark: () => this.#turns,
      polledSince: (mark) => this.#turns > mark,
      unpolledMs: () => this.#unpolledMs,
      stop: () => {},
    };
  }

  /** Lets `ms` pass in which the event loop is busy: no timer fires, and nothing that arrives is seen before the turn ends. */
  stall(ms: number): void {
    this.#nowMs += ms;
    this.#unpolledMs += ms;
  }

  /** Ends the turn of the event loop: runs what {@link endOfTurn} was given. What those callbacks add waits for the next turn. */
  turn(): void {
    this.#turns += 1;
    this.#unpolledMs = 0;
    const callbacks = this.#turnCallbacks;
    this.#turnCallbacks = [];
    for (const [index, callback] of callbacks.entries()) {
      try {
        callback();
      } catch (error) {
        // Those behind the one that threw are not lost: they run first in the next turn.
        this.#turnCallbacks.unshift(...callbacks.slice(index + 1));
        throw error;
      }
    }
  }

  /**
   * Lets `ms` milliseconds pass. Every timer that falls due fires while the time stands at its due moment, those that are
   * started on the way included. The turn ends before time moves and after each moment at which a timer fired.
   * What a callback throws is thrown here, and time stays where it was thrown.
   *
   * @throws MisuseError where `ms` is negative or not finite, or where a callback of this clock calls it.
   */
  advance(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new MisuseError(`advance: ${ms} ms cannot pass; monotonic time only moves forward, by a finite amount.`);
    }
    if (this.#advancing)
      throw new MisuseError('advance: called by a callback of the same clock; start a timer instead.');
    this.#advancing = true;
    try {
      this.#advanceTo(this.#nowMs + ms);
    } finally {
      this.#advancing = false;
    }
  }

  /** Moves the wall clock alone, forth or back, as NTP, an administrator or a laptop that wakes up does. */
  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  #advanceTo(targetMs: number): void {
    this.turn();
    for (let timer = this.#timers[0]; timer !== undefined && timer.dueMs <= targetMs; timer = this.#timers[0]) {
      this.#timers.shift();
      // Overdue behind a stall: late it fires, but time does not go back.
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.callback();
      if ((this.#timers[0]?.dueMs ?? Infinity) > this.#nowMs) this.turn();
    }
    this.#nowMs = targetMs;
  }
}
