// What each measurement is called, where it belongs, its unit and how a value of it is written: once, for every format, for expectations
// and for the documents. Sentences that take several of them together are in measurement-groups.ts.
import { formatDuration } from '../format-duration.ts';
import type { AddressMeasurement, MeasurementName, Measurements } from '../measurements.ts';

/** The subjects of a report, in its order, with their headings. */
export const MEASUREMENT_SUBJECTS: Readonly<Record<MeasurementSubject, string>> = {
  answer: 'Answer',
  persistence: 'Persistence',
  waiting: 'Waiting',
  messages: 'Messages',
  errors: 'Errors',
  tls: 'TLS',
  http2: 'HTTP/2',
  cost: 'Cost',
};

export type MeasurementSubject =
  | 'answer'
  | 'persistence'
  | 'waiting'
  | 'messages'
  | 'errors'
  | 'tls'
  | 'http2'
  | 'cost';

/** What a value is. `word`: one of a few; `text`: any characters; `list`: of texts; `record`: named values; `addresses`: one for each. */
export type MeasurementUnit = 'ms' | 'count' | 'status' | 'yesNo' | 'word' | 'text' | 'list' | 'record' | 'addresses';

/** See the head of the file. */
export interface MeasurementDescription {
  readonly subject: MeasurementSubject;
  /** A phrase in lower case without a full stop, which stands by itself in a table. */
  readonly label: string;
  readonly unit: MeasurementUnit;
  /** With `word` and `list`: all words that there are. */
  readonly words?: readonly string[];
  /** What null says where the check was made. Absent: that it could not be found out. */
  readonly nullSays?: string;
}

/** All words of a union: the compiler refuses one that is missing. */
const wordsOf = <Word extends string>(words: Readonly<Record<Word, true>>): readonly string[] => Object.keys(words);

const CLOSE_STYLES = wordsOf<NonNullable<Measurements['idleClose']>>({
  fin: true,
  rst: true,
  tls: true,
  '408+fin': true,
  '408+rst': true,
  '408+tls': true,
  'bytes+fin': true,
  'bytes+rst': true,
  'bytes+tls': true,
  none: true,
});

const UNANSWERED = wordsOf<NonNullable<Measurements['unanswered']>>({
  timeout: true,
  slow: true,
  fin: true,
  reset: true,
  malformed: true,
  tooLarge: true,
});

const PIPELINING = wordsOf<NonNullable<Measurements['pipelining']>>({
  ordered: true,
  'serial-close': true,
  broken: true,
  refused: true,
});

const PIPELINING_FAULTS = wordsOf<NonNullable<Measurements['pipeliningFault']>>({
  outOfOrder: true,
  stalled: true,
  malformed: true,
  unannouncedClose: true,
});

const FRAMINGS = wordsOf<NonNullable<Measurements['answerFraming']>>({
  length: true,
  chunked: true,
  untilClose: true,
  none: true,
});

const HEAD_FAULTS = wordsOf<NonNullable<Measurements['headFault']>>({
  body: true,
  length: true,
  framing: true,
  unanswered: true,
});

const TOO_LARGE = wordsOf<NonNullable<Measurements['tooLargeConnection']>>({
  kept: true,
  announcedClose: true,
  unannouncedClose: true,
});

const MALFORMED = wordsOf<NonNullable<Measurements['acceptsMalformed']>[number]>({
  lengthBesideChunked: true,
  missingHost: true,
  repeatedHost: true,
  spaceBeforeColon: true,
  foldedField: true,
  bareLineFeed: true,
});

/** See the head of the file. */
// oxfmt-ignore
export const MEASUREMENTS: Readonly<Record<MeasurementName, MeasurementDescription>> = {
  status: { subject: 'answer', label: 'status of the first answer', unit: 'status' },
  unanswered: { subject: 'answer', label: 'why the first request was not answered', unit: 'word', words: UNANSWERED, nullSays: 'it was answered' },
  unansweredFault: { subject: 'answer', label: 'what was wrong with the first answer', unit: 'text', nullSays: 'nothing was wrong with it' },
  server: { subject: 'answer', label: 'its Server field', unit: 'text', nullSays: 'there is none' },
  altSvc: { subject: 'answer', label: 'its Alt-Svc field', unit: 'text', nullSays: 'there is none' },
  concurrentConnections: { subject: 'answer', label: 'several connections are served at the same time', unit: 'yesNo' },

  http11Persistent: { subject: 'persistence', label: 'the connection outlives its first answer (HTTP/1.1)', unit: 'yesNo' },
  http11CloseAnnounced: { subject: 'persistence', label: 'where the connection is closed, the answer says Connection: close', unit: 'yesNo', nullSays: 'it was not closed' },
  http10KeepAlive: { subject: 'persistence', label: 'an HTTP/1.0 client that asks to be kept is kept', unit: 'yesNo' },
  http10ClosesByDefault: { subject: 'persistence', label: 'the connection of an HTTP/1.0 client that asks for nothing is closed', unit: 'yesNo' },
  honoursClose: { subject: 'persistence', label: 'every way to ask for Connection: close is obeyed', unit: 'yesNo' },
  closeIgnoredFor: { subject: 'persistence', label: 'ways to ask for close that are ignored', unit: 'list' },
  answersClose: { subject: 'persistence', label: 'the answer to Connection: close says close as well', unit: 'yesNo' },
  advertisedTimeoutMs: { subject: 'persistence', label: 'timeout that Keep-Alive promises', unit: 'ms', nullSays: 'nothing is promised' },
  advertisedMax: { subject: 'persistence', label: 'number of requests that Keep-Alive promises', unit: 'count', nullSays: 'nothing is promised' },
  advertisedField: { subject: 'persistence', label: 'the Keep-Alive field as it was sent', unit: 'text', nullSays: 'there is none' },
  advertisedInConnection: { subject: 'persistence', label: 'Connection names the Keep-Alive field', unit: 'yesNo', nullSays: 'there is no such field' },
  maxCountsDown: { subject: 'persistence', label: 'the promised number counts down from answer to answer', unit: 'yesNo', nullSays: 'nothing is promised' },
  maxRequests: { subject: 'persistence', label: 'answers on one connection until the server ends it', unit: 'count' },
  maxRequestsAnnounced: { subject: 'persistence', label: 'the last answer on a connection says Connection: close', unit: 'yesNo', nullSays: 'there was no last one' },
  requestsTried: { subject: 'persistence', label: 'requests tried on one connection', unit: 'count' },

  idleTimeoutMs: { subject: 'waiting', label: 'how long an idle connection is kept', unit: 'ms' },
  idleClose: { subject: 'waiting', label: 'how an idle connection is ended', unit: 'word', words: CLOSE_STYLES },
  silentConnectTimeoutMs: { subject: 'waiting', label: 'how long a connection is kept that never says anything', unit: 'ms' },
  silentConnectClose: { subject: 'waiting', label: 'how a connection is ended that never says anything', unit: 'word', words: CLOSE_STYLES },
  partialHeadTimeoutMs: { subject: 'waiting', label: 'how long the rest of a request head is waited for', unit: 'ms' },
  partialHeadClose: { subject: 'waiting', label: 'how a connection with half a request is ended', unit: 'word', words: CLOSE_STYLES },
  unsolicitedBytes: { subject: 'waiting', label: 'what came on an idle connection that nobody had asked for', unit: 'text', nullSays: 'nothing came' },

  pipelining: { subject: 'messages', label: 'what becomes of requests that are sent without waiting for answers', unit: 'word', words: PIPELINING },
  pipelinedAnswers: { subject: 'messages', label: 'answers to pipelined requests', unit: 'count' },
  pipelinedRequests: { subject: 'messages', label: 'pipelined requests', unit: 'count' },
  pipeliningFault: { subject: 'messages', label: 'what is wrong with pipelining', unit: 'word', words: PIPELINING_FAULTS, nullSays: 'nothing is wrong with it' },
  answerFraming: { subject: 'messages', label: 'how the end of an answer is told', unit: 'word', words: FRAMINGS },
  chunked: { subject: 'messages', label: 'chunked messages are understood and well-formed', unit: 'yesNo' },
  requestTrailers: { subject: 'messages', label: 'trailers behind a chunked request are accepted', unit: 'yesNo' },
  headFraming: { subject: 'messages', label: 'HEAD is answered like GET, without the body', unit: 'yesNo' },
  headFault: { subject: 'messages', label: 'what is wrong with the answer to HEAD', unit: 'word', words: HEAD_FAULTS, nullSays: 'nothing is wrong with it' },
  notModifiedFraming: { subject: 'messages', label: 'a 304 comes without a body', unit: 'yesNo', nullSays: 'the answer has no validator' },
  bytesBehindAnswer: { subject: 'messages', label: 'bytes came behind a complete answer', unit: 'yesNo' },
  unreadBodyAnswered: { subject: 'messages', label: 'a request is answered whose body the server does not want', unit: 'yesNo' },
  unreadBodyKept: { subject: 'messages', label: 'the connection with the unwanted body serves the next request', unit: 'yesNo' },
  unreadBodyMisread: { subject: 'messages', label: 'the unwanted body was taken for a request', unit: 'yesNo' },
  halfCloseAnswered: { subject: 'messages', label: 'a request is answered whose sender has closed its side', unit: 'yesNo' },

  badRequestStatus: { subject: 'errors', label: 'status for what is no request', unit: 'status' },
  badRequestCloses: { subject: 'errors', label: 'the connection ends behind the answer to what is no request', unit: 'yesNo' },
  notFoundStatus: { subject: 'errors', label: 'status for what is not there', unit: 'status' },
  notFoundKept: { subject: 'errors', label: 'the connection is kept behind the answer for what is not there', unit: 'yesNo' },
  tooLargeStatus: { subject: 'errors', label: 'status for a body announced as absurdly large', unit: 'status' },
  tooLargeConnection: { subject: 'errors', label: 'what becomes of the connection behind that answer', unit: 'word', words: TOO_LARGE },
  acceptsMalformed: { subject: 'errors', label: 'malformed requests that are served as if nothing were wrong', unit: 'list', words: MALFORMED },
  leadingEmptyLine: { subject: 'errors', label: 'an empty line before a request is ignored', unit: 'yesNo' },

  tlsProtocol: { subject: 'tls', label: 'version of TLS', unit: 'text' },
  alpn: { subject: 'tls', label: 'protocol chosen by ALPN', unit: 'text' },
  tlsResumption: { subject: 'tls', label: 'sessions of TLS are resumed', unit: 'yesNo' },
  tlsHandshakeMs: { subject: 'tls', label: 'duration of a full handshake', unit: 'ms' },
  tlsResumedHandshakeMs: { subject: 'tls', label: 'duration of a resumed handshake', unit: 'ms' },

  http2: { subject: 'http2', label: 'HTTP/2 is spoken', unit: 'yesNo' },
  http2PingRttMs: { subject: 'http2', label: 'round trip of a PING', unit: 'ms' },
  http2Settings: { subject: 'http2', label: 'SETTINGS of the server', unit: 'record' },
  http2IdleTimeoutMs: { subject: 'http2', label: 'how long an idle HTTP/2 connection is kept', unit: 'ms' },
  http2IdleClose: { subject: 'http2', label: 'how an idle HTTP/2 connection is ended', unit: 'text' },

  newConnectionMs: { subject: 'cost', label: 'an answer on a new connection, from the decision to connect', unit: 'ms' },
  reusedRequestMs: { subject: 'cost', label: 'an answer on a connection that is open', unit: 'ms' },
  pageSavingMs: { subject: 'cost', label: 'what a page saves on one persistent connection', unit: 'ms' },
  pageResources: { subject: 'cost', label: 'resources of the page that is reckoned with', unit: 'count' },
  addresses: { subject: 'cost', label: 'addresses of the name', unit: 'addresses' },
};

/** One value in a few characters, in the terms of its unit; `not measured` where it is null. */
export function formatMeasurement<Name extends MeasurementName>(name: Name, value: Measurements[Name]): string {
  const { unit } = MEASUREMENTS[name];
  if (value === null) return 'not measured';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return unit === 'ms' ? formatDuration(value) : formatCount(value, unit);
  if (typeof value === 'string') return value === '' ? 'empty' : value;
  if (unit === 'addresses') return formatList((value as readonly AddressMeasurement[]).map(({ address }) => address));
  if (unit === 'list') return formatList(value as readonly string[]);
  return formatList(Object.entries(value).map(([key, entry]) => `${key} ${String(entry)}`));
}

/** With thousands told apart, but for a status, which is a name more than a number. */
export function formatCount(value: number, unit: MeasurementUnit = 'count'): string {
  return unit === 'status' ? String(value) : value.toLocaleString('en');
}

function formatList(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
