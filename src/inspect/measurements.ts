// What an inspection measures: one flat record of values that are plain data, so that reports, rules and expectations read the same.
// Null: not measured, or there is nothing to measure; why stands with the check that would have measured it.

/** How an idle connection ended: a 408 before it or not, then FIN, RST, or an orderly end of TLS. `none`: still open. */
export type CloseStyle =
  | 'fin'
  | 'rst'
  | 'tls'
  | '408+fin'
  | '408+rst'
  | '408+tls'
  | 'bytes+fin'
  | 'bytes+rst'
  | 'bytes+tls'
  | 'none';

/** What became of requests that were sent without waiting for answers. */
export type PipeliningStyle = 'ordered' | 'serial-close' | 'broken' | 'refused';

/** How the end of the answer to a plain GET is told. */
export type AnswerFraming = 'length' | 'chunked' | 'untilClose' | 'none';

/** See the head of the file. Durations in milliseconds. */
export interface Measurements {
  /** Status of the first answer; null where none came. */
  status: number | null;
  /** Why no answer came to the first request; `slow` where it had begun and was not complete in time. */
  unanswered: 'timeout' | 'slow' | 'fin' | 'reset' | 'malformed' | 'tooLarge' | null;
  /** With `malformed`: what was wrong, in words. */
  unansweredFault: string | null;
  /** Value of its Server field. */
  server: string | null;
  /** Value of its Alt-Svc field. */
  altSvc: string | null;
  /** Whether a second connection is served while a first one is open and idle. */
  concurrentConnections: boolean | null;

  /** Whether a connection serves a second request without being asked to, as HTTP/1.1 says, and no answer announces its end before. */
  http11Persistent: boolean | null;
  /** Where it does not: whether the answer said so. Null where the connection stays open and the second request is not answered. */
  http11CloseAnnounced: boolean | null;
  /** Whether an HTTP/1.0 client that sends `Connection: keep-alive` is kept. */
  http10KeepAlive: boolean | null;
  /** Whether the connection of an HTTP/1.0 client that asks for nothing is closed. */
  http10ClosesByDefault: boolean | null;
  /** Whether every way to ask for `Connection: close` is obeyed. */
  honoursClose: boolean | null;
  /** The ways that are not, as they were sent, e.g. `Connection: keep-alive, close`. */
  closeIgnoredFor: readonly string[] | null;
  /** Whether the answer to `Connection: close` says `close`, too. */
  answersClose: boolean | null;

  /** `timeout=` of Keep-Alive. */
  advertisedTimeoutMs: number | null;
  /** `max=` of Keep-Alive in the first answer. */
  advertisedMax: number | null;
  /** The value of Keep-Alive as it was sent. */
  advertisedField: string | null;
  /** Whether Connection names Keep-Alive, as a hop-by-hop field must be. */
  advertisedInConnection: boolean | null;
  /** Whether `max=` counts down from answer to answer. */
  maxCountsDown: boolean | null;

  /** How long a connection stays open behind an answer; null where it was still open when we stopped waiting. */
  idleTimeoutMs: number | null;
  idleClose: CloseStyle | null;
  /** How long a connection stays open that never says anything. */
  silentConnectTimeoutMs: number | null;
  silentConnectClose: CloseStyle | null;
  /** How long half a request head is waited for. */
  partialHeadTimeoutMs: number | null;
  partialHeadClose: CloseStyle | null;
  /** What came on an idle connection that nobody had asked for, in visible characters; a 408 does not count. */
  unsolicitedBytes: string | null;

  /** Answers on one connection until the server ended it; null where it had not after `requestsTried`. */
  maxRequests: number | null;
  /** Whether the last of them said `Connection: close`. */
  maxRequestsAnnounced: boolean | null;
  requestsTried: number | null;

  pipelining: PipeliningStyle | null;
  /** How many of the pipelined requests were answered, of `pipelinedRequests`. */
  pipelinedAnswers: number | null;
  pipelinedRequests: number | null;
  /** Where it is broken: what was seen. */
  pipeliningFault: 'outOfOrder' | 'stalled' | 'malformed' | 'unannouncedClose' | null;

  /** Framing of the answer to a plain GET. */
  answerFraming: AnswerFraming | null;
  /** Whether chunked messages are understood and well-formed: those that we send and those that come. */
  chunked: boolean | null;
  /** Whether trailers behind a chunked request are accepted. */
  requestTrailers: boolean | null;
  /** Whether HEAD is answered like GET, without the body and with the connection in step. */
  headFraming: boolean | null;
  headFault: 'body' | 'length' | 'framing' | 'unanswered' | null;
  /** Whether a 304 comes without a body and leaves the connection in step; null where the answer has no validator. */
  notModifiedFraming: boolean | null;
  /** Whether bytes came directly behind a complete answer. */
  bytesBehindAnswer: boolean | null;

  /** Whether a request whose body the server does not want is answered. */
  unreadBodyAnswered: boolean | null;
  /** Whether its connection then serves the next request. */
  unreadBodyKept: boolean | null;
  /** Whether the body, or a part of it, was taken for a request. */
  unreadBodyMisread: boolean | null;
  /** Whether a request is answered whose sender has closed its side. */
  halfCloseAnswered: boolean | null;

  /** Status of the answer to what is no request. */
  badRequestStatus: number | null;
  /** Whether the connection ends behind it. */
  badRequestCloses: boolean | null;
  /** Status of the answer for what is not there. */
  notFoundStatus: number | null;
  /** Whether the connection then serves the next request. */
  notFoundKept: boolean | null;
  /** Status of the answer to a body announced as absurdly large; 100 where the server asks for it. */
  tooLargeStatus: number | null;
  /** What becomes of the connection then. */
  tooLargeConnection: 'kept' | 'announcedClose' | 'unannouncedClose' | null;
  /** Malformed requests that were served as if nothing were wrong, by name. */
  acceptsMalformed: readonly MalformedRequest[] | null;
  /** Whether an empty line before a request is ignored. */
  leadingEmptyLine: boolean | null;

  /** E.g. `TLSv1.3`. */
  tlsProtocol: string | null;
  /** What was chosen where `h2` and `http/1.1` were offered; empty where nothing. */
  alpn: string | null;
  tlsResumption: boolean | null;
  tlsHandshakeMs: number | null;
  tlsResumedHandshakeMs: number | null;

  /** Whether HTTP/2 is spoken: by ALPN over TLS, by prior knowledge without. */
  http2: boolean | null;
  http2PingRttMs: number | null;
  /** SETTINGS of the server by the names of node:http2, e.g. `maxConcurrentStreams`. */
  http2Settings: Readonly<Record<string, number | boolean>> | null;
  http2IdleTimeoutMs: number | null;
  /** `goaway+fin` and the like. */
  http2IdleClose: string | null;

  /** From the decision to connect to the end of the answer, on a new connection. Median. */
  newConnectionMs: number | null;
  /** From the request to the end of the answer, on a connection that is open. Median. */
  reusedRequestMs: number | null;
  /** What a page of `pageResources` resources saves on one persistent connection, against a connection for each. */
  pageSavingMs: number | null;
  pageResources: number | null;

  /** Addresses of the name that were looked at, where all were asked for. */
  addresses: readonly AddressMeasurement[] | null;
}

/** Requests that break RFC 9112 in a way that is safe to send: whoever reads them reads the same end. */
export type MalformedRequest =
  | 'lengthBesideChunked'
  | 'missingHost'
  | 'repeatedHost'
  | 'spaceBeforeColon'
  | 'foldedField'
  | 'bareLineFeed';

/** One address of the name. */
export interface AddressMeasurement {
  readonly address: string;
  /** Null where it could not be reached. */
  readonly newConnectionMs: number | null;
  readonly status: number | null;
  readonly http11Persistent: boolean | null;
  readonly advertisedTimeoutMs: number | null;
  readonly server: string | null;
}

export type MeasurementName = keyof Measurements;

/** Nothing measured yet; also the list of all names, in the order of reports. */
export const NOTHING_MEASURED: Readonly<Measurements> = {
  status: null,
  unanswered: null,
  unansweredFault: null,
  server: null,
  altSvc: null,
  concurrentConnections: null,
  http11Persistent: null,
  http11CloseAnnounced: null,
  http10KeepAlive: null,
  http10ClosesByDefault: null,
  honoursClose: null,
  closeIgnoredFor: null,
  answersClose: null,
  advertisedTimeoutMs: null,
  advertisedMax: null,
  advertisedField: null,
  advertisedInConnection: null,
  maxCountsDown: null,
  idleTimeoutMs: null,
  idleClose: null,
  silentConnectTimeoutMs: null,
  silentConnectClose: null,
  partialHeadTimeoutMs: null,
  partialHeadClose: null,
  unsolicitedBytes: null,
  maxRequests: null,
  maxRequestsAnnounced: null,
  requestsTried: null,
  pipelining: null,
  pipelinedAnswers: null,
  pipelinedRequests: null,
  pipeliningFault: null,
  answerFraming: null,
  chunked: null,
  requestTrailers: null,
  headFraming: null,
  headFault: null,
  notModifiedFraming: null,
  bytesBehindAnswer: null,
  unreadBodyAnswered: null,
  unreadBodyKept: null,
  unreadBodyMisread: null,
  halfCloseAnswered: null,
  badRequestStatus: null,
  badRequestCloses: null,
  notFoundStatus: null,
  notFoundKept: null,
  tooLargeStatus: null,
  tooLargeConnection: null,
  acceptsMalformed: null,
  leadingEmptyLine: null,
  tlsProtocol: null,
  alpn: null,
  tlsResumption: null,
  tlsHandshakeMs: null,
  tlsResumedHandshakeMs: null,
  http2: null,
  http2PingRttMs: null,
  http2Settings: null,
  http2IdleTimeoutMs: null,
  http2IdleClose: null,
  newConnectionMs: null,
  reusedRequestMs: null,
  pageSavingMs: null,
  pageResources: null,
  addresses: null,
};
