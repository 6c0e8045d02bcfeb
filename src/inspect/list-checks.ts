// What could be asked of a server, and what it would cost: known before anything is opened.
import type { CheckId } from './check-ids.ts';
import { CHECKS } from './check-list.ts';
import type { Cost } from './inspection-report.ts';
import type { MeasurementName } from './measurements.ts';
import { resolveInspectOptions } from './options.ts';
import type { InspectOptions } from './options.ts';

/** One check, before it is made. */
export interface ListedCheck {
  readonly id: CheckId;
  /** What it asks, in plain words. */
  readonly title: string;
  /** The most that it opens and asks. */
  readonly cost: Cost;
  /** The longest that it waits for the server on purpose: `maxWaitMs`, or 0. */
  readonly waitMs: number;
  readonly measures: readonly MeasurementName[];
}

/** All checks with these options, in the order of reports, whatever `only` and `skip` say. @throws OptionError */
export function listChecks(options: InspectOptions = {}): readonly ListedCheck[] {
  const resolved = resolveInspectOptions(options);
  return CHECKS.map(({ id, title, cost, kind, measures }) => ({
    id,
    title,
    cost: cost(resolved),
    waitMs: kind === 'wait' ? resolved.maxWaitMs : 0,
    measures,
  }));
}
