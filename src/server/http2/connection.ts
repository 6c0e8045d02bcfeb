// One connection of HTTP/2: its session, its streams, its deadlines, its end (RFC 9113 §3.4, §5.1, §6.8).
import type { Duplex } from 'node:stream';
import type { CloseReason } from '../../http/close-reason.ts';
import type { ConnectionInfo, ConnectionState } from '../../trace.ts';
import { ConnectionDeadline } from '../connection-deadline.ts';
import type { DeadlineFacts } from '../connection-deadline.ts';
import type { ResolvedHttp2Options } from '../options/http2.ts';
import type { ConnectionOrigin } from '../protocol-switch.ts';
import type { ServedConnection } from '../served-connection.ts';
import type { ServerCore } from '../server-core.ts';
import { Http2Exchange } from './exchange.ts';
import type { Http2ExchangeOwner } from './exchange-owner.ts';
import { END_STREAM, LAST_STREAM_ID, NO_ERROR, openSession } from './session.ts';
import type { ServerHttp2Session, ServerHttp2Stream } from './session.ts';
import type { StreamDeadlines } from './stream-deadlines.ts';

/** What all connections of HTTP/2 of one server share. */
export interface Http2Server {
  readonly core: ServerCore;
  readonly deadlines: StreamDeadlines;
  readonly options: ResolvedHttp2Options;
}

/** See the head of the file. */
export class Http2Connection implements ServedConnection, Http2ExchangeOwner, DeadlineFacts {
  readonly id: number;
  readonly core: ServerCore;
  readonly deadlines: StreamDeadlines;
  readonly openedAtMs: number;
  readonly #transport: { readonly remote: string };
  readonly #socket: Duplex;
  readonly #session: ServerHttp2Session;
  readonly #deadline: ConnectionDeadline;
  #state: ConnectionState = 'opened';
  /** Requests that began here, and how many of them are not over. */
  #requests = 0;
  #open = 0;
  #idleAtMs = 0;
  /** How far the farewell is: `announced` (GOAWAY that refuses nothing), then `final` (GOAWAY with the true last stream). */
  #farewell: 'none' | 'announced' | 'final' = 'none';
  #closeReason: CloseReason | undefined = undefined;
  #failure: Error | undefined = undefined;

  constructor(
    { core, deadlines, options }: Http2Server,
    { id, openedAtMs }: ConnectionOrigin,
    transport: { readonly remote: string },
    socket: Duplex,
  ) {
    this.id = id;
    this.core = core;
    this.deadlines = deadlines;
    this.openedAtMs = openedAtMs;
    this.#transport = transport;
    this.#socket = socket;
    this.#deadline = new ConnectionDeadline(core, this);
    const session = openSession(socket, options, core.options.limits);
    this.#session = session;
    session.on('stream', (stream: ServerHttp2Stream, _headers: unknown, flags: number, list: string[]) =>
      this.#onStream(stream, flags, list),
    );
    session.on('error', (error) => {
      this.#failure = error;
    });
    session.on('close', () => this.#onClosed());
    // A client that sent FIN asks for nothing more; what it has asked for is answered.
    socket.on('end', () => this.#onPeerEnded());
    this.#deadline.enter('silent', core.clock.nowMs(), this);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get idleAtMs(): number {
    return this.#idleAtMs;
  }

  /** HTTP/2 advertises no idle time, and GOAWAY lets it end without a race. */
  get promisedUntilMs(): number {
    return 0;
  }

  get persistent(): boolean {
    return this.#farewell === 'none';
  }

  get headReceivedBytes(): number {
    return 0;
  }

  get bodyReceivedBytes(): number {
    return 0;
  }

  get takenBytes(): number {
    return 0;
  }

  info(): ConnectionInfo {
    const nowMs = this.core.clock.nowMs();
    return {
      id: this.id,
      state: this.#state,
      protocol: 'h2',
      requests: this.#requests,
      ageMs: nowMs - this.openedAtMs,
      idleMs: this.#state === 'idle' ? nowMs - this.#idleAtMs : 0,
      remote: this.#transport.remote,
    };
  }

  announceDraining(): void {
    this.closeGracefully('draining');
  }

  closeIdle(reason: CloseReason): boolean {
    if (this.#open > 0 || this.#state === 'closed') return false;
    this.closeGracefully(reason);
    return true;
  }

  /**
   * Ends it without losing a request (RFC 9113 §6.8): a GOAWAY that refuses nothing, a round trip for the requests that are on their
   * way, then a GOAWAY with the true last stream; when the answers are out, the end.
   */
  closeGracefully(reason: CloseReason): void {
    if (this.#farewell !== 'none' || this.#state === 'closed') return;
    this.#closeReason ??= reason;
    this.#farewell = 'announced';
    if (this.#open === 0) this.#state = 'draining';
    if (this.#session.closed || this.#session.destroyed) return;
    this.#session.goaway(NO_ERROR, LAST_STREAM_ID);
    this.#session.ping(() => this.#sayGoodbye());
    // Whoever does not acknowledge the PING is not waited for longer.
    if (this.#open === 0) this.#deadline.enter('linger', this.core.clock.nowMs(), this);
  }

  #sayGoodbye(): void {
    if (this.#farewell === 'final') return;
    this.#farewell = 'final';
    this.#session.close();
    if (this.#open === 0) this.#linger();
  }

  /** The client is to end its side; until then it can read what was sent to it. */
  #linger(): void {
    if (this.#state === 'closed') return;
    this.#state = 'draining';
    this.#deadline.phase = undefined;
    this.#deadline.enter('linger', this.core.clock.nowMs(), this);
  }

  destroy(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#closeReason ??= reason;
    this.#session.destroy();
    this.#socket.destroy();
  }

  onDeadline(): void {
    switch (this.#deadline.phase) {
      case 'silent':
        this.closeGracefully('headTimeout');
        break;
      case 'idle':
        this.closeGracefully('idleTimeout');
        break;
      default:
        if (this.#farewell === 'announced') this.#sayGoodbye();
        else this.#socket.destroy();
    }
  }

  #onStream(stream: ServerHttp2Stream, flags: number, list: readonly string[]): void {
    if (stream.destroyed) return;
    this.#requests += 1;
    this.#open += 1;
    this.#state = 'active';
    this.#deadline.enter(undefined, 0, this);
    new Http2Exchange(this, stream, this.#requests, (flags & END_STREAM) === 0).begin(list);
  }

  exchangeEnded(): void {
    this.#open -= 1;
    if (this.#open > 0 || this.#state === 'closed') return;
    if (this.#farewell === 'final') {
      this.#linger();
      return;
    }
    const nowMs = this.core.clock.nowMs();
    if (this.#farewell === 'announced') {
      this.#state = 'draining';
      this.#deadline.phase = undefined;
      this.#deadline.enter('linger', nowMs, this);
      return;
    }
    this.#state = 'idle';
    this.#idleAtMs = nowMs;
    this.#deadline.phase = undefined;
    this.#deadline.enter('idle', nowMs, this);
    if (this.core.draining) this.core.onIdle(this);
  }

  /** Where not even the reset that follows leaves by the end of the turn, nothing is read any more. */
  exchangeStalled(): void {
    this.core.clock.endOfTurn(() => {
      if (!this.#session.destroyed && (this.#session.state.outboundQueueSize ?? 0) > 0) this.destroy('writeTimeout');
    });
  }

  #onPeerEnded(): void {
    this.#closeReason ??= 'peerClosed';
    this.#sayGoodbye();
  }

  #onClosed(): void {
    this.#state = 'closed';
    this.#deadline.clear();
    this.core.connections.delete(this);
    this.core.onClosed(this, this.#closeReason ?? closeReasonOf(this.#failure));
  }
}

function closeReasonOf(failure: Error | undefined): CloseReason {
  if (failure === undefined) return 'peerClosed';
  const { code } = failure as { code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_HTTP2') ? 'protocolError' : 'peerReset';
}
