// How long to wait before a worker is started again that failed. Pure.

/**
 * Doubles with each failure in a row, from `firstMs` up to `longestMs`, then is shortened by up to half at random: where several machines
 * start the same broken program, they should not knock at its database in step (exponential back-off with jitter).
 *
 * @param random From 0 to 1.
 */
export function restartDelayMs(failures: number, firstMs: number, longestMs: number, random: number): number {
  if (failures <= 0) return 0;
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (1 - random / 2);
}
