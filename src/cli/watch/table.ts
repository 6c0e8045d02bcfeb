// The table of a watch as lines of text, for a terminal of any size: which targets have room, and what is told of each. Pure.
import { columnWidth, cutToColumns, padEndColumns, printable } from '../../text/index.ts';
import type { Palette } from '../color.ts';
import { countOf, formatCount, formatElapsed, formatRtt } from './figures.ts';
import { TRAIL_LENGTH, formatSparkline } from './signal-trail.ts';
import type { Belief, WatchedTarget } from './watched-target.ts';

/** How the table is drawn. */
export interface TableLayout {
  /** Columns and lines that it may fill. */
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** Whether the terminal knows blocks. */
  readonly isUnicode: boolean;
}

/** What stands above the table. */
export interface TableFacts {
  readonly elapsedMs: number;
  /** `every 15 s`. */
  readonly rhythm: string;
}

/** A line that fits, and the same without what paints it, which takes no columns. */
export interface TableLine {
  readonly text: string;
  readonly plain: string;
}

const BELIEFS: readonly Belief[] = ['down', 'suspect', 'held', 'starting', 'up'];

const STATE_WIDTH = 'starting'.length;
const RTT_WIDTH = 7;
const FOR_WIDTH = 6;
const NEXT_WIDTH = 5;
/** Below this a name tells nothing any more, and other columns make way. */
const LEAST_TARGET_WIDTH = 20;
const GAP = '  ';

/** How many targets are believed what, and those that have room. */
interface Survey {
  readonly counts: Record<Belief, number>;
  readonly shown: readonly WatchedTarget[];
}

/**
 * All, in the order in which they were named, so that nothing jumps; where there are more than there is room for, those that are down
 * first, then those that are suspect. Each is looked at once: there may be ten thousand, four times a second.
 */
function survey(targets: readonly WatchedTarget[], room: number): Survey {
  const counts: Record<Belief, number> = { down: 0, suspect: 0, held: 0, starting: 0, up: 0 };
  const byBelief: Record<Belief, WatchedTarget[]> = { down: [], suspect: [], held: [], starting: [], up: [] };
  for (const target of targets) {
    const { belief } = target;
    counts[belief] += 1;
    if (byBelief[belief].length < room) byBelief[belief].push(target);
  }
  const shown = targets.length <= room ? targets : BELIEFS.flatMap((belief) => byBelief[belief]).slice(0, room);
  return { counts, shown };
}

/** See the head of the file. At most `height` lines, none wider than `width`. */
export function formatTable(targets: readonly WatchedTarget[], facts: TableFacts, layout: TableLayout): TableLine[] {
  const { width, height, palette } = layout;
  const room = Math.max(0, height - 2);
  const isCut = targets.length > room;
  const { counts, shown } = survey(targets, isCut ? Math.max(0, room - 1) : room);
  const status = statusLine(targets.length, counts, facts, layout);
  if (room < 1) return height < 1 ? [] : [status];
  const columns = planColumns(shown, width);
  const title = rowOf('STATE', 'TARGET', ['RTT', 'TREND', 'FOR', 'NEXT'], columns);
  const lines = [status, paintLine(title, width, palette.dim)];
  for (const target of shown) lines.push(formatRow(target, columns, layout));
  if (isCut) lines.push(paintLine(describeHidden(counts, shown), width, palette.dim));
  return lines;
}

function statusLine(count: number, counts: Record<Belief, number>, facts: TableFacts, layout: TableLayout): TableLine {
  const { width, palette } = layout;
  const paint = counts.down > 0 ? palette.red : counts.suspect > 0 ? palette.yellow : palette.bold;
  const beliefs = joinCounts(counts);
  return paintLine(
    `${countOf(count, 'target')}: ${beliefs}; ${facts.rhythm}; ${formatElapsed(facts.elapsedMs)}`,
    width,
    paint,
  );
}

function joinCounts(counts: Record<Belief, number>): string {
  return BELIEFS.filter((belief) => counts[belief] > 0)
    .map((belief) => `${formatCount(counts[belief])} ${belief}`)
    .join(', ');
}

function describeHidden(counts: Record<Belief, number>, shown: readonly WatchedTarget[]): string {
  const left = { ...counts };
  for (const { belief } of shown) left[belief] -= 1;
  const hidden = Object.values(left).reduce((sum, each) => sum + each, 0);
  return `${formatCount(hidden)} more not shown: ${joinCounts(left)}`;
}

/** Widths of the columns behind the state; 0 for one that has no room. */
interface Columns {
  readonly target: number;
  readonly rtt: number;
  readonly trend: number;
  readonly for: number;
  readonly next: number;
}

/** On a narrow terminal the trend goes first, then the next signal, the round trip, and since when. */
function planColumns(shown: readonly WatchedTarget[], width: number): Columns {
  const longest = Math.max('TARGET'.length, ...shown.map(({ target }) => columnWidth(printable(target))));
  const wanted = Math.min(longest, LEAST_TARGET_WIDTH);
  const columns = { rtt: RTT_WIDTH, trend: TRAIL_LENGTH, for: FOR_WIDTH, next: NEXT_WIDTH };
  const taken = (): number =>
    STATE_WIDTH +
    GAP.length +
    Object.values(columns).reduce((sum, each) => sum + (each === 0 ? 0 : each + GAP.length), 0);
  for (const name of ['trend', 'next', 'rtt', 'for'] as const) {
    if (taken() + wanted <= width) break;
    columns[name] = 0;
  }
  return { ...columns, target: Math.max(1, Math.min(longest, width - taken())) };
}

function formatRow(watched: WatchedTarget, columns: Columns, layout: TableLayout): TableLine {
  const { width, palette, isUnicode } = layout;
  const { belief, heartbeat, trail } = watched;
  const { sinceMs, nextInMs, rtt } = heartbeat.stats();
  const isAlarmed = belief === 'down' || belief === 'suspect';
  const since = belief === 'starting' || watched.isEnded ? '' : formatElapsed(sinceMs);
  const next = nextInMs === undefined ? '' : formatElapsed(Math.ceil(nextInMs / 1_000) * 1_000);
  const last = rtt.lastMs === undefined ? '' : formatRtt(rtt.lastMs);
  const trend = formatSparkline(trail?.recent() ?? [], isUnicode);
  const row = rowOf(belief, printable(watched.target), [isAlarmed ? '' : last, trend, since, next], columns);
  const line = isAlarmed ? appendReason(row, watched.lastReason, width) : row;
  const paint = {
    down: palette.red,
    suspect: palette.yellow,
    held: palette.yellow,
    starting: palette.dim,
    up: palette.cyan,
  };
  const plain = cutToColumns(line, width).trimEnd();
  // Only the word is painted: a terminal full of red is hard to read.
  return { text: `${paint[belief](plain.slice(0, STATE_WIDTH))}${plain.slice(STATE_WIDTH)}`, plain };
}

/** Below this a reason tells nothing. */
const LEAST_REASON_WIDTH = 12;

/** Where it has room. Where to connect stands in the row already. */
function appendReason(row: string, reason: string, width: number): string {
  const words = printable(reason).replace(/^cannot connect to \S+: /, '');
  const room = width - columnWidth(row) - GAP.length;
  return words === '' || room < Math.min(columnWidth(words), LEAST_REASON_WIDTH) ? row : `${row}${GAP}${words}`;
}

function rowOf(
  state: string,
  target: string,
  [rtt, trend, since, next]: readonly [string, string, string, string],
  columns: Columns,
): string {
  const cells = [state.padEnd(STATE_WIDTH), padEndColumns(cutToColumns(target, columns.target), columns.target)];
  if (columns.rtt > 0) cells.push(rtt.padStart(columns.rtt));
  if (columns.trend > 0) cells.push(trend.padEnd(columns.trend));
  if (columns.for > 0) cells.push(since.padStart(columns.for));
  if (columns.next > 0) cells.push(next.padStart(columns.next));
  return cells.join(GAP);
}

function paintLine(line: string, width: number, paint: (text: string) => string): TableLine {
  const plain = cutToColumns(line.trimEnd(), width);
  return { text: paint(plain), plain };
}
