// A TCP (or TLS, or unix) socket of Node.js as a Transport.
import type { Socket } from 'node:net';
import type { Transport, TransportSink } from './transport.ts';

/** `address:port` with IPv6 in brackets and IPv4-mapped addresses in their IPv4 form. */
export function formatRemote(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return '';
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/**
 * Who is told of what happens on a socket. Five functions serve all sockets, with this table beside them: five closures for each
 * would be a third of what an idle connection costs.
 */
const sinks = new WeakMap<Socket, TransportSink>();

function onData(this: Socket, bytes: Buffer): void {
  sinks.get(this)?.onTransportData(bytes);
}

function onEnd(this: Socket): void {
  sinks.get(this)?.onTransportEnd();
}

function onDrain(this: Socket): void {
  sinks.get(this)?.onTransportDrain();
}

/** `close` follows and asks for `errored`; without a listener the error would end the process. */
function onError(this: Socket): void {}

function onClose(this: Socket): void {
  sinks.get(this)?.onTransportClosed(this.errored ?? undefined);
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
    sinks.set(socket, sink);
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('drain', onDrain);
    socket.on('error', onError);
    socket.on('close', onClose);
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
