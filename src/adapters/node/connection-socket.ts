// The `socket` of a listener's messages: who the client is, whether it is still there, and the means to hang up. The bytes of the
// connection stay the server's: nothing can be read here, and writing is what responses are for.
import { Duplex } from 'node:stream';
import { MisuseError } from '../../errors.ts';
import { systemClock } from '../../io/index.ts';
import type { ClockTimer } from '../../io/index.ts';
import type { ConnectionHandle } from '../../server/exchange/exchange-life.ts';
import type { ConnectionInfo } from '../../trace.ts';
import type { AdaptedResponse } from './adapted-response.ts';

/** An exchange as its socket sees it. */
export interface SocketExchange {
  readonly response: AdaptedResponse;
  /** Its turn on the connection has come. */
  assigned(): void;
  /** Gives the exchange up. */
  breakOff(): void;
  /** The client is gone: tells request and response. */
  lost(): void;
  /** Nothing happened for as long as somebody was ready to wait. Returns whether anybody cares. */
  timedOut(socket: ConnectionSocket): boolean;
}

/** What all sockets of one server have in common. */
export interface SocketOwner {
  /** What `socket.server` is. */
  readonly server: unknown;
  /** Inactivity after which a socket times out, in milliseconds; 0: never. */
  readonly timeout: number;
  readonly localPort: number | undefined;
  /** A socket timed out. Returns whether anybody cares. */
  timedOut(socket: ConnectionSocket): boolean;
  /** The first request came on a connection. */
  opened(socket: ConnectionSocket): void;
}

/** See the head of the file. */
export class ConnectionSocket extends Duplex {
  /** As on a socket of node:http: the response that is being written. Node.js asks for it when a response ends. */
  _httpMessage: AdaptedResponse | null = null;
  readonly server: unknown;
  readonly connecting: boolean = false;
  timeout: number | undefined = undefined;
  readonly #owner: SocketOwner | undefined;
  readonly #handle: ConnectionHandle;
  readonly #multiplexed: boolean;
  /** Those that are open, in the order of their requests. The first one is `_httpMessage`'s. */
  readonly #exchanges: SocketExchange[] = [];
  /** Those that ended without an answer, to be told in the turn of `close`. */
  readonly #lost: SocketExchange[] = [];
  #gone = false;
  #told = false;
  #timer: ClockTimer | undefined;
  #activeAtMs = 0;
  #known: ConnectionInfo | undefined;
  #remote: { address: string; port: number } | undefined;

  /** `multiplexed`: the connection has other sockets beside this one, so that its end is not this one's to bring about. */
  constructor(handle: ConnectionHandle, multiplexed: boolean, owner: SocketOwner | undefined) {
    super({ allowHalfOpen: true });
    this.#handle = handle;
    this.#multiplexed = multiplexed;
    this.#owner = owner;
    this.server = owner?.server;
    this.on('close', onClose);
    // Without a listener, destroying it with an error would end the process.
    this.on('error', onError);
    if (owner !== undefined && owner.timeout > 0) this.setTimeout(owner.timeout);
  }

  /** A request arrived. */
  static begin(socket: ConnectionSocket, exchange: SocketExchange): void {
    socket.#exchanges.push(exchange);
    socket.#touch();
    if (socket.#exchanges.length === 1) socket.#assign(exchange);
  }

  /** Its answer is out: the next one has its turn. */
  static detach(socket: ConnectionSocket, exchange: SocketExchange): void {
    const { response } = exchange;
    if (socket._httpMessage === response) {
      socket._httpMessage = null;
      (response as { socket: unknown }).socket = null;
    }
    const at = socket.#exchanges.indexOf(exchange);
    if (at === -1) return;
    socket.#exchanges.splice(at, 1);
    const next = socket.#exchanges[0];
    if (next !== undefined && socket._httpMessage === null) {
      socket.#assign(next);
      next.response.emit('socket', socket);
      next.assigned();
    }
  }

  /** It ended without an answer; whether the connection has ended is not known here, but nothing more is to be had from it. */
  static lose(socket: ConnectionSocket, exchange: SocketExchange): void {
    if (socket.#told) {
      process.nextTick(() => exchange.lost());
      return;
    }
    socket.#lost.push(exchange);
    socket.#end();
  }

  static tellLost(socket: ConnectionSocket): void {
    socket.#told = true;
    socket.#timer?.stop();
    for (const exchange of socket.#lost) exchange.lost();
  }

  /** Something was read or written. */
  static touch(socket: ConnectionSocket): void {
    socket.#touch();
  }

  /** Its connection has ended. */
  static closed(socket: ConnectionSocket): void {
    socket.#end();
  }

  get remoteAddress(): string | undefined {
    return this.#peer.address;
  }

  get remotePort(): number | undefined {
    return this.#peer.port;
  }

  get remoteFamily(): string {
    return this.#peer.address.includes(':') ? 'IPv6' : 'IPv4';
  }

  /** As on a TLS socket: true, or not there. */
  get encrypted(): true | undefined {
    return this.#tls === undefined ? undefined : true;
  }

  /** As on a TLS socket: false where the client did not ask. */
  get alpnProtocol(): string | false | undefined {
    return this.#tls === undefined ? undefined : (this.#tls.alpn ?? false);
  }

  /** As on a TLS socket: the name that the client asked for. */
  get servername(): string | undefined {
    return this.#tls?.servername;
  }

  /** As on a TLS socket, e.g. `TLSv1.3`; null without TLS. */
  getProtocol(): string | null {
    return this.#tls?.version ?? null;
  }

  get localPort(): number | undefined {
    return this.#owner?.localPort;
  }

  get pending(): boolean {
    return false;
  }

  get readyState(): string {
    return this.destroyed ? 'closed' : 'open';
  }

  /** Emits `timeout` after so long without anything read or written; 0 switches it off. What happens then is up to whoever listens. */
  setTimeout(msecs: number, callback?: () => void): this {
    this.timeout = msecs;
    if (callback !== undefined) {
      if (msecs === 0) this.off('timeout', callback);
      else this.once('timeout', callback);
    }
    this.#timer?.stop();
    this.#timer = undefined;
    if (msecs > 0 && !this.destroyed) this.#startTimer(msecs);
    return this;
  }

  /** Small answers are never held back. */
  setNoDelay(): this {
    return this;
  }

  /** Connections are watched by deadlines of the server instead of probes of the kernel. */
  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    this.destroy();
  }

  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, callback: (error: Error) => void): void {
    callback(new MisuseError('the socket of a request cannot be written to: use the response, or the upgrade event'));
  }

  override _final(callback: () => void): void {
    callback();
    this.destroy();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#gone) {
      this.#gone = true;
      const [open] = this.#exchanges;
      if (open !== undefined) open.breakOff();
      else if (!this.#multiplexed) this.#handle.destroy('aborted');
    }
    callback(error);
  }

  /** What does not change while it lives: asked for once, and it may be after the end. */
  get #facts(): ConnectionInfo {
    this.#known ??= this.#handle.info();
    return this.#known;
  }

  get #tls(): ConnectionInfo['tls'] {
    return this.#facts.tls;
  }

  get #peer(): { address: string; port: number } {
    if (this.#remote === undefined) {
      const { remote } = this.#facts;
      const colon = remote.lastIndexOf(':');
      this.#remote = { address: remote.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(remote.slice(colon + 1)) };
    }
    return this.#remote;
  }

  #assign(exchange: SocketExchange): void {
    this._httpMessage = exchange.response;
    (exchange.response as { socket: unknown }).socket = this;
  }

  /** The connection has ended, or is as good as ended, and not by our doing. */
  #end(): void {
    this.#gone = true;
    this.destroy();
  }

  #touch(): void {
    if (this.#timer !== undefined) this.#activeAtMs = systemClock.nowMs();
    // It fired before, and somebody was content with that.
    else if (this.timeout !== undefined && this.timeout > 0 && !this.destroyed) this.#startTimer(this.timeout);
  }

  #startTimer(delayMs: number): void {
    this.#activeAtMs = systemClock.nowMs();
    this.#timer = systemClock.startTimer(delayMs, () => this.#timerFired());
  }

  #timerFired(): void {
    const timeoutMs = this.timeout ?? 0;
    const leftMs = this.#activeAtMs + timeoutMs - systemClock.nowMs();
    if (leftMs > 0) {
      this.#timer = systemClock.startTimer(leftMs, () => this.#timerFired());
      return;
    }
    this.#timer = undefined;
    // All of them are told; a listener on the socket itself does not count, as it does not for Node.js.
    const byMessages = this.#exchanges[0]?.timedOut(this) === true;
    const byServer = this.#owner?.timedOut(this) === true;
    this.emit('timeout');
    if (!byMessages && !byServer) this.destroy();
  }
}

function onClose(this: ConnectionSocket): void {
  ConnectionSocket.tellLost(this);
}

function onError(): void {}
