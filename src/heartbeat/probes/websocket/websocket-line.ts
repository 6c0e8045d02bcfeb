// One WebSocket that is pinged, of either role: what comes of it is told to the heartbeat, and its end in words. Who opened the socket,
// and who ends it, is not known here.
import { Duplex } from 'node:stream';
import type { Clock } from '../../../io/clock.ts';
import { countTakenBytes } from '../../../io/taken-bytes.ts';
import { EchoedSignals } from '../../engine/echoed-signals.ts';
import type { EchoingWay } from '../../engine/echoed-signals.ts';
import type { Acknowledgement, ProbeSink } from '../../engine/probe.ts';
import { describeWebSocketEnd } from './websocket-close.ts';

/** A WebSocket as `ws` makes them, for servers and for clients, as far as it is used here. */
export interface PingableWebSocket {
  /** 0 while it opens, 1 while it is open (as in browsers). */
  readonly readyState: number;
  /** Bytes that were sent and that the kernel has not taken. */
  readonly bufferedAmount: number;
  /** `written` is called when the kernel has taken the frame, with an error where it could not be sent. */
  ping(data: Uint8Array, mask: boolean | undefined, written: (error?: Error) => void): void;
  /** Ends it at once, without a close frame. */
  terminate(): void;
  on(event: string, listener: (...values: never[]) => void): unknown;
  off(event: string, listener: (...values: never[]) => void): unknown;
}

/** What is done with a socket besides its pings. */
export interface WebSocketLineOptions {
  readonly clock: Clock;
  readonly stalledMs: number;
  readonly sink: ProbeSink;
  /** What broke the socket, where that is known. */
  readonly failure?: () => Error | undefined;
  /** Called when it has ended. */
  readonly onEnded?: () => void;
  /** How many signals must have been acknowledged before its loss is told. Default 0. */
  readonly tellsLossAfter?: number;
}

const CONNECTING = 0;
const OPEN = 1;

/** See the head of the file. */
export class WebSocketLine implements EchoingWay {
  readonly socket: PingableWebSocket;
  readonly #options: WebSocketLineOptions;
  readonly #signals: EchoedSignals;
  /** Whether anything came since the last signal went out. */
  hasHeard = false;
  #acknowledged = 0;
  #isOver = false;
  #endText = 'the WebSocket is closed';
  /** `bufferedAmount` when it was looked at last, and how often it was less than before. */
  #queuedBytes = 0;
  #progress = 0;
  #listeners: [event: string, listener: (...values: never[]) => void][] = [];

  constructor(socket: PingableWebSocket, options: WebSocketLineOptions) {
    this.socket = socket;
    this.#options = options;
    this.#signals = new EchoedSignals(this, options.clock, options.stalledMs, options.sink);
    const heard = (): void => {
      this.hasHeard = true;
      options.sink.onReceived();
    };
    this.#listen('message', heard);
    this.#listen('ping', heard);
    this.#listen('pong', (payload: Uint8Array) => {
      this.hasHeard = true;
      this.#signals.echoed(payload);
    });
    this.#listen('close', (code: number, reason: Uint8Array) => this.#ended(code, String(reason)));
  }

  async send(signal: AbortSignal): Promise<Acknowledgement> {
    if (this.socket.readyState === CONNECTING) await this.#opened(signal);
    if (this.#isOver || this.socket.readyState !== OPEN) throw new Error(this.#endText);
    this.hasHeard = false;
    const acknowledgement = await this.#signals.send(signal);
    this.#acknowledged += 1;
    return acknowledgement;
  }

  /** It is nobody's any more: nothing is told of it, and the signal under way is not waited for. */
  release(): void {
    this.#isOver = true;
    for (const [event, listener] of this.#listeners) this.socket.off(event, listener);
    this.#listeners = [];
    this.#signals.fail(new Error('the WebSocket was given up'));
  }

  /** Of {@link EchoingWay}, as what follows. */
  signal(payload: Uint8Array, written: (error?: Error | null) => void): void {
    // Masked or not as the role has it (RFC 6455 §5.1), which the library knows.
    this.socket.ping(payload, undefined, written);
  }

  get queuedBytes(): number {
    return this.socket.bufferedAmount;
  }

  /** The library itself says what was taken only when all of it was. */
  get progress(): number {
    const stream = Reflect.get(this.socket, '_socket') as Duplex | null | undefined;
    if (stream instanceof Duplex) return countTakenBytes(stream);
    const { bufferedAmount } = this.socket;
    if (bufferedAmount < this.#queuedBytes) this.#progress += 1;
    this.#queuedBytes = bufferedAmount;
    return this.#progress;
  }

  #ended(code: number, reason: string): void {
    const { sink, failure, onEnded, tellsLossAfter = 0 } = this.#options;
    const { text, isLost, isCalming } = describeWebSocketEnd(code, reason, failure?.());
    const isAwaited = this.#signals.isAwaited;
    this.#endText = text;
    this.release();
    onEnded?.();
    if (isCalming) sink.onCalm(text);
    else if (isLost && !isAwaited && this.#acknowledged >= tellsLossAfter) sink.onLost(text);
  }

  #listen(event: string, listener: (...values: never[]) => void): void {
    this.#listeners.push([event, listener]);
    this.socket.on(event, listener);
  }

  /** Resolves when it is open, or has ended instead. */
  #opened(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const over = (): void => {
        this.socket.off('open', over);
        this.socket.off('close', over);
        signal.removeEventListener('abort', over);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      this.socket.on('open', over);
      this.socket.on('close', over);
      signal.addEventListener('abort', over, { once: true });
    });
  }
}
