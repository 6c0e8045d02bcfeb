// What createServer() returns: the interface of http.Server over a server of ours.
import { EventEmitter, captureRejectionSymbol } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ListenError } from '../../errors.ts';
import { reportError } from '../../server/report-error.ts';
import { serve } from '../../server/serve.ts';
import type { Server } from '../../server/server.ts';
import { AdaptedExchange } from './adapted-exchange.ts';
import type { UpgradeListener } from './adapted-exchange.ts';
import { AdaptedResponse } from './adapted-response.ts';
import type { ConnectionSocket, SocketOwner } from './connection-socket.ts';
import { ConnectionSockets } from './connection-sockets.ts';
import { parseListenArguments } from './listen-arguments.ts';
import { checkNodeServerOptions, initialSettings, toServeOptions } from './node-server-options.ts';
import type { NodeServerOptions, NodeServerSettings } from './node-server-options.ts';
import { runListener } from './to-handler.ts';
import type { ListenerRunner } from './to-handler.ts';

/** As node:net says it of a server that is closed before it listens. */
class NotRunningError extends Error {
  readonly code = 'ERR_SERVER_NOT_RUNNING';

  constructor() {
    super('Server is not running.');
    this.name = 'Error';
  }
}

/** As node:net says it of a server that is asked to listen twice. */
class AlreadyListeningError extends Error {
  readonly code = 'ERR_SERVER_ALREADY_LISTEN';

  constructor() {
    super('Listen method has been called more than once without closing.');
    this.name = 'Error';
  }
}

/**
 * Events: `request`, `checkContinue`, `upgrade`, `connection` (with the first request of a connection), `timeout`, `listening`, `close`,
 * `error`. There is no `clientError`: requests that cannot be read are answered by the server, as docs/bad-input.md has it.
 */
export class NodeServer extends EventEmitter implements SocketOwner, ListenerRunner, Partial<NodeServerSettings> {
  static {
    // An async listener rejected.
    Object.defineProperty(NodeServer.prototype, captureRejectionSymbol, {
      value(this: NodeServer, error: unknown, event: string | symbol, ...given: unknown[]) {
        this.#listenerRejected(error, event, given);
      },
    });
  }

  declare keepAliveTimeout?: number;
  declare headersTimeout?: number;
  declare requestTimeout?: number;
  declare maxRequestsPerSocket?: number;
  declare maxConnections?: number;
  /** Inactivity after which a socket times out; 0: never. */
  timeout = 0;
  readonly sockets: ConnectionSockets;
  readonly joinDuplicateHeaders: boolean;
  readonly #options: NodeServerOptions;
  #server: Server | undefined;
  #state: 'new' | 'starting' | 'listening' | 'closing' = 'new';
  #hostname = '';

  constructor(options: NodeServerOptions = {}) {
    // An async listener that rejects is told to #listenerRejected.
    super({ captureRejections: true });
    checkNodeServerOptions(options);
    this.#options = options;
    this.joinDuplicateHeaders = options.joinDuplicateHeaders ?? false;
    this.sockets = new ConnectionSockets(this);
    Object.assign(this, initialSettings(options));
  }

  get listening(): boolean {
    return this.#state === 'listening';
  }

  /** Of {@link SocketOwner}. */
  get server(): this {
    return this;
  }

  get localPort(): number | undefined {
    return this.#server?.port;
  }

  /** Takes the arguments of `http.Server.listen`, but for pipes and handles. `listening` follows, or `error`. */
  listen(...given: unknown[]): this {
    if (this.#state === 'starting' || this.#state === 'listening') throw new AlreadyListeningError();
    const { port, hostname, signal, callback } = parseListenArguments(given);
    if (callback !== undefined) this.once('listening', callback);
    this.#state = 'starting';
    if (signal?.aborted === true) this.close();
    signal?.addEventListener('abort', () => this.close(), { once: true });
    // What listeners of the events throw is theirs, not a rejection.
    this.#start(port, hostname).then(
      () => process.nextTick(() => this.#started()),
      (error: unknown) => process.nextTick(() => this.#failed(error)),
    );
    return this;
  }

  address(): { address: string; family: string; port: number } | null {
    if (this.#server === undefined) return null;
    const family = this.#hostname.includes(':') ? 'IPv6' : 'IPv4';
    return { address: this.#hostname, family, port: this.#server.port };
  }

  /** Stops listening, lets what is under way finish, and calls back. See `drain` of the options. */
  close(callback?: (error?: Error) => void): this {
    const server = this.#server;
    if (this.#state === 'starting') {
      this.once('listening', () => this.close(callback));
      return this;
    }
    if (server === undefined || this.#state !== 'listening') {
      if (callback !== undefined) process.nextTick(callback, new NotRunningError());
      return this;
    }
    this.#state = 'closing';
    if (callback !== undefined) this.once('close', callback);
    // As Node.js: no deadline, and nobody is kept waiting for the sake of idle connections.
    void server.close({ drainMs: Infinity, idleGraceMs: 0, ...this.#options.drain }).then(() => {
      this.#server = undefined;
      this.#state = 'new';
      process.nextTick(() => this.emit('close'));
    });
    return this;
  }

  closeIdleConnections(): void {
    this.sockets.closeIdle();
  }

  closeAllConnections(): void {
    if (this.#state === 'closing') this.#server?.destroy();
    this.sockets.destroyAll();
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, this.#server?.connections().length ?? 0);
    return this;
  }

  /** Sockets time out after so many milliseconds without anything read or written. Without a listener for `timeout` they are destroyed. */
  setTimeout(msecs = 0, callback?: (socket: unknown) => void): this {
    this.timeout = msecs;
    if (callback !== undefined) this.on('timeout', callback);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      this.close(() => resolve());
    });
  }

  /** Of {@link SocketOwner}. */
  timedOut(socket: ConnectionSocket): boolean {
    return this.emit('timeout', socket);
  }

  /** Of {@link SocketOwner}. */
  opened(socket: ConnectionSocket): void {
    this.emit('connection', socket);
  }

  /** Of {@link ListenerRunner}. */
  request(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const event = expectsContinue && this.listenerCount('checkContinue') > 0 ? 'checkContinue' : 'request';
    this.emit(event, request, response);
  }

  /** Of {@link ListenerRunner}. */
  upgrade(): UpgradeListener | undefined {
    if (this.listenerCount('upgrade') === 0) return undefined;
    return (request, socket, head) => void this.emit('upgrade', request, socket, head);
  }

  /** Of {@link ListenerRunner}. */
  onError(error: unknown, request: Request): void {
    (this.#options.serve?.onError ?? reportError)(error, request);
  }

  #listenerRejected(error: unknown, event: string | symbol, given: readonly unknown[]): void {
    const response = given[1];
    if (response instanceof AdaptedResponse && (event === 'request' || event === 'checkContinue')) {
      AdaptedExchange.listenerFailed(response, error);
    } else {
      process.nextTick(() => this.emit('error', error));
    }
  }

  async #start(port: number, hostname: string | undefined): Promise<void> {
    const options = { ...toServeOptions(this.#options, this), handler: runListener(this), port };
    if (hostname !== undefined) {
      this.#server = await serve({ ...options, hostname });
      this.#hostname = hostname;
      return;
    }
    // As Node.js: every address, of both families where the machine has both.
    this.#hostname = '::';
    this.#server = await serve({ ...options, hostname: '::' }).catch((error: unknown) => {
      if (!isWithoutIpv6(error)) throw error;
      this.#hostname = '0.0.0.0';
      return serve({ ...options, hostname: '0.0.0.0' });
    });
  }

  #started(): void {
    this.#state = 'listening';
    this.emit('listening');
  }

  #failed(error: unknown): void {
    this.#state = 'new';
    // What node:net would have said has the code and the address that callers look for.
    this.emit('error', error instanceof ListenError && error.cause !== undefined ? error.cause : error);
  }
}

function isWithoutIpv6(error: unknown): boolean {
  const code = error instanceof ListenError ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL' || code === 'EINVAL';
}
