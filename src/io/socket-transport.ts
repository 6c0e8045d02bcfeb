// A TCP (or TLS, or unix) socket of Node.js as a Transport.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { keepSocketAlive } from './kernel-keep-alive.ts';
import type { KernelKeepAlive, KernelKeepAliveOptions } from './kernel-keep-alive.ts';
import { resetSocket } from './reset-socket.ts';
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

/**
 * Without a listener the error would end the process. `close` follows and asks for `errored`; only TLS, once its handshake is
 * done, tells of an alert or a broken record and leaves it at that.
 */
function onError(this: Socket, error: Error): void {
  this.destroy(error);
}

function onClose(this: Socket): void {
  sinks.get(this)?.onTransportClosed(this.errored ?? undefined);
}

/** See the head of the file. */
export class SocketTransport implements Transport {
  readonly #socket: Socket;
  #remote: string | undefined;

  /** `remote` is the peer where it is known already; otherwise the socket is asked. */
  constructor(socket: Socket, remote?: string) {
    this.#socket = socket;
    this.#remote = remote;
    // From the first moment on: a socket may break between its opening and the turn in which its owner attaches.
    socket.on('error', onError);
  }

  get remote(): string {
    // Asked for rarely, and a system call; but once the socket is gone it can no longer be found out.
    this.#remote ??= formatRemote(this.#socket.remoteAddress, this.#socket.remotePort);
    return this.#remote;
  }

  get local(): string {
    return formatRemote(this.#socket.localAddress, this.#socket.localPort);
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  get failure(): Error | undefined {
    return this.#socket.errored ?? undefined;
  }

  attach(sink: TransportSink): void {
    const socket = this.#socket;
    sinks.set(socket, sink);
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
  }

  /** Gives the socket away, paused: from now on this transport is nobody's, and its sink is told nothing. */
  release(): Socket {
    const socket = this.#socket;
    // Without it, what arrives before the next owner listens would be lost.
    socket.pause();
    sinks.delete(socket);
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('drain', onDrain);
    socket.off('close', onClose);
    socket.off('error', onError);
    return socket;
  }

  handOver(): Duplex {
    const socket = this.#socket;
    // Asked for as long as it can be answered: who held on is named after the end.
    this.#remote ??= formatRemote(socket.remoteAddress, socket.remotePort);
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('drain', onDrain);
    // Neither flowing, so that nothing is lost before somebody listens, nor paused, so that listening is enough.
    socket.pause();
    (socket as { readableFlowing: boolean | null }).readableFlowing = null;
    return socket;
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
    resetSocket(this.#socket);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  setIdle(idle: boolean): void {
    // A socket whose handle is gone would wait for its next connect, with a listener.
    if (this.#socket.destroyed) return;
    if (idle) this.#socket.unref();
    else this.#socket.ref();
  }

  keepAlive(options: KernelKeepAliveOptions): KernelKeepAlive | undefined {
    return keepSocketAlive(this.#socket, options);
  }
}
