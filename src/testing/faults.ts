// Wraps a transport so that its path misbehaves: other cuts, delays, resets, half-closes, failing writes, silence.
// The faults are decided by counting bytes and writes, never by chance, so that a failure can be repeated.
import { MisuseError } from '../errors.ts';
import type { ClockTimer } from '../io/clock.ts';
import type { Transport, TransportSink } from '../io/transport.ts';
import { checkFaults, type Faults, writeLimit } from './fault-options.ts';
import { Rechunker } from './rechunker.ts';
import { transportError } from './transport-error.ts';

type Arrival = { readonly dueMs: number } & (
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'closed'; readonly error: Error | undefined }
);

/** A transport on a path that misbehaves. Made by {@link withFaults}. */
export class FaultyTransport implements Transport {
  readonly #inner: Transport;
  readonly #faults: Faults;
  readonly #rechunker: Rechunker;
  #sink: TransportSink | undefined;
  #arrivals: Arrival[] = [];
  #timer: ClockTimer | undefined;
  #telling = false;
  #paused = false;
  #deliveredBytes = 0;
  #writtenBytes = 0;
  #writes = 0;
  #endCalled = false;
  /** What is written no longer reaches the transport below. */
  #swallowing = false;
  /** The peer seems to have sent FIN: of what it does only the end of the connection still arrives. */
  #endForged = false;
  /** Nothing of what the peer does arrives any more. */
  #dark = false;
  #innerClosed = false;
  #failure: Error | undefined;
  /** Set once the owner, or a fault, has ended the connection: what `onTransportClosed` will say. */
  #verdict: { readonly error: Error | undefined } | undefined;

  constructor(inner: Transport, faults: Faults) {
    checkFaults(faults);
    const { splitIncoming = [], coalesceIncoming = 1 } = faults;
    this.#inner = inner;
    this.#faults = faults;
    this.#rechunker = new Rechunker({
      coalesceBytes: coalesceIncoming,
      pieceBytes: typeof splitIncoming === 'number' ? [splitIncoming] : splitIncoming,
    });
  }

  get remote(): string {
    return this.#inner.remote;
  }

  get pendingBytes(): number {
    return this.#inner.pendingBytes;
  }

  /** As on a socket: a write that fails is known at once, everything else when the sink is told. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  attach(sink: TransportSink): void {
    this.#sink = sink;
    this.#inner.attach({
      onTransportData: (bytes) => this.#arrive(this.#rechunker.push(bytes)),
      onTransportEnd: () => {
        this.#arrive(this.#rechunker.flush());
        this.#enqueue({ kind: 'end', dueMs: this.#dueMs() });
      },
      onTransportDrain: () => {
        if (this.#verdict === undefined) sink.onTransportDrain();
      },
      onTransportClosed: (error) => this.#takeInnerClosed(error),
    });
  }

  write(data: Uint8Array | string): boolean {
    if (this.#verdict !== undefined) return false;
    if (this.#endCalled) throw new MisuseError('write: called after end(); the FIN cannot be taken back.');
    if (data.length === 0) return true;
    this.#writes++;
    if (this.#writes === this.#faults.failWrite) {
      this.#failure = this.#break('write');
      return false;
    }
    if (this.#swallowing) return true;
    const limit = writeLimit(this.#faults);
    const passed = Math.min(data.length, limit.bytes - this.#writtenBytes);
    this.#writtenBytes += passed;
    let more = true;
    if (passed > 0) {
      more = this.#inner.write(typeof data === 'string' ? data.slice(0, passed) : data.subarray(0, passed));
      // What broke it elsewhere may still be on its way to the owner.
      if (!this.#innerClosed) this.#failure ??= this.#inner.failure;
    }
    if (this.#writtenBytes < limit.bytes) return more;
    this.#swallowing = true;
    if (limit.fault === 'end') this.#inner.end();
    if (limit.fault === 'reset') this.#break('read');
    // Behind a FIN there is no drain to wait for; a path that loses bytes takes them as fast as they come.
    return limit.fault === 'swallow' ? more : true;
  }

  end(): void {
    this.#endCalled = true;
    if (!this.#swallowing) this.#inner.end();
  }

  destroy(): void {
    this.#finish(undefined);
    this.#inner.destroy();
  }

  reset(): void {
    this.#finish(undefined);
    this.#inner.reset();
  }

  pause(): void {
    this.#paused = true;
    this.#inner.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#inner.resume();
    if (this.#arrivals.length > 0) queueMicrotask(() => this.#tellArrivals());
  }

  setIdle(idle: boolean): void {
    this.#inner.setIdle(idle);
  }

  /** Lets go what is held back by `coalesceIncoming`, and tells what may be told by now. */
  flush(): void {
    this.#arrive(this.#rechunker.flush());
    this.#tellArrivals();
  }

  /** From now on nothing passes in either direction and nobody is told, as when a NAT forgot the connection. */
  goDark(): void {
    this.#swallowing = true;
    this.#dark = true;
    this.#arrivals = [];
    this.#timer?.stop();
  }

  #dueMs(): number {
    const delay = this.#faults.delayIncoming;
    return delay === undefined ? 0 : delay.clock.nowMs() + delay.delayMs;
  }

  #arrive(pieces: readonly Buffer[]): void {
    for (const bytes of pieces) this.#enqueue({ kind: 'data', bytes, dueMs: this.#dueMs() });
  }

  #enqueue(arrival: Arrival): void {
    if (this.#dark || this.#verdict !== undefined) return;
    if (this.#endForged && arrival.kind !== 'closed') return;
    this.#arrivals.push(arrival);
    this.#tellArrivals();
  }

  #takeInnerClosed(error: Error | undefined): void {
    this.#innerClosed = true;
    if (this.#verdict !== undefined) {
      this.#tellClosed(this.#verdict.error);
      return;
    }
    if (error === undefined) this.#arrive(this.#rechunker.flush());
    this.#enqueue({ kind: 'closed', error, dueMs: this.#dueMs() });
  }

  /** Tells the sink what is due, one after the other. Called by a sink of ours in the middle of it, it does nothing. */
  #tellArrivals(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#nextArrival(); next !== undefined; next = this.#nextArrival()) this.#tell(next);
    } finally {
      this.#telling = false;
    }
  }

  #nextArrival(): Arrival | undefined {
    const [first] = this.#arrivals;
    if (first === undefined) return undefined;
    const clock = this.#faults.delayIncoming?.clock;
    if (clock !== undefined && first.dueMs > clock.nowMs()) {
      this.#timer?.stop();
      this.#timer = clock.startTimer(first.dueMs - clock.nowMs(), () => this.#tellArrivals());
      return undefined;
    }
    if (this.#paused && first.kind !== 'closed') return undefined;
    return this.#arrivals.shift();
  }

  #tell(arrival: Arrival): void {
    if (arrival.kind === 'data') {
      this.#tellData(arrival.bytes);
    } else if (arrival.kind === 'end') {
      this.#sink?.onTransportEnd();
    } else {
      this.#verdict = { error: arrival.error };
      this.#tellClosed(arrival.error);
    }
  }

  #tellClosed(error: Error | undefined): void {
    this.#failure ??= error;
    this.#sink?.onTransportClosed(error);
  }

  #tellData(bytes: Buffer): void {
    const { resetAfterReadBytes = Infinity, endAfterReadBytes = Infinity } = this.#faults;
    const limitBytes = Math.min(resetAfterReadBytes, endAfterReadBytes);
    const heard = bytes.subarray(0, limitBytes - this.#deliveredBytes);
    this.#deliveredBytes += heard.length;
    if (heard.length > 0) this.#sink?.onTransportData(heard);
    if (this.#deliveredBytes < limitBytes || this.#verdict !== undefined) return;
    if (limitBytes === resetAfterReadBytes) {
      this.#break('read');
    } else {
      const closed = this.#arrivals.filter((arrival) => arrival.kind === 'closed');
      this.#arrivals = [{ kind: 'end', dueMs: 0 }, ...closed];
      this.#endForged = true;
    }
  }

  #break(syscall: 'read' | 'write'): Error {
    const error = transportError('ECONNRESET', syscall);
    this.#finish(error);
    this.#inner.reset();
    return error;
  }

  /** Fixes what the end will be; the transport below says when. Where it is over already, a microtask does. */
  #finish(error: Error | undefined): void {
    if (this.#verdict !== undefined) return;
    this.#verdict = { error };
    this.#arrivals = [];
    this.#timer?.stop();
    if (this.#innerClosed) queueMicrotask(() => this.#tellClosed(error));
  }
}

/** Wraps a transport so that the given faults happen on it. The faults are those of the path as the owner of the result sees it. */
export function withFaults(transport: Transport, faults: Faults): FaultyTransport {
  return new FaultyTransport(transport, faults);
}
