// A probe over one connection that is kept between signals, and opened where there is none. What a signal is, the connection knows.
import { AbortedError, MisuseError } from '../../errors.ts';
import type { Clock, ConnectionOpener, ConnectTarget, OpenedConnection, Opening } from '../../io/index.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../engine/probe.ts';
import type { SignalConnection, SignalConnectionOwner } from './signal-connection.ts';

/** What it needs to know. */
export interface KeptConnectionOptions {
  readonly target: string;
  readonly origin: string;
  readonly connect: ConnectTarget;
  readonly opener: ConnectionOpener;
  readonly clock: Clock;
  /** Makes it of an opened transport. @throws Error where signals cannot be sent on it. */
  readonly begin: (owner: SignalConnectionOwner, opened: OpenedConnection) => SignalConnection;
}

/** One signal under way. */
interface Beat {
  connection: 'kept' | 'new';
  /** Time since the signal before it; undefined for the first. */
  readonly sinceLastMs: number | undefined;
  resolve(acknowledgement: Acknowledgement): void;
  reject(error: unknown): void;
}

/** See the head of the file. */
export class KeptConnection implements Probe, SignalConnectionOwner {
  readonly target: string;
  readonly origin: string;
  readonly #options: KeptConnectionOptions;
  #sink: ProbeSink | undefined;
  #connection: SignalConnection | undefined;
  #opening: Opening | undefined;
  #beat: Beat | undefined;
  #lastSentMs: number | undefined;
  /** Signals that were acknowledged on the connection. */
  #acknowledged = 0;
  /** Whether the connection before this one was lost when it had carried a single signal. */
  #lostYoung = false;

  constructor(options: KeptConnectionOptions) {
    this.#options = options;
    this.target = options.target;
    this.origin = options.origin;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#beat !== undefined) return reject(new MisuseError('the signal before this one is still under way'));
      const nowMs = this.#options.clock.nowMs();
      const sinceLastMs = this.#lastSentMs === undefined ? undefined : nowMs - this.#lastSentMs;
      const settle = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#beat = undefined;
      };
      const beat: Beat = {
        connection: 'kept',
        sinceLastMs,
        resolve: (acknowledgement) => {
          settle();
          resolve(acknowledgement);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => {
        // Whatever is answered now would pass for the answer to the next signal.
        this.#drop();
        beat.reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort);
      this.#lastSentMs = nowMs;
      this.#beat = beat;
      if (this.#connection?.isReady === true) this.#connection.signal();
      else this.#open(beat);
    });
  }

  close(): void {
    this.#drop();
    this.#lastSentMs = undefined;
    this.#lostYoung = false;
    this.#beat?.reject(new AbortedError(`the heartbeat of ${this.target} was stopped`));
  }

  onAcknowledged(rttMs: number | undefined, detail: string): void {
    this.#countAcknowledged();
    const beat = this.#beat;
    if (beat === undefined) return;
    const { connection } = beat;
    beat.resolve(rttMs === undefined ? { isUnmeasured: true, connection, detail } : { rttMs, connection, detail });
  }

  onRejected(error: Error): void {
    this.#countAcknowledged();
    this.#beat?.reject(error);
  }

  onUnanswered(error: Error, mayRepeat: boolean): void {
    this.#drop();
    const beat = this.#beat;
    if (beat === undefined) return;
    // Its idle timeout, or somebody on the way who had forgotten it: that another one can be opened is the answer. Once: a new
    // connection that ends like this has no such excuse.
    if (beat.connection === 'kept' && mayRepeat) this.#open(beat);
    else beat.reject(error);
  }

  onLost(reason: string): void {
    const isYoung = this.#acknowledged < 2;
    const isRepeated = isYoung && this.#lostYoung;
    this.#lostYoung = isYoung;
    this.#drop();
    // To a peer that resets every connection behind its first answer, signals would go without a pause.
    if (!isRepeated) this.#sink?.onLost(reason);
  }

  onReceived(): void {
    this.#sink?.onReceived();
  }

  onCalm(reason: string, retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) {
      // Who asks less often than is wanted obeys already. The first signal cannot know; the next one will.
      const sinceLastMs = this.#beat?.sinceLastMs ?? Infinity;
      if (sinceLastMs >= retryAfterMs) return;
    }
    this.#sink?.onCalm(reason);
  }

  #countAcknowledged(): void {
    this.#acknowledged += 1;
    if (this.#acknowledged > 1) this.#lostYoung = false;
  }

  #open(beat: Beat): void {
    this.#drop();
    beat.connection = 'new';
    this.#acknowledged = 0;
    this.#opening = this.#options.opener.open(this.#options.connect, {
      onOpened: (opened) => this.#opened(opened),
      onOpenFailed: (error) => {
        this.#opening = undefined;
        this.#beat?.reject(error);
      },
    });
  }

  #opened(opened: OpenedConnection): void {
    this.#opening = undefined;
    try {
      this.#connection = this.#options.begin(this, opened);
    } catch (error) {
      opened.transport.destroy();
      this.#beat?.reject(error);
      return;
    }
    this.#connection.signal();
  }

  #drop(): void {
    this.#opening?.abort();
    this.#opening = undefined;
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
