// What is known of a request when it is over, whatever became of it: for the summary, and for programs as JSON.
import type { RetryRecord } from '../../trace.ts';

/** A response that was read to its end. */
export interface ExchangeRecord {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly httpVersion: string;
  readonly connection: number;
  readonly reused: boolean;
  /** Which request on its connection it was; 1 for the first. */
  readonly requestNumber: number;
  /** How long the connection had been idle before; 0 where it was new. */
  readonly idleMs: number;
  readonly retries: readonly RetryRecord[];
  /** From the request sent to the head of the response. */
  readonly waitMs: number;
  /** From the call to the head of the response, with opening a connection and every retry. */
  readonly headMs: number;
  /** From the call to the end of the body. */
  readonly totalMs: number;
  readonly bodyBytes: number;
  /** Names in lower case and values as they came; undefined where nobody asked for them. */
  readonly headers: readonly (readonly [string, string])[] | undefined;
}

/** A request that got no response, or not all of one. */
export interface FailureRecord {
  readonly method: string;
  readonly url: string;
  readonly error: Error;
  readonly totalMs: number;
}
