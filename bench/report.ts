// Findings as text for a person and as JSON for a program.
import { cpus } from 'node:os';
import { meetsBudget } from './finding.ts';
import type { Finding, Measured } from './finding.ts';
import type { Settings } from './line.ts';

const TITLE_WIDTH = 62;
const FIGURE_WIDTH = 9;

/** What was measured on, in one line. */
export function formatMachine(settings: Settings): string {
  const [first] = cpus();
  const pinned = settings.pinning.server.length > 0 ? 'server and load on a core each' : 'cores not assigned';
  return (
    `Node.js ${process.versions.node}, ${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${pinned}, ` +
    `${settings.rounds} rounds of ${settings.seconds} s`
  );
}

/** One line for each finding: figure, how far the rounds lie apart, budget, verdict. */
export function formatFinding(finding: Finding): string {
  if (finding.kind === 'skipped') return `  ${finding.title.padEnd(TITLE_WIDTH)} skipped: ${finding.reason}`;
  const { title, summary, note } = finding;
  const figure = formatFigure(finding, summary.median).padStart(FIGURE_WIDTH);
  const spread =
    summary.rounds.length > 1
      ? `${formatFigure(finding, summary.lowest)} to ${formatFigure(finding, summary.highest)}`
      : '';
  const text = `  ${title.padEnd(TITLE_WIDTH)}${figure}  ${spread.padEnd(20)} ${formatBudget(finding)}`;
  return `${text.trimEnd()}${note === undefined ? '' : `\n    ${note}`}`;
}

function formatBudget(finding: Measured): string {
  const { budget } = finding;
  if (budget === undefined) return '';
  const bound = budget.bound === 'atLeast' ? '≥' : '≤';
  return `${bound} ${formatFigure(finding, budget.value).padEnd(FIGURE_WIDTH)} ${formatVerdict(finding)}`;
}

function formatVerdict(finding: Measured): string {
  const met = meetsBudget(finding);
  if (met === undefined) return 'unproven';
  return met ? 'met' : 'MISSED';
}

function formatFigure(finding: Measured, value: number): string {
  return `${value.toFixed(2)} ${finding.unit}`;
}

/** Everything, with the figures of every round. */
export function formatJson(settings: Settings, startedAt: Date, findings: readonly Finding[]): string {
  const [first] = cpus();
  const report = {
    startedAt: startedAt.toISOString(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    processor: first?.model.trim(),
    cores: cpus().length,
    pinned: settings.pinning.server.length > 0,
    tools: Object.keys(settings.tools),
    rounds: settings.rounds,
    seconds: settings.seconds,
    findings: findings.map((finding) =>
      finding.kind === 'skipped' ? finding : { ...finding, met: meetsBudget(finding) ?? null },
    ),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
