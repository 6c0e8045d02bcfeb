// One end of a connection in memory: what it wrote and the other end has not taken, and what it still has to tell its sink.
// It never calls a sink by itself; transport-pair.ts pumps it.
import { MisuseError } from '../errors.ts';
import type { Transport, TransportSink } from '../io/transport.ts';
import { transportError } from './transport-error.ts';

/** What a {@link MemoryTransport} is made of. */
export interface MemoryTransportOptions {
  readonly remote: string;
  readonly highWaterMarkBytes: number;
  readonly readBytes: number;
  /** Called after anything that may have made an event deliverable. */
  readonly onReady: () => void;
}

function privateCopy(data: Uint8Array | string): Buffer {
  // Buffer.alloc: Buffer.from would cut small buffers out of one shared slab.
  const copy = Buffer.alloc(data.length);
  if (typeof data !== 'string') {
    copy.set(data);
    return copy;
  }
  for (let index = 0; index < data.length; index++) {
    if (data.charCodeAt(index) > 0xff) {
      throw new MisuseError(`write: character ${index} of the string does not fit in one byte; encode the text first.`);
    }
  }
  copy.write(data, 'latin1');
  return copy;
}

/** One end of a {@link transportPair}. It behaves as a TCP socket with `allowHalfOpen` does. */
export class MemoryTransport implements Transport {
  readonly remote: string;
  readonly #options: MemoryTransportOptions;
  #peer: MemoryTransport | undefined;
  #sink: TransportSink | undefined;
  /** Written here, not yet taken by the peer. */
  #outgoing: Buffer[] = [];
  #pendingBytes = 0;
  #paused = false;
  #needsDrain = false;
  #finWritten = false;
  #finTold = false;
  /**
   * The RST of the peer has arrived, with the error that Linux then holds ready: EPIPE where FIN was there before it.
   * Reading hears only of ECONNRESET, behind a FIN it has stopped; a write hears of both.
   */
  #resetByPeer: 'ECONNRESET' | 'EPIPE' | undefined;
  /** What `onTransportClosed` will say, or has said. */
  #verdict: { readonly error: Error | undefined } | undefined;
  #closedTold = false;
  #failure: Error | undefined;

  constructor(options: MemoryTransportOptions) {
    this.remote = options.remote;
    this.#options = options;
  }

  /** Ties two ends together. */
  static join(one: MemoryTransport, other: MemoryTransport): void {
    one.#peer = other;
    other.#peer = one;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** As on a socket: a write that fails is known at once, everything else when the sink is told. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether the sink has been told, or is about to be told, that everything is over. */
  get closed(): boolean {
    return this.#verdict !== undefined;
  }

  attach(sink: TransportSink): void {
    if (this.#sink !== undefined) throw new MisuseError('attach: this transport already has a sink.');
    this.#sink = sink;
    this.#options.onReady();
  }

  write(data: Uint8Array | string): boolean {
    if (this.#verdict !== undefined) return false;
    if (this.#finWritten) throw new MisuseError('write: called after end(); the FIN cannot be taken back.');
    const bytes = privateCopy(data);
    if (this.#resetByPeer !== undefined) {
      this.#failure = transportError(this.#resetByPeer, 'write');
      this.#close(this.#failure);
      return false;
    }
    if (this.#theOther.closed) {
      // The kernel takes the bytes; the RST that answers them is heard by the next write.
      if (bytes.length > 0) this.#resetByPeer = 'EPIPE';
    } else if (bytes.length > 0) {
      this.#outgoing.push(bytes);
      this.#pendingBytes += bytes.length;
    }
    const full = this.#pendingBytes >= this.#options.highWaterMarkBytes;
    this.#needsDrain ||= full;
    this.#options.onReady();
    return !full;
  }

  end(): void {
    if (this.#verdict !== undefined) return;
    this.#finWritten = true;
    this.#options.onReady();
  }

  destroy(): void {
    if (this.#verdict !== undefined) return;
    // A kernel that closes a socket with unread bytes answers with RST instead of FIN (RFC 9112 §9.6).
    if (this.#theOther.#outgoing.length > 0) this.#theOther.#takeReset();
    else this.#finWritten = true;
    this.#close(undefined);
  }

  reset(): void {
    if (this.#verdict !== undefined) return;
    this.#theOther.#takeReset();
    this.#close(undefined);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#options.onReady();
  }

  /** Memory never keeps a process alive. */
  setIdle(): void {}

  /** Tells the sink the next event, if there is one, and says whether there was. Not part of a socket: the pump of the pair calls it. */
  deliverNext(): boolean {
    const event = this.#nextEvent();
    event?.();
    return event !== undefined;
  }

  /** Whether {@link deliverNext} would tell something. */
  get ready(): boolean {
    return this.#nextEvent() !== undefined;
  }

  get #theOther(): MemoryTransport {
    if (this.#peer === undefined) throw new MisuseError('this end has no other end; make both with transportPair().');
    return this.#peer;
  }

  #nextEvent(): (() => void) | undefined {
    const sink = this.#sink;
    if (sink === undefined || this.#closedTold) return undefined;
    const reading = !this.#paused && this.#verdict === undefined;
    if (reading && this.#resetByPeer === 'ECONNRESET') {
      return () => this.#tellClosed(sink, transportError('ECONNRESET', 'read'));
    }
    if (this.#verdict !== undefined) {
      const { error } = this.#verdict;
      return () => this.#tellClosed(sink, error);
    }
    if (this.#needsDrain && this.#pendingBytes === 0 && !this.#finWritten) {
      return () => {
        this.#needsDrain = false;
        sink.onTransportDrain();
      };
    }
    const peer = this.#theOther;
    if (reading && peer.#outgoing.length > 0) return () => sink.onTransportData(peer.#take(this.#options.readBytes));
    if (reading && peer.#finWritten && !this.#finTold) {
      return () => {
        this.#finTold = true;
        sink.onTransportEnd();
      };
    }
    if (this.#finTold && this.#finWritten && this.#pendingBytes === 0) return () => this.#tellClosed(sink, undefined);
    return undefined;
  }

  #tellClosed(sink: TransportSink, error: Error | undefined): void {
    this.#verdict ??= { error };
    this.#failure ??= error;
    this.#closedTold = true;
    this.#outgoing = [];
    this.#pendingBytes = 0;
    sink.onTransportClosed(error);
  }

  /** Hands over what was written first, at most `maxBytes` of it, as one read of a socket does. */
  #take(maxBytes: number): Buffer {
    const [first = Buffer.alloc(0)] = this.#outgoing;
    const taken = first.subarray(0, maxBytes);
    if (taken.length < first.length) this.#outgoing[0] = first.subarray(taken.length);
    else this.#outgoing.shift();
    this.#pendingBytes -= taken.length;
    return taken;
  }

  #close(error: Error | undefined): void {
    this.#verdict = { error };
    this.#outgoing = [];
    this.#pendingBytes = 0;
    this.#options.onReady();
  }

  #takeReset(): void {
    if (this.#verdict !== undefined) return;
    const peer = this.#theOther;
    const finArrived = peer.#finWritten && peer.#outgoing.length === 0;
    this.#resetByPeer = finArrived ? 'EPIPE' : 'ECONNRESET';
    this.#outgoing = [];
    this.#pendingBytes = 0;
    if (this.#needsDrain && (this.#paused || finArrived)) {
      // What the kernel had not taken is tried again, and fails.
      this.#close(transportError(this.#resetByPeer, 'write'));
    }
    this.#needsDrain = false;
    this.#options.onReady();
  }
}
