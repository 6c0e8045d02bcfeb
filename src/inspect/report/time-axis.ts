// A time axis that shows milliseconds beside minutes: to one scale where something happens, and cut where nothing does for long.
// Pure numbers from 0 (left) to 1 (right), for whoever draws.

/** One part of the axis. `even`: to the scale that all such parts share. `cut`: nothing happens in it, and it is drawn short. */
export interface AxisStretch {
  readonly kind: 'even' | 'cut';
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
}

/** Stretches without a hole, from 0 ms at position 0 to `durationMs` at position 1. */
export interface TimeAxis {
  readonly durationMs: number;
  readonly stretches: readonly AxisStretch[];
}

/** A time that is worth a label. */
export interface AxisTick {
  readonly atMs: number;
  readonly at: number;
  /** The lower the sooner it gets a label, where there is no room for all. */
  readonly rank: number;
}

/** A week: an inspection lasts no longer, and what says so is no time. */
const LONGEST_MS = 604_800_000;

/** More cuts than these could not be told apart. */
const MOST_CUTS = 8;

/** Shorter stretches without events are drawn as long as they are. */
const SHORTEST_CUT_MS = 400;

/** A stretch without events is cut where it alone would take more than this part of what is left. */
const CUT_SHARE = 0.15;

/** So wide is what lies between two cuts at least, to have room for a mark. */
const NARROWEST_EVEN = 0.012;

/** So far are two ticks apart at least. */
const TICK_DISTANCE = 0.11;

/** A time as the axis can show it: not negative, bounded, and a number. */
export function boundTimeMs(timeMs: number): number {
  return Number.isNaN(timeMs) ? 0 : Math.min(Math.max(timeMs, 0), LONGEST_MS);
}

/** Plans the axis for everything that happens at these times. */
export function planTimeAxis(timesMs: Iterable<number>): TimeAxis {
  const times = [...new Set([0, ...Array.from(timesMs, boundTimeMs)])].toSorted((left, right) => left - right);
  const durationMs = times.at(-1) ?? 0;
  if (durationMs === 0) return { durationMs, stretches: [{ kind: 'even', fromMs: 0, toMs: 0, from: 0, to: 1 }] };
  const gaps = times.slice(1).map((toMs, index): Gap => ({ fromMs: times[index] ?? 0, toMs }));
  const cuts = chooseCuts(gaps, durationMs);
  return { durationMs, stretches: layOut(splitAt(cuts, durationMs), times.length) };
}

/** Where a time lies, from 0 to 1. */
export function axisPosition({ stretches, durationMs }: TimeAxis, timeMs: number): number {
  const atMs = Math.min(boundTimeMs(timeMs), durationMs);
  const within = stretches.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs);
  const stretch = within.find(({ kind }) => kind === 'even') ?? within[0];
  if (stretch === undefined || durationMs === 0) return 0;
  const { fromMs, toMs, from, to } = stretch;
  // A single moment between two cuts has some room, and stands in the middle of it.
  const part = fromMs === toMs ? 1 / 2 : (atMs - fromMs) / (toMs - fromMs);
  return Math.min(1, from + part * (to - from));
}

/** Times for labels, from left to right: the ends, where the axis goes on behind a cut, and round numbers between. */
export function planTicks(axis: TimeAxis): AxisTick[] {
  const ticks = new Map<number, number>([[axis.durationMs, 0]]);
  const offer = (atMs: number, rank: number): void => {
    if (!ticks.has(atMs)) ticks.set(atMs, rank);
  };
  offer(0, 0);
  for (const { kind, toMs } of axis.stretches) if (kind === 'cut') offer(toMs, 1);
  for (const stretch of axis.stretches) for (const atMs of roundTimes(stretch)) offer(atMs, 2);
  return [...ticks]
    .map(([atMs, rank]) => ({ atMs, at: axisPosition(axis, atMs), rank }))
    .toSorted((left, right) => left.atMs - right.atMs);
}

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest gaps, as long as each of them outweighs what would be left. */
function chooseCuts(gaps: readonly Gap[], durationMs: number): Gap[] {
  const cuts: Gap[] = [];
  let leftMs = durationMs;
  for (const gap of gaps.toSorted((one, other) => lengthMs(other) - lengthMs(one)).slice(0, MOST_CUTS)) {
    if (lengthMs(gap) < SHORTEST_CUT_MS || lengthMs(gap) < leftMs * CUT_SHARE) break;
    cuts.push(gap);
    leftMs -= lengthMs(gap);
  }
  return cuts.toSorted((one, other) => one.fromMs - other.fromMs);
}

type Span = Pick<AxisStretch, 'kind' | 'fromMs' | 'toMs'>;

function splitAt(cuts: readonly Gap[], durationMs: number): Span[] {
  const spans: Span[] = [];
  let fromMs = 0;
  for (const cut of cuts) {
    spans.push({ kind: 'even', fromMs, toMs: cut.fromMs }, { kind: 'cut', ...cut });
    fromMs = cut.toMs;
  }
  return [...spans, { kind: 'even', fromMs, toMs: durationMs }];
}

/** The more happens, the more room has what is even; a longer cut is wider than a shorter one, but not in proportion. */
function layOut(spans: readonly Span[], happenings: number): AxisStretch[] {
  const cuts = spans.filter(({ kind }) => kind === 'cut');
  const evens = spans.filter(({ kind }) => kind === 'even');
  const wanted = Math.min(0.15 + happenings / 100, Math.max(0.36, 0.8 - 0.06 * cuts.length));
  const evenShare = cuts.length === 0 ? 1 : wanted;
  const spareShare = evenShare - NARROWEST_EVEN * evens.length;
  const evenMs = sum(evens.map(lengthMs));
  const cutWeight = sum(cuts.map(weigh));
  const widths = spans.map((span) =>
    span.kind === 'cut'
      ? ((1 - evenShare) * weigh(span)) / cutWeight
      : NARROWEST_EVEN + spareShare * (evenMs === 0 ? 1 / evens.length : lengthMs(span) / evenMs),
  );
  let edge = 0;
  return spans.map((span, index) => {
    const from = edge;
    edge = index === spans.length - 1 ? 1 : Math.min(1, edge + (widths[index] ?? 0));
    return { ...span, from, to: edge };
  });
}

function weigh(gap: Gap): number {
  return 1 + Math.log2(1 + lengthMs(gap) / 1_000);
}

/** Multiples of the smallest round step that leaves room for labels. */
function* roundTimes({ kind, fromMs, toMs, from, to }: AxisStretch): Generator<number> {
  if (kind === 'cut' || to - from < 2 * TICK_DISTANCE || toMs === fromMs) return;
  const leastMs = (TICK_DISTANCE * (toMs - fromMs)) / (to - from);
  const power = 10 ** Math.floor(Math.log10(leastMs));
  const stepMs = power * ([1, 2, 5].find((factor) => factor * power >= leastMs) ?? 10);
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.floor(toMs / stepMs);
  // Counted, not added up: a sum of many small steps drifts, and beside a huge time it does not even grow.
  for (let count = 0; count <= last - first; count += 1) yield (first + count) * stepMs;
}

function lengthMs({ fromMs, toMs }: Gap): number {
  return toMs - fromMs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
