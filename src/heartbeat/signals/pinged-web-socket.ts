// One WebSocket that is pinged (RFC 6455 §5.5.2), of either role: how a ping gets onto it, whether its pong could be heard, and what else is
// heard. Who opened the socket, what its end means, and who ends it, is not known here.
import { AbortedError } from '../../errors.ts';
import type { Clock, ClockTimer } from '../../io/clock.ts';
import { countTakenBytes } from '../../io/taken-bytes.ts';
import type { CountedStream } from '../../io/taken-bytes.ts';
import { EchoedSignals } from './echoed-signals.ts';
import type { EchoingWay } from './echoed-signals.ts';
import type { Acknowledgement, ProbeSink } from '../engine/probe.ts';
import { UnheardTime } from './unheard-time.ts';

/** What a ping needs of a WebSocket: those of `ws` have all of it, other libraries some. */
export interface PingedSocket {
  /** 0 while it opens, 1 while it is open, 2 while it closes (as in browsers). Default 1. */
  readonly readyState?: number;
  /** Bytes that were sent and that the kernel has not taken. */
  readonly bufferedAmount?: number;
  /** Whether the application has paused it. */
  readonly isPaused?: boolean;
  /** `written` is called when the kernel has taken the frame, with an error where it could not be sent. */
  ping(data: Uint8Array, mask: boolean | undefined, written: (error?: Error) => void): void;
  on(event: string, listener: (...values: never[]) => void): unknown;
  off?(event: string, listener: (...values: never[]) => void): unknown;
}

/** What it stands on. */
export interface PingedStream extends CountedStream {
  isPaused(): boolean;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}

/** How one is pinged. */
export interface PingedWebSocketOptions {
  readonly clock: Clock;
  /** How long the peer may take nothing of what waits in front of a ping. */
  readonly stalledMs: number;
  readonly sink: ProbeSink;
  /** What it stands on, where that is known. Default: what `ws` keeps it as. */
  readonly stream?: PingedStream;
}

/** Of `readyState`. */
export const OPEN = 1;
export const CLOSING = 2;

/** How often a socket is looked at that is not read, where it does not tell of its end. */
const LOOK_MS = 1_000;

/** A signal that cannot go out yet. */
interface Waiting {
  look(): void;
  fail(error: Error): void;
}

/** See the head of the file. */
export class PingedWebSocket implements EchoingWay {
  readonly #socket: PingedSocket;
  readonly #clock: Clock;
  readonly #sink: ProbeSink;
  readonly #signals: EchoedSignals;
  readonly #unheard: UnheardTime;
  #stream: PingedStream | undefined;
  #waiting: Waiting | undefined;
  #end: Error | undefined;
  #hasHeard = false;
  /** Where its stream is not known: `bufferedAmount` when it was looked at last, and how often it was less than before. */
  #queuedBytes = 0;
  #progress = 0;
  #unlisten: (() => void)[] = [];

  constructor(socket: PingedSocket, { clock, stalledMs, sink, stream }: PingedWebSocketOptions) {
    this.#socket = socket;
    this.#clock = clock;
    this.#sink = sink;
    this.#signals = new EchoedSignals(this, clock, stalledMs, sink);
    this.#unheard = new UnheardTime(clock, () => this.#isPaused || this.readyState === CLOSING);
    this.#listen('pong', (payload: unknown) => {
      this.#hasHeard = true;
      if (payload instanceof Uint8Array) this.#signals.echoed(payload);
    });
    this.#standOn(stream ?? streamOf(socket));
    if (this.#stream !== undefined) return;
    this.#listen('open', () => {
      this.#standOn(streamOf(socket));
      this.#waiting?.look();
    });
    // Where bytes cannot be seen, whole messages are.
    for (const event of ['message', 'ping']) this.#listen(event, () => this.#heard());
  }

  get readyState(): number {
    return this.#socket.readyState ?? OPEN;
  }

  /** Whether anything came since the last signal was asked for. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** Whether a signal is under way. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined || this.#signals.isAwaited;
  }

  /** For how long in all no pong could be heard: while the application does not read, and while the socket closes. */
  get unheardMs(): number {
    return this.#unheard.totalMs;
  }

  /**
   * Pings, and resolves with the pong: when the socket is open, and no sooner than it is read, since a pong that nobody reads tells nothing of its round trip.
   * Rejects with what `end` was called with.
   */
  async send(signal: AbortSignal): Promise<Acknowledgement> {
    this.#hasHeard = false;
    while (this.#end === undefined && (this.readyState !== OPEN || this.#isPaused)) await this.#changed(signal);
    if (this.#end !== undefined) throw this.#end;
    const { unheardMs } = this;
    const acknowledgement = await this.#signals.send(signal);
    return this.unheardMs === unheardMs ? acknowledgement : { ...acknowledgement, isUnmeasured: true };
  }

  /** It has ended, or is nobody's any more: nothing is told of it from now on, and a signal under way fails. */
  end(error: Error): void {
    this.#end ??= error;
    for (const unlisten of this.#unlisten) unlisten();
    this.#unlisten = [];
    this.#waiting?.fail(error);
    this.#signals.fail(error);
  }

  /** Of {@link EchoingWay}, as what follows. */
  signal(payload: Uint8Array, written: (error?: Error | null) => void): void {
    // Masked or not as the role has it (RFC 6455 §5.1), which the library knows.
    this.#socket.ping(payload, undefined, written);
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount ?? this.#stream?.writableLength ?? 0;
  }

  /** The library itself says what was taken only when all of it was. */
  get progress(): number {
    if (this.#stream !== undefined) return countTakenBytes(this.#stream);
    const { queuedBytes } = this;
    if (queuedBytes < this.#queuedBytes) this.#progress += 1;
    this.#queuedBytes = queuedBytes;
    return this.#progress;
  }

  /** The application has paused it, or what reads for it has enough to do. */
  get #isPaused(): boolean {
    return this.#socket.isPaused === true || this.#stream?.isPaused() === true;
  }

  #heard(): void {
    this.#hasHeard = true;
    this.#sink.onReceived();
  }

  #standOn(stream: PingedStream | undefined): void {
    if (stream === undefined) return;
    this.#stream = stream;
    const turned = (): void => {
      this.#unheard.changed();
      this.#waiting?.look();
    };
    // Whatever comes is a sign of life, also a part of a message.
    const listeners = { data: () => this.#heard(), pause: turned, resume: turned };
    for (const [event, listener] of Object.entries(listeners)) {
      stream.on(event, listener);
      this.#unlisten.push(() => stream.off(event, listener));
    }
  }

  #listen(event: string, listener: (...values: never[]) => void): void {
    this.#socket.on(event, listener);
    this.#unlisten.push(() => this.#socket.off?.(event, listener));
  }

  /** Resolves when the socket is no longer as it is now. While it is paused no deadline would be fair. */
  #changed(signal: AbortSignal): Promise<void> {
    const { readyState } = this;
    const isHeld = this.#isPaused;
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    if (isHeld) this.#sink.onBlocked(true);
    return new Promise((resolve, reject) => {
      let timer: ClockTimer | undefined;
      const settle = (): void => {
        timer?.stop();
        signal.removeEventListener('abort', onAbort);
        this.#waiting = undefined;
        if (isHeld) this.#sink.onBlocked(false);
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      const look = (): void => {
        timer?.stop();
        if (this.readyState === readyState && this.#isPaused === isHeld) {
          timer = this.#clock.startTimer(LOOK_MS, look);
          return;
        }
        settle();
        resolve();
      };
      const onAbort = (): void => fail(reasonOf(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting = { look, fail };
      look();
    });
  }
}

/** The library keeps it to itself, and has none until the socket is open. */
function streamOf(socket: PingedSocket): PingedStream | undefined {
  const stream = Reflect.get(socket, '_socket') as Partial<PingedStream> | null | undefined;
  const isStream = typeof stream?.isPaused === 'function' && typeof stream.on === 'function';
  return isStream ? (stream as PingedStream) : undefined;
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new AbortedError('the signal was given up');
}
