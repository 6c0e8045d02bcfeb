// The machine's clock, which also tells by how much the timer came late that is being served now.
import { systemClock } from '#src/io/index.js';
import type { LoopClock } from '#src/io/index.js';

export class TimedClock {
  /** Of the timer whose callback runs; meaningless in between. */
  lateMs = 0;
  timersFired = 0;
  readonly clock: LoopClock = {
    nowMs: () => systemClock.nowMs(),
    wallMs: () => systemClock.wallMs(),
    endOfTurn: (callback) => systemClock.endOfTurn(callback),
    afterPoll: (callback) => systemClock.afterPoll(callback),
    watchPolls: () => systemClock.watchPolls(),
    startTimer: (delayMs, callback, holdsProcess) => {
      const dueMs = systemClock.nowMs() + delayMs;
      return systemClock.startTimer(
        delayMs,
        () => {
          this.lateMs = systemClock.nowMs() - dueMs;
          this.timersFired += 1;
          callback();
        },
        holdsProcess,
      );
    },
  };
}
