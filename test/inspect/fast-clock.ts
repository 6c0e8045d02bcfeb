// A clock that runs faster than the one of the machine: a slow server without a slow test.
import { systemClock } from '#src/io/index.js';
import type { LoopClock } from '#src/io/index.js';

/** Each of its milliseconds takes only a part of one. */
export function fastClock(factor: number): LoopClock {
  return {
    ...systemClock,
    nowMs: () => systemClock.nowMs() * factor,
    startTimer: (delayMs, callback, holdsProcess) => systemClock.startTimer(delayMs / factor, callback, holdsProcess),
  };
}
