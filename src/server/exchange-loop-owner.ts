// What the exchange loop, and those who work for it, need of the connection below. Types only.
import type { WireOutput } from '../wire/index.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What the loop needs of the connection that it runs on. */
export interface ExchangeLoopOwner extends WireOutput {
  /** The peer is slow to take what was written: nothing new should be begun. */
  readonly blocked: boolean;
  readonly ageMs: number;
  /** A request began. */
  exchangeBegun(): void;
  /** Something happened outside of a read batch: write what there is and look at the deadlines. */
  settle(): void;
  /** Sends what was written so far, even within a batch. */
  flush(): void;
  /** Resolves when the peer takes bytes again, or the connection has ended. */
  whenReady(): Promise<void>;
  pauseReading(): void;
  resumeReading(): void;
  /** An answer broke off in the middle; the peer must not take it for whole. */
  breakOff(untilClose: boolean): void;
  traceExchange(exchange: ServerExchange): void;
}
