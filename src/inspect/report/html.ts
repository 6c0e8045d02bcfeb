// The report as one HTML file that needs nothing else: no script, no request, no network. Pure.
import type { ExpectationResult } from '../evaluate-expectation.ts';
import type { InspectionReport } from '../inspection-report.ts';
import { formatAdvice } from './html-advice.ts';
import { formatAsked, formatChecks, formatCost } from './html-checks.ts';
import { formatExpectations } from './html-expectations.ts';
import { formatFindings } from './html-findings.ts';
import { formatMeasurements } from './html-measurements.ts';
import { formatPage } from './html-page.ts';
import type { PageSection } from './html-page.ts';
import { formatTimelines } from './html-timeline.ts';
import { formatTitle, formatVerdict } from './html-verdict.ts';
import { markup } from './markup.ts';
import { planTimeline } from './timeline-layout.ts';

/**
 * Formats a report as an HTML document for people, in light and dark, for small and wide screens and for paper. Whatever came from the
 * server stands in it as text, shortened where it is long, and never as a link.
 */
export function formatHtml(report: InspectionReport, expectations: readonly ExpectationResult[] = []): string {
  const expected = { id: 'expectations', title: 'Expectations', content: formatExpectations(expectations) };
  const sections: readonly PageSection[] = [
    ...(expectations.length === 0 ? [] : [expected]),
    { id: 'findings', title: 'Findings', content: formatFindings(report) },
    { id: 'measurements', title: 'Measurements', content: formatMeasurements(report) },
    { id: 'settings', title: 'Recommended settings', content: formatAdvice(report) },
    { id: 'timelines', title: 'Timelines', content: formatTimelines(planTimeline(report)) },
    {
      id: 'checks',
      title: 'Checks and cost',
      content: markup`${formatChecks(report)}${formatCost(report)}${formatAsked(report)}`,
    },
  ];
  return String(
    formatPage({ title: formatTitle(report), verdict: report.verdict, header: formatVerdict(report), sections }),
  );
}
