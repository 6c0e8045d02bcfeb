// What a connection needs of the thing below it: an ordered stream of bytes in both directions. No protocol knowledge.
import type { Duplex } from 'node:stream';
import type { KernelKeepAlive, KernelKeepAliveOptions } from './kernel-keep-alive.ts';

/** What a transport tells its owner. Calls never overlap and nothing follows `onTransportClosed`. */
export interface TransportSink {
  /** Bytes arrived. The buffer belongs to the receiver and is not written to again. */
  onTransportData(bytes: Buffer): void;
  /** The peer sent FIN: nothing more will be read; writing is still possible. */
  onTransportEnd(): void;
  /** After `write` returned false: what was written has been handed to the kernel, more may come. */
  onTransportDrain(): void;
  /** The end of everything. `error` is what ended it, where it was not orderly. */
  onTransportClosed(error: Error | undefined): void;
}

/** An ordered stream of bytes in both directions, e.g. a TCP socket. */
export interface Transport {
  /** The peer as `address:port`, IPv6 in brackets; empty where it has no address. */
  readonly remote: string;
  /** This end in the same form; undefined, or empty, where nobody knows. */
  readonly local?: string | undefined;
  /** Bytes written but not yet taken by the kernel. */
  readonly pendingBytes: number;
  /**
   * What has already broken it, known before `onTransportClosed` is told: a failing first write shows here at once.
   * Over TLS a write is tried at once only where `pendingBytes` is 0; what waits behind another waits for the end of the turn.
   */
  readonly failure: Error | undefined;
  /** Says who is told; to be called once, before anything else. */
  attach(sink: TransportSink): void;
  /**
   * Writes bytes, or a string of which every character is one byte (latin1).
   * Returns false where the caller should wait for `onTransportDrain` before it writes more.
   */
  write(data: Uint8Array | string): boolean;
  /** Sends what is pending, then FIN. Reading goes on. */
  end(): void;
  /** Ends both directions at once; what is pending is lost. `onTransportClosed` follows. */
  destroy(): void;
  /** Like `destroy`, but tells the peer with RST, where the transport can. */
  reset(): void;
  /** Stops reading; the peer feels it as back-pressure. */
  pause(): void;
  resume(): void;
  /** An idle connection does not keep the process alive. False, the default, takes that back. */
  setIdle(idle: boolean): void;
  /**
   * Asks the kernel for keepalive, so that a peer that is gone without a word breaks the connection (ETIMEDOUT), and returns what it was
   * told, which depends on the version of Node.js. Undefined where it cannot be asked. It proves that the peer's kernel answers, not
   * that its program does. Where the method is missing there is no kernel below.
   */
  keepAlive?(options: KernelKeepAliveOptions): KernelKeepAlive | undefined;
  /**
   * Over TLS, and only where the opener was asked to watch for it: whether the peer ended with close_notify (RFC 8446 §6.1), so that
   * nothing can have been cut off. Known once `onTransportEnd` is told.
   */
  readonly closeNotified?: boolean | undefined;
  /**
   * Gives the stream below away, to whoever speaks another protocol on it. From now on the sink is told of nothing but the end, and only
   * `destroy` and `reset` may still be called. What was written before goes out first. Where it is missing there is no such stream.
   */
  handOver?(): Duplex;
  /**
   * Gives the stream below away, paused, to whoever speaks a protocol on it that brings its own transport: this one is nobody's from
   * now on, and its sink is told nothing. Where it is missing there is no such stream.
   */
  release?(): Duplex;
}
