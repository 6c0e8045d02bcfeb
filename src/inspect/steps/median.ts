// The middle of several measurements: one that was disturbed does not move it.
import { roundMs } from '../round-ms.ts';

/** Of an even number the mean of both in the middle. In hundredths, as precise as sockets are; NaN of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return roundMs((low + high) / 2);
}
