// What a watch came to, as text: a line for each target, or for many the totals and those that did worst. Pure.
import { columnWidth, formatDuration, padEndColumns, printable } from '../../text/index.ts';
import type { Palette } from '../color.ts';
import { describeSearch } from './event-words.ts';
import { countOf, formatCount, formatRtt, formatShare } from './figures.ts';
import type { WatchedTarget } from './watched-target.ts';

/** With more targets than this only the worst have a line of their own. */
const MOST_LISTED = 40;
const WORST = 10;

const GAP = '  ';

interface TargetFigures {
  readonly watched: WatchedTarget;
  readonly sent: number;
  readonly acknowledged: number;
  readonly missed: number;
  readonly downs: number;
  readonly longestDownMs: number;
  readonly isDown: boolean;
}

/** See the head of the file; ends with a line end. */
export function formatSummary(
  targets: readonly WatchedTarget[],
  elapsedMs: number,
  nowMs: number,
  palette: Palette,
): string {
  const figures = targets.map((watched) => figuresOf(watched, nowMs));
  const isMany = figures.length > MOST_LISTED;
  const listed = isMany ? chooseWorst(figures) : figures;
  const lines = [palette.bold(`${countOf(figures.length, 'target')} watched for ${formatDuration(elapsedMs)}`)];
  if (isMany) lines.push(describeTotals(figures));
  if (isMany) lines.push(listed.length === 0 ? 'None of them missed a signal.' : 'Those that did worst:');
  if (listed.length > 0) lines.push(...formatTable(listed, palette));
  lines.push(...describeSearches(targets));
  return `${lines.join('\n')}\n`;
}

function figuresOf(watched: WatchedTarget, nowMs: number): TargetFigures {
  const { sent, acknowledged, missedInAll, downs } = watched.heartbeat.stats();
  return {
    watched,
    sent,
    acknowledged,
    missed: missedInAll,
    downs,
    longestDownMs: watched.longestDownMs(nowMs),
    isDown: watched.belief === 'down',
  };
}

/** Down for longest first, then what missed most. */
function chooseWorst(figures: readonly TargetFigures[]): TargetFigures[] {
  return figures
    .filter(({ missed }) => missed > 0)
    .toSorted((one, other) => other.longestDownMs - one.longestDownMs || other.missed - one.missed)
    .slice(0, WORST);
}

function describeTotals(figures: readonly TargetFigures[]): string {
  const sum = (pick: (figure: TargetFigures) => number): number =>
    figures.reduce((total, figure) => total + pick(figure), 0);
  const acknowledged = sum((figure) => figure.acknowledged);
  const missed = sum((figure) => figure.missed);
  const everDown = figures.filter(({ downs }) => downs > 0).length;
  const downNow = figures.filter(({ isDown }) => isDown).length;
  const silent = figures.filter(({ sent }) => sent === 0).length;
  return [
    `${countOf(
      sum((figure) => figure.sent),
      'signal',
    )}, ${formatShare(acknowledged, acknowledged + missed)} acknowledged`,
    `${formatCount(everDown)} of the targets ${everDown === 1 ? 'was' : 'were'} down at some time, ${formatCount(downNow)} at the end`,
    ...(silent === 0 ? [] : [`${formatCount(silent)} had no signal before it ended`]),
  ].join('; ');
}

const HEAD = ['TARGET', 'SENT', 'ACKED', 'RTT MIN', 'P50', 'P99', 'DOWNS', 'LONGEST', ''] as const;

function formatTable(figures: readonly TargetFigures[], palette: Palette): string[] {
  const rows = [HEAD, ...figures.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => columnWidth(cells[column] ?? ''))));
  return rows.map((cells, index) => {
    const line = cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        // Figures end at the same column, words begin there.
        return column === 0 || column === HEAD.length - 1 ? padEndColumns(cell, width) : cell.padStart(width);
      })
      .join(GAP)
      .trimEnd();
    if (index === 0) return palette.dim(line);
    return figures[index - 1]?.isDown === true ? palette.red(line) : line;
  });
}

function cellsOf({ watched, sent, acknowledged, missed, downs, longestDownMs, isDown }: TargetFigures): string[] {
  const { minMs, p50Ms, p99Ms } = watched.heartbeat.stats().rtt;
  const rtt = (durationMs: number | undefined): string => (durationMs === undefined ? '–' : formatRtt(durationMs));
  return [
    printable(watched.target),
    formatCount(sent),
    formatShare(acknowledged, acknowledged + missed),
    rtt(minMs),
    rtt(p50Ms),
    rtt(p99Ms),
    formatCount(downs),
    downs === 0 ? '–' : formatDuration(longestDownMs),
    isDown
      ? 'down at the end'
      : !watched.wasReached
        ? 'never reached'
        : watched.belief === 'suspect'
          ? 'suspect at the end'
          : '',
  ];
}

function describeSearches(targets: readonly WatchedTarget[]): string[] {
  return targets
    .filter(({ adapted }) => adapted !== undefined)
    .slice(0, MOST_LISTED)
    .map(({ target, adapted }) => `${printable(target)}: ${adapted === undefined ? '' : describeSearch(adapted)}`);
}
