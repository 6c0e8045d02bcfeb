// Server-sent events (HTML standard, §9.2) as a Response that a handler returns and goes on talking through. The same over every version
// of HTTP: it is nothing but fields and a body.
import { AbortedError } from '../../errors.ts';
import { SilenceTimer } from '../../heartbeat/engine/silence-timer.ts';
import { checkHeartbeatEvent, formatCadence, formatHeartbeat } from '../../heartbeat/signals/stream-signals.ts';
import { systemClock } from '../../io/index.ts';
import type { Clock } from '../../io/index.ts';
import {
  checkBoundedNumber,
  checkFunction,
  checkMethods,
  checkNumber,
  checkShare,
  checkWholeNumber,
  fillIn,
} from '../../option-checks.ts';
import type { ConnectionInfo } from '../../trace.ts';
import { watchDraining } from '../shutdown/draining-watch.ts';
import { formatComment, formatEvent } from './event-message.ts';
import type { EventMessage } from './event-message.ts';
import { EventQueue } from './event-queue.ts';
import type { HandlerContext } from '../handler.ts';
import { Response } from '../answer/response.ts';
import { countStream } from './stream-census.ts';

/** Options of {@link eventStream}. */
export interface EventStreamOptions {
  /** A comment goes out when nothing else did for so long. Default 15,000, as the HTML standard advises; Infinity: never. */
  readonly heartbeatMs?: number;
  /**
   * Heartbeats are events of this name instead of comments: scripts in browsers are not told of comments, so a watchdog of theirs would take
   * a quiet stream for a dead one. The first goes out when the stream begins, and `JSON.parse(event.data).intervalMs` of each is `heartbeatMs`. Default:
   * comments.
   */
  readonly heartbeatEvent?: string;
  /** By what share of it the time to a heartbeat may be shorter, by chance, so that not all go out at once. Default 0.1. */
  readonly heartbeatJitter?: number;
  /** Told to the client at once: how long it shall wait before it comes back. Default: nothing is told, browsers take some seconds. */
  readonly retryMs?: number;
  /**
   * The same when the server shuts down: a random time from half of it to one and a half of it, so that not all come back at once.
   * Default 2,000: a restart takes about so long.
   */
  readonly drainingRetryMs?: number;
  /** Text that may wait for a client which does not read; above it the client is dropped. Default 262,144. */
  readonly maxQueuedBytes?: number;
  /** Told once, in words, when a client has five streams open over HTTP/1.1: of its six connections. Default: nobody counts. */
  readonly onWarning?: (text: string) => void;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock;
  /** For tests: numbers from 0 to 1 for jitter. Default Math.random. */
  readonly random?: () => number;
}

/** With every default filled in. */
interface ResolvedOptions {
  readonly heartbeatMs: number;
  readonly heartbeatEvent: string | undefined;
  readonly heartbeatJitter: number;
  readonly retryMs: number;
  readonly drainingRetryMs: number;
  readonly maxQueuedBytes: number;
  readonly onWarning: ((text: string) => void) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Why a stream is over: the handler ended it, the server shuts down, the client went away, or it did not read. */
export type EventStreamEnd = 'closed' | 'draining' | 'disconnected' | 'overflow';

const DEFAULTS: ResolvedOptions = {
  heartbeatMs: 15_000,
  heartbeatEvent: undefined,
  heartbeatJitter: 0.1,
  retryMs: Infinity,
  drainingRetryMs: 2_000,
  maxQueuedBytes: 262_144,
  onWarning: undefined,
  clock: systemClock,
  random: Math.random,
};

/**
 * Answers a request with events: `const events = eventStream(request, context); events.send({ data: 'hello' }); return events;`.
 *
 * It goes on until `close()`, until the client goes away, or until the server shuts down, which tells the client when to come back.
 * Over HTTP/1 its connection ends with it: a client that comes back after a shutdown must find another.
 *
 * @throws OptionError for options that make no sense.
 */
export function eventStream(request: Request, context: HandlerContext, options: EventStreamOptions = {}): EventStream {
  return new EventStream(request, context, resolveOptions(options));
}

/** A Response whose body is a stream of events. */
export class EventStream extends Response {
  /** What the client had seen last when it was cut off, '' where it comes for the first time: go on behind that. */
  readonly lastEventId: string;
  /** Resolves when the stream is over, with the reason. */
  readonly closed: Promise<EventStreamEnd>;
  readonly #options: ResolvedOptions;
  readonly #queue: EventQueue;
  readonly #draining: AbortSignal;
  readonly #connection: ConnectionInfo;
  #unwatch: () => void = () => {};
  #uncount: () => void = () => {};
  readonly #heartbeat: SilenceTimer;
  #end: EventStreamEnd | undefined;
  #over: AbortController | undefined;
  #resolve: (end: EventStreamEnd) => void = () => {};

  /** Use {@link eventStream}. */
  constructor(request: Request, context: HandlerContext, options: ResolvedOptions) {
    const queue = new EventQueue(options.maxQueuedBytes);
    super(queue, { headers: streamHeaders(context.connection) });
    this.lastEventId = readLastEventId(request);
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#options = options;
    this.#queue = queue;
    this.#draining = context.draining;
    this.#connection = context.connection;
    const { clock, random, heartbeatMs: intervalMs, heartbeatJitter: jitter } = options;
    this.#heartbeat = new SilenceTimer({ clock, random, intervalMs, jitter }, () => this.#beat());
    queue.attach({ onBegin: () => this.#begin(), onCancelled: () => this.#finish('disconnected') });
    if (options.retryMs !== Infinity) this.send({ retryMs: options.retryMs });
  }

  /** Aborted when the stream is over; `reason` says why. */
  get signal(): AbortSignal {
    if (this.#over === undefined) {
      this.#over = new AbortController();
      if (this.#end !== undefined) this.#over.abort(endError(this.#end));
    }
    return this.#over.signal;
  }

  /** Bytes that wait for the client to read. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /**
   * Sends an event. Returns whether the stream is open: false where it is over, also where this was too much for a client that does not
   * read.
   *
   * @throws MisuseError for an event that cannot be said: a line break in its name or id, a fraction of a millisecond.
   */
  send(message: EventMessage): boolean {
    const isOpen = this.#write(formatEvent(message));
    if (isOpen && this.#isHeard(message)) this.#heartbeat.sent();
    return isOpen;
  }

  /** Sends a comment: the client's listeners are not told. Returns whether the stream is open. */
  comment(text = ''): boolean {
    const isOpen = this.#write(formatComment(text));
    if (isOpen && this.#options.heartbeatEvent === undefined) this.#heartbeat.sent();
    return isOpen;
  }

  /** Resolves when the client has taken nearly everything, or the stream is over: for sources that can wait. */
  async whenReady(): Promise<void> {
    await this.#queue.whenDrained();
  }

  /** Ends the stream when what was sent is out. The client will come back: EventSource gives up for a 204 only. */
  close(): void {
    this.#finish('closed');
  }

  #begin(): void {
    if (this.#end !== undefined) return;
    if (this.#draining.aborted) {
      this.#drain();
      return;
    }
    this.#unwatch = watchDraining(this.#draining, () => this.#drain());
    const { onWarning } = this.#options;
    const { protocol, remote } = this.#connection;
    if (onWarning !== undefined && protocol !== 'h2') this.#uncount = countStream(this.#draining, remote, onWarning);
    if (this.#options.heartbeatMs !== Infinity) this.#write(this.#firstHeartbeat());
    this.#heartbeat.start();
  }

  #drain(): void {
    const { drainingRetryMs } = this.#options;
    this.send({ retryMs: Math.round(drainingRetryMs * (0.5 + Math.random())) });
    this.#finish('draining');
  }

  #write(text: string): boolean {
    if (this.#end !== undefined) return false;
    if (!this.#queue.push(text)) {
      const { maxQueuedBytes } = this.#options;
      this.#queue.fail(
        new AbortedError(
          `the client does not read its events: more than ${maxQueuedBytes} bytes wait (maxQueuedBytes)`,
        ),
      );
      this.#finish('overflow');
      return false;
    }
    return true;
  }

  /** What dispatches nothing is a sign of life for the path, and none for a script that listens. */
  #isHeard({ data }: EventMessage): boolean {
    return data !== undefined || this.#options.heartbeatEvent === undefined;
  }

  /** Tells the client how often it will hear something at least. */
  #firstHeartbeat(): string {
    const { heartbeatEvent, heartbeatMs } = this.#options;
    return heartbeatEvent === undefined ? formatCadence(heartbeatMs) : formatHeartbeat(heartbeatEvent, heartbeatMs);
  }

  #beat(): void {
    const { heartbeatEvent, heartbeatMs } = this.#options;
    // Who has not read what is there needs no more of it.
    if (this.#queue.bytes === 0) this.#write(formatHeartbeat(heartbeatEvent, heartbeatMs));
  }

  #finish(end: EventStreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#heartbeat.stop();
    this.#unwatch();
    this.#uncount();
    this.#queue.end();
    this.#over?.abort(endError(end));
    this.#resolve(end);
  }
}

function endError(end: EventStreamEnd): AbortedError {
  return new AbortedError(`the event stream is over: ${end}`);
}

function streamHeaders({ protocol }: ConnectionInfo): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'text/event-stream',
    // RFC 9111 §5.2.2.6: whoever compresses would hold events back until a block is full.
    'cache-control': 'no-cache, no-transform',
    // nginx and others that learned it from nginx: hand on at once.
    'x-accel-buffering': 'no',
  };
  if (protocol !== 'h2') headers['connection'] = 'close';
  return headers;
}

/** HTML standard, §9.2.4: it is sent as UTF-8, and fields are read as one character a byte. */
function readLastEventId(request: Request): string {
  return Buffer.from(request.headers.get('last-event-id') ?? '', 'latin1').toString('utf8');
}

function resolveOptions(given: EventStreamOptions): ResolvedOptions {
  const options = fillIn('eventStream', given, DEFAULTS);
  checkFunction('eventStream.onWarning', options.onWarning);
  checkFunction('eventStream.random', options.random);
  checkNumber('eventStream.heartbeatMs', options.heartbeatMs, 1);
  checkHeartbeatEvent('eventStream.heartbeatEvent', options.heartbeatEvent);
  checkShare('eventStream.heartbeatJitter', options.heartbeatJitter, 0, 1);
  checkWholeNumber('eventStream.retryMs', options.retryMs, 0);
  checkBoundedNumber('eventStream.drainingRetryMs', options.drainingRetryMs, 0, LONGEST_RETRY_MS);
  checkWholeNumber('eventStream.maxQueuedBytes', options.maxQueuedBytes, 1);
  checkMethods('eventStream.clock', options.clock, 'Clock', ['nowMs', 'startTimer']);
  return options;
}

/** A day: whoever shall not come back is told so with 204 (HTML standard, §9.2.3). */
const LONGEST_RETRY_MS = 86_400_000;
