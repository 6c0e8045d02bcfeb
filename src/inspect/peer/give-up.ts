// The end of waiting: the time is over, or the inspection is given up.
import type { LoopClock } from '../../io/index.ts';

/** What waiting is bounded by. */
export interface Patience {
  readonly clock: LoopClock;
  /** The inspection is given up when this fires. */
  readonly signal: AbortSignal | undefined;
  /** How long may still be waited, at most so long. */
  boundMs(atMostMs: number): number;
}

/** Calls back when the time is over, behind what has arrived by then, or when the inspection is given up. Returns what stops that. */
export function giveUpAfter(patience: Patience, atMostMs: number, callback: () => void): () => void {
  const { clock, signal } = patience;
  let isOver = false;
  const giveUp = (): void => {
    if (!isOver) callback();
  };
  const timer = clock.startTimer(patience.boundMs(atMostMs), () => clock.afterPoll(giveUp));
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) clock.endOfTurn(giveUp);
  return () => {
    isOver = true;
    timer.stop();
    signal?.removeEventListener('abort', giveUp);
  };
}

/** Waits, less where the inspection is given up. There may be no connection that keeps the process alive. */
export async function pauseFor({ clock, signal }: Omit<Patience, 'boundMs'>, durationMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      timer.stop();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.startTimer(durationMs, finish, true);
    signal?.addEventListener('abort', finish, { once: true });
    if (signal?.aborted === true) finish();
  });
}
