// Durations as people read them: as precise as was measured, and no more.

/** E.g. `0.24 ms`, `12 ms`, `350 ms`, `5.01 s`, `60 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10) return `${trim(durationMs, 2)} ms`;
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 120_000) return `${trim(durationMs / 1_000, 2)} s`;
  const seconds = Math.round(durationMs / 1_000);
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/** At most so many decimals, without zeros at the end. */
function trim(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
