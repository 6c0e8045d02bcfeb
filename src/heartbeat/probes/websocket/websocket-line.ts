// One WebSocket that is pinged for a probe, and its end in words. Who opened the socket, and who ends it, is not known here.
import { AbortedError, PerduraError } from '../../../errors.ts';
import type { Clock } from '../../../io/clock.ts';
import { PingedWebSocket } from '../../signals/pinged-web-socket.ts';
import type { PingedSocket } from '../../signals/pinged-web-socket.ts';
import type { Acknowledgement, ProbeSink } from '../../engine/probe.ts';
import { describeWebSocketEnd } from './websocket-close.ts';
import type { WebSocketEnd } from './websocket-close.ts';

/** A WebSocket as `ws` makes them, for servers and for clients, as far as it is used here. */
export interface PingableWebSocket extends PingedSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  /** Ends it at once, without a close frame. */
  terminate(): void;
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

const CLOSED = 3;

/** See the head of the file. */
export class WebSocketLine {
  readonly socket: PingableWebSocket;
  readonly #options: WebSocketLineOptions;
  readonly #pinged: PingedWebSocket;
  readonly #onClose = (code: number, reason: Uint8Array): void => this.#closed(code, String(reason));
  #acknowledged = 0;
  #end: WebSocketEnd | undefined;

  constructor(socket: PingableWebSocket, options: WebSocketLineOptions) {
    this.socket = socket;
    this.#options = options;
    this.#pinged = new PingedWebSocket(socket, options);
    socket.on('close', this.#onClose);
    if (socket.readyState === CLOSED) this.release(lost('the WebSocket is closed'));
  }

  /** Whether anything came since the last signal was asked for. */
  get hasHeard(): boolean {
    return this.#pinged.hasHeard;
  }

  /** For how long in all no pong could be heard. */
  get unheardMs(): number {
    return this.#pinged.unheardMs;
  }

  /** How it ended; undefined as long as it has not, and where it was given up before. */
  get end(): WebSocketEnd | undefined {
    return this.#end;
  }

  /** Whether any signal was acknowledged on it. */
  get isProven(): boolean {
    return this.#acknowledged > 0;
  }

  async send(signal: AbortSignal): Promise<Acknowledgement> {
    const acknowledgement = await this.#pinged.send(signal);
    this.#acknowledged += 1;
    return acknowledgement;
  }

  /** It is nobody's any more: nothing is told of it, and the signal under way is not waited for. */
  release(error: Error = new AbortedError('the WebSocket was given up')): void {
    this.socket.off('close', this.#onClose);
    this.#pinged.end(error);
  }

  #closed(code: number, reason: string): void {
    const { sink, failure, onEnded, tellsLossAfter = 0 } = this.#options;
    const end = describeWebSocketEnd(code, reason, { isProven: this.isProven, failure: failure?.() });
    const { text, isLost, isCalming } = end;
    const { isAwaited } = this.#pinged;
    this.#end = end;
    this.release(lost(text));
    onEnded?.();
    if (isCalming) sink.onCalm(text);
    else if (isLost && !isAwaited && this.#acknowledged >= tellsLossAfter) sink.onLost(text);
  }
}

function lost(text: string): PerduraError {
  return new PerduraError('ERR_PERDURA_CONNECTION_LOST', text);
}
