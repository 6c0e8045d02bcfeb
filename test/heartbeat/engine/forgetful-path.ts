// A peer behind a path that forgets silent connections, on a clock that stands still until it is moved.
import { ConnectError } from '#src/errors.js';
import type { Acknowledgement, Probe, ProbeSink } from '#src/heartbeat/index.js';
import type { ManualClock } from '#src/testing/index.js';

/** How the path treats what it has forgotten: swallows it, or ends it with FIN when the time is up; the latter may be told or not. */
export type Forgetting = 'silent' | 'finTold' | 'finUntold';

interface Connection {
  lastByteMs: number;
  isForgotten: boolean;
}

/** See the head of the file. */
export class ForgetfulPath implements Probe {
  readonly target = 'peer';
  readonly rttMs = 10;
  limitMs: number;
  /** Whether a connection that missed a signal is kept, as by those who can tell a late answer from the next one. */
  keepsAfterMiss = false;
  /** Nobody is there: connections are refused. */
  isRefusing = false;
  /** Signals that are lost from now on, on a connection that works. */
  hiccups = 0;
  /** Connections that the path forgot. */
  forgotten = 0;
  opened = 0;
  readonly #clock: ManualClock;
  readonly #how: Forgetting;
  #connection: Connection | undefined;
  #sink: ProbeSink | undefined;

  constructor(clock: ManualClock, limitMs: number, how: Forgetting) {
    this.#clock = clock;
    this.limitMs = limitMs;
    this.#how = how;
  }

  attach(sink: ProbeSink): void {
    this.#sink = sink;
  }

  send(signal: AbortSignal): Promise<Acknowledgement> {
    const isNew = this.#connection === undefined;
    if (isNew && this.isRefusing) return Promise.reject(new ConnectError('peer', 'refused'));
    const connection = this.#connection ?? this.#open();
    const arrives = this.#carry(connection) && this.hiccups === 0;
    if (this.hiccups > 0) this.hiccups -= 1;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        if (!this.keepsAfterMiss && this.#connection === connection) this.#connection = undefined;
        reject(signal.reason as Error);
      });
      if (!arrives) return;
      this.#clock.startTimer(this.rttMs, () => {
        this.#carry(connection);
        resolve({ connection: isNew ? 'new' : 'kept' });
      });
    });
  }

  close(): void {
    this.#connection = undefined;
  }

  /** The peer ends the connection, or dies with it. */
  cut(): void {
    this.#connection = undefined;
    this.#sink?.onLost('the peer reset the connection');
  }

  /** The peer says something of its own accord; returns whether it arrives. */
  speak(): boolean {
    if (this.#connection === undefined || !this.#carry(this.#connection)) return false;
    this.#sink?.onReceived();
    return true;
  }

  /** Something other than a signal is sent to the peer. */
  sendOther(): void {
    if (this.#connection !== undefined) this.#carry(this.#connection);
    this.#sink?.onSent();
  }

  #open(): Connection {
    const connection: Connection = { lastByteMs: this.#clock.nowMs(), isForgotten: false };
    this.#connection = connection;
    this.opened += 1;
    if (this.#how !== 'silent') this.#watch(connection);
    return connection;
  }

  /** A byte in either direction; returns whether it gets through. */
  #carry(connection: Connection): boolean {
    this.#look(connection);
    if (!connection.isForgotten) connection.lastByteMs = this.#clock.nowMs();
    return !connection.isForgotten;
  }

  #look(connection: Connection): void {
    if (connection.isForgotten || this.#clock.nowMs() - connection.lastByteMs < this.limitMs) return;
    connection.isForgotten = true;
    this.forgotten += 1;
  }

  #watch(connection: Connection): void {
    const leftMs = connection.lastByteMs + this.limitMs - this.#clock.nowMs();
    this.#clock.startTimer(Math.max(leftMs, 1), () => {
      if (this.#connection !== connection) return;
      this.#look(connection);
      if (!connection.isForgotten) return this.#watch(connection);
      this.#connection = undefined;
      if (this.#how === 'finTold') this.#sink?.onLost('the peer ended the connection');
    });
  }
}
