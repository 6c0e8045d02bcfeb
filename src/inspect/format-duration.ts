// Durations as they were measured: short ones as precisely as sockets are, the others as everywhere.
import { formatDuration as formatRounded } from '../text/index.ts';

/** E.g. `0.24 ms`, `12 ms`, `350 ms`, `5.01 s`, `60 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  return durationMs < 10 ? `${Number(durationMs.toFixed(2))} ms` : formatRounded(durationMs);
}
