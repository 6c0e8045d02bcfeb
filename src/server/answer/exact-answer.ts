// An answer of HTTP/1 whose head is its handler's to the byte, for servers that must answer as another one does. Types only.
import type { CloseReason } from '../../http/close-reason.ts';

/** How the body of an exact answer is delimited. `none`: no bytes of a body follow (HEAD, 204, 304). */
export type ExactFraming = 'none' | 'length' | 'chunked' | 'untilClose';

/** What is known when the head of an exact answer goes out. */
export interface ExactHeadFacts {
  /**
   * Why the server ends the connection after this answer, whatever the head says: it is draining or short of room, the connection has
   * reached its age, the request asked for the end, is in doubt, or will not be read to its end. Undefined where nothing is against keeping it.
   */
  readonly mustClose: CloseReason | undefined;
}

/** The head of an exact answer. Text has one character for each byte (latin1). Nothing is added to it. */
export interface ExactHead {
  /** E.g. `HTTP/1.1 200 OK`, without its line end. Undefined: neither a status line nor fields, as in HTTP/0.9. */
  readonly statusLine: string | undefined;
  /** Every field line in order, each with CR LF: Date, Connection, Keep-Alive and those of framing included. */
  readonly fieldLines: string;
  /**
   * `length`: `fieldLines` has a Content-Length, and the body is that long: otherwise the connection breaks off. `chunked` sends one chunk for
   * each piece of the body, and the last chunk without trailers.
   */
  readonly framing: ExactFraming;
  /** Whether the connection stays open. With `mustClose` it ends in any case. */
  readonly persistent: boolean;
  /** Idle time of this connection until its next request, to the millisecond: no grace is added. */
  readonly keepAliveTimeoutMs: number;
}

/** What became of an exact answer: for access logs. */
export interface ExactRecord {
  /** Bytes of the body that were handed to the transport, without chunk framing. */
  readonly bodyBytes: number;
  /** Head, body and chunk framing, and the interim responses before them. */
  readonly sentBytes: number;
  /** Bytes of the request that were read: its head, empty lines before it, and its body with the framing. */
  readonly receivedBytes: number;
  /** Whether the connection stayed open. */
  readonly persistent: boolean;
  /** The answer did not go out as a whole, or not at all: the client is gone, or the body broke off. */
  readonly aborted: boolean;
  /** From the beginning of the request's head to the last byte of the answer handed to the transport. */
  readonly durationMs: number;
  /** Wall clock, milliseconds since 1970, of the beginning of the request's head. */
  readonly startedAtMs: number;
}

/** What a handler gives as `Answer.exact`. `status`, `body` and nothing else of the answer still count; a text as body is latin1 here. */
export interface ExactAnswer {
  /** Called once, when the head goes out. Where it throws, the client gets a plain 500. */
  head(facts: ExactHeadFacts): ExactHead;
  /** Told once, when the answer is out or has come to nothing. Must not throw. */
  done?(record: ExactRecord): void;
}
