// What a line of the benchmark comes to, and whether that is within its budget.
import type { Summary } from './measure.ts';

/** What a figure must reach. */
export interface Budget {
  readonly bound: 'atLeast' | 'atMost';
  readonly value: number;
}

/** `×` is a ratio; KiB, % of a core, and ms are the few absolute figures that have a budget. */
export type Unit = '×' | 'KiB' | '%' | 'ms';

/** A figure that was measured. */
export interface Measured {
  readonly kind: 'measured';
  /** Name of the line that found it. */
  readonly line: string;
  readonly title: string;
  readonly unit: Unit;
  readonly summary: Summary;
  /** Undefined where the figure is only reported. */
  readonly budget?: Budget;
  /** False where a side was held up by something else than itself, so that the figure proves nothing. Default true. */
  readonly conclusive?: boolean;
  readonly note?: string;
  /** The raw figures behind the summary by contender, for the JSON report. */
  readonly samples?: Readonly<Record<string, readonly unknown[]>>;
}

/** A figure that could not be measured here. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly line: string;
  readonly title: string;
  readonly reason: string;
}

export type Finding = Measured | Skipped;

export function atLeast(value: number): Budget {
  return { bound: 'atLeast', value };
}

export function atMost(value: number): Budget {
  return { bound: 'atMost', value };
}

/** Undefined where there is no budget, or no proof. */
export function meetsBudget(finding: Measured): boolean | undefined {
  if (finding.budget === undefined || finding.conclusive === false) return undefined;
  const { bound, value } = finding.budget;
  return bound === 'atLeast' ? finding.summary.median >= value : finding.summary.median <= value;
}
