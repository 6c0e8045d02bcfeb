// From what a connection received to what the caller of `request` gets.
import type { ResponseHead } from '../../wire/index.ts';
import type { ExchangeConnection } from '../exchange-parties.ts';
import type { PendingRequest } from '../pending-request.ts';
import type { ResponseBody } from './response-body.ts';
import { createSessionResponse } from './session-response.ts';
import type { SessionResponse } from './session-response.ts';

/** Makes the response of `request`; that of `fetch` is made of it. */
export function deliverResponse(
  request: PendingRequest,
  head: ResponseHead,
  body: ResponseBody,
  connection: ExchangeConnection,
): SessionResponse {
  const { id, requests, heartbeat } = connection;
  // With several requests in flight this is the first of them.
  const number = requests - (heartbeat?.sent ?? 0) - connection.inFlight + 1;
  return createSessionResponse(head, body, { id, reused: number > 1, request: number }, request.retryRecords);
}
