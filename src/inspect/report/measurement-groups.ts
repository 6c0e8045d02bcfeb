// What was measured, in words, grouped by subject: the table that all reports for people show.
import type { InspectionReport } from '../inspection-report.ts';
import type { MeasurementName } from '../measurements.ts';
import { MEASUREMENT_SUBJECTS } from './describe-measurements.ts';
import type { MeasurementSubject } from './describe-measurements.ts';
import type { RowRule } from './measurement-row.ts';
import { MESSAGE_ROWS } from './rows/message-rows.ts';
import { PERSISTENCE_ROWS } from './rows/persistence-rows.ts';
import { PROTOCOL_ROWS } from './rows/protocol-rows.ts';
import { WAITING_ROWS } from './rows/waiting-rows.ts';
import { formatVisible } from './visible-text.ts';

/** One row. The server sent parts of the text: control characters are made visible, markup is not escaped. */
export interface MeasurementRow {
  readonly label: string;
  readonly text: string;
  /** The measurements that it tells. */
  readonly names: readonly MeasurementName[];
}

/** The rows of a subject. */
export interface MeasurementGroup {
  readonly subject: MeasurementSubject;
  readonly title: string;
  readonly rows: readonly MeasurementRow[];
}

export const ROW_RULES: readonly RowRule[] = [...PERSISTENCE_ROWS, ...WAITING_ROWS, ...MESSAGE_ROWS, ...PROTOCOL_ROWS];

/** Only what was measured; a subject of which nothing was is left out. */
export function groupMeasurements({ measurements, asked }: InspectionReport): readonly MeasurementGroup[] {
  const facts = { measured: measurements, maxWaitMs: asked.maxWaitMs };
  const groups: MeasurementGroup[] = [];
  for (const [subject, title] of Object.entries(MEASUREMENT_SUBJECTS) as [MeasurementSubject, string][]) {
    const rows = ROW_RULES.filter((rule) => rule.subject === subject).flatMap(({ label, names, tell }) => {
      const text = tell(facts);
      return text === undefined ? [] : [{ label, text: formatVisible(text), names }];
    });
    if (rows.length > 0) groups.push({ subject, title, rows });
  }
  return groups;
}
