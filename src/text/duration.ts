// Durations as people read them.

const decimal = (value: number): string => String(Number(value.toFixed(2)));

const twoUnits = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;

/** Short words: `500 ms`, `68.25 s`, `2 min 30 s`, `1 h 5 min`. Seconds up to two minutes, since timeouts are spoken of in seconds. */
export function formatDuration(durationMs: number): string {
  if (durationMs === Infinity) return 'for ever';
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 120_000) return `${decimal(durationMs / 1_000)} s`;
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 7_200) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}
