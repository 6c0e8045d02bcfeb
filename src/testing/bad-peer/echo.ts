// What a bad peer answers where nobody says otherwise: the request itself, so that a test sees whose answer it got.
import type { BadPeerAnswer } from './answer.ts';
import type { BadPeerRequest } from './request.ts';

/** The JSON that the default handler answers with. */
export interface BadPeerEcho {
  /** The request's `X-Request-Id`, or its target. */
  readonly id: string;
  readonly method: string;
  readonly target: string;
  /** The start of the body as UTF-8, as much of it as `keptBodyBytes` says. */
  readonly body: string;
  /** The length of the whole body. */
  readonly bodyBytes: number;
  /** Number of the connection at the peer. */
  readonly connection: number;
  /** Number of the request on its connection. */
  readonly number: number;
}

/** Answers 200 with {@link BadPeerEcho}; 501 to CONNECT, because there is nothing to tunnel to. */
export function echo(request: BadPeerRequest): BadPeerAnswer {
  const { id, method, target, bodyBytes, connection, number } = request;
  const body: BadPeerEcho = { id, method, target, body: request.body.toString(), bodyBytes, connection, number };
  return {
    status: method === 'CONNECT' ? 501 : 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
