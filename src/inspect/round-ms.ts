// How precise the durations of a report are.

/** In hundredths of a millisecond: sockets are no more precise. */
export function roundMs(durationMs: number): number {
  return Math.round(durationMs * 100) / 100;
}
