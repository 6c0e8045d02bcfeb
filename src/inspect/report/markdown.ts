// The report as Markdown of GitHub, for a comment on a pull request or the summary of a build. What the server says is escaped: it
// stays text.
import type { ExpectationResult } from '../evaluate-expectation.ts';
import type { Finding, InspectionReport } from '../inspection-report.ts';
import { groupMeasurements } from './measurement-groups.ts';
import { countFindings, listRecommended, tellCost, tellIncomplete, tellNotMeasured } from './summary-words.ts';
import { PLAIN_STYLE } from './text-style.ts';
import { formatTimeline } from './timeline.ts';
import { formatVisible } from './visible-text.ts';

/** Columns of the picture: as many as a comment shows without scrolling. */
const PICTURE_WIDTH = 96;

/** Ends with a line feed. */
export function formatMarkdown(report: InspectionReport, expectations: readonly ExpectationResult[] = []): string {
  const incomplete = tellIncomplete(report);
  const unmet = expectations.filter(({ met }) => !met).length;
  const asExpected = expectations.length === 0 ? '' : `, ${unmet} of ${expectations.length} expectations not met`;
  const blocks = [
    `## perdura check: ${report.verdict}`,
    `${formatCode(report.url)} (${escape(report.address)}): ${countFindings(report.findings)}${asExpected}.`,
    ...(incomplete === undefined ? [] : [`**${incomplete}**`]),
    ...(expectations.length === 0 ? [] : ['### Expectations', tabulateExpectations(expectations)]),
    ...(report.findings.length === 0 ? [] : ['### Findings', ...report.findings.flatMap(tellFinding)]),
    ...tellRecommended(report),
    '### Measured',
    tabulateMeasurements(report),
    ...fold('Connections', fence(formatTimeline(report, PICTURE_WIDTH, PLAIN_STYLE))),
    ...fold(
      'Not measured',
      tellNotMeasured(report)
        .map(({ ids, why }) => `- ${ids.map((id) => formatCode(id)).join(', ')}: ${escape(why)}`)
        .join('\n'),
    ),
    `<sub>${escape(tellCost(report))}</sub>`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function tellFinding({ id, level, title, detail, explanation, rfc, remedy, settings }: Finding): string[] {
  return [
    `**${level}: ${escape(title)}** (${formatCode(id)})`,
    escape(detail),
    escape(remedy),
    ...fold(
      'What it means',
      [
        escape(`${explanation}${rfc === '' ? '' : ` (${rfc})`}`),
        ...(settings.length === 0
          ? []
          : [
              tabulate(
                ['software', 'setting'],
                settings.map(({ software, setting }) => [escape(software), formatCode(setting)]),
              ),
            ]),
      ].join('\n\n'),
    ),
  ];
}

function tabulateExpectations(expectations: readonly ExpectationResult[]): string {
  const rows = expectations.map(({ expectation, met, sentence }) => [
    met ? 'met' : '**unmet**',
    formatCode(expectation),
    escape(sentence),
  ]);
  return tabulate(['', 'expectation', 'found'], rows);
}

function tellRecommended(report: InspectionReport): string[] {
  const settings = listRecommended(report);
  if (settings.length === 0) return [];
  const rows = settings.map(({ of, name, value, reason }) => [of, formatCode(name), escape(value), escape(reason)]);
  return ['### Recommended settings', tabulate(['of', 'setting', 'value', 'why'], rows)];
}

function tabulateMeasurements(report: InspectionReport): string {
  const rows = groupMeasurements(report).flatMap(({ title, rows: own }) =>
    own.map(({ label, text }, index) => [index === 0 ? escape(title) : '', escape(label), escape(text)]),
  );
  return rows.length === 0 ? 'Nothing was measured.' : tabulate(['subject', 'what', 'measured'], rows);
}

function tabulate(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Shown on a click. Nothing where there is nothing to show. */
function fold(summary: string, content: string): string[] {
  return content === '' ? [] : [`<details><summary>${summary}</summary>`, content, '</details>'];
}

function fence(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['```text', ...lines, '```'].join('\n');
}

/** Characters that begin or end something in Markdown, in HTML or in a table. */
function escape(text: string): string {
  return (
    formatVisible(text)
      .replaceAll(/[\\`*_{}[\]<>#|~&$]/g, String.raw`\$&`)
      // A server must not be able to call people, or to make a link. Both are looked for when escapes are gone; a comment divides them.
      .replaceAll(/@|:(?=\/\/)|www(?=\.)|#(?=\d)/gi, '$&<!-- -->')
      // At the beginning these make a list.
      .replace(/^[-+]/, String.raw`\$&`)
      .replace(/^(\d+)\.(?=\s|$)/, String.raw`$1\.`)
  );
}

/** As it is, in a fence that is longer than any in it; in tables a bar would still end the cell. */
function formatCode(text: string): string {
  const visible = formatVisible(text).replaceAll('|', String.raw`\|`);
  const longest = Math.max(0, ...Array.from(visible.matchAll(/`+/g), ([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  const space = visible.startsWith('`') || visible.endsWith('`') ? ' ' : '';
  return ticks + space + visible + space + ticks;
}
