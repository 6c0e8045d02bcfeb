// Measured times as people compare them: tenths of a millisecond where that is what differs.
import { formatDuration } from '../../text/index.ts';

/** `0.8 ms`, `12 ms`, `4.98 s`, `2 min 5 s`. */
export function formatElapsed(elapsedMs: number): string {
  return elapsedMs < 9.95 ? `${elapsedMs.toFixed(1)} ms` : formatDuration(elapsedMs);
}

/** Seconds since the start with milliseconds, right-aligned, for the column in front of what happened: `    0.004 s`. */
export function formatMoment(elapsedMs: number): string {
  return `${(elapsedMs / 1_000).toFixed(3).padStart(7)} s`;
}
