// The request for a stream of events (HTML standard, §9.2.2 and §9.2.4).
import { EventStreamError } from '../../errors.ts';
import { Headers } from '../../http/headers.ts';
import { isFieldValue } from '../../http/tokens.ts';
import type { FetchInit } from '../request/fetch-call.ts';
import type { ResolvedEventsOptions } from './options.ts';

/** @throws EventStreamError where the id of the last event cannot be sent. */
export function createEventsRequest(
  { method, body, idempotent, headersMs, headers: given }: ResolvedEventsOptions,
  lastEventId: string,
  signal: AbortSignal,
): FetchInit {
  const headers = new Headers(given);
  if (!headers.has('accept')) headers.set('accept', 'text/event-stream');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-cache');
  // Whoever compresses holds events back until a block is full.
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity');
  if (lastEventId !== '') headers.set('last-event-id', encodeId(lastEventId));
  return {
    method,
    headers,
    signal,
    // The watchdog has the pauses within the stream.
    timeouts: { bodyMs: Infinity, ...(headersMs !== undefined && { headersMs }) },
    ...(body !== null && { body }),
    ...(idempotent !== undefined && { idempotent }),
  };
}

/** As UTF-8, each byte as one character of the field. */
function encodeId(id: string): string {
  const value = Buffer.from(id, 'utf8').toString('latin1');
  if (isFieldValue(value)) return value;
  throw new EventStreamError(
    'the id of the last event has a control character, so it cannot be sent as Last-Event-ID (RFC 9110 §5.5), and the stream cannot be gone on with',
  );
}
