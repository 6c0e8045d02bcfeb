// One connection through a middlebox: carries bytes both ways until it is forgotten, and what happens from then on.
import type { Clock, ClockTimer, Transport, TransportSink } from '../../io/index.ts';
import type { FlowSide, MiddleboxEventFacts, MiddleboxKind } from './event.ts';

/** What a flow asks of its box. */
export interface FlowOwner {
  readonly clock: Clock;
  readonly forgetAfterMs: number;
  readonly kind: MiddleboxKind;
  flowTells(flow: Flow, facts: MiddleboxEventFacts): void;
  /** Both sides are gone. */
  flowClosed(flow: Flow): void;
}

/** A flow in figures. */
export interface MiddleboxFlow {
  /** Counts from 1. */
  readonly id: number;
  /** The client as `address:port`. */
  readonly remote: string;
  readonly state: 'open' | 'forgotten';
  /** Since the last byte that was carried. */
  readonly idleMs: number;
  /** Bytes of the client that were carried. */
  readonly toTargetBytes: number;
  /** Bytes of the target that were carried. */
  readonly toClientBytes: number;
  /** Bytes of either side that came when it was forgotten. */
  readonly swallowedBytes: number;
}

/** One side of a flow. It is there before the flow is: a client may be gone by the time that the target has accepted. */
export class FlowEnd implements TransportSink {
  readonly side: FlowSide;
  readonly transport: Transport;
  flow: Flow | undefined;
  carriedBytes = 0;
  isClosed = false;

  constructor(side: FlowSide, transport: Transport) {
    this.side = side;
    this.transport = transport;
    transport.attach(this);
  }

  onTransportData(bytes: Buffer): void {
    this.flow?.received(this, bytes);
  }

  onTransportEnd(): void {
    this.flow?.ended(this);
  }

  onTransportDrain(): void {
    this.flow?.drained(this);
  }

  onTransportClosed(error: Error | undefined): void {
    this.isClosed = true;
    this.flow?.closed(this, error);
  }
}

/** See the head of the file. */
export class Flow {
  readonly id: number;
  readonly #owner: FlowOwner;
  readonly #client: FlowEnd;
  readonly #target: FlowEnd;
  readonly #remote: string;
  /** How it was forgotten; undefined while it is not. A later change of the box leaves it as it is. */
  #forgottenAs: MiddleboxKind | undefined;
  #lastByteMs: number;
  #swallowedBytes = 0;
  #timer: ClockTimer | undefined;

  constructor(id: number, owner: FlowOwner, client: FlowEnd, target: FlowEnd) {
    this.id = id;
    this.#owner = owner;
    this.#remote = client.transport.remote;
    this.#client = client;
    this.#target = target;
    client.flow = this;
    target.flow = this;
    this.#lastByteMs = owner.clock.nowMs();
    this.#arm();
  }

  info(): MiddleboxFlow {
    return {
      id: this.id,
      remote: this.#remote,
      state: this.#forgottenAs === undefined ? 'open' : 'forgotten',
      idleMs: this.#owner.clock.nowMs() - this.#lastByteMs,
      toTargetBytes: this.#client.carriedBytes,
      toClientBytes: this.#target.carriedBytes,
      swallowedBytes: this.#swallowedBytes,
    };
  }

  /** The time after which the box forgets has changed. */
  timeChanged(): void {
    if (this.#forgottenAs === undefined) this.#look();
  }

  /** Forgets it now; nothing happens where it is forgotten. */
  forget(): void {
    if (this.#forgottenAs !== undefined) return;
    const { kind, clock } = this.#owner;
    this.#timer?.stop();
    this.#forgottenAs = kind;
    // Back-pressure was between the two sides, and there are no two sides any more.
    for (const { transport, isClosed } of [this.#client, this.#target]) {
      if (isClosed) continue;
      if (kind === 'fin') transport.end();
      transport.resume();
    }
    this.#owner.flowTells(this, { type: 'forgotten', kind, idleMs: clock.nowMs() - this.#lastByteMs });
  }

  /** Ends both sides at once. */
  destroy(): void {
    this.#timer?.stop();
    for (const { transport, isClosed } of [this.#client, this.#target]) if (!isClosed) transport.destroy();
  }

  received(from: FlowEnd, bytes: Buffer): void {
    if (!this.#isKnown()) return this.#swallow(from, bytes.length);
    from.carriedBytes += bytes.length;
    this.#lastByteMs = this.#owner.clock.nowMs();
    const to = this.#otherThan(from);
    if (!to.isClosed && !to.transport.write(bytes)) from.transport.pause();
  }

  ended(from: FlowEnd): void {
    if (!this.#isKnown()) return this.#swallow(from, 0);
    this.#lastByteMs = this.#owner.clock.nowMs();
    this.#otherThan(from).transport.end();
  }

  drained(end: FlowEnd): void {
    if (this.#forgottenAs === undefined) this.#otherThan(end).transport.resume();
  }

  closed(end: FlowEnd, error: Error | undefined): void {
    const other = this.#otherThan(end);
    if (other.isClosed) {
      this.#timer?.stop();
      this.#owner.flowTells(this, { type: 'closed' });
      this.#owner.flowClosed(this);
      return;
    }
    // RST is a packet like others: it is carried where the flow is known, and where it is not, the other side never learns of it.
    if (error !== undefined && this.#isKnown()) other.transport.reset();
  }

  #swallow(from: FlowEnd, bytes: number): void {
    this.#swallowedBytes += bytes;
    // The other half of an orderly end.
    if (this.#forgottenAs === 'fin' && bytes === 0) return;
    this.#owner.flowTells(this, { type: 'swallowed', from: from.side, bytes });
    if (this.#forgottenAs === 'silent') return;
    from.transport.reset();
    this.#owner.flowTells(this, { type: 'reset', side: from.side });
  }

  /** Whether it is not forgotten; what comes when the time is up finds it forgotten, even where the timer is late. */
  #isKnown(): boolean {
    if (this.#forgottenAs === undefined && this.#leftMs() <= 0) this.forget();
    return this.#forgottenAs === undefined;
  }

  #leftMs(): number {
    return this.#lastByteMs + this.#owner.forgetAfterMs - this.#owner.clock.nowMs();
  }

  #look(): void {
    if (this.#leftMs() <= 0) this.forget();
    else this.#arm();
  }

  /** Bytes do not move the timer: when it fires, the time that is left is looked at. */
  #arm(): void {
    this.#timer?.stop();
    const leftMs = this.#leftMs();
    this.#timer = leftMs === Infinity ? undefined : this.#owner.clock.startTimer(leftMs, () => this.#look());
  }

  #otherThan(end: FlowEnd): FlowEnd {
    return end === this.#client ? this.#target : this.#client;
  }
}
