// Measurements of any server that could be, made by fast-check.
import fc from 'fast-check';
import type { JudgedFacts } from '#src/inspect/catalogue/catalogue.js';
import { NOTHING_MEASURED } from '#src/inspect/index.js';
import type { CloseStyle, MalformedRequest, Measurements } from '#src/inspect/index.js';

const flag = fc.boolean();
const duration = fc.oneof(fc.double({ min: 0, max: 200_000, noNaN: true }), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
const count = fc.integer({ min: 0, max: 100_000 });
const status = fc.integer({ min: 100, max: 599 });
/** Also what no server should send, and what a terminal should not get. */
const text = fc.string({ unit: fc.constantFrom('x', '5', '=', ',', ' ', '"', '\\', '`', 'é', '\x1b', '\r', '\n') });
const closeStyle = fc.constantFrom<CloseStyle>(
  ...(['fin', 'rst', 'tls', '408+fin', '408+rst', '408+tls', 'bytes+fin', 'bytes+rst', 'bytes+tls', 'none'] as const),
);
const malformed = fc.subarray<MalformedRequest>([
  'lengthBesideChunked',
  'missingHost',
  'repeatedHost',
  'spaceBeforeColon',
  'foldedField',
  'bareLineFeed',
]);
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null });
const address = fc.record({
  address: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'),
  newConnectionMs: orNull(duration),
  status: orNull(status),
  http11Persistent: orNull(flag),
  advertisedTimeoutMs: orNull(duration),
  server: orNull(text),
});

const VALUES: { readonly [Name in keyof Measurements]: fc.Arbitrary<NonNullable<Measurements[Name]>> } = {
  status,
  unanswered: fc.constantFrom('timeout', 'slow', 'fin', 'reset', 'malformed', 'tooLarge'),
  unansweredFault: fc.constantFrom('badLineEnd', 'badStatus', 'in words'),
  server: text,
  altSvc: fc.oneof(text, fc.constantFrom('h3=":443"', 'clear')),
  concurrentConnections: flag,
  http11Persistent: flag,
  http11CloseAnnounced: flag,
  http10KeepAlive: flag,
  http10ClosesByDefault: flag,
  honoursClose: flag,
  closeIgnoredFor: fc.subarray(['Connection: close', 'Connection: foo, close']),
  answersClose: flag,
  advertisedTimeoutMs: fc.integer({ min: 0, max: 200 }).map((seconds) => seconds * 1_000),
  advertisedMax: count,
  advertisedField: text,
  advertisedInConnection: flag,
  maxCountsDown: flag,
  idleTimeoutMs: duration,
  idleClose: closeStyle,
  silentConnectTimeoutMs: duration,
  silentConnectClose: closeStyle,
  partialHeadTimeoutMs: duration,
  partialHeadClose: closeStyle,
  // As checks report it: visible characters.
  unsolicitedBytes: fc.string({ unit: fc.constantFrom('x', '5', '=', ' ', '\\x0d') }),
  maxRequests: count,
  maxRequestsAnnounced: flag,
  requestsTried: count,
  pipelining: fc.constantFrom('ordered', 'serial-close', 'broken', 'refused'),
  pipelinedAnswers: fc.integer({ min: 0, max: 5 }),
  pipelinedRequests: fc.integer({ min: 1, max: 5 }),
  pipeliningFault: fc.constantFrom('outOfOrder', 'stalled', 'malformed', 'unannouncedClose'),
  answerFraming: fc.constantFrom('length', 'chunked', 'untilClose', 'none'),
  chunked: flag,
  requestTrailers: flag,
  headFraming: flag,
  headFault: fc.constantFrom('body', 'length', 'framing', 'unanswered'),
  notModifiedFraming: flag,
  bytesBehindAnswer: flag,
  unreadBodyAnswered: flag,
  unreadBodyKept: flag,
  unreadBodyMisread: flag,
  halfCloseAnswered: flag,
  badRequestStatus: status,
  badRequestCloses: flag,
  notFoundStatus: status,
  notFoundKept: flag,
  tooLargeStatus: status,
  tooLargeConnection: fc.constantFrom('kept', 'announcedClose', 'unannouncedClose'),
  acceptsMalformed: malformed,
  leadingEmptyLine: flag,
  tlsProtocol: fc.constantFrom('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  alpn: fc.constantFrom('h2', 'http/1.1', ''),
  tlsResumption: flag,
  tlsHandshakeMs: duration,
  tlsResumedHandshakeMs: duration,
  http2: flag,
  http2PingRttMs: duration,
  http2Settings: fc.oneof(fc.constant({}), fc.record({ maxConcurrentStreams: count, enablePush: flag })),
  http2IdleTimeoutMs: duration,
  http2IdleClose: fc.constantFrom('goaway+fin', 'fin', 'rst', 'none'),
  newConnectionMs: duration,
  reusedRequestMs: duration,
  pageSavingMs: duration,
  pageResources: count,
  addresses: fc.array(address, { maxLength: 4 }),
};

const NAMES = Object.keys(VALUES) as (keyof Measurements)[];

const dense = fc.record(
  Object.fromEntries(NAMES.map((name) => [name, orNull<unknown>(VALUES[name])])),
) as fc.Arbitrary<unknown> as fc.Arbitrary<Measurements>;

/** Servers of which little is known have few findings, so that one more makes a difference. */
const sparse = fc.tuple(dense, fc.subarray(NAMES, { maxLength: 5 })).map(([measured, kept]): Measurements => {
  const known = Object.fromEntries(kept.map((name) => [name, measured[name]]));
  return { ...NOTHING_MEASURED, ...known };
});

/** Any of them may be null. */
const anyMeasurements: fc.Arbitrary<Measurements> = fc.oneof(dense, { arbitrary: sparse, weight: 3 });

export const anyFacts: fc.Arbitrary<JudgedFacts> = fc.record({
  measured: anyMeasurements,
  behind: fc.option(
    fc.record({
      name: fc.constant('hop'),
      title: fc.constant('the hop'),
      serverIdleMs: fc.integer({ min: 1, max: 1_000_000 }),
    }),
    { nil: undefined },
  ),
  maxWaitMs: fc.integer({ min: 1, max: 200_000 }),
  scheme: fc.constantFrom('http', 'https'),
});
