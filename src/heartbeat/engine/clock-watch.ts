// Notices that the machine slept or the process did not run, by two clocks and by timers that come late: none of them tells alone.
import type { Clock } from '../../io/clock.ts';

/** See the head of the file. */
export class ClockWatch {
  readonly #clock: Clock;
  #wallLeadMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wallLeadMs = clock.wallMs() - clock.nowMs();
  }

  /**
   * For how long the program did not run since it was last asked, where a timer came late by `lateMs`. While a machine sleeps the
   * monotonic clock may stand still, so the wall clock runs ahead; a process that was stopped sees its timers late. A wall clock
   * that is set back says nothing.
   */
  sleptMs(lateMs = 0): number {
    const leadMs = this.#clock.wallMs() - this.#clock.nowMs();
    const jumpMs = leadMs - this.#wallLeadMs;
    this.#wallLeadMs = leadMs;
    return Math.max(jumpMs, lateMs, 0);
  }
}
