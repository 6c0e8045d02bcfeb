// What a configuration says a server does, held against what an inspection of it has measured.
import type { MeasurementName, Measurements } from '#src/inspect/index.js';

/** A time that is configured. */
export interface ConfiguredTime {
  readonly ms: number;
  /** How much later a server may be whose own timer is coarse: it looks once in so long. Default 0. */
  readonly gridMs?: number;
}

/** What is known of a server beforehand: exact values, and times. */
export type Truth = {
  readonly [Name in MeasurementName]?: Measurements[Name] | (Name extends `${string}Ms` ? ConfiguredTime : never);
};

/** A time is right within so much, or within {@link TOLERANCE_RATIO}, whichever is more. */
const TOLERANCE_MS = 100;
const TOLERANCE_RATIO = 0.03;

/** One line for each measurement that differs from the truth. */
export function differences(measured: Readonly<Measurements>, truth: Truth): string[] {
  return (Object.keys(truth) as MeasurementName[]).flatMap((name) => {
    const expected: unknown = truth[name];
    const value: unknown = measured[name];
    const isRight = isTime(expected) ? isWithin(value, expected) : isEqual(value, expected);
    return isRight ? [] : [`${name} is ${JSON.stringify(value)}, configured is ${JSON.stringify(expected)}`];
  });
}

function isTime(expected: unknown): expected is ConfiguredTime {
  return typeof expected === 'object' && expected !== null && 'ms' in expected;
}

function isWithin(value: unknown, { ms, gridMs = 0 }: ConfiguredTime): boolean {
  const tolerance = Math.max(TOLERANCE_MS, ms * TOLERANCE_RATIO);
  return typeof value === 'number' && value >= ms - tolerance && value <= ms + gridMs + tolerance;
}

function isEqual(value: unknown, expected: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(expected);
}
