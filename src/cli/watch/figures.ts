// Figures of a watch as people read them: short enough for a column of a table.

/** `0.42 ms`, `12.3 ms`, `245 ms`, `1.24 s`: three digits. */
export function formatRtt(rttMs: number): string {
  if (rttMs < 0.9995) return `${rttMs.toFixed(2)} ms`;
  if (rttMs < 999.5) return `${Number(rttMs.toPrecision(3))} ms`;
  return `${Number((rttMs / 1_000).toPrecision(3))} s`;
}

/** `0s`, `59s`, `3m05s`, `2h04m`, `5d03h`: whole seconds, so that a column changes once a second. */
export function formatElapsed(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${pad(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${pad(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d${pad(hours % 24)}h`;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `100 %` only where nothing is missing: 99,999 of 100,000 are `99.99 %`. Of nothing there is no share. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  return `${Math.floor((part / whole) * 10_000) / 100} %`;
}

/** `1 target`, `3 targets`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
