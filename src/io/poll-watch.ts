// When the event loop last looked at the sockets. Bytes, FIN and RST wait in the kernel until then, and nobody is told of them:
// a connection looks alive although it has ended. libuv keeps no record of it that a program could read, so it is followed here.

/** Follows the poll phases of the event loop. Its user stops it. */
export interface PollWatch {
  /** Names this moment for {@link polledSince}. */
  mark(): number;
  /** Whether sockets were certainly looked at since the moment that was marked. */
  polledSince(mark: number): boolean;
  /** Milliseconds of work since sockets were last looked at, at most: what arrived meanwhile is not known yet. */
  unpolledMs(): number;
  stop(): void;
}

/** Taken once: on globalThis it is a getter. */
const machinePerformance = performance;

/**
 * Called back at the end of each turn by an immediate that keeps neither the process nor the turn from waiting. Since then the
 * loop has worked or waited; libuv counts how long it waited, and it waits in the poll phase only.
 */
export class SystemPollWatch implements PollWatch {
  #turns = 0;
  #turnEndMs = machinePerformance.now();
  #waitedMs = machinePerformance.nodeTiming.idleTime;
  #immediate: NodeJS.Immediate;
  readonly #onTurnEnd = (): void => {
    this.#turns += 1;
    this.#turnEndMs = machinePerformance.now();
    this.#waitedMs = machinePerformance.nodeTiming.idleTime;
    this.#immediate = setImmediate(this.#onTurnEnd).unref();
  };

  constructor() {
    this.#immediate = setImmediate(this.#onTurnEnd).unref();
  }

  mark(): number {
    return this.#turns;
  }

  polledSince(mark: number): boolean {
    // One end of a turn lies between: only if the loop has waited since has it surely looked again.
    const ends = this.#turns - mark;
    return ends > 1 || (ends === 1 && machinePerformance.nodeTiming.idleTime > this.#waitedMs);
  }

  unpolledMs(): number {
    const waitedMs = machinePerformance.nodeTiming.idleTime - this.#waitedMs;
    return machinePerformance.now() - this.#turnEndMs - waitedMs;
  }

  stop(): void {
    clearImmediate(this.#immediate);
  }
}
