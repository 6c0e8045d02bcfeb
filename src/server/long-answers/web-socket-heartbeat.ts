// Pings to the client of one WebSocket (RFC 6455 §5.5.2), so that one that is gone without a word is found. When they go out and what a
// missing pong means is the engine's affair.
import type { Duplex } from 'node:stream';
import { Heartbeat } from '../../heartbeat/engine/heartbeat.ts';
import { CLOSING, OPEN, PingedWebSocket } from '../../heartbeat/signals/pinged-web-socket.ts';
import type { PingedSocket, PingedWebSocketOptions } from '../../heartbeat/signals/pinged-web-socket.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../../heartbeat/engine/probe.ts';
import type { LoopClock } from '../../io/index.ts';
import { checkBoundedNumber, checkNumber, checkWholeNumber, fillIn } from '../../option-checks.ts';

/** How clients of WebSockets are asked whether they live. */
export interface WebSocketHeartbeatOptions {
  /**
   * Silence of the client after which it is pinged. Default 20,000, as the library websockets of Python has it: less than half of the
   * 55 to 60 s after which the commonest proxies cut a silent connection.
   */
  readonly intervalMs?: number;
  /** How long the pong may take. Default 10,000: a telephone may have to wake its radio up. */
  readonly timeoutMs?: number;
  /** Pongs in a row that may be missing before the client counts as dead. Default 2. */
  readonly tolerance?: number;
  /**
   * How long a client may take nothing at all of what waits for it. Until then no ping is held against a client that reads slowly.
   * Default 60,000, as `timeouts.writeMs`.
   */
  readonly stalledMs?: number;
}

/** The defaults, each with its precedent at the option. */
export const DEFAULT_WEB_SOCKET_HEARTBEAT: Required<WebSocketHeartbeatOptions> = {
  intervalMs: 20_000,
  timeoutMs: 10_000,
  tolerance: 2,
  stalledMs: 60_000,
};

/** What a timer of Node.js takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** A WebSocket that can ping, as those of `ws`. */
interface EndablePingedSocket extends PingedSocket {
  terminate?(): void;
}

/** What has to be known of a connection to ping its client. */
export interface WebSocketBeatTarget {
  readonly socket: object;
  readonly stream: Duplex;
  /** The client, for people. */
  readonly remote: string;
  readonly clock: LoopClock;
  /** Called when the client is dead, before the socket is ended. */
  onDead(): void;
}

/** Fills in the defaults; undefined where there is to be none. @throws OptionError with the option's name and what is allowed. */
export function resolveWebSocketHeartbeat(
  given: boolean | WebSocketHeartbeatOptions | undefined,
): Required<WebSocketHeartbeatOptions> | undefined {
  if (given === false) return undefined;
  const options = fillIn('heartbeat', given === true ? undefined : given, DEFAULT_WEB_SOCKET_HEARTBEAT);
  checkBoundedNumber('heartbeat.intervalMs', options.intervalMs, 1, LONGEST_MS);
  checkBoundedNumber('heartbeat.timeoutMs', options.timeoutMs, 1, LONGEST_MS);
  checkWholeNumber('heartbeat.tolerance', options.tolerance, 1);
  checkNumber('heartbeat.stalledMs', options.stalledMs, 1);
  return options;
}

/** Begins to ping the client. Undefined where the library's sockets cannot ping. */
export function beatWebSocket(
  target: WebSocketBeatTarget,
  { stalledMs, ...options }: Required<WebSocketHeartbeatOptions>,
): Heartbeat | undefined {
  const { stream, clock } = target;
  const socket = target.socket as EndablePingedSocket;
  if (typeof (socket as Partial<EndablePingedSocket>).ping !== 'function') return undefined;
  const probe = new WebSocketClientProbe(target, socket, { clock, stalledMs, stream }, () => heartbeat.stop());
  const heartbeat = new Heartbeat({
    ...options,
    probe,
    clock,
    initialDelayMs: options.intervalMs,
    // The listening socket and the client's hold it.
    holdsProcess: false,
  });
  heartbeat.on('down', () => {
    heartbeat.stop();
    target.onDead();
    if (socket.terminate === undefined) stream.destroy();
    else socket.terminate();
  });
  stream.once('close', () => heartbeat.stop());
  return heartbeat.start();
}

class WebSocketClientProbe implements Probe {
  readonly target: string;
  readonly #socket: PingedSocket;
  readonly #options: Omit<PingedWebSocketOptions, 'sink'>;
  readonly #onClosing: () => void;
  #pinged: PingedWebSocket | undefined;

  constructor(
    { remote }: WebSocketBeatTarget,
    socket: PingedSocket,
    options: Omit<PingedWebSocketOptions, 'sink'>,
    onClosing: () => void,
  ) {
    this.target = `the WebSocket of ${remote}`;
    this.#socket = socket;
    this.#options = options;
    this.#onClosing = onClosing;
  }

  get unheardMs(): number {
    return this.#pinged?.unheardMs ?? 0;
  }

  attach(sink: ProbeSink): void {
    this.#pinged = new PingedWebSocket(this.#socket, { ...this.#options, sink });
  }

  async send(signal: AbortSignal): Promise<Acknowledgement | void> {
    if ((this.#socket.readyState ?? OPEN) < CLOSING) return await this.#pinged?.send(signal);
    // It waits for the other side's close frame; its library has a deadline for that.
    this.#onClosing();
  }
}
