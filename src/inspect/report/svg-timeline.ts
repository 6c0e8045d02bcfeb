// Draws a timeline as SVG: one picture for the axis and one for each lane, all to the same width. Horizontal positions are percentages
// and texts are not scaled, so that the same picture is right on a telephone and on a wide screen.
import { formatDuration } from '../format-duration.ts';
import { describeLaneAtLength, describeMark, isNotable, labelEnd } from './connection-words.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { formatMeasuredDuration } from './measurement-row.ts';
import { planTicks } from './time-axis.ts';
import type { TimeAxis } from './time-axis.ts';
import { isWait, markDurationMs } from './timeline-layout.ts';
import type { TimelineEnd, TimelineLane, TimelineMark } from './timeline-layout.ts';

/** Width of a lane at least: on a telephone of 320 pixels, and where the style shows texts of the class `wide`. */
const LEAST_WIDTHS_PX = { narrow: 244, wide: 500 } as const;

/** Room that the style leaves at the right of all lanes. */
const MARGINS_PX = { narrow: 28, wide: 76 } as const;

const CHARACTER_PX = 7.4;
const LABEL_PADDING_PX = 8;

/** From the middle of a mark of an end to its label. */
const END_LABEL_OFFSET_PX = 11;

type Room = keyof typeof LEAST_WIDTHS_PX;

/** What all lanes use. Stands once in the page, in the picture of the axis. */
function formatDefinitions(axis: TimeAxis): Markup {
  const cuts = axis.stretches.filter(({ kind }) => kind === 'cut');
  const stripes = cuts.map(
    ({ from, to }) => markup`<rect x="${percent(from)}" width="${percent(to - from)}" height="100%"/>`,
  );
  return markup`<defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6"/></pattern>
<g id="cuts">${stripes}</g>
<path id="end-peerFin" d="M0 -12V12"/>
<path id="end-peerReset" d="M-5 -5L5 5M5 -5L-5 5"/>
<path id="end-peerCloseNotify" d="M0 -7L6 0L0 7L-6 0Z"/>
<circle id="end-weClosed" r="4.5"/>
<path id="end-failed" d="M0 -6L6.5 5.5H-6.5Z"/>
<path id="point-timeout408" d="M0 12V-13H9L6 -9L9 -5H0"/>
<path id="point-weFin" d="M0 -5A5 5 0 0 0 0 5Z"/>
<circle id="point-note" r="2.5"/>
</defs>`;
}

/** The axis with its labels. */
export function formatAxis(axis: TimeAxis): Markup {
  const ticks = planTicks(axis);
  const labelled = {
    narrow: chooseLabels(ticks, LEAST_WIDTHS_PX.narrow),
    wide: chooseLabels(ticks, LEAST_WIDTHS_PX.wide),
  };
  const drawn = ticks.map((tick) => {
    const x = percent(tick.at);
    const isWide = labelled.wide.has(tick.atMs);
    const isNarrow = labelled.narrow.has(tick.atMs);
    if (!isWide && !isNarrow) return markup`<line x1="${x}" x2="${x}" y1="24" y2="28"/>`;
    return markup`<g${roomClass(isNarrow, isWide)}><line x1="${x}" x2="${x}" y1="20" y2="28"/><text x="${x}" y="14">${labelTick(tick.atMs)}</text></g>`;
  });
  return markup`<svg class="axis" role="img" aria-labelledby="axis-title axis-desc"><title id="axis-title">Time axis</title>
<desc id="axis-desc">From 0 to ${formatDuration(axis.durationMs)} since the inspection began.${describeCuts(axis)}</desc>
${formatDefinitions(axis)}<use href="#cuts" class="cuts"/><line class="rule" x1="0" x2="100%" y1="28" y2="28"/>${drawn}</svg>`;
}

/** One connection. `name` is unique in the page. */
export function formatLane(lane: TimelineLane, name: string): Markup {
  const { story, marks, points, end } = lane;
  return markup`<svg class="lane" role="img" aria-labelledby="${name}-title ${name}-desc"><title id="${name}-title">Connection ${story.id}</title>
<desc id="${name}-desc">${describeLaneAtLength(lane)}</desc><svg y="50%" overflow="visible">${marks.map(formatMark)}</svg><use href="#cuts" class="cuts"/><svg y="50%" overflow="visible">${points.map(
    ({ kind, at }) => markup`<use href="#point-${kind}" class="point ${kind}" x="${percent(at)}"/>`,
  )}<use href="#end-${end.how}" class="end ${end.how}" x="${percent(end.at)}"/>${marks.map(formatMarkLabel)}${formatEndLabel(end)}</svg></svg>`;
}

/** The sign of an end or of a moment by itself, for a legend. */
export function formatSign(id: string, className: string): Markup {
  return markup`<svg class="sign" aria-hidden="true"><svg x="50%" y="50%" overflow="visible"><use href="#${id}" class="${className}"/></svg></svg>`;
}

/** A piece of a lane by itself, for a legend. */
export function formatSample(kind: TimelineMark['kind']): Markup {
  return markup`<svg class="sign" aria-hidden="true"><svg y="50%" overflow="visible">${kind === 'opening' ? markup`<rect class="mark line opening" width="100%" y="-1" height="2"/>` : formatBar(kind, '0%', '100%')}</svg></svg>`;
}

/** What does not last is a line; a wait that does is a bar, as an exchange is. */
function formatMark(mark: TimelineMark): Markup {
  const { kind, from, to } = mark;
  const x = percent(from);
  const width = percent(to - from);
  if (kind === 'opening' || (isWait(mark) && !isNotable(mark)))
    return markup`<rect class="mark line ${kind}" x="${x}" width="${width}" y="-1" height="2"/>`;
  return formatBar(kind, x, width);
}

function formatBar(kind: TimelineMark['kind'], x: string, width: string): Markup {
  return markup`<rect class="mark ${kind}" x="${x}" width="${width}" y="-9" height="18" rx="2"/>`;
}

/** The measured length, where there is room for it: with what it is, or alone. */
function formatMarkLabel(mark: TimelineMark): Markup {
  if (!isNotable(mark) || mark.kind === 'opening') return markup``;
  const texts = [describeMark(mark), formatMeasuredDuration(markDurationMs(mark))];
  const fits = (room: Room): string | undefined =>
    texts.find((text) => textPx(text) <= (mark.to - mark.from) * LEAST_WIDTHS_PX[room]);
  return formatLabel({ at: (mark.from + mark.to) / 2, offsetPx: 0, anchor: 'middle', kind: mark.kind }, fits);
}

function formatEndLabel(end: TimelineEnd): Markup {
  const text = labelEnd(end);
  if (text === '') return markup``;
  const fits = (room: Room): string | undefined =>
    END_LABEL_OFFSET_PX + textPx(text) <= (1 - end.at) * LEAST_WIDTHS_PX[room] + MARGINS_PX[room] ? text : undefined;
  return formatLabel({ at: end.at, offsetPx: END_LABEL_OFFSET_PX, anchor: 'start', kind: 'ending' }, fits);
}

interface LabelPlace {
  readonly at: number;
  readonly offsetPx: number;
  readonly anchor: 'start' | 'middle';
  readonly kind: TimelineMark['kind'] | 'ending';
}

/** `fits` says which text there is room for, if any. */
function formatLabel({ at, offsetPx, anchor, kind }: LabelPlace, fits: (room: Room) => string | undefined): Markup {
  const draw = (text: string | undefined, room: string): Markup =>
    text === undefined
      ? markup``
      : markup`<text class="${kind}${room}" x="${percent(at)}" dx="${offsetPx}" dy="4.5" text-anchor="${anchor}">${text}</text>`;
  const narrow = fits('narrow');
  const wide = fits('wide');
  return narrow === wide ? draw(wide, '') : markup`${draw(narrow, ' narrow')}${draw(wide, ' wide')}`;
}

function roomClass(isNarrow: boolean, isWide: boolean): Markup {
  if (isNarrow && isWide) return markup``;
  return isNarrow ? markup` class="narrow"` : markup` class="wide"`;
}

/** Times whose labels fit beside each other, the important ones first. */
function chooseLabels(ticks: ReturnType<typeof planTicks>, widthPx: number): Set<number> {
  const chosen: { readonly atMs: number; readonly fromPx: number; readonly toPx: number }[] = [];
  for (const { atMs, at } of ticks.toSorted((left, right) => left.rank - right.rank)) {
    const halfPx = textPx(labelTick(atMs)) / 2;
    const [fromPx, toPx] = [at * widthPx - halfPx, at * widthPx + halfPx];
    if (chosen.every((other) => toPx <= other.fromPx || other.toPx <= fromPx)) chosen.push({ atMs, fromPx, toPx });
  }
  return new Set(chosen.map(({ atMs }) => atMs));
}

function labelTick(atMs: number): string {
  return atMs === 0 ? '0' : formatDuration(atMs);
}

function describeCuts({ stretches }: TimeAxis): string {
  const cuts = stretches.filter(({ kind }) => kind === 'cut');
  if (cuts.length === 0) return '';
  const spans = cuts.map(({ fromMs, toMs }) => `${labelTick(fromMs)} to ${labelTick(toMs)}`);
  return ` Drawn short, as nothing happens there: ${spans.join(', ')}.`;
}

function textPx(text: string): number {
  return text.length * CHARACTER_PX + LABEL_PADDING_PX;
}

/** A hundredth of a percent is a tenth of a pixel. */
function percent(position: number): string {
  return `${Number((Math.min(1, Math.max(0, position)) * 100).toFixed(2))}%`;
}
