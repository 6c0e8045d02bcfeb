// What a handler may know of its exchange over HTTP/2, and do beyond an answer.
import type { ConnectionInfo } from '../../trace.ts';
import type { HandlerContext } from '../handler.ts';
import type { Http2ExchangeOwner } from './exchange-owner.ts';

/** One for each exchange, with nothing in it until it is used. */
export class Http2ExchangeContext implements HandlerContext {
  readonly #owner: Http2ExchangeOwner;

  constructor(owner: Http2ExchangeOwner) {
    this.#owner = owner;
  }

  get connection(): ConnectionInfo {
    return this.#owner.info();
  }
}
