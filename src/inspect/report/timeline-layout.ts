// The picture of all connections as numbers: one lane for each, grouped by check, on one time axis. Positions go from 0 (left) to 1
// (right); nothing is known here of pixels, colours or HTML.
import type { CheckId } from '../check-ids.ts';
import type { CheckOutcome, ConnectionEnd, ConnectionStory, InspectionReport } from '../inspection-report.ts';
import { axisPosition, planTimeAxis } from './time-axis.ts';
import type { TimeAxis } from './time-axis.ts';
import { traceStory } from './trace-story.ts';
import type { PathStep, PointKind, StretchKind } from './trace-story.ts';

/** See the head of the file. */
export interface Timeline {
  readonly axis: TimeAxis;
  /** In the order of the list of checks; those without a connection are left out. */
  readonly groups: readonly TimelineGroup[];
}

/** The connections of one check. */
export interface TimelineGroup {
  readonly check: CheckId;
  readonly title: string;
  readonly lanes: readonly TimelineLane[];
}

/** One connection. */
export interface TimelineLane {
  readonly story: ConnectionStory;
  /** Side by side, from left to right. */
  readonly marks: readonly TimelineMark[];
  /** Moments on the way: a 408 that nobody asked for, our half-close, notes. */
  readonly points: readonly TimelinePoint[];
  readonly end: TimelineEnd;
  /** The longest stretch on which one side waited for the other. */
  readonly longestWait: TimelineMark | undefined;
}

/** What a connection does for a while. */
export interface TimelineMark {
  readonly kind: StretchKind;
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
}

export interface TimelinePoint {
  readonly kind: PointKind;
  readonly atMs: number;
  readonly at: number;
}

export interface TimelineEnd {
  readonly how: ConnectionEnd;
  /** Whether a 408 came before it that answers nothing complete. */
  readonly with408: boolean;
  readonly atMs: number;
  readonly at: number;
}

/** Lays out the connections of a report. Pure; whatever the times are, all positions are numbers from 0 to 1. */
export function planTimeline({ connections, checks }: Pick<InspectionReport, 'connections' | 'checks'>): Timeline {
  const paths = connections.map((story) => ({ story, path: traceStory(story) }));
  const axis = planTimeAxis(paths.flatMap(({ path }) => listTimes(path)));
  const groups = new Map<CheckId, TimelineLane[]>(checks.map(({ id }) => [id, []]));
  for (const { story, path } of paths) {
    const lane = layOutLane(story, path, axis);
    const lanes = groups.get(story.check);
    if (lanes === undefined) groups.set(story.check, [lane]);
    else lanes.push(lane);
  }
  return {
    axis,
    groups: [...groups]
      .filter(([, lanes]) => lanes.length > 0)
      .map(([check, lanes]) => ({ check, title: titleOf(check, checks), lanes })),
  };
}

/** How long a mark lasts. */
export function markDurationMs({ fromMs, toMs }: TimelineMark): number {
  return toMs - fromMs;
}

/** Whether on this stretch one side waits for the other. */
export function isWait({ kind }: TimelineMark): boolean {
  return kind === 'idle' || kind === 'silent' || kind === 'unanswered';
}

/** So many moments stand for those that were left out. */
const OMITTED_MOMENTS = 20;

/** Marks that are closer than this are one to the eye. */
const FINEST = 0.002;

/** Moments of a path. What was left out happened somewhere on its way: nobody may say that nothing happened there. */
function listTimes(path: readonly PathStep[]): number[] {
  return path.flatMap(({ atMs, before }, index) => {
    const fromMs = path[index - 1]?.atMs ?? atMs;
    if (before !== 'omitted') return [atMs];
    return Array.from(
      { length: OMITTED_MOMENTS + 1 },
      (_, step) => fromMs + ((atMs - fromMs) * step) / OMITTED_MOMENTS,
    );
  });
}

function layOutLane(story: ConnectionStory, path: readonly PathStep[], axis: TimeAxis): TimelineLane {
  const marks: TimelineMark[] = [];
  const points: TimelinePoint[] = [];
  let fromMs = path[0]?.atMs ?? 0;
  for (const { atMs, before, point } of path) {
    const at = axisPosition(axis, atMs);
    const mark: TimelineMark = { kind: before, fromMs, toMs: atMs, from: axisPosition(axis, fromMs), to: at };
    if (atMs > fromMs) addMark(marks, mark);
    if (point !== undefined) points.push({ kind: point, atMs, at });
    fromMs = atMs;
  }
  const [longestWait] = marks.filter(isWait).toSorted((left, right) => markDurationMs(right) - markDurationMs(left));
  const with408 = points.some(({ kind }) => kind === 'timeout408');
  const end: TimelineEnd = { how: story.end, with408, atMs: fromMs, at: axisPosition(axis, fromMs) };
  return { story, marks, points, end, longestWait };
}

/** Joins what follows each other directly: the same again, and pauses between exchanges that nobody could see. */
function addMark(marks: TimelineMark[], mark: TimelineMark): void {
  const last = marks.at(-1);
  const isUnseen = mark.to - mark.from < FINEST && mark.kind !== 'opening';
  if (last !== undefined && (last.kind === mark.kind || (isUnseen && last.kind === 'exchange'))) {
    marks[marks.length - 1] = { ...last, toMs: mark.toMs, to: mark.to };
    return;
  }
  marks.push(mark);
}

function titleOf(check: CheckId, checks: readonly CheckOutcome[]): string {
  return checks.find(({ id }) => id === check)?.title ?? check;
}
