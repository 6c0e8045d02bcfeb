// What a request handler is given and what it may answer with. Types only.
import type { ConnectionInfo } from '../trace.ts';

/** What a response body may be. Text is sent as UTF-8. A source that yields chunks is pulled only as fast as the peer reads. */
export type AnswerBody = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> | null;

/** Fields by name, or as a list of pairs where a name may stand more than once. */
export type AnswerHeaders = Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]> | Headers;

/**
 * A plain answer: the twin of `Response` without its cost.
 * With a `content-length` field and a chunk source, exactly that many bytes must come; otherwise the connection is broken off,
 * because the peer must never take a short body for a whole one.
 */
export interface Answer {
  /** 200 to 999. Default 200. */
  readonly status?: number;
  readonly headers?: AnswerHeaders;
  /** Default null: no body, `Content-Length: 0` where the status allows one. */
  readonly body?: AnswerBody;
}

/** The second argument of every handler. */
export interface HandlerContext {
  /** The connection that the request came on, as it is now. */
  readonly connection: ConnectionInfo;
}

/** Answers requests in the style of the Fetch standard. */
export type FetchHandler = (request: Request, context: HandlerContext) => Response | Promise<Response>;

/** Answers requests with plain objects, for handlers that want nothing between them and the wire. */
export type AnswerHandler = (request: Request, context: HandlerContext) => Answer | Promise<Answer>;
