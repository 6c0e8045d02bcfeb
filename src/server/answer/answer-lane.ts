// The connection that an answer goes out on, as far as sending it needs to know. Types only.
import type { WireConnection } from '../../wire/index.ts';
import type { ExchangeLoopOwner } from '../exchange/exchange-loop-owner.ts';
import type { ServerExchange } from '../exchange/server-exchange.ts';
import type { ServerCore } from '../server-core.ts';

/** See the head of the file. */
export interface AnswerLane {
  readonly core: ServerCore;
  readonly owner: ExchangeLoopOwner;
  readonly wire: WireConnection;
  /** The answer is out. */
  finish(exchange: ServerExchange): void;
}
