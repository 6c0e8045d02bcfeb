// A span of time with its unit: `5`, `500ms`, `2min`, `1h`. As Apache reads it, which takes a unit for what begins with its letters.
import { readLeadingNumber } from './leading-number.ts';

const MILLISECONDS_OF: ReadonlyArray<readonly [letters: string, milliseconds: bigint]> = [
  ['s', 1000n],
  ['h', 3_600_000n],
  ['ms', 1n],
  ['mi', 60_000n],
];

/** Microseconds in 64 bits. */
const MAX_MICROSECONDS = 2n ** 63n - 1n;

const MAX_LONG = 2n ** 63n - 1n;

/** Milliseconds; undefined where it is no span of time. Without digits it is 0: `soon` is 0 seconds. */
export function parseTimeParameter(text: string, defaultUnit: 's' | 'ms'): number | undefined {
  const { value, rest } = readLeadingNumber(text) ?? { value: 0n, rest: text };
  if (value > MAX_LONG || value < 0n) return undefined;
  const unit = rest === '' ? defaultUnit : rest;
  const milliseconds = MILLISECONDS_OF.find(([letters]) => unit.startsWith(letters))?.[1];
  if (milliseconds === undefined) return undefined;
  if (value * milliseconds * 1000n > MAX_MICROSECONDS) return undefined;
  return Number(value * milliseconds);
}
