// The only place that knows the time. Everything else is given a Clock, so that tests can advance it by hand.
import { SystemPollWatch } from './poll-watch.ts';
import type { PollWatch } from './poll-watch.ts';

/** A timer that was started and can be stopped. */
export interface ClockTimer {
  /** Stopping twice, or after it fired, does nothing. */
  stop(): void;
}

/** A source of time. Monotonic milliseconds measure durations; wall milliseconds are for people and dates. */
export interface Clock {
  /** Monotonic milliseconds from an arbitrary start; never goes back. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01 UTC; may jump. */
  wallMs(): number;
  /**
   * Calls back once after at least `delayMs`. It keeps the process alive only with `holdsProcess`: for whoever waits while nothing else
   * is under way.
   */
  startTimer(delayMs: number, callback: () => void, holdsProcess?: boolean): ClockTimer;
  /** Calls back once when the work of this turn of the event loop is done, before it waits for new events. */
  endOfTurn(callback: () => void): void;
}

/** A clock that also knows when the event loop looks at sockets. */
export interface LoopClock extends Clock {
  /** Calls back once when what had arrived on sockets by now has been told to their owners. */
  afterPoll(callback: () => void): void;
  /** Begins to follow when sockets were last looked at. */
  watchPolls(): PollWatch;
}

/** Longest delay that a Node.js timer can take; longer ones would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

class SystemTimer implements ClockTimer {
  readonly #handle: NodeJS.Timeout;

  constructor(delayMs: number, callback: () => void, holdsProcess: boolean) {
    // Rounded up: Node.js cuts fractions off, and a deadline that fires early would have to be armed again.
    this.#handle = setTimeout(callback, Math.min(Math.max(Math.ceil(delayMs), 1), MAX_DELAY_MS));
    if (!holdsProcess) this.#handle.unref();
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}

/** Taken once: on globalThis it is a getter, and the time is asked for with every request. */
const machinePerformance = performance;

/** The clock of the machine. */
export const systemClock: LoopClock = {
  nowMs: () => machinePerformance.now(),
  wallMs: () => Date.now(),
  startTimer: (delayMs, callback, holdsProcess = false) => new SystemTimer(delayMs, callback, holdsProcess),
  endOfTurn: (callback) => void setImmediate(callback),
  // A turn that is in its poll phase has already asked for events: only the poll of the next turn is certain to see everything.
  afterPoll: (callback) => void setImmediate(() => void setImmediate(callback)),
  watchPolls: () => new SystemPollWatch(),
};
