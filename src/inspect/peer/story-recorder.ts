// Records what happens on one connection, with its time: the evidence of a report. Secrets are left out, long stories are cut.
import type { CheckId } from '../check-ids.ts';
import type { ConnectionEnd, ConnectionEvent, ConnectionStory } from '../inspection-report.ts';
import { MessageFormatter } from './message-formatter.ts';

/** Events kept of the beginning, and as many of the end: a thousand requests on one connection need not all be shown. */
const KEPT_EVENTS = 24;

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
  readonly #secrets: readonly string[];
  readonly #sent: MessageFormatter;
  readonly #received: MessageFormatter;
  readonly #first: ConnectionEvent[] = [];
  readonly #last: ConnectionEvent[] = [];
  #omitted = 0;
  #protocol: StoryStart['protocol'];
  #address = '';
  #openedMs: number | undefined;
  #tls: ConnectionStory['tls'];
  #end: { readonly how: ConnectionEnd; readonly atMs: number } | undefined;

  /** `secrets`: values that never stand in the story, wherever they come up. */
  constructor(start: StoryStart, secrets: readonly string[] = []) {
    this.id = start.id;
    this.#start = start;
    this.#secrets = secrets;
    this.#sent = new MessageFormatter(secrets);
    this.#received = new MessageFormatter(secrets);
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

  /** Bytes for another part of the report, in one line. */
  show(bytes: string): string {
    return new MessageFormatter(this.#secrets).format(bytes).replaceAll('\n', '');
  }

  sent(atMs: number, bytes: Uint8Array | string): void {
    this.add({ atMs, kind: 'sent', text: this.#sent.format(bytes), bytes: bytes.length });
  }

  received(atMs: number, bytes: Uint8Array): void {
    this.add({ atMs, kind: 'received', text: this.#received.format(bytes), bytes: bytes.length });
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
