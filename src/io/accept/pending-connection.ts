// One connection between its admission and its handover: it goes through steps (a header of a proxy, TLS), one after the other, under
// one deadline, and is handed over or refused. What the steps do is their own affair.
import type { Socket } from 'node:net';
import type { ConnectionTls, ProxiedConnection, RefusalReason } from '../../trace.ts';
import { Deadline } from '../deadlines.ts';
import { resetSocket } from '../reset-socket.ts';
import { formatRemote, SocketTransport } from '../socket-transport.ts';

/** Why a connection came to nothing before it was handed over. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** What is wrong in a short name, such as the code of an error. Never anything that the peer sent. */
  readonly code?: string | undefined;
}

/** One thing that happens to a connection between its admission and its handover. One object serves all connections. */
export interface AcceptStep {
  /**
   * Takes over the connection, which is read by nobody, and calls `proceed()` or `refuse()` at the end. What it read too much it gives
   * back with `socket.unshift()`. It is told nothing where the connection ends meanwhile; its listeners end with the socket.
   */
  begin(connection: PendingConnection): void;
}

/** Looks after all pending connections of a listener. */
export interface PendingOwner {
  readonly steps: readonly AcceptStep[];
  /** Called once; the connection is nobody's any more. */
  onPassed(connection: PendingConnection): void;
  /** Called once. The socket may still be open, to say a last word. */
  onRefused(connection: PendingConnection, refusal: Refusal): void;
}

/** Most that is read and thrown away behind the last word, as behind other last answers. */
const LINGER_BYTES = 1_048_576;

/** See the head of the file. */
export class PendingConnection {
  /** The TCP socket. */
  readonly socket: Socket;
  readonly startedMs: number;
  readonly deadline: Deadline<PendingConnection>;
  /** What a proxy said of it; undefined where none did. */
  proxied: ProxiedConnection | undefined = undefined;
  readonly #owner: PendingOwner;
  #transport: SocketTransport | undefined;
  #remote: string | undefined;
  #tls: ConnectionTls | undefined;
  #stepsBegun = 0;
  #isOver = false;
  #failure: NodeJS.ErrnoException | undefined;
  readonly #onError = (error: NodeJS.ErrnoException): void => this.noteFailure(error);
  readonly #onEnd = (): void => this.refuse({ reason: 'handshakeFailed', code: 'peerClosed' });
  readonly #onClose = (): void => {
    // The first error is the cause; the end of the socket below follows from it.
    this.refuse({ reason: 'handshakeFailed', code: this.#failure?.code ?? 'peerClosed' });
    this.deadline.clear();
  };

  constructor(socket: Socket, owner: PendingOwner, startedMs: number) {
    this.socket = socket;
    this.startedMs = startedMs;
    this.deadline = new Deadline<PendingConnection>(this);
    this.#owner = owner;
  }

  /** The peer as `address:port`. A step may know better than the socket. */
  get remote(): string {
    this.#remote ??= formatRemote(this.socket.remoteAddress, this.socket.remotePort);
    return this.#remote;
  }

  set remote(remote: string) {
    this.#remote = remote;
  }

  /** Undefined without TLS. */
  get tls(): ConnectionTls | undefined {
    return this.#tls;
  }

  /** What is handed over. */
  get transport(): SocketTransport {
    this.#transport ??= new SocketTransport(this.socket, this.remote);
    return this.#transport;
  }

  /** Begins the first step. */
  start(): void {
    // Once the socket is gone it can no longer be found out who it was.
    void this.remote;
    this.socket.on('error', this.#onError);
    this.socket.on('end', this.#onEnd);
    this.socket.on('close', this.#onClose);
    this.proceed();
  }

  /** The step is done: on to the next one, or to whoever waits for the connection. */
  proceed(): void {
    if (this.#isOver) return;
    const step = this.#owner.steps[this.#stepsBegun];
    this.#stepsBegun += 1;
    if (step !== undefined) {
      step.begin(this);
      return;
    }
    this.#isOver = true;
    this.deadline.clear();
    // Before our listeners go: an error in between would have none.
    void this.transport;
    this.socket.off('error', this.#onError);
    this.socket.off('end', this.#onEnd);
    this.socket.off('close', this.#onClose);
    // A step that read stopped the flow, and a listener alone does not start it again.
    if (this.#tls === undefined) this.socket.resume();
    this.#owner.onPassed(this);
  }

  /** TLS lies between the socket and what is handed over. */
  secured(transport: SocketTransport, tls: ConnectionTls): void {
    this.#transport = transport;
    this.#tls = tls;
  }

  /** Remembers what broke the connection; it is told when the socket has closed. The first one stays. */
  noteFailure(error: NodeJS.ErrnoException): void {
    this.#failure ??= error;
  }

  /** Ends it at once. */
  refuse(refusal: Refusal): void {
    if (this.#finish(refusal)) this.socket.destroy();
  }

  /**
   * Ends it at once, before anything of it was looked at, with RST: a proxy or a client that sees it knows that nothing was served and
   * tries elsewhere or again, where a FIN would look like an empty answer; and no closed connection stays behind in the kernel.
   */
  turnAway(refusal: Refusal): void {
    if (this.#finish(refusal)) resetSocket(this.socket);
  }

  /** Returns whether it was not over yet. */
  #finish(refusal: Refusal): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.deadline.clear();
    this.#owner.onRefused(this, refusal);
    return true;
  }

  /** Refuses it with a last word, which a RST must not cost it: FIN, then what it still says is thrown away until the deadline. */
  refuseWith(lastWord: string, refusal: Refusal): void {
    if (this.#isOver) return;
    this.#isOver = true;
    let bytes = 0;
    this.socket.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > LINGER_BYTES) this.socket.destroy();
    });
    this.socket.off('end', this.#onEnd);
    this.socket.end(lastWord, 'latin1');
    this.socket.resume();
    this.#owner.onRefused(this, refusal);
  }
}
