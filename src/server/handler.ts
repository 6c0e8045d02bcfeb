// What a request handler is given and what it may answer with. Types only.
import type { Duplex } from 'node:stream';
import type { ClientInfo, ConnectionInfo } from '../trace.ts';
import type { ExactAnswer } from './answer/exact-answer.ts';
import type { ExchangeLife } from './exchange/exchange-life.ts';
import type { RawRequest } from './request/raw-request.ts';

/** What a response body may be. Text is sent as UTF-8. A source that yields chunks is pulled only as fast as the peer reads. */
export type AnswerBody = string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> | null;

/** Fields by name, or as a list of pairs where a name may stand more than once. */
export type AnswerHeaders = Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]> | Headers;

/**
 * Fields that are known only when the body has ended, e.g. a checksum. A function is called then; a promise is awaited then.
 * Where they cannot be sent (HTTP/1.0, HEAD, a status without a body), the function is not called.
 * Where they fail, or have a name that may not stand there (RFC 9110 §6.5.1), the answer breaks off as it does for a failing body.
 */
export type AnswerTrailers = Promise<AnswerHeaders> | (() => AnswerHeaders | Promise<AnswerHeaders>);

/**
 * A plain answer: the twin of `Response` without its cost.
 * With a `content-length` field and a chunk source, exactly that many bytes must come; otherwise the connection is broken off,
 * because the peer must never take a short body for a whole one.
 */
export interface Answer {
  /** 200 to 999. Default 200. */
  readonly status?: number;
  /** The reason phrase. Default: the registered one. HTTP/2 has none and leaves it out (RFC 9113 §8.3.2). */
  readonly statusText?: string;
  readonly headers?: AnswerHeaders;
  /** Default null: no body, `Content-Length: 0` where the status allows one. */
  readonly body?: AnswerBody;
  /** Default none. With them the body is sent in chunks in HTTP/1.1 (RFC 9112 §7.1.2), whatever is known of its length. */
  readonly trailers?: AnswerTrailers;
  /**
   * Makes the head the handler's own to the byte, and the end of the connection with it; HTTP/1 only. `statusText`, `headers` and `trailers` are
   * not looked at then, and a text as body is latin1: one byte for each character.
   */
  readonly exact?: ExactAnswer;
}

/** A connection that was taken over. */
export interface UpgradedConnection {
  /**
   * The socket itself; over TLS the TLS socket. Paused until somebody listens for its data. Nothing was written to it for this
   * request: the 101, with its fields, is yours to write. An error on it ends it and nothing else.
   */
  readonly socket: Duplex;
  /** What came with the request and behind it: the first bytes of the new protocol. Often empty. */
  readonly head: Buffer;
}

/** The second argument of every handler: one for each request. */
export interface HandlerContext {
  /** The connection that the request came on, as it is now. */
  readonly connection: ConnectionInfo;
  /**
   * Who sent the request, and to what site. Of fields such as X-Forwarded-For it believes what proxies in the option `trust` wrote, and
   * nothing without that option. Found out when it is asked for.
   */
  readonly client: ClientInfo;
  /**
   * Aborted when the server begins to shut down: for whatever would go on until somebody ends it. The same signal for all requests of
   * a server, so take your listener off it when you are done.
   */
  readonly draining: AbortSignal;
  /**
   * Sends an interim response ahead of the answer (RFC 9110 §15.2), e.g. 103 with `Link` fields (RFC 8297). Behind a pipelined
   * request it is held until the answers before it are out. Fields of framing and of the connection are left out.
   * Returns whether it goes out: not to HTTP/1.0 (RFC 9110 §15.2), not to a peer that does not read, not to one that is gone.
   *
   * @throws MisuseError where the answer has begun, or the status is not 100 or 102 to 199: 101 is said by whoever calls `upgrade`.
   */
  sendInformational(status: number, headers?: AnswerHeaders): boolean;
  /**
   * Takes the connection over for another protocol (RFC 9110 §7.8). Afterwards what the handler returns is ignored, no deadline of
   * the server applies, and the connection is `active` in `connections()` until its socket is closed. It counts against the limits;
   * a shutdown waits for it, tells it by `draining`, and destroys it at its deadline.
   *
   * @throws MisuseError where the request asked for no upgrade (`Upgrade`, and `upgrade` without `close` in `Connection`), is of HTTP/1.0 or HTTP/2, has
   *   a body, or was answered; AbortedError where the peer is gone.
   */
  upgrade(): UpgradedConnection;
  /** For those who put another interface on top of this one, as perdura/node does. Undefined where the server cannot tell. */
  readonly life?: ExchangeLife | undefined;
  /** The request as it was on the wire, byte for byte. Undefined in HTTP/2. */
  readonly raw?: RawRequest | undefined;
}

/** Answers requests in the style of the Fetch standard. */
export type FetchHandler = (request: Request, context: HandlerContext) => Response | Promise<Response>;

/** Answers requests with plain objects, for handlers that want nothing between them and the wire. */
export type AnswerHandler = (request: Request, context: HandlerContext) => Answer | Promise<Answer>;
