// What a handler may know of its exchange over HTTP/2, and do beyond an answer.
import { MisuseError } from '../../errors.ts';
import type { ClientInfo, ConnectionInfo } from '../../trace.ts';
import type { RequestClient } from '../request/client-view.ts';
import type { ConnectionHandle, ExchangeLife, ExchangeWatcher } from '../exchange/exchange-life.ts';
import type { AnswerHeaders, HandlerContext } from '../handler.ts';
import { checkInformational } from '../exchange/informational.ts';
import type { Http2ExchangeOwner } from './exchange-owner.ts';

/** The exchange, as far as its handler may use it before it answers. */
export interface Http2ContextLane {
  readonly owner: Http2ExchangeOwner;
  /** Asked of an exchange with a head only. */
  readonly client: RequestClient;
  readonly handle: ConnectionHandle;
  watcher: ExchangeWatcher | undefined;
  giveUp(): void;
  sendInformational(status: number, headers: AnswerHeaders | undefined): boolean;
}

/** One for each exchange, with nothing in it until it is used. */
export class Http2ExchangeContext implements HandlerContext, ExchangeLife {
  readonly #lane: Http2ContextLane;

  constructor(lane: Http2ContextLane) {
    this.#lane = lane;
  }

  get connection(): ConnectionInfo {
    return this.#lane.owner.info();
  }

  get client(): ClientInfo {
    return this.#lane.client.info;
  }

  get draining(): AbortSignal {
    return this.#lane.owner.core.drainingSignal;
  }

  sendInformational(status: number, headers?: AnswerHeaders): boolean {
    checkInformational(status);
    return this.#lane.sendInformational(status, headers);
  }

  /** RFC 9113 §8.6: HTTP/2 has no upgrade. */
  upgrade(): never {
    throw new MisuseError('upgrade: HTTP/2 has no upgrade (RFC 9113 §8.6); offer what you upgrade to over HTTP/1.1');
  }

  get life(): ExchangeLife {
    return this;
  }

  /** Of {@link ExchangeLife}, as what follows. */
  get handle(): ConnectionHandle {
    return this.#lane.handle;
  }

  get multiplexed(): boolean {
    return true;
  }

  watch(watcher: ExchangeWatcher): void {
    this.#lane.watcher = watcher;
  }

  breakOff(): void {
    this.#lane.giveUp();
  }
}
