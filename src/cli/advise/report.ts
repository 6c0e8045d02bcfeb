// What is advised, or what is wrong, as text, Markdown or JSON. Nothing is decided here.
import { findClientSoftware, findServerSoftware, formatTimeout } from '../../path/index.ts';
import type { Advice, ConfigurationBlock, Ground, Problem, TimeoutPath, TimeoutSettings } from '../../path/index.ts';
import type { Palette } from '../color.ts';
import { formatLabelRows } from '../label-rows.ts';
import type { LabelRow } from '../label-rows.ts';
import { describeTimeouts } from './hop-list.ts';

/** What a report tells. */
export interface AdviceReport {
  readonly path: TimeoutPath;
  readonly advice: readonly Advice[];
  readonly configuration: readonly ConfigurationBlock[];
  /** Where timeouts were given. */
  readonly lint?: { readonly have: TimeoutSettings; readonly problems: readonly Problem[] };
}

const NOTES: Readonly<Record<Ground, string>> = {
  verified: '',
  given: '',
  default: 'by default',
  hint: 'a hint, not verified',
};

function describeValue({ bound, valueMs }: Advice): string {
  return valueMs === null ? 'not known' : `${bound} ${formatTimeout(valueMs)}`;
}

/** What the number is, and how well its ground is known where that is not as good as can be. */
function describeTitle({ title, valueMs, ground }: Advice): string {
  return valueMs === null || NOTES[ground] === '' ? title : `${title} (${NOTES[ground]})`;
}

const titleOfServer = ({ server }: TimeoutPath): string =>
  (server === undefined ? undefined : findServerSoftware(server)?.title) ?? 'server';
const titleOfClient = ({ client }: TimeoutPath): string =>
  (client === undefined ? undefined : findClientSoftware(client)?.title) ?? 'client';

/** `client → AWS NAT Gateway → AWS Application Load Balancer → Node.js`. */
function describePath(path: TimeoutPath): string {
  return [titleOfClient(path), ...path.hops.map(({ title }) => title), titleOfServer(path)].join(' → ');
}

function hopRows(path: TimeoutPath): LabelRow[] {
  return path.hops.map((hop) => {
    const hint = hop.verified ? '' : ' (a hint, not verified)';
    return { label: hop.name, lines: [`${describeTimeouts(hop)}${hint}`, ...(hop.note === '' ? [] : [hop.note])] };
  });
}

function collectSources({ path, advice, lint }: AdviceReport): string[] {
  const said = lint === undefined ? advice : lint.problems;
  const all = [...path.hops.map(({ source }) => source), ...said.flatMap(({ sources }) => sources)];
  return [...new Set(all)].filter((source) => source !== '');
}

function problemRow({ level, title, happens, change, ground }: Problem): LabelRow {
  const hint = ground === 'hint' ? ' (from a hint, not verified)' : '';
  return { label: level, lines: [`${title}${hint}.`, happens, change] };
}

const NOTHING_WRONG = 'Nothing is wrong with these timeouts, as far as the path is known.';

const HOW_TO_GO_ON = 'Without --have, the same command prints all the numbers for this path.\n';

const count = (number: number): string => (number === 1 ? '1 problem' : `${number} problems`);

/** For people: the path, numbers with their reasons, lines to be pasted, links. */
export function formatAdviceText(report: AdviceReport, width: number, paint: Palette): string {
  const { path, advice, configuration, lint } = report;
  const sections = [`${paint.bold(describePath(path))}\n`];
  if (path.hops.length > 0) sections.push(formatLabelRows(hopRows(path), width, paint.cyan));
  if (lint !== undefined) {
    const { problems } = lint;
    const rows = problems.map(problemRow);
    const verdict = rows.length === 0 ? NOTHING_WRONG : count(rows.length);
    const label = (text: string): string => (text.startsWith('bad') ? paint.red(text) : paint.yellow(text));
    sections.push(
      `${paint.bold(verdict)}\n${rows.length === 0 ? '' : `${formatLabelRows(rows, width, label)}\n${HOW_TO_GO_ON}`}`,
    );
  } else if (advice.length === 0) {
    sections.push(
      'Nothing is known that would ask for a timeout. Name what stands in between, or the software: see --help.\n',
    );
  } else {
    const rows = advice.map((entry) => ({ label: describeValue(entry), lines: [describeTitle(entry), entry.reason] }));
    sections.push(formatLabelRows(rows, width, paint.cyan));
  }
  if (lint === undefined) sections.push(...configuration.map((block) => formatBlock(block, paint)));
  const sources = collectSources(report);
  if (sources.length > 0)
    sections.push(`${paint.dim('Sources')}\n${sources.map((source) => `  ${source}\n`).join('')}`);
  return sections.join('\n');
}

function formatBlock({ title, lines, note }: ConfigurationBlock, paint: Palette): string {
  const head = paint.bold(`${title}${lines.length === 0 ? ': nothing to set' : ''}`);
  const remark = note === '' ? '' : `  ${paint.dim(note)}\n`;
  return `${head}\n${lines.map((line) => `  ${line}\n`).join('')}${remark}`;
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** For a page or a pull request. */
export function formatAdviceMarkdown(report: AdviceReport): string {
  const { path, advice, configuration, lint } = report;
  const sections = [`**${describePath(path)}**`];
  if (lint !== undefined) {
    const rows = lint.problems.map(({ level, title, happens, change }) => [level, title, happens, change]);
    sections.push(
      rows.length === 0 ? NOTHING_WRONG : tableOf(['level', 'problem', 'what happens', 'what to change'], rows),
    );
  } else {
    const rows = advice.map((entry) => [describeTitle(entry), describeValue(entry), entry.reason]);
    if (rows.length > 0) sections.push(tableOf(['timeout', 'advice', 'reason'], rows));
    for (const { title, lines, note } of configuration) {
      if (lines.length > 0) sections.push(`${title}:\n\n\`\`\`\n${lines.join('\n')}\n\`\`\``);
      if (note !== '') sections.push(note);
    }
  }
  const sources = collectSources(report);
  if (sources.length > 0) sections.push(`Sources:\n\n${sources.map((source) => `- <${source}>`).join('\n')}`);
  return `${sections.join('\n\n')}\n`;
}

/** For programs. Durations are milliseconds. */
export function formatAdviceJson({ path, advice, configuration, lint }: AdviceReport): string {
  const { hops, server = null, client = null } = path;
  const said = lint === undefined ? { advice, configuration } : lint;
  return `${JSON.stringify({ path: { client, hops, server }, ...said }, undefined, 2)}\n`;
}
