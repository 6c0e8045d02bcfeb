// A transport over a real socket, as plain as it can be, for peers in tests. The product has its own.
import type net from 'node:net';
import type { Transport, TransportSink } from '#src/io/transport.js';

/** Wraps a socket that was made with `allowHalfOpen: true`. */
export class NetTransport implements Transport {
  readonly remote: string;
  readonly #socket: net.Socket;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    this.remote = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`;
    socket.setNoDelay(true);
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  get failure(): Error | undefined {
    return this.#socket.errored ?? undefined;
  }

  attach(sink: TransportSink): void {
    let failure: Error | undefined;
    this.#socket.on('data', (bytes: Buffer) => sink.onTransportData(bytes));
    this.#socket.on('end', () => sink.onTransportEnd());
    this.#socket.on('drain', () => sink.onTransportDrain());
    this.#socket.on('error', (error) => (failure = error));
    this.#socket.on('close', () => sink.onTransportClosed(failure));
  }

  write(data: Uint8Array | string): boolean {
    return typeof data === 'string' ? this.#socket.write(data, 'latin1') : this.#socket.write(data);
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  setIdle(idle: boolean): void {
    if (idle) this.#socket.unref();
    else this.#socket.ref();
  }
}
