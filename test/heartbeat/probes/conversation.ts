// Dialogues without a connection: what the peer says is cut into pieces as a test likes, and what is done is a log of lines.
import type { Dialogue } from '#src/heartbeat/probes/dialogue/dialogue.js';
import { DialogueRun } from '#src/heartbeat/probes/dialogue/dialogue-run.js';
import type { ConversationEvent } from '#src/heartbeat/probes/connection/conversation.js';
import { formatBytes } from '#src/http/visible-bytes.js';

/** What the peer says, or `ASK`: a signal is sent. */
export type Story = readonly string[];

export const ASK = 'ASK';

/** Cuts a text, one character a byte, into pieces. */
export type Cut = (text: string) => readonly string[];

export const WHOLE: Cut = (text) => [text];
export const BYTE_BY_BYTE: Cut = (text) => text.split('');

/** Cuts behind so many bytes. */
export function cutAt(position: number): Cut {
  return (text) => [text.slice(0, position), text.slice(position)].filter((piece) => piece !== '');
}

const MAX_REPLY_BYTES = 4_096;

/** What is done, one line for each thing. */
export function converse(dialogue: Dialogue, story: Story, cut: Cut = WHOLE): string[] {
  const run = new DialogueRun(dialogue, MAX_REPLY_BYTES);
  const log = run.begin().map(formatEvent);
  for (const step of story) {
    const events =
      step === ASK ? run.ask() : cut(step).flatMap((piece) => [...run.receive(Buffer.from(piece, 'latin1'))]);
    log.push(...events.map(formatEvent));
  }
  return log;
}

function formatEvent(event: ConversationEvent): string {
  switch (event.kind) {
    case 'write':
      return `> ${formatBytes(typeof event.data === 'string' ? Buffer.from(event.data, 'latin1') : event.data)}`;
    case 'acknowledged':
      return `acknowledged: ${event.detail ?? ''}`;
    case 'closing':
    case 'refused':
      return `${event.kind}: ${event.reason}`;
    default:
      return event.kind;
  }
}
