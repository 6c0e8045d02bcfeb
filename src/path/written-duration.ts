// Durations as people read them and as configurations want them. Timeouts are spoken of in seconds, however long.

/** `500 ms`, `4.5 s`, `350 s`, `2 h 4 min`, `5 d`. */
export function formatTimeout(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 7_200_000) return `${Number((durationMs / 1_000).toFixed(2))} s`;
  const minutes = Math.round(durationMs / 60_000);
  if (minutes % 1_440 === 0) return `${minutes / 1_440} d`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** A number of JavaScript: `65_000`. */
export function writeMilliseconds(durationMs: number): string {
  return String(Math.round(durationMs)).replaceAll(/\B(?=(?:\d{3})+$)/g, '_');
}

/** `65s`, or `500ms` where it is no whole number of seconds: nginx, HAProxy and Apache from 2.3.9 on understand both. */
export function writeWithUnit(durationMs: number): string {
  return durationMs % 1_000 === 0 ? `${durationMs / 1_000}s` : `${Math.round(durationMs)}ms`;
}

/** A duration of Go: `65 * time.Second`. */
export function writeGoDuration(durationMs: number): string {
  return durationMs % 1_000 === 0
    ? `${durationMs / 1_000} * time.Second`
    : `${Math.round(durationMs)} * time.Millisecond`;
}
