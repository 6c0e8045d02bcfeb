// One connection of HTTP/2: its session, its streams, its deadlines, its end (RFC 9113 §3.4, §5.1, §6.8).
import type { Duplex } from 'node:stream';
import type { CloseReason } from '../../http/close-reason.ts';
import type { ConnectionInfo, ConnectionState } from '../../trace.ts';
import { ConnectionDeadline } from '../connection/connection-deadline.ts';
import type { DeadlineFacts } from '../connection/connection-deadline.ts';
import { decidePolicyClose } from '../connection/keep-alive-policy.ts';
import type { ResolvedHttp2Options } from '../options/http2.ts';
import type { ConnectionOrigin, ConnectionProvenance } from '../connection/protocol-switch.ts';
import type { ServedConnection } from '../connection/served-connection.ts';
import type { ServerCore } from '../server-core.ts';
import { Http2Exchange } from './exchange.ts';
import type { Http2ExchangeOwner } from './exchange-owner.ts';
import { FloodGuard } from './flood-guard.ts';
import { decideStream } from './goaway-steps.ts';
import { GracefulEnd } from './graceful-end.ts';
import { END_STREAM, NO_ERROR, REFUSED_STREAM, openSession } from './session.ts';
import type { ServerHttp2Session, ServerHttp2Stream } from './session.ts';
import { ClientHeartbeat } from './client-heartbeat.ts';
import type { ClientHeartbeats, HeartbeatOwner } from './client-heartbeat.ts';
import type { StreamDeadlines } from './stream-deadlines.ts';
import { decideStreamEnd } from './stream-end.ts';
import type { StreamEnd } from './stream-end.ts';

/** What all connections of HTTP/2 of one server share. */
export interface Http2Server {
  readonly core: ServerCore;
  readonly deadlines: StreamDeadlines;
  readonly options: ResolvedHttp2Options;
  /** Undefined where clients are not asked whether they live. */
  readonly heartbeats: ClientHeartbeats | undefined;
}

/** See the head of the file. */
export class Http2Connection implements ServedConnection, Http2ExchangeOwner, DeadlineFacts, HeartbeatOwner {
  readonly id: number;
  readonly core: ServerCore;
  readonly deadlines: StreamDeadlines;
  readonly openedAtMs: number;
  readonly #transport: { readonly remote: string };
  readonly #provenance: ConnectionProvenance;
  readonly #socket: Duplex;
  readonly #session: ServerHttp2Session;
  readonly #deadline: ConnectionDeadline;
  #state: ConnectionState = 'opened';
  /** Requests that began here, and how many of them are not over. */
  #requests = 0;
  #open = 0;
  #idleAtMs = 0;
  readonly #end: GracefulEnd;
  readonly #guard: FloodGuard;
  #closeReason: CloseReason | undefined = undefined;
  #failure: Error | undefined = undefined;
  destroyedFor: CloseReason | undefined = undefined;
  readonly #heartbeat: ClientHeartbeat | undefined;

  constructor(
    { core, deadlines, options, heartbeats }: Http2Server,
    { id, openedAtMs, provenance }: ConnectionOrigin,
    transport: { readonly remote: string },
    socket: Duplex,
  ) {
    this.id = id;
    this.core = core;
    this.deadlines = deadlines;
    this.openedAtMs = openedAtMs;
    this.#transport = transport;
    this.#provenance = provenance;
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
    this.#end = new GracefulEnd(
      session,
      socket,
      core.clock,
      () => this.#onLastStream(),
      () => this.#onStuck(),
    );
    this.#guard = new FloodGuard(session, options.floods, core.clock, () => this.#onFlood());
    this.#heartbeat = heartbeats && new ClientHeartbeat(heartbeats, session, socket, this);
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

  get remote(): string {
    return this.#transport.remote;
  }

  get persistent(): boolean {
    return this.#end.reason === undefined && this.#closeReason === undefined;
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
    const liveness = this.#heartbeat?.liveness;
    return {
      id: this.id,
      state: this.#state,
      protocol: 'h2',
      requests: this.#requests,
      ageMs: nowMs - this.openedAtMs,
      idleMs: this.#state === 'idle' ? nowMs - this.#idleAtMs : 0,
      remote: this.#transport.remote,
      ...this.#provenance,
      ...(liveness === undefined ? {} : { liveness }),
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

  /** Ends it without losing a request: see goaway-steps.ts. When the answers are out, the end. */
  closeGracefully(reason: CloseReason): void {
    if (!this.persistent || this.#state === 'closed') return;
    this.#closeReason = reason;
    if (this.#open === 0) {
      this.#state = 'draining';
      this.#deadline.enter(undefined, 0, this);
    }
    if (this.#session.closed || this.#session.destroyed) this.#onLastStream();
    else this.#end.begin(reason);
  }

  /** What is open now is all that will be. */
  #onLastStream(): void {
    if (this.#open === 0) this.#linger();
  }

  /** In this order the session learns nothing of writes that are cancelled with the socket. */
  #onStuck(): void {
    this.#socket.destroy();
    this.#session.destroy();
  }

  /** The session is destroyed at the end of this turn, and its streams with it. */
  #onFlood(): void {
    this.#closeReason = 'protocolError';
    this.#linger();
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
    this.destroyedFor = reason;
    this.#session.destroy();
    this.#socket.destroy();
  }

  heartbeatLost(): void {
    this.destroy('heartbeatLost');
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
        this.#socket.destroy();
    }
  }

  #onStream(stream: ServerHttp2Stream, flags: number, list: readonly string[]): void {
    // Also of a stream that broke before it was told of: an error without a listener would end the process. Its end tells it, too.
    stream.on('error', ignore);
    if (this.#guard.isOver) return;
    if (stream.closed || stream.destroyed) {
      // Taken back in the same breath; no handler need be asked.
      this.#guard.streamEnded(decideStreamEnd({ finished: false, brokenOff: false, code: stream.rstCode ?? NO_ERROR }));
      return;
    }
    const { options, draining, isPressureHigh } = this.core;
    const answerNumber = this.#requests + 1;
    if (decideStream(this.#end.step, answerNumber, options.keepAlive ? options.maxKeepAliveRequests : 1) === 'refuse') {
      stream.close(REFUSED_STREAM);
      return;
    }
    this.#requests = answerNumber;
    this.#open += 1;
    if (this.#open === 1) this.#heartbeat?.watch();
    else this.#heartbeat?.received();
    this.#state = 'active';
    this.#deadline.enter(undefined, 0, this);
    const ageMs = options.maxAgeMs === Infinity ? 0 : this.core.clock.nowMs() - this.openedAtMs;
    const closeReason = decidePolicyClose(options, { draining, isPressureHigh, answerNumber, ageMs, lastAsked: false });
    if (closeReason !== undefined) this.closeGracefully(closeReason);
    new Http2Exchange(this, stream, this.#requests, (flags & END_STREAM) === 0).begin(list);
  }

  exchangeEnded(end: StreamEnd): void {
    this.#open -= 1;
    this.#guard.streamEnded(end);
    if (this.#open === 0) this.#heartbeat?.rest();
    if (this.#open > 0 || this.#state !== 'active') return;
    if (this.#end.step === 'last') {
      this.#linger();
    } else if (this.persistent) {
      const nowMs = this.core.clock.nowMs();
      this.#state = 'idle';
      this.#idleAtMs = nowMs;
      this.#deadline.phase = undefined;
      this.#deadline.enter('idle', nowMs, this);
      if (this.core.draining) this.core.onIdle(this);
    } else {
      // The acknowledgement of the notice is on its way, or a request that crossed it.
      this.#state = 'draining';
    }
  }

  /** Where not even the reset that follows leaves by the end of the turn, nothing is read any more. */
  exchangeStalled(): void {
    this.core.clock.endOfTurn(() => {
      if (!this.#session.destroyed && (this.#session.state.outboundQueueSize ?? 0) > 0) this.destroy('writeTimeout');
    });
  }

  /**
   * A client that sent FIN asks for nothing more; what it has asked for is answered. Not for long: nearly always it is gone, and nobody
   * says so any more, because node:http2 keeps it to itself when a write fails. Others (nginx, Go) end the connection at once.
   */
  #onPeerEnded(): void {
    this.#closeReason ??= 'peerClosed';
    // It can acknowledge nothing any more.
    this.#heartbeat?.rest();
    this.#session.close();
    this.#linger();
  }

  watchClose(onClosed: () => void): void {
    this.#socket.once('close', onClosed);
  }

  #onClosed(): void {
    this.#state = 'closed';
    this.#deadline.clear();
    this.#heartbeat?.rest();
    this.#end.stop();
    this.core.connections.delete(this);
    this.core.onClosed(this, this.#closeReason ?? closeReasonOf(this.#failure));
  }
}

function ignore(): void {}

function closeReasonOf(failure: Error | undefined): CloseReason {
  if (failure === undefined) return 'peerClosed';
  const { code } = failure as { code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_HTTP2') ? 'protocolError' : 'peerReset';
}
