// One connection of the server: its transport, its deadlines, its end. What is said on it is the exchange loop's affair.
import type { Duplex } from 'node:stream';
import { AbortedError, MisuseError } from '../../errors.ts';
import type { CloseReason } from '../../http/close-reason.ts';
import type { Transport, TransportSink } from '../../io/index.ts';
import type { ConnectionInfo, ConnectionState } from '../../trace.ts';
import { ExchangeLoop } from '../exchange/exchange-loop.ts';
import type { ExchangeLoopOwner } from '../exchange/exchange-loop-owner.ts';
import { toExchangeRecord } from '../exchange/exchange-record.ts';
import { formatRequestTimeout } from '../exchange/builtin-answers.ts';
import { ConnectionDeadline, decidePhase } from './connection-deadline.ts';
import type { DeadlineFacts } from './connection-deadline.ts';
import { describeConnection } from './describe-connection.ts';
import { Gate } from './gate.ts';
import { PREFACE_FIRST_BYTE } from '../http2/preface.ts';
import { OutputBatch } from './output-batch.ts';
import type { ConnectionProvenance } from './protocol-switch.ts';
import type { ServedConnection } from './served-connection.ts';
import type { ServerCore } from '../server-core.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';

/** Bytes read and thrown away after our FIN, so that the peer can read our last answer; more is taken for abuse. */
const LINGER_BYTES = 1_048_576;

/** Of connections over TCP alone; one object for all of them. */
const PLAIN: ConnectionProvenance = {};

/** See the head of the file. */
export class ServerConnection implements ServedConnection, TransportSink, ExchangeLoopOwner, DeadlineFacts {
  readonly id: number;
  readonly #core: ServerCore;
  readonly transport: Transport;
  readonly provenance: ConnectionProvenance;
  /** Both are there only while something is said: an idle connection costs next to nothing. */
  #loop: ExchangeLoop | undefined = undefined;
  #batch: OutputBatch | undefined = undefined;
  readonly #deadline: ConnectionDeadline;
  readonly openedAtMs: number;
  #state: ConnectionState = 'opened';
  /** Requests that began here. */
  #requests = 0;
  #minorVersion = 1;
  /** Since when it is idle. */
  idleAtMs = 0;
  /** What was advertised to it when it became so. */
  #promisedMs = 0;
  idleTimeoutMs: number | undefined = undefined;
  readAtMs = 0;
  /** Bytes handed to the transport so far. */
  #writtenBytes = 0;
  /** Bytes read and thrown away after our FIN. */
  #lingeredBytes = 0;
  #closeReason: CloseReason | undefined = undefined;
  reading = false;
  #settlesSoon = false;
  #blocked = false;
  peerEnded = false;
  /** The exchange whose handler took the connection over: it has an owner of its own, and HTTP is done with it. */
  #upgraded: ServerExchange | undefined = undefined;
  /** The first bytes, while they may become the preface of HTTP/2. */
  #held: Buffer | undefined = undefined;
  #ready: Gate | undefined = undefined;
  /** Whoever asked to be told of the end. */
  #onClosed: (() => void) | undefined = undefined;

  constructor(core: ServerCore, transport: Transport, id: number, provenance: ConnectionProvenance = PLAIN) {
    this.id = id;
    this.#core = core;
    this.transport = transport;
    this.provenance = provenance;
    this.openedAtMs = core.clock.nowMs();
    this.#deadline = new ConnectionDeadline(core, this);
    transport.attach(this);
    this.#updateDeadline(this.openedAtMs);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  get ageMs(): number {
    return this.#core.clock.nowMs() - this.openedAtMs;
  }

  /** Until when this idle connection was promised to be kept; 0 where nothing was promised. */
  get promisedUntilMs(): number {
    // Without a timeout nothing is advertised, so nothing is promised.
    return this.#state === 'idle' && this.#promisedMs !== Infinity ? this.idleAtMs + this.#promisedMs : 0;
  }

  info(): ConnectionInfo {
    const idleAtMs = this.#state === 'idle' ? this.idleAtMs : undefined;
    return describeConnection(this, this.#minorVersion, this.#requests, idleAtMs, this.#core.clock.nowMs());
  }

  get producedBytes(): number {
    return this.#writtenBytes + (this.#batch?.bytes ?? 0);
  }

  get headSinceMs(): number | undefined {
    return this.#deadline.headSinceMs;
  }

  /** HTTP/1 can say it with the next answer only, which the keep-alive policy sees to. */
  announceDraining(): void {}

  /** Ends it in an orderly way, if it is doing nothing; for shedding and draining. */
  closeIdle(reason: CloseReason): boolean {
    if (this.#state !== 'idle' && this.#state !== 'opened') return false;
    if (this.#loop?.wire.headBegun === true || this.#held !== undefined) return false;
    this.#beginClose(reason);
    return true;
  }

  /** Ends it at once. */
  destroy(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#closeReason ??= reason;
    this.#loop?.abort(new AbortedError(`the connection was destroyed: ${reason}`));
    this.transport.destroy();
  }

  onTransportData(bytes: Buffer): void {
    if (this.#state === 'draining') {
      this.#lingeredBytes += bytes.length;
      if (this.#lingeredBytes > LINGER_BYTES) this.transport.destroy();
      return;
    }
    if (this.#core.options.timeouts.pauseMs !== Infinity) this.readAtMs = this.#core.clock.nowMs();
    let unread: Buffer | undefined = bytes;
    if (
      this.#requests === 0 &&
      this.#loop === undefined &&
      (bytes[0] === PREFACE_FIRST_BYTE || this.#held !== undefined)
    )
      unread = this.#readPreface(bytes);
    if (unread === undefined) return;
    this.#receive(unread);
    this.settle();
  }

  #receive(bytes: Buffer): void {
    this.#loop ??= new ExchangeLoop(this.#core, this);
    const { wire } = this.#loop;
    // What it keeps until it reads on is one read and no more.
    if (wire.paused) this.transport.pause();
    this.#beginBatch();
    wire.receive(bytes);
    this.reading = false;
  }

  /** What is for HTTP/1; undefined where the connection went over to HTTP/2, or still may. */
  #readPreface(bytes: Buffer): Buffer | undefined {
    const first = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    const taken = this.#core.http2?.takeOver(this, this.transport, first) ?? 'no';
    this.#held = taken === 'notYet' ? first : undefined;
    if (taken === 'no') return first;
    if (taken === 'yes') {
      this.#state = 'closed';
      this.#deadline.clear();
    }
    return undefined;
  }

  /** It did not become the preface, so it is the beginning of a request. */
  #releaseHeld(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#receive(held);
  }

  onTransportEnd(): void {
    this.peerEnded = true;
    if (this.#state === 'draining') return;
    this.#releaseHeld();
    this.#beginBatch();
    this.#loop?.receiveEnd();
    this.reading = false;
    this.settle();
  }

  #beginBatch(): void {
    this.reading = true;
    this.#core.tail.beginBatch();
  }

  onTransportDrain(): void {
    this.#blocked = false;
    this.#ready?.open();
    this.#ready = undefined;
    this.#loop?.onReady();
    // What waits for a handler goes on waiting: a drain says that the peer reads, not that the handler does.
    if (this.#loop?.wire.paused !== true) this.transport.resume();
    this.settle();
  }

  onTransportClosed(error: Error | undefined): void {
    this.#state = 'closed';
    this.#deadline.clear();
    const ended = error === undefined ? 'peerClosed' : 'peerReset';
    const reason = this.#closeReason ?? (this.#upgraded === undefined ? ended : 'upgraded');
    if (this.#upgraded !== undefined && this.#core.options.trace !== undefined) this.traceExchange(this.#upgraded);
    this.#loop?.wire.break(reason);
    this.#loop?.abort(new AbortedError('the client closed the connection', { cause: error }));
    this.#ready?.open();
    this.#core.connections.delete(this);
    this.#core.onClosed(this, reason);
    this.#onClosed?.();
  }

  watchClose(onClosed: () => void): void {
    this.#onClosed = onClosed;
  }

  /** A deadline of this connection is due. */
  onDeadline(): void {
    switch (this.#deadline.phase) {
      // Whoever never said a byte (a browser's preconnect) is told nothing; whoever began to ask is.
      case 'silent':
        this.#releaseHeld();
        if (this.#loop === undefined) this.#beginClose('headTimeout');
        else this.#giveUpReading('headTimeout');
        break;
      case 'head':
        if (!this.#deadline.extendReading('head', this.#core.clock.nowMs(), this)) this.#giveUpReading('headTimeout');
        break;
      case 'body':
        if (!this.#deadline.extendReading('body', this.#core.clock.nowMs(), this))
          this.#giveUpReading(this.bodyReceivedBytes > 0 ? 'slowBody' : 'bodyTimeout');
        break;
      case 'idle':
        if (this.#core.options.idleClose === '408') this.write(formatRequestTimeout(this.#core.date.text()));
        this.#beginClose('idleTimeout');
        break;
      case 'write':
        if (!this.#deadline.hasProgressed(this)) {
          this.destroy('writeTimeout');
          break;
        }
        this.#deadline.phase = undefined;
        this.#updateDeadline(this.#core.clock.nowMs());
        break;
      default:
        this.#lingerOn();
    }
  }

  write(data: string | Uint8Array): void {
    this.#batch ??= new OutputBatch();
    this.#batch.write(data);
    // Answers to what was read at once are held back for one write, but not all of them for a peer that may not read: it is only
    // the transport that can say so.
    if (this.#batch.full) this.#flush();
  }

  exchangeBegun(minorVersion: number): number {
    this.#state = 'active';
    this.#deadline.phase = undefined;
    this.#minorVersion = minorVersion;
    this.#requests += 1;
    this.idleTimeoutMs = undefined;
    return this.#requests;
  }

  /** Something happened: write what there is, then see whether the connection goes on and until when it may stay as it is. */
  settle(): void {
    if (this.reading || this.#state === 'closed' || this.#upgraded !== undefined) return;
    this.#flush();
    if (this.#state === 'draining') return;
    const loop = this.#loop;
    const nowMs = this.#core.clock.nowMs();
    if (loop?.wire.persistence === 'closed') {
      this.#beginClose(loop.wire.closeReason ?? 'protocolError');
      return;
    }
    if (loop === undefined || loop.empty) {
      if (this.peerEnded) {
        this.#beginClose('peerClosed');
        return;
      }
      // Not while the peer still takes its answer: what was promised to it begins when it has it.
      if (this.#state === 'active' && !this.#blocked) {
        this.#state = 'idle';
        this.idleAtMs = nowMs;
        this.#promisedMs = this.idleTimeoutMs ?? this.#core.advertisedMs;
        if (this.#core.draining) this.#core.onIdle(this);
      }
      if (loop?.idle === true && !this.#blocked) this.#loop = undefined;
    }
    this.#updateDeadline(nowMs);
  }

  settleSoon(): void {
    if (this.#settlesSoon) return;
    this.#settlesSoon = true;
    this.#core.clock.endOfTurn(() => {
      this.#settlesSoon = false;
      this.settle();
    });
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch === undefined || this.#state === 'closed') return;
    this.#batch = undefined;
    this.#writtenBytes += batch.bytes;
    if (batch.flush(this.transport) || this.#blocked) return;
    this.#blocked = true;
    // Whoever does not read answers shall not ask for more of them.
    this.transport.pause();
  }

  whenReady(): Promise<void> {
    if (!this.#blocked || this.#state === 'closed') return Promise.resolve();
    this.#ready ??= new Gate();
    return this.#ready.opened;
  }

  pauseReading(): void {
    this.transport.pause();
  }

  resumeReading(): void {
    if (!this.#blocked) this.transport.resume();
  }

  breakOff(untilClose: boolean): void {
    this.#closeReason ??= 'aborted';
    this.#loop?.abort(new AbortedError('the answer broke off'));
    // A body that ends with the connection looks whole after a FIN; only RST tells the peer that it is not.
    if (untilClose) this.transport.reset();
    else this.transport.destroy();
  }

  handOver(exchange: ServerExchange): Duplex | undefined {
    if (this.#state === 'closed' || this.peerEnded) return undefined;
    if (this.transport.handOver === undefined)
      throw new MisuseError('upgrade: this transport has no stream that could be taken over');
    this.#flush();
    this.#upgraded = exchange;
    this.#loop = undefined;
    this.#deadline.phase = undefined;
    this.#deadline.clear();
    return this.transport.handOver();
  }

  traceExchange(exchange: ServerExchange): void {
    const { clock, options } = this.#core;
    options.trace?.({ type: 'exchange', exchange: toExchangeRecord(exchange, this.info(), clock.nowMs()) });
  }

  /** Of what was written. What is pending alone says nothing: an answer may have been added to it meanwhile. */
  get takenBytes(): number {
    return this.#writtenBytes - this.transport.pendingBytes;
  }

  #giveUpReading(reason: 'headTimeout' | 'bodyTimeout' | 'slowBody'): void {
    this.#deadline.phase = undefined;
    this.#loop?.timeOut(reason);
    this.settle();
  }

  get headReceivedBytes(): number {
    return this.#loop?.wire.unreadBytes ?? 0;
  }

  get bodyReceivedBytes(): number {
    return this.#loop?.bodyReceivedBytes ?? 0;
  }

  /** FIN, then read and discard until the peer's FIN: closing with unread bytes would send RST and cost it the last answer. */
  #beginClose(reason: CloseReason): void {
    this.#closeReason ??= reason;
    this.#flush();
    this.#state = 'draining';
    this.#loop?.wire.stopAfter(undefined, reason);
    this.transport.end();
    this.transport.resume();
    this.#deadline.phase = undefined;
    this.#updateDeadline(this.#core.clock.nowMs());
  }

  #updateDeadline(nowMs: number): void {
    const phase = decidePhase(this.#state, this.#loop, this.#blocked, this.#requests);
    this.#deadline.enter(phase, nowMs, this);
  }

  /** The peer gets more time after our FIN where it has not taken everything yet, and no more than that. */
  #lingerOn(): void {
    const { pendingBytes } = this.transport;
    const isTaken = pendingBytes === 0 && !this.#blocked;
    this.#blocked = pendingBytes > 0;
    if (isTaken || !this.#deadline.extendLinger(this.#core.clock.nowMs(), this)) this.transport.destroy();
  }
}
