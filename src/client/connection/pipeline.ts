// Which requests may share a connection while answers are outstanding (RFC 9112 §9.3.2). Pure.
import { isSafeMethod } from '../../http/methods.ts';
import type { OutgoingRequest } from '../request/outgoing-request.ts';

/** What is known of a connection with requests in flight. */
export interface PipelineFacts {
  /** The session's option. */
  readonly limit: number;
  readonly inFlight: number;
  /** Requests that were sent on it, those in flight included. */
  readonly requests: number;
  /** The request in flight that was sent last. */
  readonly lastMethod: string;
}

/**
 * Whether one more request may go out behind those in flight. Never on first contact: only a server that has answered on this
 * connection is known to speak HTTP/1.1 and to go on. Never behind a request that changes something: were the connection lost,
 * nobody could tell whether that happened before or after.
 */
export function takesPipelined({ limit, inFlight, requests, lastMethod }: PipelineFacts): boolean {
  return inFlight > 0 && inFlight < limit && requests > inFlight && isSafeMethod(lastMethod);
}

/** Whether the request may share a connection at all: it is safe, has no body, and does not ask for the end of the connection. */
export function mayBePipelined({ method, body, close }: OutgoingRequest): boolean {
  return body.kind === 'none' && !close && isSafeMethod(method);
}
