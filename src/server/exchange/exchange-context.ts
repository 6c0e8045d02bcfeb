// What handlers may know of their exchange, and do beyond a plain answer. One for each exchange, with nothing in it until it is used.
import type { ClientInfo, ConnectionInfo } from '../../trace.ts';
import { RequestClient } from '../request/client-view.ts';
import type { ClientHead } from '../request/client-view.ts';
import { WireRequest } from '../request/wire-request.ts';
import type { RawRequest } from '../request/raw-request.ts';
import type { ConnectionHandle, ExchangeLife, ExchangeWatcher } from './exchange-life.ts';
import type { ExchangeLoopOwner } from './exchange-loop-owner.ts';
import type { AnswerHeaders, HandlerContext, UpgradedConnection } from '../handler.ts';
import type { ServerCore } from '../server-core.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What carries out what a handler asks for. */
export interface ContextLane {
  readonly core: ServerCore;
  readonly owner: ExchangeLoopOwner;
  /** The connection as it is now. */
  info(): ConnectionInfo;
  sendInformational(exchange: ServerExchange, status: number, headers: AnswerHeaders | undefined): boolean;
  upgrade(exchange: ServerExchange): UpgradedConnection;
}

/** Of a request that was refused before its head was complete. */
const NO_HEAD: ClientHead = { form: 'other', target: '', host: undefined, lines: { get: () => undefined } };

/** See the head of the file. */
export class ExchangeContext implements HandlerContext, ExchangeLife {
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

  get client(): ClientInfo {
    const exchange = this.#exchange;
    exchange.client ??= new RequestClient(this.#lane.core.options.trust, this.#lane, exchange.head ?? NO_HEAD);
    return exchange.client.info;
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

  get raw(): RawRequest {
    return new WireRequest(this.#exchange, this.#lane.owner, this.#lane.core.clock);
  }

  get life(): ExchangeLife {
    return this;
  }

  /** Of {@link ExchangeLife}, as what follows. */
  get handle(): ConnectionHandle {
    return this.#lane.owner;
  }

  get multiplexed(): boolean {
    return false;
  }

  watch(watcher: ExchangeWatcher): void {
    this.#exchange.watcher = watcher;
  }

  breakOff(): void {
    const { wire, progress } = this.#exchange;
    // In HTTP/1.0 only RST tells that a body which ends with the connection is not whole.
    if (progress !== 'done') this.#lane.owner.breakOff(wire.minorVersion === 0 && progress === 'sending');
  }
}
