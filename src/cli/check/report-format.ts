// Formats of a report: their names, the endings of files that mean them, and who writes them.
import { formatHtml, formatJson, formatJunit, formatMarkdown, formatText } from '../../inspect/index.ts';
import type { ExpectationResult, InspectionReport, TextReportOptions } from '../../inspect/index.ts';

type Layout = Pick<TextReportOptions, 'width' | 'style' | 'transcripts'>;

interface Format {
  /** With their dots, in small letters. */
  readonly endings: readonly string[];
  readonly format: (report: InspectionReport, expectations: readonly ExpectationResult[], layout: Layout) => string;
}

export type ReportFormat = 'text' | 'json' | 'markdown' | 'html' | 'junit';

const FORMATS: Readonly<Record<ReportFormat, Format>> = {
  text: {
    endings: ['.txt', '.text', '.log'],
    format: (report, expectations, layout) => formatText(report, { ...layout, expectations }),
  },
  json: { endings: ['.json'], format: formatJson },
  markdown: { endings: ['.md', '.markdown'], format: formatMarkdown },
  html: { endings: ['.html', '.htm'], format: formatHtml },
  junit: { endings: ['.xml', '.junit'], format: formatJunit },
};

export const REPORT_FORMATS: readonly ReportFormat[] = Object.keys(FORMATS) as ReportFormat[];

/** What the ending of a file means; undefined where it means nothing here. */
export function findFormat(fileName: string): ReportFormat | undefined {
  const name = fileName.toLowerCase();
  return REPORT_FORMATS.find((format) => FORMATS[format].endings.some((ending) => name.endsWith(ending)));
}

/** The whole report. `layout` is for text. */
export function formatReport(
  format: ReportFormat,
  report: InspectionReport,
  expectations: readonly ExpectationResult[],
  layout: Layout,
): string {
  return FORMATS[format].format(report, expectations, layout);
}
