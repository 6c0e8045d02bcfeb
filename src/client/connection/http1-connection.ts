// One HTTP/1.x connection of a session: its transport, its wire, the requests in flight on it, and why it ends.
// It decides nothing about trust or re-sending: idle-policy.ts and retry.ts do.
import type { CloseReason } from '../../http/close-reason.ts';
import type { KeepAliveHint } from '../../http/keep-alive-field.ts';
import type { OpenedConnection, Transport, TransportSink } from '../../io/index.ts';
import type { ClientConnectionInfo, ConnectionState } from '../../trace.ts';
import { ProtocolError, type ResponseHead } from '../../wire/index.ts';
import { ConnectionEnding } from './connection-ending.ts';
import { ConnectionTimer } from './connection-timer.ts';
import type { ExchangeConnection, ExchangeOrigin, ExchangeRequest } from '../exchange-parties.ts';
import { ConnectionHeartbeat } from '../heartbeat/connection-heartbeat.ts';
import type { OriginHeartbeat } from '../heartbeat/origin-heartbeat.ts';
import { IdleReference } from './idle-reference.ts';
import type { ReuseDecision } from '../policy/idle-policy.ts';
import { IdleTrust } from './idle-trust.ts';
import { RequestSender } from './request-sender.ts';
import type { ResponseBody } from '../response/response-body.ts';
import { ResponseReader, type ResponseReaderOwner } from './response-reader.ts';
import type { ConnectionPhase, SessionCore, TimerOwner } from '../session-core.ts';
import type { UploadOwner } from './upload.ts';

/** See the head of the file. */
export class Http1Connection
  implements ExchangeConnection, TransportSink, ResponseReaderOwner, UploadOwner, TimerOwner
{
  readonly id: number;
  readonly origin: ExchangeOrigin;
  readonly address: string;
  readonly heartbeat: ConnectionHeartbeat | undefined;
  idledMs = 0;
  sentAtMs = 0;
  readonly #core: SessionCore;
  readonly #transport: Transport;
  readonly #sender: RequestSender;
  readonly #reader: ResponseReader;
  readonly #trust: IdleTrust;
  readonly #timer: ConnectionTimer;
  readonly #reference: IdleReference;
  readonly #ending: ConnectionEnding;
  /** Whether a request is about to be sent. */
  #isReserved = false;
  #minorVersion = 1;
  #retiring: CloseReason | undefined;

  constructor(core: SessionCore, origin: ExchangeOrigin, opened: OpenedConnection, heartbeat?: OriginHeartbeat) {
    this.id = core.nextConnectionId();
    this.origin = origin;
    this.address = opened.address;
    this.#core = core;
    this.#transport = opened.transport;
    this.#sender = new RequestSender(this, opened.transport, core.options.pipelining > 1);
    this.#reader = new ResponseReader(this, core.configuration, this.#sender.output, core.options.limits.drainBytes);
    this.#trust = new IdleTrust(core, origin);
    this.#timer = new ConnectionTimer(core, this);
    this.#reference = new IdleReference(core.idleReferences, opened.transport);
    if (heartbeat !== undefined) {
      this.heartbeat = new ConnectionHeartbeat(heartbeat, this, this.#timer, this.#trust);
    }
    this.#ending = new ConnectionEnding({
      core,
      origin,
      connection: this,
      transport: opened.transport,
      sender: this.#sender,
      reader: this.#reader,
      timer: this.#timer,
      trust: this.#trust,
      heartbeat: this.heartbeat,
    });
    opened.transport.attach(this);
  }

  get requests(): number {
    return this.#trust.requests;
  }

  get #isSignalling(): boolean {
    return this.heartbeat !== undefined && this.heartbeat.isAwaiting;
  }

  get state(): ConnectionState {
    if (!this.#ending.isOpen) return 'closed';
    if (this.#retiring !== undefined) return 'draining';
    if (!this.isIdle && !this.#isSignalling) return 'active';
    return this.#trust.callersRequests === 0 ? 'opened' : 'idle';
  }

  /** Whether no exchange is under way and none is about to begin. */
  get isIdle(): boolean {
    return this.#ending.isOpen && this.#sender.inFlight === 0 && !this.#isReserved;
  }

  get inFlight(): number {
    return this.#sender.inFlight;
  }

  get isHeldUnread(): boolean {
    return this.#reader.paused;
  }

  get hint(): KeepAliveHint | undefined {
    return this.#trust.hint;
  }

  info(): ClientConnectionInfo {
    const nowMs = this.#core.clock.nowMs();
    return {
      id: this.id,
      origin: this.origin.parts.origin,
      proxy: this.origin.proxy,
      state: this.state,
      protocol: this.#minorVersion === 0 ? 'http/1.0' : 'http/1.1',
      requests: this.#trust.callersRequests,
      ageMs: nowMs - this.#trust.openedAtMs,
      idleMs: this.isIdle || this.#isSignalling ? this.#trust.idleMsAt(nowMs) : 0,
      remote: this.#transport.remote,
      ...(this.heartbeat !== undefined && { heartbeat: this.heartbeat.info(nowMs) }),
    };
  }

  decideReuse(repeatable: boolean): ReuseDecision {
    return this.#trust.decideReuse(repeatable);
  }

  get takesPipelined(): boolean {
    if (!this.#ending.isOpen || this.#retiring !== undefined || this.#minorVersion === 0) return false;
    if (this.#isSignalling) return false;
    if (this.#reader.wire.persistence !== 'persistent' || !this.#trust.allowsBehind(this.inFlight)) return false;
    return this.#sender.takesPipelined(this.#core.options.pipelining, this.requests);
  }

  /** The request whose response has not begun. */
  get #awaiting(): ExchangeRequest | undefined {
    return this.#ending.isOpen && !this.#reader.hasBody ? this.#sender.first : undefined;
  }

  reserve(): void {
    this.#timer.clear();
    this.#isReserved = true;
  }

  release(): boolean {
    this.#isReserved = false;
    // A socket tells of its end later in the turn than of what broke it.
    return this.#ending.isOpen && this.#transport.failure === undefined;
  }

  /** Sends the request. The connection is idle or takes pipelined requests. */
  send(request: ExchangeRequest): void {
    const { stats, trace } = this.#core;
    this.#reference.becameActive();
    this.#transmit(request);
    if (this.#trust.callersRequests === 1) return;
    stats.reused += 1;
    // Behind all else: whoever is told may give the request up, or the session.
    trace?.({ type: 'reused', connection: this.info(), idleMs: this.idledMs, inFlight: this.inFlight });
  }

  /** It does not keep the process alive: what nobody waits for is not waited for. */
  signal(): void {
    if (this.heartbeat === undefined) return;
    this.#transmit(this.heartbeat.begin());
    this.heartbeat.await();
  }

  #transmit(request: ExchangeRequest): void {
    const { clock } = this.#core;
    const nowMs = clock.nowMs();
    const isAlone = this.#sender.inFlight === 0;
    this.idledMs = isAlone ? this.#trust.idleMsAt(nowMs) : 0;
    this.#trust.requests += 1;
    if (isAlone) {
      this.#reader.expectResponse();
      this.sentAtMs = nowMs;
    }
    request.onSent(this);
    this.#sender.send(request, this.#reader.wire, request.holdBackOn(this), clock);
    if (this.#sender.isUploading) this.#timer.body(request);
    else if (this.#sender.output.isHolding) this.#timer.held(this.origin.roundTripMs);
    else if (isAlone) this.#timer.head(request, nowMs, request.hedgeDelayMs(this));
  }

  retire(reason: CloseReason): void {
    this.#retiring ??= reason;
    if (this.isIdle || this.#isSignalling) this.#ending.close(reason);
  }

  /** The caller gave the request up. Those in flight before it still get their answers. */
  abandon(request: ExchangeRequest): void {
    if (this.#sender.first === request) this.destroy('aborted');
    else this.retire('aborted');
  }

  /** Ends at once. What is in flight fails with `error`, or, where none is given, is lost and perhaps sent again. */
  destroy(reason: CloseReason, error?: Error): void {
    if (error !== undefined) this.#sender.failAll(error);
    this.#ending.lose(reason, 'reset', error);
  }

  onTransportData(bytes: Buffer): void {
    if (!this.#ending.isOpen) return;
    if (this.#sender.inFlight === 0) {
      this.#ending.loseIdle('unsolicitedBytes', bytes);
      return;
    }
    if (this.#sender.isUnsent) return this.#ending.lose('unsolicitedBytes', 'reset');
    this.#reader.receive(bytes);
    if (this.#ending.isOpen) this.#afterReading();
  }

  onTransportEnd(): void {
    if (!this.#ending.isOpen) {
      this.#transport.destroy();
    } else if (this.#sender.inFlight === 0) {
      this.#ending.loseIdle('peerClosed');
    } else {
      this.#reader.wire.receiveEnd();
      // While reading is paused, what came before the end still waits in the wire. The end is not told again.
      if (this.#reader.paused) return this.retire('peerClosed');
      this.#ending.lose(
        this.#sender.inFlight === 0 ? (this.#reader.wire.closeReason ?? 'peerClosed') : 'peerClosed',
        'fin',
      );
    }
  }

  onTransportDrain(): void {
    this.#sender.drained();
  }

  onTransportClosed(error: Error | undefined): void {
    this.#core.transportClosed();
    this.#timer.clear();
    if (!this.#ending.isOpen) return;
    const reason = error === undefined ? 'peerClosed' : 'peerReset';
    if (this.#sender.inFlight === 0) return this.#ending.loseIdle(reason);
    const isWrite = error !== undefined && 'syscall' in error && error.syscall === 'write';
    this.#ending.lose(reason, isWrite ? 'writeFailed' : 'reset', error);
  }

  acceptsHead(head: ResponseHead): boolean {
    const request = this.#sender.first;
    if (!this.#ending.isOpen || request === undefined) return false;
    this.#minorVersion = head.minorVersion;
    if (head.status === 101) this.onProtocolError(new ProtocolError('unaskedUpgrade'));
    if (head.status !== 408) return head.status !== 101;
    const saysClose = head.fields.close;
    const circumstances = this.#ending.circumstances('requestTimeout', undefined, saysClose);
    if (!request.resendsAfter408(this.#sender.recordLoss(circumstances, 0))) return true;
    this.#ending.lose('peerSentClose', 'requestTimeout', undefined, saysClose);
    return false;
  }

  onHead(head: ResponseHead, body: ResponseBody): void {
    this.#sender.answered(head.status);
    this.#trust.readHint(head.lines);
    this.#sender.first!.onHead(this, head, body);
  }

  onInterim(head: ResponseHead): void {
    if (head.status === 100) this.#sender.proceed();
    this.#sender.first?.onInterim(head);
  }

  onResponseEnd(): void {
    const { request, isComplete } = this.#sender.retire();
    request.onComplete();
    // A part of a request cannot be taken back, so nothing can follow it.
    if (!isComplete) this.#reader.wire.break('bodyNotConsumed');
    const next = this.#sender.first;
    if (next === undefined) return;
    if (next.settled) return this.#ending.lose('aborted', 'reset');
    // RFC 9112 §9.6: nothing behind an announced end is answered, so it is not waited for.
    if (this.#reader.wire.persistence !== 'persistent') return this.#ending.lose('peerSentClose', 'fin');
    this.sentAtMs = this.#core.clock.nowMs();
    this.#timer.head(next, this.sentAtMs, next.hedgeDelayMs(this));
  }

  onProtocolError(error: ProtocolError): void {
    if (error.fault === 'unexpectedEnd') this.#ending.lose('peerClosed', 'fin', error);
    else
      this.#ending.lose(
        error.fault === 'unsolicitedBytes' ? 'unsolicitedBytes' : 'protocolError',
        'protocolError',
        error,
      );
  }

  onReadingPaused(): void {
    this.#transport.pause();
    this.#timer.paused();
  }

  onReadingResumed(): void {
    this.#transport.resume();
  }

  onReadOn(): void {
    if (this.#ending.isOpen) this.#afterReading();
  }

  onBodyAbandoned(worthDraining: boolean): void {
    if (worthDraining) this.#timer.drain();
    else if (this.#isSignalling) this.retire(this.#reader.wire.closeReason ?? 'aborted');
    else this.#ending.lose('aborted', 'reset');
  }

  onUploadProgress(): void {
    const request = this.#awaiting;
    if (request !== undefined) this.#timer.body(request);
  }

  onUploadComplete(): void {
    const request = this.#awaiting;
    if (request === undefined) return;
    this.sentAtMs = this.#core.clock.nowMs();
    if (this.#sender.output.isHolding) this.#timer.held(this.origin.roundTripMs);
    else this.#timer.head(request, this.sentAtMs, request.hedgeDelayMs(this));
  }

  onUploadFailed(error: unknown): void {
    if (!this.#ending.isOpen) return;
    this.#sender.first?.fail(error);
    this.#ending.lose('aborted', 'reset', error);
  }

  /** A deadline of the class has passed. */
  onDue(phase: ConnectionPhase): void {
    const request = this.#sender.first;
    switch (phase) {
      case 'idle':
        return this.retire(this.#trust.because === 'serverHint' ? 'hintExpired' : 'idleTimeout');
      case 'heartbeat':
        return this.heartbeat?.onDue();
      case 'acknowledgement':
        if (this.heartbeat?.missed() === true) this.#ending.lose('heartbeatLost', 'timeout');
        return;
      case 'held':
        return this.#timer.heldIsDue();
      case 'suspect':
        if (request === undefined) return;
        this.#timer.head(request, this.sentAtMs, Infinity);
        return request.hedge(this);
      case 'headers':
        return this.#ending.lose('headTimeout', 'timeout');
      case 'body':
        return this.#ending.lose('bodyTimeout', 'timeout');
      case 'paused':
        // Told, not punished: it may be a slow consumer.
        return request?.onLeaked(this);
      case 'drain':
        return this.#ending.lose('aborted', 'reset');
      case 'closing':
        return this.#transport.destroy();
    }
  }

  /** A stale connection would have shown by now: the request is completed. */
  onHeld(): void {
    const request = this.#sender.first;
    if (!this.#sender.output.release() || request === undefined) return;
    this.#timer.head(request, this.#core.clock.nowMs(), request.hedgeDelayMs(this));
  }

  /** What was read has been dealt with, outside of the callbacks of the wire. */
  #afterReading(): void {
    const request = this.#sender.first;
    if (request === undefined) return this.becomeFree();
    if (this.#reader.overdrawn) return this.#ending.lose('aborted', 'reset');
    if (this.#reader.hasBody && !this.#reader.paused && !this.#reader.draining) {
      this.#timer.body(request);
    }
    this.origin.onPipelineRoom(this);
  }

  becomeFree(): void {
    const nowMs = this.#core.clock.nowMs();
    this.#trust.becameIdle(nowMs);
    this.stayIdle(nowMs);
  }

  /** For the next request, for the rest of the time that it may be idle, or to its end. */
  stayIdle(nowMs: number = this.#core.clock.nowMs()): void {
    const { wire } = this.#reader;
    if (wire.persistence !== 'persistent') return this.#ending.close(wire.closeReason ?? 'peerSentClose');
    const useless = this.#retiring ?? this.#trust.decideUseless(nowMs);
    if (useless !== undefined) return this.#ending.close(useless);
    const { deadlineMs, because } = this.#trust;
    const remainingMs = deadlineMs - this.#trust.idleMsAt(nowMs);
    if (remainingMs <= 0) return this.#ending.close(because === 'serverHint' ? 'hintExpired' : 'idleTimeout');
    if (this.origin.onFree(this)) return;
    if (this.heartbeat === undefined) this.#timer.idle(nowMs, remainingMs);
    // A signal has ended: idle it was all the time.
    else if (this.heartbeat.wait(nowMs, remainingMs)) return;
    this.#reference.becameIdle();
    this.#core.trace?.({ type: 'idle', connection: this.info(), ...this.#trust.describeIdle(remainingMs) });
  }
}
