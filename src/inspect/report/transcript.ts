// What was said on every connection, with its time: the evidence, for people.
import type { ConnectionEvent, ConnectionStory, InspectionReport } from '../inspection-report.ts';
import type { TextStyle } from './text-style.ts';
import { formatVisible } from './visible-text.ts';

const EVENT_WORDS: Readonly<Record<ConnectionEvent['kind'], string>> = {
  opened: 'opened',
  sent: 'sent',
  received: 'received',
  peerFin: 'closed by the server (FIN)',
  peerReset: 'reset by the server (RST)',
  peerCloseNotify: 'closed by the server (close_notify)',
  weFin: 'our side closed',
  weClosed: 'closed by us',
  note: 'note',
};

/** Line by line, an empty line between connections. */
export function formatTranscripts({ connections }: InspectionReport, style: TextStyle): string[] {
  return connections.flatMap((story, index) => [...(index === 0 ? [] : ['']), ...formatStory(story, style)]);
}

function formatStory(story: ConnectionStory, style: TextStyle): string[] {
  const { id, check, purpose, address, protocol, events, omittedEvents } = story;
  const where = address === '' ? 'never opened' : `${address}, ${protocol}`;
  // The recorder keeps as many of the beginning as of the end.
  const middle = omittedEvents === 0 ? undefined : Math.ceil(events.length / 2);
  return [
    `  ${style.bold(`#${id} ${check}`)}: ${formatVisible(purpose)} (${where})`,
    ...events.flatMap((event, index) => [
      ...(index === middle ? [style.dim(`${' '.repeat(15)}… ${omittedEvents} events left out …`)] : []),
      ...formatEvent(event, style),
    ]),
  ];
}

function formatEvent({ atMs, kind, text, bytes }: ConnectionEvent, style: TextStyle): string[] {
  const time = `${(atMs / 1_000).toFixed(3)} s`.padStart(13);
  const size = bytes === undefined ? '' : `, ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map(formatVisible);
  const isMessage = kind === 'sent' || kind === 'received';
  const head = `${style.dim(time)}  ${EVENT_WORDS[kind]}${size}`;
  if (!isMessage) return [lines.length === 0 ? head : `${head} ${lines.join(' ')}`];
  const mark = kind === 'sent' ? '>' : '<';
  return [head, ...lines.map((line) => `${' '.repeat(15)}${mark} ${line}`)];
}
