// Walks the tables of states.ts. The only place where the state of an exchange or of a connection's persistence changes.
import { MisuseError } from '../errors.ts';
import type { CloseReason } from '../http/close-reason.ts';
import type { Exchange } from './exchange.ts';
import { EXCHANGE_OUTCOMES, PERSISTENCE_TRANSITIONS, REQUEST_TRANSITIONS, RESPONSE_TRANSITIONS } from './states.ts';
import type { MessageEvent, PersistenceEvent, PersistenceState } from './states.ts';

/** The exchanges of one connection, oldest first, and whether more may come. */
export class ConnectionMachine {
  #persistence: PersistenceState = 'persistent';
  #closeReason: CloseReason | undefined;
  #oldest: Exchange | undefined;
  #newest: Exchange | undefined;

  get persistence(): PersistenceState {
    return this.#persistence;
  }

  /** Why the connection ends. The first reason stays. */
  get closeReason(): CloseReason | undefined {
    return this.#closeReason;
  }

  /** The exchange whose response is next on the wire. */
  get oldest(): Exchange | undefined {
    return this.#oldest;
  }

  get newest(): Exchange | undefined {
    return this.#newest;
  }

  /** Puts a new exchange behind the others. */
  open(exchange: Exchange): void {
    if (this.#persistence !== 'persistent') throw new MisuseError('this connection takes no further exchange');
    if (this.#newest === undefined) this.#oldest = exchange;
    else this.#newest.next = exchange;
    this.#newest = exchange;
  }

  request(exchange: Exchange, event: MessageEvent): void {
    const state = REQUEST_TRANSITIONS[exchange.requestState][event];
    if (state === undefined) throw new MisuseError(`a request that is ${exchange.requestState} has no '${event}'`);
    exchange.requestState = state;
    this.#settle();
  }

  response(exchange: Exchange, event: MessageEvent): void {
    const state = RESPONSE_TRANSITIONS[exchange.responseState][event];
    if (state === undefined) throw new MisuseError(`a response that is ${exchange.responseState} has no '${event}'`);
    exchange.responseState = state;
    this.#settle();
  }

  /** No exchange after `exchange`; those behind it are dropped unanswered. Undefined stands for the newest. */
  stopAfter(exchange: Exchange | undefined, reason: CloseReason): void {
    this.#closeReason ??= reason;
    if (exchange !== undefined) {
      exchange.next = undefined;
      this.#newest = exchange;
    }
    this.#step(this.#oldest === undefined ? 'stopIdle' : 'stop');
  }

  /** Nothing can be trusted any more. */
  break(reason: CloseReason): void {
    this.#closeReason ??= reason;
    this.#step('broken');
  }

  /** Retires what is complete, oldest first, until nothing changes any more. */
  #settle(): void {
    for (let exchange = this.#oldest; exchange !== undefined; exchange = this.#oldest) {
      const outcome = EXCHANGE_OUTCOMES[exchange.requestState][exchange.responseState];
      if (outcome === 'underWay') return;
      this.#oldest = exchange.next;
      if (this.#oldest === undefined) this.#newest = undefined;
      if (outcome === 'broken') this.#closeReason ??= 'protocolError';
      this.#step(outcome === 'broken' ? 'broken' : this.#oldest === undefined ? 'lastRetired' : 'retired');
    }
  }

  #step(event: PersistenceEvent): void {
    this.#persistence = PERSISTENCE_TRANSITIONS[this.#persistence][event];
  }
}
