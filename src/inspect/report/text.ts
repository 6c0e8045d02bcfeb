// The report for people, on one screen: verdict, measurements, a picture of the connections, findings, settings, expectations, cost.
import { wrapText } from '../../text/index.ts';
import type { ExpectationResult } from '../evaluate-expectation.ts';
import type { FindingLevel } from '../catalogue/finding.ts';
import type { Finding, InspectionReport, Verdict } from '../inspection-report.ts';
import { groupMeasurements } from './measurement-groups.ts';
import {
  countFindings,
  findOwnSettings,
  formatConnectionIds,
  listRecommended,
  tellCost,
  tellIncomplete,
  tellNotMeasured,
} from './summary-words.ts';
import { PLAIN_STYLE, hangText } from './text-style.ts';
import type { TextStyle } from './text-style.ts';
import { formatTimeline } from './timeline.ts';
import { formatTranscripts } from './transcript.ts';
import { formatVisible } from './visible-text.ts';

/** How the text is laid out. */
export interface TextReportOptions {
  /** Columns to wrap at. Default `Infinity`: lines stay lines, for grep. */
  readonly width?: number;
  /** Default: no colours. */
  readonly style?: TextStyle;
  /** What became of expectations, if there were any. */
  readonly expectations?: readonly ExpectationResult[];
  /** Adds what was said on every connection. Default false. */
  readonly transcripts?: boolean;
}

/** Of the picture where lines have no end. */
const PICTURE_WIDTH = 100;

/** Below this, subjects stand above their rows instead of beside them. */
const NARROW = 72;

/** See the head of the file. Ends with a line feed. */
export function formatText(report: InspectionReport, options: TextReportOptions = {}): string {
  const { width = Infinity, style = PLAIN_STYLE, expectations = [], transcripts = false } = options;
  const sections = [
    tellVerdict(report, width, style),
    section('Measured', tabulate(report, width, style), style),
    section('Connections', formatTimeline(report, Math.min(width, PICTURE_WIDTH), style), style),
    section(
      'Findings',
      report.findings.flatMap((finding) => tellFinding(finding, report, width, style)),
      style,
    ),
    section('Recommended settings', tellRecommended(report, width, style), style),
    section(
      'Expectations',
      expectations.flatMap((result) => tellExpectation(result, width, style)),
      style,
    ),
    section(
      'Not measured',
      tellNotMeasured(report).flatMap(({ ids, why }) =>
        hangText('  ', `${ids.join(', ')}: ${formatVisible(why)}`, width),
      ),
      style,
    ),
    transcripts ? section('Transcripts', formatTranscripts(report, style), style) : [],
    wrapText(`Cost: ${tellCost(report)}`, width).map(style.dim),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The first lines of the report: all that somebody in a hurry wants to know. */
export function tellVerdict(report: InspectionReport, width: number, style: TextStyle): string[] {
  const { verdict, url, address, findings } = report;
  const incomplete = tellIncomplete(report);
  const [first = '', ...others] = wrapText(
    `${verdict}${report.complete ? '' : ' so far'}  ${formatVisible(url)} (${address}): ${countFindings(findings)}`,
    width,
  );
  const painted = style.bold(VERDICT_PAINT[verdict](style)(verdict)) + first.slice(verdict.length);
  return [painted, ...others, ...(incomplete === undefined ? [] : wrapText(incomplete, width).map(style.yellow))];
}

const VERDICT_PAINT: Readonly<Record<Verdict, (style: TextStyle) => (text: string) => string>> = {
  good: ({ cyan }) => cyan,
  warn: ({ yellow }) => yellow,
  bad: ({ red }) => red,
};

const LEVEL_PAINT: Readonly<Record<FindingLevel, (style: TextStyle) => (text: string) => string>> = {
  ...VERDICT_PAINT,
  info: ({ cyan }) => cyan,
};

function section(title: string, lines: readonly string[], style: TextStyle): string[] {
  return lines.length === 0 ? [] : [style.bold(title), ...lines];
}

function tabulate(report: InspectionReport, width: number, style: TextStyle): string[] {
  const groups = groupMeasurements(report);
  const titleWidth = Math.max(...groups.map(({ title }) => title.length));
  const labelWidth = Math.max(...groups.flatMap(({ rows }) => rows.map(({ label }) => label.length)));
  return groups.flatMap(({ title, rows }) => {
    if (width < NARROW) {
      const narrow = rows.flatMap(({ label, text }) => indentFrom(hangText(`    ${label}: `, text, width), width));
      return [`  ${style.dim(title)}`, ...narrow];
    }
    return rows.flatMap(({ label, text }, row) => {
      const wrapped = wrapText(text, width - titleWidth - labelWidth - 6);
      return wrapped.map((line, index) => {
        const beside = (row === 0 && index === 0 ? title : '').padEnd(titleWidth);
        return `  ${style.dim(beside)}  ${(index === 0 ? label : '').padEnd(labelWidth)}  ${line}`;
      });
    });
  });
}

/** On a narrow screen there is no room to hang below the label. */
function indentFrom(lines: readonly string[], width: number): string[] {
  const [first = ''] = lines;
  if (lines.length < 2) return [...lines];
  const text = [first.trim(), ...lines.slice(1).map((line) => line.trim())].join(' ');
  return wrapText(text, width - 6).map((line, index) => (index === 0 ? `    ${line}` : `      ${line}`));
}

function tellFinding(finding: Finding, report: InspectionReport, width: number, style: TextStyle): string[] {
  const { level, title, id, detail, remedy, connections } = finding;
  const lead = `  ${level.padEnd(4)}  `;
  const indent = ' '.repeat(lead.length);
  const shown = [id, formatConnectionIds(connections)].join(' ').trimEnd();
  const [first = '', ...others] = hangText(lead, `${title} (${shown})`, width);
  return [
    `  ${LEVEL_PAINT[level](style)(level)}${first.slice(2 + level.length)}`,
    ...others,
    ...hangText(indent, formatVisible(detail), width),
    ...hangText(indent, remedy, width),
    // To be copied as they are, so never wrapped.
    ...findOwnSettings(finding, report.measurements.server).map(
      ({ software, setting }) => `${indent}${software}: ${setting}`,
    ),
  ];
}

function tellRecommended(report: InspectionReport, width: number, style: TextStyle): string[] {
  const settings = listRecommended(report);
  const heads = settings.map(({ of, name, value }) => `${of === 'client' ? 'clients' : 'server '}  ${name} ${value}`);
  const headWidth = Math.max(...heads.map(({ length }) => length));
  return settings.flatMap(({ reason }, index) => {
    const head = heads[index]!;
    if (width < NARROW) return [`  ${head}`, ...hangText('    ', reason, width).map(style.dim)];
    return hangText(`  ${head.padEnd(headWidth)}  `, reason, width);
  });
}

function tellExpectation({ met, expectation, sentence }: ExpectationResult, width: number, style: TextStyle): string[] {
  const word = met ? 'met' : 'unmet';
  const [first = '', ...others] = hangText(
    `  ${word.padEnd(5)}  `,
    `${formatVisible(expectation)}: ${formatVisible(sentence)}`,
    width,
  );
  return [`  ${met ? word : style.red(word)}${first.slice(2 + word.length)}`, ...others];
}
