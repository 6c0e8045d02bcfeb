// WebSockets (RFC 6455) by a library that can do without a server of its own, such as `ws` with `noServer`. Frames are its affair;
// here is how it gets a connection, and what becomes of its sockets when the server shuts down.
import type { Duplex } from 'node:stream';
import { OptionError } from '../../errors.ts';
import type { Heartbeat } from '../../heartbeat/engine/heartbeat.ts';
import { hasListToken } from '../../http/tokens.ts';
import { systemClock } from '../../io/index.ts';
import type { LoopClock } from '../../io/index.ts';
import { watchDraining } from '../shutdown/draining-watch.ts';
import type { HandlerContext } from '../handler.ts';
import { Response } from '../answer/response.ts';
import { makeUpgradeRequest } from './upgrade-request.ts';
import type { UpgradeRequest } from './upgrade-request.ts';
import { beatWebSocket, resolveWebSocketHeartbeat } from './web-socket-heartbeat.ts';
import type { WebSocketHeartbeatOptions } from './web-socket-heartbeat.ts';

/** A WebSocket as `ws` makes them, as far as it is used here. */
export interface WebSocketLike {
  close(code?: number, reason?: string): void;
  on(event: 'close' | 'error', listener: () => void): unknown;
}

/** A `WebSocketServer` of `ws` that was made with `noServer: true`. */
export interface WebSocketServerLike<Socket extends WebSocketLike> {
  handleUpgrade(request: UpgradeRequest, socket: Duplex, head: Buffer, done: (socket: Socket) => void): void;
  emit(event: string, ...values: unknown[]): unknown;
}

/** Options of {@link upgradeWebSocket}. */
export interface WebSocketOptions {
  /** What clients are told when the server shuts down. Default 1012, Service Restart: come back; 1001 is Going Away (RFC 6455 §7.4.1, IANA). */
  readonly drainingCode?: 1001 | 1012;
  /** The reason beside it, at most 123 bytes (RFC 6455 §5.5). Default 'the server is shutting down'. */
  readonly drainingReason?: string;
  /**
   * Whether the client is pinged when it was silent for a while, and its socket ended (`terminate()`) where it does not answer; of
   * sockets that have `ping()`. Default true, with the defaults of {@link WebSocketHeartbeatOptions}: a client that is gone without a
   * word would otherwise stay for ever, since no deadline of the server applies to it.
   */
  readonly heartbeat?: boolean | WebSocketHeartbeatOptions;
  /** For tests. Default: the machine's clock. */
  readonly clock?: LoopClock;
}

/** What came of a handshake. */
export interface WebSocketUpgrade<Socket> {
  /** Open. Undefined where the handshake was refused, here or by the library. */
  readonly socket: Socket | undefined;
  /** To be returned by the handler, in either case: the refusal, or nothing that anybody looks at. */
  readonly answer: Response;
  /** What pings the client: its events, and the round trips so far. Undefined where nothing does. */
  readonly heartbeat: Heartbeat | undefined;
}

/**
 * Answers a request for a WebSocket: `const { socket, answer } = await upgradeWebSocket(webSocketServer, request, context)`.
 *
 * Requests that are none are answered with 400, 405 or 426 and the connection stays; while the server shuts down, with 503. What the
 * library checks itself (extensions, subprotocols, `verifyClient`) it answers itself, on a connection that it then ends.
 * 'connection' is emitted on the library's server, too. Listen for messages at once: none is lost until the first `await`.
 * An 'error' that nobody listens for ends the socket and nothing else.
 *
 * @throws OptionError for options that make no sense, AbortedError where the client is gone, and what listeners of 'connection' throw.
 */
export async function upgradeWebSocket<Socket extends WebSocketLike>(
  server: WebSocketServerLike<Socket>,
  request: Request,
  context: HandlerContext,
  options: WebSocketOptions = {},
): Promise<WebSocketUpgrade<Socket>> {
  const { drainingCode = 1012, drainingReason = 'the server is shutting down', clock = systemClock } = options;
  checkOptions(drainingCode, drainingReason);
  const beats = resolveWebSocketHeartbeat(options.heartbeat);
  const refusal = decideHandshakeRefusal(request, context);
  if (refusal !== undefined) return { socket: undefined, answer: refusal, heartbeat: undefined };
  const { socket: stream, head } = context.upgrade();
  // Held until whoever awaits the socket has had time to listen to it.
  stream.pause();
  const upgradeRequest = makeUpgradeRequest(request, stream);
  const socket = await shakeHands(server, upgradeRequest, stream, head);
  const answer = new Response(null);
  if (socket === undefined) return { socket, answer, heartbeat: undefined };
  const unwatch = watchDraining(context.draining, () => socket.close(drainingCode, drainingReason));
  socket.on('close', unwatch);
  // It may have begun while the library was asking around.
  if (context.draining.aborted) socket.close(drainingCode, drainingReason);
  const { remote } = context.connection;
  const onDead = (): void => context.life?.handle.destroy('heartbeatLost');
  const heartbeat = beats && beatWebSocket({ socket, stream, remote, clock, onDead }, beats);
  return { socket, answer, heartbeat };
}

/** Resolves with the socket, or with undefined where the library refused and the connection has ended. */
function shakeHands<Socket extends WebSocketLike>(
  server: WebSocketServerLike<Socket>,
  request: UpgradeRequest,
  stream: Duplex,
  head: Buffer,
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const refused = (): void => resolve(undefined);
    stream.once('close', refused);
    server.handleUpgrade(request, stream, head, (socket) => {
      stream.off('close', refused);
      // What the library throws for a broken frame would otherwise end the process, at the will of whoever sent it.
      socket.on('error', () => {});
      server.emit('connection', socket, request);
      resolve(socket);
      // A stream begins to flow behind all that is already promised, so that the awaiting handler listens first.
      void Promise.resolve().then(() => stream.resume());
    });
  });
}

/** What is answered to a request that cannot become a WebSocket (RFC 6455 §4.2); undefined where the library may have it. */
function decideHandshakeRefusal(request: Request, context: HandlerContext): Response | undefined {
  const { headers, method } = request;
  if (method !== 'GET') return refuse(405, 'a WebSocket is asked for with GET', { allow: 'GET' });
  const isUpgrade = hasListToken(headers.get('connection') ?? '', 'upgrade');
  // RFC 9110 §7.8: in HTTP/1.0 the field is ignored. HTTP/2 has none.
  if (
    !isUpgrade ||
    context.connection.protocol !== 'http/1.1' ||
    !hasListToken(headers.get('upgrade') ?? '', 'websocket')
  ) {
    return refuse(426, 'this is a place for WebSockets', { upgrade: 'websocket' });
  }
  if (!['13', '8'].includes(headers.get('sec-websocket-version') ?? '')) {
    // RFC 6455 §4.4: whoever speaks another version is told which ones are known.
    return refuse(426, 'the version of WebSocket is 13', { upgrade: 'websocket', 'sec-websocket-version': '13' });
  }
  // RFC 6455 §4.2.1: 16 bytes in base64.
  if (!/^[+/\dA-Za-z]{22}==$/.test(headers.get('sec-websocket-key') ?? '')) {
    return refuse(400, 'Sec-WebSocket-Key is missing or no 16 bytes in base64');
  }
  if (request.body !== null) return refuse(400, 'a handshake has no body');
  if (context.draining.aborted) return refuse(503, 'the server is shutting down', { connection: 'close' });
  return undefined;
}

function refuse(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers });
}

/** RFC 6455 §5.5: the payload of a close frame has 125 bytes, two of which are the code. */
const REASON_BYTES = 123;

function checkOptions(code: unknown, reason: unknown): void {
  if (code !== 1001 && code !== 1012)
    throw new OptionError('drainingCode', `is ${String(code)}, it must be 1001 or 1012`);
  if (typeof reason === 'string' && Buffer.byteLength(reason) <= REASON_BYTES) return;
  throw new OptionError('drainingReason', `must be a text of at most ${REASON_BYTES} bytes`);
}
