// What was said on one connection, as a part of the HTML report: times, bytes, and the waits between.
import { formatDuration } from '../format-duration.ts';
import type { ConnectionEvent, ConnectionStory } from '../inspection-report.ts';
import { describeEvent } from './connection-words.ts';
import { boundText } from './escape-html.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { formatMeasuredDuration } from './measurement-row.ts';
import { boundTimeMs } from './time-axis.ts';

/** Characters of one message that are shown. */
const MOST_MESSAGE_CHARACTERS = 2_000;

/** Longer pauses between two events stand in a line of their own. */
const SHORTEST_PAUSE_MS = 250;

const ARROWS: Readonly<Partial<Record<ConnectionEvent['kind'], string>>> = { sent: '→', received: '←' };

/** `id` is where links to the connection lead; a browser opens the lane around it. */
export function formatTranscript(story: ConnectionStory, id: string): Markup {
  const firstBehindOmitted = story.omittedEvents > 0 ? Math.ceil(story.events.length / 2) : -1;
  const lines = story.events.flatMap((event, index) => {
    const previousMs = story.events[index - 1]?.atMs ?? event.atMs;
    const isBehindOmitted = index === firstBehindOmitted;
    const between = isBehindOmitted
      ? `${story.omittedEvents.toLocaleString('en')} events left out`
      : formatPause(event.atMs - previousMs);
    return between === undefined
      ? [formatEvent(event)]
      : [markup`<li class="pause">${between}</li>`, formatEvent(event)];
  });
  return markup`<div class="story" id="${id}"><p class="spoken">${describeConnection(story)}</p>
<ol class="transcript">${lines}</ol></div>`;
}

function formatEvent(event: ConnectionEvent): Markup {
  const message = event.text === '' ? undefined : formatMessage(event);
  return markup`<li class="${event.kind}"><span class="when">${formatClock(event.atMs)}</span> <span class="kind"><span class="arrow" aria-hidden="true">${ARROWS[event.kind] ?? ''}</span> ${describeEvent(event)}</span>${message}</li>`;
}

/** The line ends of a message stand in it as they were sent, softer than the rest. */
function formatMessage({ kind, text }: ConnectionEvent): Markup {
  const bounded = boundText(text, MOST_MESSAGE_CHARACTERS);
  if (kind !== 'sent' && kind !== 'received') return markup`<p class="remark"><bdi>${bounded}</bdi></p>`;
  const lines = bounded.replace(/\n$/, '').split('\n');
  return markup`<pre dir="ltr">${lines.map((line, index) => formatLine(line, index === lines.length - 1))}</pre>`;
}

function formatLine(line: string, isLast: boolean): Markup {
  const [, content = line, end = ''] = /^(.*?)((?:\\r|\\n)+)$/su.exec(line) ?? [];
  const lineEnd = end === '' ? undefined : markup`<span class="line-end">${end}</span>`;
  return markup`${content}${lineEnd}${isLast ? '' : '\n'}`;
}

function formatPause(durationMs: number): string | undefined {
  const boundedMs = boundTimeMs(durationMs);
  return boundedMs < SHORTEST_PAUSE_MS ? undefined : `${formatMeasuredDuration(boundedMs)} pass`;
}

function describeConnection({ address, protocol, tls }: ConnectionStory): Markup {
  const spoken = protocol === 'h2' ? 'HTTP/2' : 'HTTP/1.1';
  const secured =
    tls === undefined
      ? ''
      : `, ${tls.protocol}${tls.resumed ? ' (session resumed)' : ''}, handshake ${formatDuration(boundTimeMs(tls.handshakeMs))}${tls.alpn === '' ? '' : `, ALPN ${tls.alpn}`}`;
  const place = address === '' ? 'never opened' : `to ${boundText(address, 200)}`;
  return markup`<bdi>${spoken} ${place}${secured}</bdi>`;
}

/** Seconds since the inspection began, to the millisecond. */
function formatClock(atMs: number): string {
  return `${(boundTimeMs(atMs) / 1_000).toFixed(3)} s`;
}
