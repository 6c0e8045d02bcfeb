// A probe over one connection that is kept between signals, and opened where there is none. What a signal is, the connection knows.
import { MisuseError } from '../../../errors.ts';
import type { ConnectTarget, OpenedConnection, Opening } from '../../../io/index.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../../engine/probe.ts';
import { SignalWait } from '../connection/signal-wait.ts';
import type { HttpTools } from './http-opener.ts';
import type { HttpTarget } from './http-target.ts';
import type { SignalConnection, SignalConnectionOwner } from './signal-connection.ts';

/** Makes a connection of an opened transport. @throws Error where signals cannot be sent on it. */
export type BeginConnection = (owner: SignalConnectionOwner, opened: OpenedConnection) => SignalConnection;

/** One signal under way. */
interface Beat {
  readonly wait: SignalWait;
  /** Time since the signal before it; undefined for the first. */
  readonly sinceLastMs: number | undefined;
  connection: 'kept' | 'new';
}

/** See the head of the file. */
export class KeptConnection implements Probe, SignalConnectionOwner {
  readonly target: string;
  readonly origin: string;
  readonly #connect: ConnectTarget;
  readonly #tools: HttpTools;
  readonly #begin: BeginConnection;
  #sink: ProbeSink | undefined;
  #connection: SignalConnection | undefined;
  #opening: Opening | undefined;
  #beat: Beat | undefined;
  #lastSentMs: number | undefined;
  #lastAnsweredMs = 0;
  /** How long the last connection had been silent when it ended; undefined where that was not seen. */
  #endedAfterMs: number | undefined;
  /** Answers on the connection. */
  #answers = 0;
  /** Whether the connection before this one was lost behind its first answer. */
  #wasLostYoung = false;

  constructor({ url, origin, connect }: HttpTarget, tools: HttpTools, begin: BeginConnection) {
    this.target = url;
    this.origin = origin;
    this.#connect = connect;
    this.#tools = tools;
    this.#begin = begin;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    const wait = new SignalWait(signal, () => {
      // Whatever is answered from now on would pass for the answer to the next signal.
      this.#drop();
      this.#beat = undefined;
    });
    if (this.#beat !== undefined) wait.reject(new MisuseError('one signal at a time: the one before is under way'));
    if (wait.isSettled) return wait.promise;
    const nowMs = this.#tools.clock.nowMs();
    const sinceLastMs = this.#lastSentMs === undefined ? undefined : nowMs - this.#lastSentMs;
    const beat: Beat = { wait, sinceLastMs, connection: 'kept' };
    this.#beat = beat;
    this.#lastSentMs = nowMs;
    if (this.#connection?.isReady === true) this.#connection.signal();
    else {
      // An answer that goes on for so long is not the path's fault.
      if (this.#connection !== undefined) this.#endedAfterMs ??= 0;
      this.#open(beat);
    }
    return wait.promise;
  }

  close(): void {
    this.#drop();
    this.#lastSentMs = undefined;
    this.#endedAfterMs = undefined;
    this.#takeBeat()?.wait.close(this.target);
  }

  onAcknowledged(rttMs: number, detail: string): void {
    this.#acknowledge({ rttMs, detail });
  }

  onHeard(heardMsAgo: number, detail: string): void {
    this.#acknowledge({ isUnmeasured: true, heardMsAgo, detail });
  }

  onRejected(error: Error): void {
    this.#answered();
    this.#takeBeat()?.wait.reject(error);
  }

  onUnanswered(error: Error, mayRepeat: boolean): void {
    this.#drop();
    // Its idle timeout, or somebody on the way who had forgotten it: whether the peer lives is told by a connection of now. A new one
    // that ends like this has no such excuse.
    if (this.#beat?.connection === 'kept' && mayRepeat) this.#open(this.#beat);
    else this.#takeBeat()?.wait.reject(error);
  }

  onEnded(): void {
    this.#endedAfterMs = this.#tools.clock.nowMs() - this.#lastAnsweredMs;
    this.#drop();
  }

  onLost(reason: string): void {
    const isYoung = this.#answers < 2;
    const isRepeated = isYoung && this.#wasLostYoung;
    this.#wasLostYoung = isYoung;
    this.onEnded();
    // To a peer that resets every connection behind its first answer, signals would go without a pause.
    if (!isRepeated) this.#sink?.onLost(reason);
  }

  onReceived(): void {
    this.#sink?.onReceived();
  }

  onCalm(reason: string, apartMs: number | undefined): void {
    // Who asks less often than is wanted obeys already. The first signal cannot know; the next one will.
    if (apartMs === undefined || (this.#beat?.sinceLastMs ?? Infinity) < apartMs) this.#sink?.onCalm(reason);
  }

  #acknowledge(acknowledgement: Acknowledgement): void {
    const endedAfterMs = this.#endedAfterMs;
    this.#answered();
    const beat = this.#takeBeat();
    if (beat === undefined) return;
    const { connection } = beat;
    const isExplained = connection === 'new' && endedAfterMs !== undefined;
    beat.wait.resolve({ ...acknowledgement, connection, ...(isExplained ? { endedAfterMs } : {}) });
  }

  #answered(): void {
    this.#lastAnsweredMs = this.#tools.clock.nowMs();
    this.#endedAfterMs = undefined;
    this.#answers += 1;
    if (this.#answers > 1) this.#wasLostYoung = false;
  }

  #open(beat: Beat): void {
    this.#drop();
    beat.connection = 'new';
    this.#answers = 0;
    this.#opening = this.#tools.opener.open(this.#connect, {
      onOpened: (opened) => this.#opened(opened),
      onOpenFailed: (error) => {
        this.#opening = undefined;
        this.#takeBeat()?.wait.reject(error);
      },
    });
  }

  #opened(opened: OpenedConnection): void {
    this.#opening = undefined;
    try {
      this.#connection = this.#begin(this, opened);
    } catch (error) {
      opened.transport.destroy();
      this.#takeBeat()?.wait.reject(error as Error);
      return;
    }
    this.#connection.signal();
  }

  #takeBeat(): Beat | undefined {
    const beat = this.#beat;
    this.#beat = undefined;
    return beat;
  }

  #drop(): void {
    this.#opening?.abort();
    this.#opening = undefined;
    this.#connection?.destroy();
    this.#connection = undefined;
  }
}
