// Pings to the client of one WebSocket (RFC 6455 §5.5.2), so that one that is gone without a word is found. When they go out and what a
// missing pong means is the engine's affair.
import type { Duplex } from 'node:stream';
import { EchoedSignals } from '../../heartbeat/engine/echoed-signals.ts';
import type { EchoingWay } from '../../heartbeat/engine/echoed-signals.ts';
import { Heartbeat } from '../../heartbeat/engine/heartbeat.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../../heartbeat/engine/probe.ts';
import { countTakenBytes } from '../../io/index.ts';
import type { Clock, LoopClock } from '../../io/index.ts';
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
interface PingableSocket {
  readonly bufferedAmount?: number;
  readonly readyState?: number;
  ping(data: Uint8Array, mask: boolean | undefined, written: (error?: Error) => void): void;
  on(event: 'pong', listener: (payload: unknown) => void): unknown;
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
  const socket = target.socket as PingableSocket;
  if (typeof (socket as Partial<PingableSocket>).ping !== 'function') return undefined;
  const probe = new WebSocketClientProbe(socket, target, stalledMs, () => heartbeat.stop());
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
  // Pongs and messages alike: whatever comes is a sign of life, also a part of a message.
  stream.on('data', () => heartbeat.received());
  stream.once('close', () => heartbeat.stop());
  return heartbeat.start();
}

/** `readyState` of a socket that waits for the other side's close frame; its library has a deadline for that. */
const CLOSING = 2;

class WebSocketClientProbe implements Probe, EchoingWay {
  readonly target: string;
  readonly #socket: PingableSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #stalledMs: number;
  readonly #onClosing: () => void;
  #signals: EchoedSignals | undefined;

  constructor(socket: PingableSocket, target: WebSocketBeatTarget, stalledMs: number, onClosing: () => void) {
    this.target = `the WebSocket of ${target.remote}`;
    this.#socket = socket;
    this.#stream = target.stream;
    this.#clock = target.clock;
    this.#stalledMs = stalledMs;
    this.#onClosing = onClosing;
  }

  attach(sink: ProbeSink): void {
    const signals = new EchoedSignals(this, this.#clock, this.#stalledMs, sink);
    this.#signals = signals;
    this.#socket.on('pong', (payload) => {
      if (payload instanceof Uint8Array) signals.echoed(payload);
    });
  }

  async send(signal: AbortSignal): Promise<Acknowledgement | void> {
    if ((this.#socket.readyState ?? 1) < CLOSING) return await this.#signals!.send(signal);
    this.#onClosing();
  }

  /** Of {@link EchoingWay}, as what follows. */
  signal(payload: Uint8Array, written: (error?: Error | null) => void): void {
    this.#socket.ping(payload, undefined, written);
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount ?? this.#stream.writableLength;
  }

  get progress(): number {
    return countTakenBytes(this.#stream);
  }
}
