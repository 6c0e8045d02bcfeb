// One connection to a server under comparison: bytes out, bytes in, and when and how it ended. It knows nothing of HTTP.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';

/** How the server ended the connection. */
export type PeerEnding = 'fin' | 'reset';

export interface PeerOptions {
  readonly port: number;
  /** The server name; undefined without TLS. */
  readonly tls: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;

export class Peer {
  readonly #socket: net.Socket;
  #received = '';
  #ending: PeerEnding | undefined;
  #lastByteAt = performance.now();
  #endedAt = 0;
  #onChange: (() => void) | undefined;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received += bytes.toString('latin1');
      this.#lastByteAt = performance.now();
      this.#onChange?.();
    });
    socket.on('end', () => this.#over('fin'));
    socket.on('error', () => this.#over('reset'));
    socket.on('close', () => this.#over('reset'));
  }

  static async open(options: PeerOptions): Promise<Peer> {
    const { port } = options;
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    if (options.tls === undefined) return new Peer(socket);
    const secured = tls.connect({ socket, rejectUnauthorized: false, servername: options.tls });
    await once(secured, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return new Peer(secured);
  }

  get ending(): PeerEnding | undefined {
    return this.#ending;
  }

  /** From the last byte that arrived to the end of the connection. */
  get idleBeforeEndMs(): number {
    return this.#endedAt - this.#lastByteAt;
  }

  get lastByteAt(): number {
    return this.#lastByteAt;
  }

  /** What arrived since the last call. */
  take(): string {
    const received = this.#received;
    this.#received = '';
    return received;
  }

  write(bytes: Uint8Array): void {
    // A server may have ended the connection already: then its ending tells.
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  sendFin(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Resolves at the next byte or at the end of the connection: `false` where neither came in time. */
  change(withinMs: number): Promise<boolean> {
    if (this.#received !== '' || this.#ending !== undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (came: boolean): void => {
        clearTimeout(deadline);
        this.#onChange = undefined;
        resolve(came);
      };
      const deadline = setTimeout(() => settle(false), Math.max(0, withinMs));
      this.#onChange = () => settle(true);
    });
  }

  #over(ending: PeerEnding): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#endedAt = performance.now();
    this.#onChange?.();
  }
}
