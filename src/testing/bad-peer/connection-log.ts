// What one connection writes into the log of its peer: adds its number and the time, and tells of each request once.
import type { Clock } from '../../io/clock.ts';
import type { EventFacts, EventLog } from './event.ts';
import type { PeerRequest } from './request.ts';

/** See the head of the file. */
export class ConnectionLog {
  readonly #events: EventLog;
  readonly #clock: Clock;
  readonly #connection: number;

  constructor(events: EventLog, clock: Clock, connection: number) {
    this.#events = events;
    this.#clock = clock;
    this.#connection = connection;
  }

  add(facts: EventFacts): void {
    this.#events.add({ connection: this.#connection, atMs: this.#clock.nowMs(), ...facts });
  }

  /** A request came, whole or as far as it will ever come. */
  request(request: PeerRequest): void {
    if (request.logged) return;
    request.logged = true;
    const { id, number, method, target, bodyBytes, complete } = request;
    this.add({ type: 'request', id, number, method, target, bodyBytes, complete });
  }

  executed({ id, number }: PeerRequest): void {
    this.add({ type: 'executed', id, number, count: this.#events.countExecution(id) });
  }

  answered({ id, number, method, target }: PeerRequest, status: number): void {
    this.add({ type: 'answered', id, number, method, target, status });
  }
}
