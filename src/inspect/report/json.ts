// The report for programs: as it is, and what became of expectations where there were any.
import type { ExpectationResult } from '../evaluate-expectation.ts';
import type { InspectionReport } from '../inspection-report.ts';

/** Indented by two spaces, with a line feed at the end. */
export function formatJson(report: InspectionReport, expectations: readonly ExpectationResult[] = []): string {
  const shown = expectations.length === 0 ? report : { ...report, expectations };
  return `${JSON.stringify(shown, null, 2)}\n`;
}
