// What happened on a connection in words: how it ended, what it waited for. Shared by the picture, its text alternative and the lists.
import { formatDuration } from '../format-duration.ts';
import type { ConnectionEnd, ConnectionEvent } from '../inspection-report.ts';
import { formatMeasuredDuration } from './measurement-row.ts';
import { markDurationMs } from './timeline-layout.ts';
import type { TimelineEnd, TimelineLane, TimelineMark } from './timeline-layout.ts';
import type { StretchKind } from './trace-story.ts';

/** Shorter waits are the rhythm of the checks, or the way to the server: not worth a word. */
const SHORTEST_WAIT_MS = 250;

const END_WORDS: Readonly<Record<ConnectionEnd, string>> = {
  peerFin: 'FIN from the server',
  peerReset: 'RST from the server',
  peerCloseNotify: 'close_notify from the server',
  weClosed: 'closed by us',
  failed: 'failed',
};

/** As short as they stand in the picture. Of our own ends the sign says enough. */
const END_LABELS: Readonly<Record<ConnectionEnd, string>> = {
  peerFin: 'FIN',
  peerReset: 'RST',
  peerCloseNotify: 'TLS end',
  weClosed: '',
  failed: 'failed',
};

const STRETCH_WORDS: Readonly<Record<StretchKind, string>> = {
  opening: 'opening',
  exchange: 'answer',
  idle: 'idle',
  silent: 'silent',
  unanswered: 'no answer',
  omitted: 'left out',
};

const EVENT_WORDS: Readonly<Record<ConnectionEvent['kind'], string>> = {
  opened: 'opened',
  sent: 'we sent',
  received: 'the server sent',
  peerFin: 'the server closed it (FIN)',
  peerReset: 'the server reset it (RST)',
  peerCloseNotify: 'the server ended it (close_notify)',
  weFin: 'we closed our side',
  weClosed: 'we closed it',
  note: 'note',
};

/** E.g. `408 and FIN from the server`. */
export function describeEnd({ how, with408 }: TimelineEnd): string {
  const words = END_WORDS[how];
  if (!with408) return words;
  return how === 'weClosed' || how === 'failed' ? `408 from the server, ${words}` : `408 and ${words}`;
}

/** E.g. `408 FIN`; empty where the sign is enough. */
export function labelEnd({ how, with408 }: TimelineEnd): string {
  return [with408 ? '408' : '', END_LABELS[how]].filter((part) => part !== '').join(' ');
}

/** E.g. `idle 5.00 s`. */
export function describeMark(mark: TimelineMark): string {
  return `${STRETCH_WORDS[mark.kind]} ${formatMeasuredDuration(markDurationMs(mark))}`;
}

/** Whether a stretch is long enough to be spoken of. */
export function isNotable(mark: TimelineMark): boolean {
  return markDurationMs(mark) >= SHORTEST_WAIT_MS;
}

/** A lane in one phrase, e.g. `idle 5.00 s, then FIN from the server`. */
export function describeLane({ longestWait, end }: TimelineLane): string {
  const words = describeEnd(end);
  return longestWait === undefined || !isNotable(longestWait) ? words : `${describeMark(longestWait)}, then ${words}`;
}

/** A lane from its beginning to its end, for who cannot see it. */
export function describeLaneAtLength({ story, marks, end }: TimelineLane): string {
  const stretches = marks.map(describeMark).join(', ');
  const began = `Begun at ${formatDuration(marks[0]?.fromMs ?? end.atMs)}`;
  const omitted = story.omittedEvents > 0 ? ` (${story.omittedEvents} events left out)` : '';
  return `${began}: ${stretches === '' ? 'nothing' : stretches}${omitted}; at ${formatDuration(end.atMs)}: ${describeEnd(end)}.`;
}

/** E.g. `we sent, 85 bytes`. */
export function describeEvent({ kind, bytes }: ConnectionEvent): string {
  if (bytes === undefined) return EVENT_WORDS[kind];
  return `${EVENT_WORDS[kind]}, ${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}`;
}
