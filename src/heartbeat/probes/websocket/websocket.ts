// WebSocket (RFC 6455) by the library `ws`, in both roles: pings on a client that is opened here, or on any socket of the library that
// the caller has. The library is loaded when the first client is opened, so that importing this costs nothing.
import type { WebSocket } from 'ws';
import { ConnectError, OptionError, PerduraError } from '../../../errors.ts';
import { isToken } from '../../../http/tokens.ts';
import { formatBytes, formatText } from '../../../http/visible-bytes.ts';
import { systemClock } from '../../../io/clock.ts';
import type { Clock } from '../../../io/clock.ts';
import { checkMethods, checkNames, checkNumber, checkObject } from '../../../option-checks.ts';
import type { Acknowledgement, Probe, ProbeSink } from '../../engine/probe.ts';
import { shownPath } from '../connection/shown-path.ts';
import { WebSocketLine } from './websocket-line.ts';
import type { PingableWebSocket } from './websocket-line.ts';

/** Options of {@link webSocketProbe}. The first four are for clients that are opened here. */
export interface WebSocketProbeOptions {
  /** Fields of the handshake, beside those of RFC 6455 §4.1. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Subprotocols that are offered (RFC 6455 §1.9). Default: none. */
  readonly protocols?: readonly string[] | undefined;
  /** For `wss:`: options of tls.connect() of node:tls, such as `ca` and `servername`. */
  readonly tls?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Longest message of the peer: a longer one ends the connection. Messages are signs of life here and no more, but each is kept until it is
   * complete. Default 1,048,576, as `max_size` of the library websockets of Python. Infinity: any.
   */
  readonly maxMessageBytes?: number | undefined;
  /**
   * How long the peer may take nothing at all of what is queued for it before the signal behind counts as missed. Until then it is not
   * held against the peer: who reads slowly is not dead. Default 60,000, as nginx's send_timeout.
   */
  readonly stalledMs?: number | undefined;
  /** What it is called in events. Default: the URL without user and query; `WebSocket` and a number where a socket is given. */
  readonly name?: string | undefined;
  /** For tests. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

const OPTION_NAMES: readonly string[] = [
  'headers',
  'protocols',
  'tls',
  'maxMessageBytes',
  'stalledMs',
  'name',
  'clock',
];

const DEFAULT_STALLED_MS = 60_000;
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;

/** What the library says when a message is longer than it may be. */
const TOO_LONG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** After our close frame the peer is given so long to answer it before the connection is cut. */
const CLOSE_MS = 1_000;

/** RFC 6585 §4. */
const TOO_MANY_REQUESTS = 429;

let namedSockets = 0;

/**
 * Pings by WebSocket (RFC 6455 §5.5.2).
 *
 * With a `ws:` or `wss:` URL a client is opened with the first signal and kept. Where it ends, or leaves a signal unanswered without
 * saying anything else, the next signal opens another. With a socket of `ws`, of either role, that one is asked and never ended: stop
 * the heartbeat when it closes, `terminate()` it when the heartbeat says 'down'. Messages, pings and late pongs of the peer postpone
 * the next signal, so that two peers may do this on one connection.
 *
 * @throws OptionError for a URL or options that make no sense.
 */
export function webSocketProbe(target: string | URL | PingableWebSocket, options: WebSocketProbeOptions = {}): Probe {
  checkOptions(options);
  return typeof target === 'string' || target instanceof URL
    ? new ClientProbe(parseTarget(target), options)
    : new SocketProbe(target, options);
}

/** What is used of the socket of a client, which the library keeps to itself. */
interface Socket {
  unref?(): void;
}

/** Before a heartbeat has attached itself, and where none does. */
const NOBODY: ProbeSink = {
  onReceived: () => {},
  onSent: () => {},
  onLost: () => {},
  onCalm: () => {},
  onBlocked: () => {},
};

/** Pings on a client of its own. */
class ClientProbe implements Probe {
  readonly target: string;
  readonly origin: string;
  readonly #url: URL;
  readonly #options: WebSocketProbeOptions;
  #sink = NOBODY;
  #line: WebSocketLine | undefined;
  /** Of the sockets before this one. */
  #unheardMs = 0;

  constructor(url: URL, options: WebSocketProbeOptions) {
    this.#url = url;
    this.#options = options;
    this.origin = `${url.protocol}//${url.host}`;
    this.target = options.name ?? `${this.origin}${shownPath(url.pathname)}`;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  /** Of all its sockets. */
  get unheardMs(): number {
    return this.#unheardMs + (this.#line?.unheardMs ?? 0);
  }

  async send(signal: AbortSignal): Promise<Acknowledgement> {
    const kept = this.#line;
    if (kept !== undefined) {
      try {
        return await this.#signal(kept, signal);
      } catch (error) {
        const { end } = kept;
        if (signal.aborted || end === undefined || end.isLost) throw error;
        // Who asks for calm lives; to ask again at once would be the contrary of it.
        if (end.isCalming) return { isUnmeasured: true, detail: end.text };
        // It was closed in good order, such as for a restart or its idle time: whether the peer lives is told by a connection of now.
      }
    }
    const { WebSocket: Client } = await import('ws');
    signal.throwIfAborted();
    const line = this.#open(Client);
    this.#line = line;
    try {
      return { ...(await this.#signal(line, signal)), connection: 'new' };
    } catch (error) {
      if (line.isProven || line.end === undefined || line.end.isLost) throw error;
      throw new ConnectError(this.origin, line.end.text, { cause: error });
    }
  }

  close(): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#drop(line);
    line.release();
    (line.socket as WebSocket).close(1000);
  }

  async #signal(line: WebSocketLine, signal: AbortSignal): Promise<Acknowledgement> {
    // At once: the next signal may go out in the same turn.
    const onAbort = (): void => {
      // Whoever says other things is slow. A path that has forgotten the connection never says anything again.
      if (!line.hasHeard) this.#giveUp(line);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await line.send(signal);
    } catch (error) {
      // What could not be sent, or waited for too long.
      if (!signal.aborted) this.#giveUp(line);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #giveUp(line: WebSocketLine): void {
    this.#drop(line);
    line.release();
    line.socket.terminate();
  }

  #drop(line: WebSocketLine): void {
    if (this.#line !== line) return;
    this.#unheardMs += line.unheardMs;
    this.#line = undefined;
  }

  #open(Client: typeof WebSocket): WebSocketLine {
    const { headers, protocols = [], tls, clock = systemClock, stalledMs = DEFAULT_STALLED_MS } = this.#options;
    const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = this.#options;
    // Behind those of TLS, none of which may take their place. To the library 0 is no limit.
    const maxPayload = maxMessageBytes === Infinity ? 0 : maxMessageBytes;
    const fixed = { perMessageDeflate: false, closeTimeout: CLOSE_MS, maxPayload };
    const socket = new Client(this.#url, [...protocols], { ...tls, ...fixed, headers: { ...headers } });
    let failure: Error | undefined;
    const line = new WebSocketLine(socket, {
      clock,
      stalledMs,
      sink: this.#sink,
      failure: () => failure,
      // A server that ends every connection after an answer would be asked without a pause.
      tellsLossAfter: 2,
      onEnded: () => this.#drop(line),
    });
    let isOpen = false;
    socket.once('open', () => {
      isOpen = true;
      // A signal under way is timed by its heartbeat, which holds the process or does not.
      (Reflect.get(socket, '_socket') as Socket | null | undefined)?.unref?.();
    });
    // Without a listener it would end the process. 'close' follows.
    socket.on('error', (error) => {
      const isTooLong = (error as NodeJS.ErrnoException).code === TOO_LONG;
      failure = isTooLong ? tooLong(maxMessageBytes, error) : error;
      // It may repeat what stands in a certificate.
      const text = formatText(error.message.trim());
      if (!isOpen) line.release(new ConnectError(this.origin, text, { cause: error }));
    });
    socket.once('unexpected-response', (_request, response) => {
      const { statusCode: status = 0, statusMessage = '' } = response;
      const text = `the handshake was answered ${status} ${formatBytes(statusMessage)}`.trimEnd();
      if (status === TOO_MANY_REQUESTS) this.#sink.onCalm(text);
      line.release(new ConnectError(this.origin, text, { status }));
    });
    return line;
  }
}

function tooLong(maxMessageBytes: number, cause: Error): PerduraError {
  const text = `the peer sent a message of more than maxMessageBytes, ${maxMessageBytes}`;
  return new PerduraError('ERR_PERDURA_PROTOCOL', text, { cause });
}

/** Pings on a socket that somebody else has. */
class SocketProbe implements Probe {
  readonly target: string;
  readonly #socket: PingableWebSocket;
  readonly #options: WebSocketProbeOptions;
  #sink = NOBODY;
  #line: WebSocketLine | undefined;

  constructor(socket: PingableWebSocket, options: WebSocketProbeOptions) {
    checkMethods('target', socket, 'URL or WebSocket of ws', ['ping', 'terminate', 'on', 'off']);
    namedSockets += 1;
    this.#socket = socket;
    this.#options = options;
    this.target = options.name ?? `WebSocket ${namedSockets}`;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
    this.#listen();
  }

  get unheardMs(): number {
    return this.#line?.unheardMs ?? 0;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    return this.#listen().send(signal);
  }

  close(): void {
    this.#line?.release();
    this.#line = undefined;
  }

  #listen(): WebSocketLine {
    const { clock = systemClock, stalledMs = DEFAULT_STALLED_MS } = this.#options;
    this.#line ??= new WebSocketLine(this.#socket, { clock, stalledMs, sink: this.#sink });
    return this.#line;
  }
}

function parseTarget(target: string | URL): URL {
  const url = URL.canParse(String(target)) ? new URL(target) : undefined;
  // RFC 6455 §3 allows no fragment. What was given is not repeated: there may be a password in it.
  if (url === undefined || !['ws:', 'wss:'].includes(url.protocol) || url.hash !== '')
    throw new OptionError('target', 'must be a URL such as ws://127.0.0.1:8080/chat or wss://example.com/, without #');
  if (url.port === '0') throw new OptionError('target', 'has the port 0, to which nothing can be sent');
  return url;
}

function checkOptions(options: WebSocketProbeOptions): void {
  checkObject('options', options);
  checkNames('', options, OPTION_NAMES);
  const { headers, tls, maxMessageBytes, stalledMs, protocols } = options;
  if (headers !== undefined) checkObject('headers', headers);
  if (tls !== undefined) checkObject('tls', tls);
  if (maxMessageBytes !== undefined) checkNumber('maxMessageBytes', maxMessageBytes, 1);
  if (stalledMs !== undefined) checkNumber('stalledMs', stalledMs, 1);
  if (protocols !== undefined) checkProtocols(protocols);
}

function checkProtocols(given: unknown): void {
  const names: readonly unknown[] = Array.isArray(given) ? given : [''];
  if (names.every((name) => typeof name === 'string' && isToken(name)) && new Set(names).size === names.length) return;
  throw new OptionError('protocols', 'must be a list of tokens, each of them once (RFC 6455 §4.1)');
}
