// Records what happens on one connection, with its time: the evidence of a report. Secrets are left out, long stories are cut.
import { formatBytes, redactField } from '../http/index.ts';
import type { CheckId } from './check-ids.ts';
import type { ConnectionEnd, ConnectionEvent, ConnectionStory } from './inspection-report.ts';

/** Events kept of the beginning, and as many of the end: a thousand requests on one connection need not all be shown. */
const KEPT_EVENTS = 24;

/** Characters of one message that are kept. */
const KEPT_CHARACTERS = 1_000;

/** What is known when a connection is about to be opened. */
export interface StoryStart {
  readonly id: number;
  readonly check: CheckId;
  readonly purpose: string;
  readonly protocol: 'http/1.1' | 'h2';
  readonly startedMs: number;
}

/** See the head of the file. All times in milliseconds since the inspection began. */
export class StoryRecorder {
  readonly id: number;
  readonly #start: StoryStart;
  readonly #first: ConnectionEvent[] = [];
  readonly #last: ConnectionEvent[] = [];
  #omitted = 0;
  #protocol: StoryStart['protocol'];
  #address = '';
  #openedMs: number | undefined;
  #tls: ConnectionStory['tls'];
  #end: { readonly how: ConnectionEnd; readonly atMs: number } | undefined;

  constructor(start: StoryStart) {
    this.id = start.id;
    this.#start = start;
    this.#protocol = start.protocol;
  }

  opened(atMs: number, address: string, tls: ConnectionStory['tls']): void {
    this.#address = address;
    this.#openedMs = atMs;
    this.#tls = tls;
    const secured = tls === undefined ? '' : `, ${tls.protocol}${tls.resumed ? ' resumed' : ''}`;
    this.add({ atMs, kind: 'opened', text: `to ${address}${secured}` });
  }

  /** Another protocol than was hoped for. */
  speaks(protocol: StoryStart['protocol']): void {
    this.#protocol = protocol;
  }

  sent(atMs: number, bytes: Uint8Array | string): void {
    this.add({ atMs, kind: 'sent', text: formatMessage(bytes), bytes: bytes.length });
  }

  received(atMs: number, bytes: Uint8Array): void {
    this.add({ atMs, kind: 'received', text: formatMessage(bytes), bytes: bytes.length });
  }

  add(event: ConnectionEvent): void {
    if (this.#first.length < KEPT_EVENTS) {
      this.#first.push(event);
      return;
    }
    this.#last.push(event);
    if (this.#last.length <= KEPT_EVENTS) return;
    this.#last.shift();
    this.#omitted += 1;
  }

  /** The first end counts. */
  ended(atMs: number, how: ConnectionEnd): void {
    this.#end ??= { how, atMs };
  }

  /** The story so far; `nowMs` stands for the end where there is none yet. */
  tell(nowMs: number): ConnectionStory {
    return {
      ...this.#start,
      protocol: this.#protocol,
      address: this.#address,
      ...(this.#openedMs === undefined ? undefined : { openedMs: this.#openedMs }),
      ...(this.#tls === undefined ? undefined : { tls: this.#tls }),
      events: [...this.#first, ...this.#last],
      omittedEvents: this.#omitted,
      endedMs: this.#end?.atMs ?? nowMs,
      end: this.#end?.how ?? 'weClosed',
    };
  }
}

/** A message as visible characters, line by line: lines of fields without their secrets. */
function formatMessage(bytes: Uint8Array | string): string {
  const kept = bytes.slice(0, KEPT_CHARACTERS);
  const text = typeof kept === 'string' ? kept : String.fromCharCode(...kept);
  const lines = text.split(/(?<=\n)/).map((line) => formatBytes(redactLine(line)).replaceAll('\\xe2\\x80\\xa6', '…'));
  const more = bytes.length > KEPT_CHARACTERS ? `\n… (${bytes.length} bytes)` : '';
  return lines.join('\n') + more;
}

function redactLine(line: string): string {
  const [, name, space, value, end] = /^([\w!#$%&'*+.^`|~-]+):([ \t]*)(.*?)([\r\n]*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) return line;
  return `${name}:${space ?? ''}${redactField(name, value).replaceAll('…', '\xe2\x80\xa6')}${end ?? ''}`;
}
