// All connections of a listener between their admission and their handover: counted, under a deadline, and to be ended from outside.
import type { Socket } from 'node:net';
import type { ConnectionTls, ProxiedConnection } from '../../trace.ts';
import type { Clock } from '../clock.ts';
import type { DeadlineList, DeadlineSchedule } from '../deadlines.ts';
import type { Transport } from '../transport.ts';
import { PendingConnection } from './pending-connection.ts';
import type { AcceptStep, PendingOwner, Refusal } from './pending-connection.ts';

/** A connection that can be used. */
export interface AcceptedConnection {
  /** Nobody's yet: to be attached at once. */
  readonly transport: Transport;
  /** What the handshake agreed on; undefined without TLS. */
  readonly tls?: ConnectionTls | undefined;
  /** What a trusted proxy said of it; undefined where none did. */
  readonly proxied?: ProxiedConnection | undefined;
}

/** A connection that came to nothing before it was handed over. */
export interface RefusedConnection extends Refusal {
  readonly remote: string;
}

/** Is told of connections, in the order in which they come. */
export interface ListenSink {
  /**
   * Asked for each of them before anything is read or negotiated. False turns it away, 'wait' keeps it unread until `Listener.letIn`. To ask
   * for `remote` costs a system call. Without it all get in.
   */
  admit?(newcomer: { readonly remote: string }): boolean | 'wait';
  accept(connection: AcceptedConnection): void;
  /** An admitted connection will not be handed over, so that what it was admitted to is free again. */
  refused?(connection: RefusedConnection): void;
}

/** Options of {@link PendingConnections}. */
export interface PendingOptions {
  readonly clock: Clock;
  /** Where its deadlines are kept. */
  readonly schedule: DeadlineSchedule;
  /** Until when a connection must be through all steps, from its admission. */
  readonly timeoutMs: number;
  /** How long a refused one may take to read its last word. */
  readonly lingerMs: number;
  /** In this order: what comes first on the wire comes first. */
  readonly steps: readonly AcceptStep[];
}

/** See the head of the file. */
export class PendingConnections implements PendingOwner {
  readonly steps: readonly AcceptStep[];
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #lingerMs: number;
  readonly #pending: DeadlineList<PendingConnection>;
  readonly #lingering: DeadlineList<PendingConnection>;
  #sink: ListenSink | undefined;

  constructor(options: PendingOptions) {
    const { clock, schedule, timeoutMs, lingerMs, steps } = options;
    this.steps = steps;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#lingerMs = lingerMs;
    this.#pending = schedule.addList((connection) => connection.refuse({ reason: 'handshakeTimeout' }));
    this.#lingering = schedule.addList((connection) => void connection.socket.destroy());
  }

  /** Connections that are here: they hold a socket each, so they count like open ones. */
  get count(): number {
    return this.#pending.count + this.#lingering.count;
  }

  /** Those of them that may still be handed over. */
  get underWay(): number {
    return this.#pending.count;
  }

  /** How long the one that is here longest has been; undefined where there is none. */
  get longestMs(): number | undefined {
    const { first } = this.#pending;
    return first === undefined ? undefined : this.#clock.nowMs() - first.owner.startedMs;
  }

  /** Takes over a connection that was admitted and begins its steps. The sink is the same for all. */
  take(socket: Socket, sink: ListenSink): void {
    this.#sink = sink;
    const nowMs = this.#clock.nowMs();
    const connection = new PendingConnection(socket, this, nowMs);
    this.#pending.set(connection.deadline, nowMs + this.#timeoutMs);
    connection.start();
  }

  /** Ends the one that is here longest; returns whether there was one. */
  shedLongest(): boolean {
    const { first } = this.#pending;
    first?.owner.refuse({ reason: 'shed' });
    return first !== undefined;
  }

  /** Ends them all. */
  endAll(): void {
    while (this.#pending.first !== undefined) this.#pending.first.owner.refuse({ reason: 'draining' });
    for (let lingering = this.#lingering.first; lingering !== undefined; lingering = lingering.next)
      lingering.owner.socket.destroy();
  }

  onPassed(connection: PendingConnection): void {
    const { transport, tls, proxied } = connection;
    this.#sink?.accept({ transport, tls, proxied });
  }

  onRefused(connection: PendingConnection, refusal: Refusal): void {
    if (!connection.socket.destroyed) this.#lingering.set(connection.deadline, this.#clock.nowMs() + this.#lingerMs);
    this.#sink?.refused?.({ remote: connection.remote, ...refusal });
  }
}
