// Reads one message body by its framing (RFC 9112 §6): counted, chunked, or until the connection ends.
import { ChunkedReader } from './chunked.ts';
import type { BodySink } from './chunked.ts';
import type { BodyFraming } from './framing.ts';
import type { Leniency } from './leniency.ts';
import type { WireLimits } from './limits.ts';
import type { ProtocolFault } from './protocol-error.ts';

/** A body that is being read. */
export interface BodyReader {
  /** Whether the last byte of the body was read. */
  readonly done: boolean;
  /** Bytes still to come where that is known, else Infinity. */
  readonly remainingBytes: number;
  /** Reads from `start`; returns where it stopped, or what is wrong. */
  read(bytes: Buffer, start: number, end: number, sink: BodySink): number | ProtocolFault;
  /** The connection ended: whether this is a proper end of the body. */
  endsWithConnection(): boolean;
}

class LengthReader implements BodyReader {
  #remaining: number;

  constructor(length: number) {
    this.#remaining = length;
  }

  get done(): boolean {
    return this.#remaining === 0;
  }

  get remainingBytes(): number {
    return this.#remaining;
  }

  read(bytes: Buffer, start: number, end: number, sink: BodySink): number {
    const stop = Math.min(end, start + this.#remaining);
    this.#remaining -= stop - start;
    sink.onBody(bytes.subarray(start, stop));
    return stop;
  }

  endsWithConnection(): boolean {
    return false;
  }
}

class UntilCloseReader implements BodyReader {
  readonly #limits: WireLimits;
  #bodyBytes = 0;
  readonly done = false;
  readonly remainingBytes = Infinity;

  constructor(limits: WireLimits) {
    this.#limits = limits;
  }

  read(bytes: Buffer, start: number, end: number, sink: BodySink): number | ProtocolFault {
    // What the limit allows is delivered first, so that it does not matter in which pieces the bytes came.
    const stop = Math.min(end, start + this.#limits.bodyBytes - this.#bodyBytes);
    if (stop === start) return 'bodyTooLarge';
    this.#bodyBytes += stop - start;
    sink.onBody(bytes.subarray(start, stop));
    return stop;
  }

  endsWithConnection(): boolean {
    return true;
  }
}

/** A reader for a body of this framing; undefined where there is no body; the fault where it is known to be too large. */
export function openBodyReader(
  framing: BodyFraming,
  limits: WireLimits,
  leniency: Leniency,
): BodyReader | undefined | ProtocolFault {
  switch (framing.kind) {
    case 'none':
      return undefined;
    case 'length':
      return framing.length > limits.bodyBytes ? 'bodyTooLarge' : new LengthReader(framing.length);
    case 'chunked':
      return new ChunkedReader(limits, leniency);
    default:
      return new UntilCloseReader(limits);
  }
}
