// What `session.request()` resolves to: plain data, made for the hot path. `session.fetch()` wraps the same in a FetchResponse.
import { Headers } from '../../http/headers.ts';
import type { FieldSource } from '../../http/headers.ts';
import type { RetryRecord } from '../../trace.ts';
import type { ResponseBody } from './response-body.ts';

/** Which connection a response came on. */
export interface ResponseConnection {
  /** Identifies it in `session.connections()` and in the trace. */
  readonly id: number;
  /** Whether it had served a request before. */
  readonly reused: boolean;
  /** Which request on it this was; 1 for the first. */
  readonly request: number;
}

/** A response as data. */
export interface SessionResponse {
  readonly status: number;
  /** The reason phrase as it was sent, one character for each byte; often empty or not the registered one. */
  readonly statusText: string;
  /** Turned into strings when somebody asks for one. */
  readonly headers: Headers;
  /** Always there; empty where the response has none. */
  readonly body: ResponseBody;
  readonly httpVersion: '1.0' | '1.1';
  readonly connection: ResponseConnection;
  /** Why the request was sent again, one record for each time; empty as a rule. */
  readonly retries: readonly RetryRecord[];
}

/** What the connection knows of a response when its head has arrived. */
export interface SessionResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly minorVersion: number;
  readonly lines: FieldSource;
}

const NO_RETRIES: readonly RetryRecord[] = Object.freeze([]);

/** Makes one. Nothing is copied and no field is read. */
export function createSessionResponse(
  head: SessionResponseHead,
  body: ResponseBody,
  connection: ResponseConnection,
  retries: readonly RetryRecord[] = NO_RETRIES,
): SessionResponse {
  return {
    status: head.status,
    statusText: head.reason,
    headers: Headers.lazy(head.lines),
    body,
    httpVersion: head.minorVersion === 0 ? '1.0' : '1.1',
    connection,
    retries,
  };
}
