// The part of the HTML report that shows every connection: the picture, how to read it, and what was said on each.
import { describeLane } from './connection-words.ts';
import { formatTranscript } from './html-transcript.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { formatAxis, formatLane, formatSample, formatSign } from './svg-timeline.ts';
import type { Timeline, TimelineGroup, TimelineLane } from './timeline-layout.ts';

/** See the head of the file. */
export function formatTimelines(timeline: Timeline): Markup {
  if (timeline.groups.length === 0) return markup`<p>No connection was opened.</p>`;
  const isCut = timeline.axis.stretches.length > 1;
  return markup`<p class="lede">Every connection that was opened, one lane each, on one time axis. Open a lane to read what was said on it.</p>
<p class="how">Time runs from left to right, counted from the beginning of the inspection.${
    isCut
      ? markup` The axis is cut: in the shaded stripes nothing happened on any connection, and they are drawn short. Between them all is to one scale.`
      : undefined
  }</p>
${formatLegend(timeline)}
<div class="timelines"><div class="axis-row">${formatAxis(timeline.axis)}</div>
${timeline.groups.map(formatGroup)}</div>`;
}

function formatGroup({ check, title, lanes }: TimelineGroup): Markup {
  return markup`<section class="group" aria-labelledby="lanes-${check}"><h3 id="lanes-${check}">${title}</h3>
${lanes.map(formatConnection)}</section>
`;
}

function formatConnection(lane: TimelineLane): Markup {
  const { story } = lane;
  const name = `connection-${story.id}`;
  return markup`<details class="connection"><summary><span class="who"><span class="number">${story.id}</span> <bdi>${story.purpose}</bdi></span>
<span class="what">${describeLane(lane)}</span>
${formatLane(lane, name)}</summary>
${formatTranscript(story, name)}</details>
`;
}

/** What the signs mean: those that are met here. */
function formatLegend({ groups }: Timeline): Markup {
  const lanes = groups.flatMap((group) => group.lanes);
  const kinds = new Set(lanes.flatMap(({ marks }) => marks.map(({ kind }) => kind)));
  const points = new Set(lanes.flatMap((lane) => lane.points.map(({ kind }) => kind)));
  const ends = new Set(lanes.map(({ end }) => end.how));
  const entries = [
    ...STRETCHES.filter(([kind]) => kinds.has(kind)).map(([kind, words]) => entry(formatSample(kind), words)),
    ...POINTS.filter(([kind]) => points.has(kind)).map(([kind, words]) =>
      entry(formatSign(`point-${kind}`, `point ${kind}`), words),
    ),
    ...ENDS.filter(([how]) => ends.has(how)).map(([how, words]) =>
      entry(formatSign(`end-${how}`, `end ${how}`), words),
    ),
  ];
  return markup`<ul class="legend" aria-label="Legend">${entries}</ul>`;
}

function entry(sign: Markup, words: string): Markup {
  return markup`<li>${sign}<span>${words}</span></li>`;
}

const STRETCHES: readonly (readonly [TimelineLane['marks'][number]['kind'], string])[] = [
  ['opening', 'opening'],
  ['exchange', 'request and answer'],
  ['idle', 'idle: all is answered'],
  ['silent', 'silent: nothing was asked'],
  ['unanswered', 'no answer yet'],
  ['omitted', 'more of the same, left out'],
];

const POINTS: readonly (readonly [TimelineLane['points'][number]['kind'], string])[] = [
  ['timeout408', 'the server sends 408'],
  ['weFin', 'we close our side'],
  ['note', 'a note, in the transcript'],
];

const ENDS: readonly (readonly [TimelineLane['end']['how'], string])[] = [
  ['peerFin', 'the server closes (FIN)'],
  ['peerReset', 'the server resets (RST)'],
  ['peerCloseNotify', 'the server ends TLS (close_notify)'],
  ['weClosed', 'we close'],
  ['failed', 'it failed'],
];
