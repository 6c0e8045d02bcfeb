// A small picture of the connections of a report, in characters: one lane for each, all on one axis of time. Seconds at the beginning take
// more room than those at the end, since most happens there; long waits say how long they were.
import { formatDuration } from '../format-duration.ts';
import type { ConnectionEnd, ConnectionEvent, ConnectionStory, InspectionReport } from '../inspection-report.ts';
import { formatMeasuredDuration } from './measurement-row.ts';
import type { TextStyle } from './text-style.ts';

/** More lanes are no small picture any more. */
const MOST_LANES = 8;

/** A pause that is worth its number. */
const LONG_WAIT_MS = 250;

/** How much more room the beginning gets than the end, at most. */
const STEEPEST = 300;

const END_MARKS: Readonly<Record<ConnectionEnd, string>> = {
  peerFin: 'F',
  peerReset: 'R',
  peerCloseNotify: 'N',
  weClosed: '.',
  failed: '!',
};

const MARK_WORDS: Readonly<Record<string, string>> = {
  o: 'opened',
  '>': 'asked',
  '<': 'answered',
  '=': 'both',
  '─': 'open',
  F: 'closed by the server (FIN)',
  R: 'reset by it',
  N: 'closed by it (close_notify)',
  '.': 'closed by us',
  '!': 'failed',
};

/** The picture, line by line; nothing where no connection was opened. */
export function formatTimeline(report: InspectionReport, width: number, style: TextStyle): string[] {
  const { connections, findings } = report;
  if (connections.length === 0) return [];
  const shown = chooseConnections(
    connections,
    new Set(findings.flatMap((finding) => (finding.level === 'info' ? [] : finding.connections))),
  );
  const labels = shown.map(({ id, check }) => `#${id} ${check}`);
  // At 40 columns the lanes still get more than half of them.
  const labelWidth = Math.min(Math.max(...labels.map(({ length }) => length)), Math.floor(width / 2) - 6);
  const columns = Math.max(16, width - labelWidth - 4);
  const endMs = Math.max(...connections.map((story) => story.endedMs), 1);
  const columnOf = createScale(endMs, columns);
  const seen = new Set<string>();
  const lanes = shown.map((story, index) => {
    const label = shorten(labels[index]!, labelWidth).padEnd(labelWidth);
    const lane = drawLane(story, columnOf, columns);
    for (const mark of lane) seen.add(mark);
    return `  ${label}  ${paintLane(lane.trimEnd(), story.end, style)}`;
  });
  const indent = ' '.repeat(labelWidth + 4);
  const axis = drawAxis(endMs, columnOf, columns).map((line) => style.dim(indent + line));
  return [...lanes, ...axis, ...drawLegend(seen, width).map(style.dim), ...tellRest(connections.length - shown.length)];
}

/**
 * One of each check, since more of them show the same: the one that was watched, that shows a finding, or else the first. Long waits stand
 * on top, as they are what an inspection is made for; the others follow in the order of their opening.
 */
function chooseConnections(connections: readonly ConnectionStory[], shows: ReadonlySet<number>): ConnectionStory[] {
  const ranked = connections.map((story) => {
    const isWatched = findWait(story) !== undefined;
    return { story, isWatched, rank: (isWatched ? 2 : 0) + (shows.has(story.id) ? 1 : 0) };
  });
  const taken = new Set<string>();
  return ranked
    .toSorted((left, right) => right.rank - left.rank || left.story.id - right.story.id)
    .filter(({ story: { check } }) => !taken.has(check) && taken.add(check))
    .slice(0, MOST_LANES)
    .toSorted((left, right) => Number(right.isWatched) - Number(left.isWatched) || left.story.id - right.story.id)
    .map(({ story }) => story);
}

/** Column of a time. Even for what lasts a moment, nearly logarithmic for what lasts a minute. */
function createScale(endMs: number, columns: number): (atMs: number) => number {
  const steepness = Math.min(Math.max(endMs / 250, 1), STEEPEST);
  return (atMs) => {
    const share = Math.log1p((steepness * Math.max(0, Math.min(atMs, endMs))) / endMs) / Math.log1p(steepness);
    return Math.round(share * (columns - 1));
  };
}

function drawLane(story: ConnectionStory, columnOf: (atMs: number) => number, columns: number): string {
  const cells = Array.from({ length: columns }, () => ' ');
  const [from, to] = [columnOf(story.openedMs ?? story.startedMs), columnOf(story.endedMs)];
  cells.fill('─', from, to);
  const wait = findWait(story);
  for (const { atMs, kind } of story.events) {
    const at = columnOf(atMs);
    cells[at] = combineMarks(cells[at]!, kind);
  }
  cells[to] = END_MARKS[story.end];
  if (wait === undefined) return cells.join('');
  const text = ` ${formatMeasuredDuration(wait.toMs - wait.fromMs)} `;
  const first = columnOf(wait.fromMs) + 1;
  const room = columnOf(wait.toMs) - first;
  if (room < text.length) return cells.join('');
  const at = first + Math.floor((room - text.length) / 2);
  return overwrite(cells.join(''), at, text);
}

function overwrite(line: string, at: number, text: string): string {
  return line.slice(0, at) + text + line.slice(at + text.length);
}

function combineMarks(before: string, kind: ConnectionEvent['kind']): string {
  if (kind === 'opened') return before === ' ' || before === '─' ? 'o' : before;
  if (kind !== 'sent' && kind !== 'received') return before;
  const [own, other] = kind === 'sent' ? ['>', '<'] : ['<', '>'];
  return before === other || before === '=' ? '=' : own;
}

/** The longest time in which nothing happened, where it is long. Of stories with parts left out only that before the end is known. */
function findWait({ events, omittedEvents, endedMs }: ConnectionStory): { fromMs: number; toMs: number } | undefined {
  const times = [...events.map(({ atMs }) => atMs), endedMs].slice(omittedEvents > 0 ? -3 : 0);
  let longest = { fromMs: 0, toMs: LONG_WAIT_MS };
  for (const [index, toMs] of times.entries()) {
    const fromMs = times[index - 1] ?? toMs;
    if (toMs - fromMs > longest.toMs - longest.fromMs) longest = { fromMs, toMs };
  }
  return longest.toMs - longest.fromMs > LONG_WAIT_MS ? longest : undefined;
}

function paintLane(lane: string, end: ConnectionEnd, style: TextStyle): string {
  const [, blank = '', middle = '', mark = ''] = /^( *)(.*)(.)$/.exec(lane) ?? [];
  const painted = middle.replaceAll(/─+|[^─]+/g, (part) => (part.startsWith('─') ? style.dim(part) : part));
  return blank + painted + (end === 'peerReset' || end === 'failed' ? style.red(mark) : style.bold(mark));
}

/** A line with marks, and their times below. The end is always told; the others where there is room, later ones first. */
function drawAxis(endMs: number, columnOf: (atMs: number) => number, columns: number): string[] {
  const line = Array.from({ length: columns }, () => '─');
  let labels = ' '.repeat(columns);
  for (const atMs of [endMs, 0, ...roundTimes(endMs)]) {
    const text = atMs === 0 ? '0' : formatDuration(atMs === endMs ? roundUp(atMs) : atMs);
    const column = columnOf(atMs);
    const at = Math.max(0, Math.min(column - Math.floor(text.length / 2), columns - text.length));
    if (labels.slice(Math.max(0, at - 1), at + text.length + 1).trim() !== '') continue;
    labels = overwrite(labels, at, text);
    line[column] = '┴';
  }
  return [line.join(''), labels.trimEnd()];
}

/** 50 s, 20 s, 10 s, 5 s and so on, from the longest that is shorter. */
function roundTimes(endMs: number): number[] {
  const times: number[] = [];
  for (let power = 1; power < endMs; power *= 10) times.push(power, 2 * power, 5 * power);
  return times.filter((atMs) => atMs < endMs).toReversed();
}

/** The end of the axis need not be exact to the millisecond. */
function roundUp(atMs: number): number {
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(atMs)) - 2);
  return Math.round(atMs / digit) * digit;
}

function drawLegend(seen: ReadonlySet<string>, width: number): string[] {
  const parts = Object.entries(MARK_WORDS).filter(([mark]) => seen.has(mark));
  const lines: string[] = [];
  for (const [mark, words] of parts) {
    const part = `${mark} ${words}`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= width) lines[lines.length - 1] = `${last}   ${part}`;
    else lines.push(`  ${part}`);
  }
  return lines;
}

function tellRest(count: number): string[] {
  return count === 0 ? [] : [`  and ${count} more ${count === 1 ? 'connection' : 'connections'}`];
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
