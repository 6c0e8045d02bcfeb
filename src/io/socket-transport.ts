// A TCP (or TLS, or unix) socket of Node.js as a Transport.
import type { Socket } from 'node:net';
import type { Transport, TransportSink } from './transport.ts';

/** `address:port` with IPv6 in brackets and IPv4-mapped addresses in their IPv4 form. */
export function formatRemote(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return '';
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/** See the head of the file. */
export class SocketTransport implements Transport {
  readonly #socket: Socket;
  #remote: string | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get remote(): string {
    // Asked for rarely, and a system call; but once the socket is gone it can no longer be found out.
    this.#remote ??= formatRemote(this.#socket.remoteAddress, this.#socket.remotePort);
    return this.#remote;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  attach(sink: TransportSink): void {
    const socket = this.#socket;
    let failure: Error | undefined;
    socket.on('data', (bytes: Buffer) => sink.onTransportData(bytes));
    socket.on('end', () => sink.onTransportEnd());
    socket.on('drain', () => sink.onTransportDrain());
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => sink.onTransportClosed(failure));
  }

  write(data: Uint8Array | string): boolean {
    if (typeof data === 'string') return this.#socket.write(data, 'latin1');
    return this.#socket.write(data);
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
}
