// Signals that the peer sends back as they are, such as the pings of WebSocket (RFC 6455 §5.5.2): each has a payload of its own, so that
// an echo which comes late is not taken for that of the next signal. How they get onto a connection is not known here.
import { PerduraError } from '../../errors.ts';
import { formatDuration } from '../../text/index.ts';
import type { Clock } from '../../io/clock.ts';
import { BlockedWay } from './blocked-way.ts';
import type { Way, WaySink } from './blocked-way.ts';
import type { Acknowledgement, ProbeSink } from '../engine/probe.ts';

/** A connection whose peer sends signals back. */
export interface EchoingWay {
  /** Sends a signal, and calls back when the kernel has it, with an error where it could not be sent. May throw. */
  signal(payload: Uint8Array, written: (error?: Error | null) => void): void;
  /** Bytes that the kernel has not taken yet. */
  readonly queuedBytes: number;
  /** A number that changes whenever the peer has taken something. */
  readonly progress: number;
}

/** A signal whose echo is awaited. */
interface Awaited {
  sentAtMs: number;
  resolve(acknowledgement: Acknowledgement): void;
  reject(error: Error): void;
}

/** Tells the signals of several heartbeats on one connection from each other, and from those that the application sends. */
let lastSender = 0;

/** The signals of one heartbeat on one connection. */
export class EchoedSignals implements Way, WaySink {
  readonly #way: EchoingWay;
  readonly #clock: Clock;
  readonly #sink: ProbeSink;
  readonly #blocked: BlockedWay;
  readonly #sender: string;
  #count = 0;
  /** What the latest signal carries. */
  #payload = '';
  /** Whether the latest signal has not left yet. */
  #isQueued = false;
  /** Whether it was seen waiting behind others. */
  #wasBlocked = false;
  #awaited: Awaited | undefined;

  /** `stalledMs`: how long the peer may take nothing of what waits in front of a signal. */
  constructor(way: EchoingWay, clock: Clock, stalledMs: number, sink: ProbeSink) {
    this.#way = way;
    this.#clock = clock;
    this.#sink = sink;
    this.#blocked = new BlockedWay(clock, this, stalledMs, this);
    lastSender += 1;
    // The peer sends it back, so what is told by it must be harmless; random, so that nobody answers ahead.
    this.#sender = `${lastSender.toString(36)}.${Math.random().toString(36).slice(2, 10)}`;
  }

  /** Whether an echo is waited for. */
  get isAwaited(): boolean {
    return this.#awaited !== undefined;
  }

  /** Sends a signal and resolves with its echo. On abort it rejects; an echo that comes later is a sign of life and no more. */
  send(signal: AbortSignal): Promise<Acknowledgement> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.fail(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      const settled = (): void => signal.removeEventListener('abort', onAbort);
      this.#awaited = {
        sentAtMs: this.#clock.nowMs(),
        resolve: (acknowledgement) => {
          settled();
          resolve(acknowledgement);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      // One that still queues up serves as well as another behind it.
      if (!this.#isQueued) this.#signal();
      this.#blocked.signalled();
    });
  }

  /** The peer sent this back. */
  echoed(payload: Uint8Array): void {
    const awaited = this.#awaited;
    const isOwn =
      Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1') === this.#payload;
    if (isOwn) this.#isQueued = false;
    if (!isOwn || awaited === undefined) {
      this.#sink.onReceived();
      return;
    }
    this.#awaited = undefined;
    this.#blocked.freed();
    awaited.resolve({ rttMs: this.#clock.nowMs() - awaited.sentAtMs });
  }

  /** The signal under way cannot be acknowledged, or is not waited for any more. */
  fail(error: Error): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    this.#blocked.givenUp();
    awaited?.reject(error);
  }

  /** Of {@link Way}, as the next. */
  get isBlocked(): boolean {
    return this.#isQueued && this.#way.queuedBytes > 0;
  }

  get progress(): number {
    return this.#way.progress;
  }

  /** Of {@link WaySink}, as the next. */
  onBlocked(isBlocked: boolean): void {
    if (isBlocked) this.#wasBlocked = true;
    this.#sink.onBlocked(isBlocked);
  }

  onStalled(stalledMs: number): void {
    this.fail(lost(`the peer has taken nothing for ${formatDuration(stalledMs)} of what waits for it`));
  }

  #signal(): void {
    this.#count += 1;
    const payload = `perdura ${this.#sender} ${this.#count}`;
    this.#payload = payload;
    this.#isQueued = true;
    this.#wasBlocked = false;
    try {
      this.#way.signal(Buffer.from(payload, 'latin1'), (error) => this.#written(payload, error ?? undefined));
    } catch (error) {
      this.#isQueued = false;
      this.fail(notSent(error));
    }
  }

  #written(payload: string, error: Error | undefined): void {
    if (payload !== this.#payload || !this.#isQueued) return;
    this.#isQueued = false;
    if (error !== undefined) this.fail(notSent(error));
    // The round trip of a signal that had to wait begins when it leaves.
    if (this.#wasBlocked && this.#awaited !== undefined) this.#awaited.sentAtMs = this.#clock.nowMs();
    this.#blocked.freed();
  }
}

/** What the way says when it takes no signal: words of its own, so the code is ours. */
function notSent(error: unknown): PerduraError {
  return error instanceof PerduraError ? error : lost(error instanceof Error ? error.message : String(error), error);
}

function lost(message: string, cause?: unknown): PerduraError {
  return new PerduraError('ERR_PERDURA_CONNECTION_LOST', message, cause === undefined ? {} : { cause });
}
