// Heartbeats for event streams of servers that are not ours: node:http, Express, Fastify, Koa, anything with a Writable of Node.js. The stream of
// perdura's own server has them built in.
import { callGuarded } from '../../guard-trace.ts';
import { systemClock } from '../../io/clock.ts';
import type { Clock } from '../../io/clock.ts';
import { checkBoundedNumber, checkFunction, checkMethods, checkShare, fillIn } from '../../option-checks.ts';
import { SilenceTimer } from '../engine/silence-timer.ts';
import { checkHeartbeatEvent, formatCadence, formatHeartbeat } from '../signals/stream-signals.ts';

/** What is used of a Writable: a `ServerResponse` of node:http or node:http2, Fastify's `reply.raw`, Koa's `ctx.res` or a PassThrough that is its body. */
export interface HeartbeatWritable {
  write(text: string): boolean;
  on(event: 'close' | 'finish' | 'drain', listener: () => void): unknown;
  off(event: 'close' | 'finish' | 'drain', listener: () => void): unknown;
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
  readonly writableNeedDrain?: boolean;
  readonly writableLength?: number;
  readonly writableHighWaterMark?: number;
  /** Of a response: false while its head is not out, so that a write would send it. */
  readonly headersSent?: boolean;
}

/** Options of {@link sseHeartbeat}. */
export interface SseHeartbeatOptions {
  /** Something goes out when nothing else did for so long. Default 15,000, as the HTML standard advises. */
  readonly intervalMs?: number;
  /** Heartbeats are events of this name, which scripts in browsers can hear. Default: comments, which they cannot. */
  readonly event?: string;
  /** By what share of it the interval may be shorter, by chance. Default 0.1. */
  readonly jitter?: number;
  /**
   * Told every interval while the client does not read, for how long it has not. Destroy the response where it is too long. What it throws
   * is told on standard error.
   */
  readonly onBlocked?: (blockedMs: number) => void;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock;
  /** For tests: numbers from 0 to 1 for jitter. Default Math.random. */
  readonly random?: () => number;
}

interface ResolvedOptions {
  readonly intervalMs: number;
  readonly event: string | undefined;
  readonly jitter: number;
  readonly onBlocked: ((blockedMs: number) => void) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

const DEFAULTS: ResolvedOptions = {
  intervalMs: 15_000,
  event: undefined,
  jitter: 0.1,
  onBlocked: undefined,
  clock: systemClock,
  random: Math.random,
};

/**
 * Keeps an event stream from falling silent, until it ends: `const heartbeat = sseHeartbeat(response)`, and `heartbeat.sent()` behind
 * each event of yours. Write each event as a whole: a heartbeat may go out between two writes.
 *
 * The interval is told to the client, at once where the head of the response is out, otherwise with the first heartbeat.
 *
 * @throws OptionError for options that make no sense.
 */
export function sseHeartbeat(writable: HeartbeatWritable, options: SseHeartbeatOptions = {}): SseHeartbeat {
  checkMethods('writable', writable, 'Writable', ['write', 'on', 'off']);
  return new SseHeartbeat(writable, resolveOptions(options));
}

/** See {@link sseHeartbeat}. */
export class SseHeartbeat {
  readonly #writable: HeartbeatWritable;
  readonly #options: ResolvedOptions;
  readonly #timer: SilenceTimer;
  readonly #onEnd = (): void => this.stop();
  readonly #onDrain = (): void => this.#unblock();
  /** Since when the client does not read. */
  #blockedAtMs: number | undefined;
  #hasToldCadence = false;
  #isStopped = false;

  /** Use {@link sseHeartbeat}. */
  constructor(writable: HeartbeatWritable, options: ResolvedOptions) {
    this.#writable = writable;
    this.#options = options;
    this.#timer = new SilenceTimer(options, () => this.#beat());
    writable.on('close', this.#onEnd);
    writable.on('finish', this.#onEnd);
    if (writable.headersSent !== false) this.#write(this.#cadence());
    this.#timer.start();
  }

  /** For how long the client has not read; 0 where it does. */
  get blockedMs(): number {
    return this.#blockedAtMs === undefined ? 0 : this.#options.clock.nowMs() - this.#blockedAtMs;
  }

  /**
   * An event was written, so there is no need of a heartbeat. Where heartbeats are events that scripts shall hear, do not call it for
   * what they do not: comments, and events without data.
   */
  sent(): void {
    if (this.#isStopped) return;
    this.#timer.sent();
    this.#noteBlocked();
  }

  /** No further heartbeat. It stops by itself when the stream ends. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer.stop();
    this.#writable.off('close', this.#onEnd);
    this.#writable.off('finish', this.#onEnd);
    this.#unblock();
  }

  #beat(): void {
    const { destroyed, writableEnded } = this.#writable;
    if (destroyed === true || writableEnded === true) return this.stop();
    // Who has not read what is there needs no more of it.
    if (this.#noteBlocked()) {
      return callGuarded('sseHeartbeat.onBlocked', undefined, () => this.#options.onBlocked?.(this.blockedMs));
    }
    const { event, intervalMs } = this.#options;
    // The event tells the interval as well.
    const text = event === undefined && !this.#hasToldCadence ? this.#cadence() : formatHeartbeat(event, intervalMs);
    // The first write of a response sends its head, which throws where the head makes no sense. It would be no better the next time.
    const hasWritten = callGuarded('write() of the stream of sseHeartbeat', false, () => {
      this.#write(text);
      return true;
    });
    if (!hasWritten) this.stop();
  }

  #cadence(): string {
    this.#hasToldCadence = true;
    return formatCadence(this.#options.intervalMs);
  }

  #write(text: string): void {
    this.#writable.write(text);
    this.#noteBlocked();
  }

  /** Whether the client does not read. */
  #noteBlocked(): boolean {
    if (!needsDrain(this.#writable)) {
      this.#unblock();
      return false;
    }
    if (this.#blockedAtMs === undefined) {
      this.#blockedAtMs = this.#options.clock.nowMs();
      this.#writable.on('drain', this.#onDrain);
    }
    return true;
  }

  #unblock(): void {
    if (this.#blockedAtMs === undefined) return;
    this.#blockedAtMs = undefined;
    this.#writable.off('drain', this.#onDrain);
    // What had waited is out by now.
    this.#timer.sent();
  }
}

/** Not every response of Node.js says so itself. */
function needsDrain(writable: HeartbeatWritable): boolean {
  const { writableNeedDrain, writableLength = 0, writableHighWaterMark = Infinity } = writable;
  return writableNeedDrain ?? writableLength >= writableHighWaterMark;
}

function resolveOptions(given: SseHeartbeatOptions): ResolvedOptions {
  const options = fillIn('sseHeartbeat', given, DEFAULTS);
  checkBoundedNumber('sseHeartbeat.intervalMs', options.intervalMs, 1, LONGEST_INTERVAL_MS);
  checkHeartbeatEvent('sseHeartbeat.event', options.event);
  checkShare('sseHeartbeat.jitter', options.jitter, 0, 1);
  checkFunction('sseHeartbeat.onBlocked', options.onBlocked);
  checkMethods('sseHeartbeat.clock', options.clock, 'Clock', ['nowMs', 'startTimer']);
  checkFunction('sseHeartbeat.random', options.random);
  return options;
}

/** A day: nothing on the Internet remembers a connection for longer. */
const LONGEST_INTERVAL_MS = 86_400_000;
