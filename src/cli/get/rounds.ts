// In which order and at what pace the URLs are asked for: again and again, several at a time, with pauses. Knows no HTTP.
import type { Clock } from '../../io/index.ts';
import type { RunEnd } from './run-end.ts';

/** One URL, the so-manieth time. */
export interface Turn {
  /** Its place on the command line, from 0. */
  readonly index: number;
  /** 1 for the first time. */
  readonly round: number;
}

/** See {@link runRounds}. */
export interface RoundOptions {
  readonly urls: number;
  readonly repeat: number;
  /** Turns under way at the same time. */
  readonly parallel: number;
  /** Pause before a later round; Infinity of them never, 0 none. */
  readonly gapMs: number;
  readonly clock: Clock;
  /** Ends pauses, and lets nothing new begin. */
  readonly end: RunEnd;
  /** A pause begins. */
  readonly onPause: () => void;
}

/**
 * Takes every turn, round by round; resolves when the last one has ended, or those under way when the run ends early. With several
 * at a time each is like a person who asks, waits for the answer, and pauses before the next round. What a turn throws ends all.
 */
export async function runRounds(options: RoundOptions, take: (turn: Turn) => Promise<void>): Promise<void> {
  const { urls, repeat, parallel, gapMs, end } = options;
  const total = urls * repeat;
  let taken = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    let lastRound = 0;
    while (taken < total && !end.hasEnded && !failed) {
      const turn = { index: taken % urls, round: 1 + Math.floor(taken / urls) };
      taken += 1;
      if (gapMs > 0 && lastRound > 0 && turn.round > lastRound) {
        options.onPause();
        await pause(options.clock, gapMs, end);
        if (end.hasEnded) return;
      }
      lastRound = turn.round;
      try {
        await take(turn);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, total) }, work));
}

/** Resolves after the time, or at once when the run ends. */
function pause(clock: Clock, durationMs: number, end: RunEnd): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.startTimer(durationMs, () => {
      removeListener();
      resolve();
    });
    const removeListener = end.onEnd(() => {
      timer.stop();
      resolve();
    });
  });
}
