// Server-sent events as text (HTML standard, §9.2.5 and §9.2.6). Pure.
import { MisuseError } from '../../errors.ts';

/** One event. Without `data` nothing is dispatched, but `id` and `retryMs` are taken note of. */
export interface EventMessage {
  /** May have several lines. CR, LF and CR LF all become LF on the other side. */
  readonly data?: string;
  /** What listeners are registered for. Default: 'message'. No line break. */
  readonly event?: string;
  /** What the client sends as `Last-Event-ID` when it comes back. No line break and no NUL; '' forgets the last one. */
  readonly id?: string;
  /** How long the client waits before it comes back, from now on. Whole milliseconds. */
  readonly retryMs?: number;
}

/** The lines of an event and the empty one that ends it. @throws MisuseError for what cannot be said in one. */
export function formatEvent({ data, event, id, retryMs }: EventMessage): string {
  let text = '';
  if (event !== undefined) text += `event: ${checkLine('event', event)}\n`;
  if (id !== undefined) text += `id: ${checkId(id)}\n`;
  if (retryMs !== undefined) text += `retry: ${checkRetry(retryMs)}\n`;
  if (data !== undefined) text += formatLines('data: ', checkText('data', data));
  return `${text}\n`;
}

/** A comment, which the client ignores: a sign of life for whoever is between. */
export function formatComment(comment: string): string {
  return `${formatLines(': ', checkText('comment', comment))}\n`;
}

/** Each of the three ends a line (HTML standard, §9.2.5), so each begins a new field. */
function formatLines(prefix: string, text: string): string {
  let lines = '';
  for (const line of text.split(/\r\n|\r|\n/)) lines += `${prefix}${line}\n`;
  return lines;
}

function checkText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new MisuseError(`the ${name} of an event must be a text, not ${value === null ? 'null' : typeof value}`);
}

function checkLine(name: string, value: unknown): string {
  const text = checkText(name, value);
  if (/[\r\n]/.test(text)) throw new MisuseError(`the ${name} of an event must be one line`);
  return text;
}

/** An id with NUL would be ignored by the client (HTML standard, §9.2.6), and the one before stay in force. */
function checkId(value: unknown): string {
  const id = checkLine('id', value);
  if (id.includes('\0')) throw new MisuseError('the id of an event cannot have a NUL character');
  return id;
}

function checkRetry(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new MisuseError(`the retryMs of an event is ${String(value)}, it must be a whole number of milliseconds`);
}
