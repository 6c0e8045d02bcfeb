// What handlers may know of their exchange, and do beyond a plain answer. One for each exchange, with nothing in it until it is used.
import type { ConnectionInfo } from '../trace.ts';
import type { AnswerHeaders, HandlerContext, UpgradedConnection } from './handler.ts';
import type { ServerCore } from './server-core.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What carries out what a handler asks for. */
export interface ContextLane {
  readonly core: ServerCore;
  /** The connection as it is now. */
  info(): ConnectionInfo;
  sendInformational(exchange: ServerExchange, status: number, headers: AnswerHeaders | undefined): boolean;
  upgrade(exchange: ServerExchange): UpgradedConnection;
}

/** See the head of the file. */
export class ExchangeContext implements HandlerContext {
  readonly #lane: ContextLane;
  readonly #exchange: ServerExchange;

  constructor(lane: ContextLane, exchange: ServerExchange) {
    this.#lane = lane;
    this.#exchange = exchange;
  }

  /** A snapshot, made when it is asked for. */
  get connection(): ConnectionInfo {
    return this.#lane.info();
  }

  get draining(): AbortSignal {
    return this.#lane.core.drainingSignal;
  }

  sendInformational(status: number, headers?: AnswerHeaders): boolean {
    return this.#lane.sendInformational(this.#exchange, status, headers);
  }

  upgrade(): UpgradedConnection {
    return this.#lane.upgrade(this.#exchange);
  }
}
