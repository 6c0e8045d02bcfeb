// What lies between a TCP socket and TLS where somebody wants to know how the peer ended: with close_notify (RFC 8446 §6.1), or with
// a FIN alone. TLS of Node.js tells both as the same `end`. Here each byte takes a detour, so only those who measure go this way.
import { keepSocketAlive } from './kernel-keep-alive.ts';
import type { KernelKeepAlive, KernelKeepAliveOptions } from './kernel-keep-alive.ts';
import { resetSocket } from './reset-socket.ts';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

/** What a socket that nobody wants any more still says. */
function ignore(): void {}

/** Passes bytes on in both directions, and the FIN only when TLS has told everything that was before it. */
export class TlsUnderlay extends Duplex {
  readonly #raw: Socket;
  #tls: TLSSocket | undefined;
  #isSecured = false;
  #hasFin = false;
  #finTold = false;
  readonly #onData = (bytes: Buffer): void => {
    if (!this.push(bytes)) this.#raw.pause();
  };
  readonly #onEnd = (): void => {
    this.#hasFin = true;
    this.#tellFin();
  };
  readonly #onError = (error: Error): void => {
    // The way through the streams between would lose it: an error of what is below TLS is told by `error`, and `errored` stays empty.
    if (this.#tls === undefined) this.destroy(error);
    else this.#tls.destroy(error);
  };
  readonly #onClose = (): void => {
    // After its FIN the peer has no more to say, but TLS may still hold what it said.
    if (!this.#hasFin) this.destroy();
  };

  /** `raw` is connected, and nobody listens to it. */
  constructor(raw: Socket) {
    // TLS ends it: what is not read yet would be lost with the stream below it.
    super({ allowHalfOpen: true, autoDestroy: false });
    this.#raw = raw;
    raw.on('data', this.#onData);
    raw.on('end', this.#onEnd);
    raw.on('error', this.#onError);
    raw.on('close', this.#onClose);
  }

  /** Whether TLS was told of the peer's FIN: it ended without, where close_notify came first. */
  get finTold(): boolean {
    return this.#finTold;
  }

  /** What has broken the socket below. */
  get rawFailure(): Error | undefined {
    return this.#raw.errored ?? undefined;
  }

  /** Says who is above. */
  carry(tls: TLSSocket): void {
    this.#tls = tls;
  }

  /** The handshake is over: from now on the end is that of a connection. */
  secured(): void {
    this.#isSecured = true;
  }

  /** Ends it with RST. */
  reset(): void {
    resetSocket(this.#raw);
  }

  setIdle(idle: boolean): void {
    if (this.#raw.destroyed) return;
    if (idle) this.#raw.unref();
    else this.#raw.ref();
  }

  keepAlive(options: KernelKeepAliveOptions): KernelKeepAlive | undefined {
    return keepSocketAlive(this.#raw, options);
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#raw.write(chunk, callback);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this.#raw.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#raw.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const raw = this.#raw;
    raw.off('data', this.#onData);
    raw.off('end', this.#onEnd);
    raw.off('error', this.#onError);
    raw.off('close', this.#onClose);
    raw.on('error', ignore);
    raw.destroy();
    callback(error);
  }

  #tellFin(): void {
    const tls = this.#tls;
    if (this.destroyed || tls?.readableEnded === true) return;
    // While nobody reads, it cannot be seen whether close_notify is among what was passed on already.
    if (tls !== undefined && this.#isSecured && tls.readableFlowing !== true) {
      tls.once('resume', () => queueMicrotask(() => this.#tellFin()));
      return;
    }
    this.once('end', () => {
      this.#finTold = tls?.readableEnded !== true;
    });
    this.push(null);
  }
}
