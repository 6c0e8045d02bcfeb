// Reads an event stream (HTML standard, §9.2.6): bytes in pieces of any size become events. Pure: no time, no connection.
import { CADENCE_FIELD } from '../../heartbeat/signals/stream-signals.ts';
import { BodyError } from '../../errors.ts';
import { LineCutter } from './line-cutter.ts';
import type { ServerSentEvent } from './server-sent-event.ts';

/** What an {@link EventParser} finds. Called from within `push`. */
export interface EventParserSink {
  onEvent(event: ServerSentEvent): void;
  /** The server says how long to wait before coming back. */
  onRetry(retryMs: number): void;
  /** A comment, or a heartbeat of perdura's server: a sign of life and no event. */
  onSign(): void;
  /** The server says how often there will be something at least. */
  onCadence(intervalMs: number): void;
}

/** Longer than any wait that makes sense, and short enough for every number here: a day. */
const LONGEST_MS = 86_400_000;

const COLON = 0x3a;
const SPACE = 0x20;

/** One stream, from its first byte. */
export class EventParser {
  readonly #sink: EventParserSink;
  readonly #limitBytes: number;
  readonly #lines: LineCutter;
  #isFirstLine = true;
  #data: string[] = [];
  #dataBytes = 0;
  #type = '';
  /** What the next event will have; in force from the end of its block on. */
  #idBuffer: string;
  #lastEventId: string;
  #isHeartbeat = false;

  /**
   * `lastEventId` is what the stream before ended with: the standard begins with '', but then a block without id, such as a heartbeat,
   * would forget it. Browsers keep it as well.
   */
  constructor(sink: EventParserSink, limitBytes: number, lastEventId = '') {
    this.#sink = sink;
    this.#limitBytes = limitBytes;
    this.#idBuffer = lastEventId;
    this.#lastEventId = lastEventId;
    this.#lines = new LineCutter(limitBytes, (line) => this.#readLine(line));
  }

  /** What to come back with: the id of the last block that was complete. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** The next bytes. @throws BodyError where a line, or the data of an event, is longer than the limit. */
  push(bytes: Buffer): void {
    this.#lines.push(bytes);
  }

  #readLine(given: Buffer): void {
    let line = given;
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      // "UTF-8 decode" takes one byte order mark off the beginning of the stream.
      if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf) line = line.subarray(3);
    }
    if (line.length === 0) return this.#dispatch();
    const colon = line.indexOf(COLON);
    if (colon === 0) return this.#sink.onSign();
    // No byte of a character beyond ASCII looks like the end of a line or a colon, so each part can be decoded on its own.
    if (colon === -1) return this.#readField(line.toString('utf8'), line.subarray(line.length));
    const from = line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    this.#readField(line.toString('utf8', 0, colon), line.subarray(from));
  }

  #readField(name: string, value: Buffer): void {
    switch (name) {
      case 'data':
        return this.#addData(value);
      case 'event':
        this.#type = value.toString('utf8');
        return;
      case 'id':
        if (!value.includes(0)) this.#idBuffer = value.toString('utf8');
        return;
      case 'retry': {
        const retryMs = readDigits(value);
        if (retryMs !== undefined) this.#sink.onRetry(retryMs);
        return;
      }
      case CADENCE_FIELD: {
        const intervalMs = readDigits(value);
        if (intervalMs === undefined || intervalMs === 0) return;
        this.#isHeartbeat = true;
        this.#sink.onCadence(intervalMs);
      }
    }
  }

  #addData(value: Buffer): void {
    this.#dataBytes += value.length + 1;
    if (this.#dataBytes > this.#limitBytes) {
      throw new BodyError(`an event of the stream has more than ${this.#limitBytes} bytes of data (maxEventBytes)`);
    }
    this.#data.push(value.toString('utf8'));
  }

  #dispatch(): void {
    this.#lastEventId = this.#idBuffer;
    const lines = this.#data;
    const type = this.#type;
    const isHeartbeat = this.#isHeartbeat;
    if (lines.length > 0) {
      this.#data = [];
      this.#dataBytes = 0;
    }
    this.#type = '';
    this.#isHeartbeat = false;
    if (isHeartbeat) return this.#sink.onSign();
    if (lines.length === 0) return;
    const data = lines.length === 1 ? lines[0]! : lines.join('\n');
    this.#sink.onEvent({ type: type === '' ? 'message' : type, data, lastEventId: this.#lastEventId });
  }
}

/** ASCII digits and nothing else, as the standard wants them; a number of any length. */
function readDigits(value: Buffer): number | undefined {
  const text = value.toString('latin1');
  return /^\d+$/.test(text) ? Math.min(Number(text), LONGEST_MS) : undefined;
}
