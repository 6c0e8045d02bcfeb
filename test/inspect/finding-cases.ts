// For every finding the least that has it, and a neighbour that has it not. The compiler asks for a row for each.
import type { AddressMeasurement, FindingId } from '#src/inspect/index.js';
import { LOAD_BALANCER } from './judged-facts.ts';
import type { Seen } from './judged-facts.ts';

/** See the head of the file. `detail`: what stands in the report, where that is more than fixed words. */
export interface FindingCase {
  readonly has: Seen;
  readonly hasNot: Seen;
  readonly detail?: string;
}

const REACHED: AddressMeasurement = {
  address: '192.0.2.1',
  newConnectionMs: 1,
  status: 200,
  http11Persistent: true,
  advertisedTimeoutMs: 5_000,
  server: null,
};
const ANOTHER: AddressMeasurement = { ...REACHED, address: '192.0.2.2' };
const LOST: AddressMeasurement = {
  address: '192.0.2.3',
  newConnectionMs: null,
  status: null,
  http11Persistent: null,
  advertisedTimeoutMs: null,
  server: null,
};

export const FINDING_CASES: Readonly<Record<FindingId, FindingCase>> = {
  'no-answer': { has: { unanswered: 'timeout' }, hasNot: { unanswered: 'slow' } },
  'answer-too-slow': { has: { unanswered: 'slow' }, hasNot: { unanswered: 'timeout' } },
  'closed-without-answer': { has: { unanswered: 'fin' }, hasNot: { unanswered: 'reset' } },
  'reset-without-answer': { has: { unanswered: 'reset' }, hasNot: { unanswered: 'fin' } },
  'malformed-answer': {
    has: { unanswered: 'malformed', unansweredFault: 'badLineEnd' },
    hasNot: { unanswered: 'fin' },
    detail: 'The answer cannot be read: a line does not end in CR LF.',
  },
  'answer-too-large': { has: { unanswered: 'tooLarge' }, hasNot: { unanswered: 'slow' } },
  'error-status': {
    has: { status: 400 },
    hasNot: { status: 399 },
    detail: 'The first answer has the status 400.',
  },
  'url-redirects': { has: { status: 308 }, hasNot: { status: 304 }, detail: 'The first answer has the status 308.' },
  'bytes-behind-answer': { has: { bytesBehindAnswer: true }, hasNot: { bytesBehindAnswer: false } },
  'one-connection-at-a-time': { has: { concurrentConnections: false }, hasNot: { concurrentConnections: true } },

  'closes-after-each-answer': {
    has: { http11Persistent: false, http11CloseAnnounced: true, status: 200 },
    hasNot: { http11Persistent: false, http11CloseAnnounced: true, status: 500 },
  },
  'closes-without-announcing': {
    has: { http11Persistent: false, http11CloseAnnounced: false, answerFraming: 'length' },
    hasNot: { http11Persistent: false, http11CloseAnnounced: false, answerFraming: 'untilClose' },
  },
  'second-request-unanswered': {
    has: { http11Persistent: false, http11CloseAnnounced: null },
    hasNot: { http11Persistent: false, http11CloseAnnounced: false },
  },
  'http10-keep-alive-not-honoured': {
    has: { http10KeepAlive: false, http11Persistent: true },
    hasNot: { http10KeepAlive: false, http11Persistent: false },
  },
  'http10-kept-unasked': { has: { http10ClosesByDefault: false }, hasNot: { http10ClosesByDefault: true } },
  'close-not-honoured': {
    has: { honoursClose: false, closeIgnoredFor: ['Connection: keep-alive, close', 'Connection: CLOSE'] },
    hasNot: { honoursClose: true, closeIgnoredFor: [] },
    detail: 'The connection stayed open in spite of `Connection: keep-alive, close` and `Connection: CLOSE`.',
  },
  'close-not-answered': { has: { answersClose: false }, hasNot: { answersClose: true } },
  'keep-alive-field-not-named': {
    has: { advertisedInConnection: false, advertisedField: 'timeout=5' },
    hasNot: { advertisedInConnection: true, advertisedField: 'timeout=5' },
    detail: '`Keep-Alive: timeout=5` came, and Connection does not name it.',
  },
  'keep-alive-field-unreadable': {
    has: { advertisedField: 'timeout=soon\x1b[2J' },
    hasNot: { advertisedField: 'max=5', advertisedMax: 5 },
    // What a server sends does not reach the terminal as it is.
    detail: 'It sent `Keep-Alive: timeout=soon\\x1b[2J`.',
  },

  'idle-shorter-than-hop': {
    has: { idleTimeoutMs: 60_000, behind: LOAD_BALANCER },
    hasNot: { idleTimeoutMs: 60_001, behind: LOAD_BALANCER },
    detail: 'It closed after 60 s; the load balancer keeps idle connections for 60 s.',
  },
  'idle-hardly-longer-than-hop': {
    has: { idleTimeoutMs: 64_999, behind: LOAD_BALANCER },
    hasNot: { idleTimeoutMs: 65_000, behind: LOAD_BALANCER },
    detail: 'It keeps them 5 s longer than the load balancer, which keeps them for 60 s.',
  },
  'http2-idle-shorter-than-hop': {
    has: { http2IdleTimeoutMs: 30_000, behind: LOAD_BALANCER },
    hasNot: { http2IdleTimeoutMs: 30_000 },
    detail: 'It closed an idle HTTP/2 connection after 30 s; the load balancer keeps them for 60 s.',
  },
  'idle-not-watched-for-hop': {
    has: { idleClose: 'none', behind: LOAD_BALANCER, maxWaitMs: 64_999 },
    hasNot: { idleClose: 'none', behind: LOAD_BALANCER, maxWaitMs: 65_000 },
    detail: 'Still open after 65 s; the load balancer keeps idle connections for 60 s.',
  },

  'idle-shorter-than-advertised': {
    has: { advertisedTimeoutMs: 5_000, idleTimeoutMs: 4_900 },
    hasNot: { advertisedTimeoutMs: 5_000, idleTimeoutMs: 4_960 },
    detail: 'It promises 5 s and closed after 4.9 s.',
  },
  'idle-without-grace': {
    has: { advertisedTimeoutMs: 5_000, idleTimeoutMs: 5_004 },
    hasNot: { advertisedTimeoutMs: 5_000, idleTimeoutMs: 5_300 },
    detail: 'It promises 5 s and kept the connection only 4 ms longer.',
  },
  'idle-too-short': {
    has: { idleTimeoutMs: 1_999 },
    hasNot: { idleTimeoutMs: 2_000, advertisedTimeoutMs: 2_000 },
    detail: 'It closed an idle connection after 2 s.',
  },
  'idle-not-advertised': {
    has: { idleTimeoutMs: 75_000 },
    hasNot: { idleTimeoutMs: 75_000, advertisedTimeoutMs: 70_000, advertisedField: 'timeout=70' },
    detail: 'It closed an idle connection after 75 s, and no answer had said so.',
  },
  'idle-reset': {
    has: { idleClose: 'rst', idleTimeoutMs: 10_000 },
    hasNot: { idleClose: 'fin', idleTimeoutMs: 10_000 },
    detail: 'An idle connection was reset after 10 s.',
  },
  'idle-408': {
    has: { idleClose: '408+fin', idleTimeoutMs: 2_000 },
    hasNot: { idleClose: 'fin', idleTimeoutMs: 2_000 },
    detail: 'A 408 came on an idle connection after 2 s, and then its end.',
  },
  'unsolicited-bytes': {
    has: { unsolicitedBytes: 'HTTP/1.1 200 OK\\r\\n', idleClose: 'bytes+fin' },
    hasNot: { idleClose: '408+fin', silentConnectClose: 'fin' },
    detail: 'An idle connection brought `HTTP/1.1 200 OK\\r\\n`.',
  },
  'closed-without-close-notify': {
    has: { idleClose: 'fin', scheme: 'https' },
    hasNot: { idleClose: 'tls', scheme: 'https' },
  },

  'last-answer-unannounced': {
    has: { maxRequests: 100, maxRequestsAnnounced: false },
    hasNot: { maxRequests: 100, maxRequestsAnnounced: true },
    detail: 'It closed after 100 answers, and the last one had not said `close`.',
  },
  'limit-lower-than-advertised': {
    has: { advertisedMax: 100, maxRequests: 99 },
    // Node.js counts all.
    hasNot: { advertisedMax: 100, maxRequests: 100 },
    detail: 'It promised max=100 and closed after 99 answers.',
  },
  'request-limit-very-low': {
    has: { maxRequests: 1, http11Persistent: true },
    hasNot: { maxRequests: 10, http11Persistent: true },
    detail: 'It closed a connection after 1 answer.',
  },
  'request-limit-low': {
    has: { maxRequests: 99 },
    hasNot: { maxRequests: 100 },
    detail: 'It closed a connection after 99 answers.',
  },
  'limit-higher-than-advertised': {
    has: { advertisedMax: 100, requestsTried: 1_000 },
    // Apache counts what is left.
    hasNot: { advertisedMax: 100, maxRequests: 101, requestsTried: 101 },
    detail: 'It promised max=100 and served 1,000 requests on one connection.',
  },
  'max-never-counts-down': {
    has: { maxCountsDown: false, advertisedMax: 5 },
    hasNot: { maxCountsDown: true, advertisedMax: 5 },
    detail: 'The second answer promised as much as the first: max=5.',
  },

  'silent-408': {
    has: { silentConnectClose: '408+fin', silentConnectTimeoutMs: 2_000 },
    hasNot: { silentConnectClose: 'fin', silentConnectTimeoutMs: 2_000 },
    detail: 'A 408 came on a connection that had said nothing, after 2 s.',
  },
  'silent-connection-kept': {
    has: { silentConnectClose: 'none' },
    // Watched for too short a time to say.
    hasNot: { silentConnectClose: 'none', maxWaitMs: 30_000 },
    detail: 'A connection that said nothing was still open after 75 s.',
  },
  'partial-head-kept': {
    has: { partialHeadClose: 'fin', partialHeadTimeoutMs: 89_000, maxWaitMs: 100_000 },
    hasNot: { partialHeadClose: 'fin', partialHeadTimeoutMs: 60_050 },
    detail: 'A connection with half a request was kept for 89 s.',
  },

  'answers-out-of-order': {
    has: { pipelining: 'broken', pipeliningFault: 'outOfOrder', pipelinedAnswers: 5, pipelinedRequests: 5 },
    hasNot: { pipelining: 'ordered', pipelinedAnswers: 5, pipelinedRequests: 5 },
    detail: 'Of 5 requests sent at once, the answers came in the wrong order.',
  },
  'pipelining-stalls': {
    has: { pipelining: 'broken', pipeliningFault: 'stalled', pipelinedAnswers: 1, pipelinedRequests: 5 },
    hasNot: { pipelining: 'ordered', pipelinedAnswers: 5, pipelinedRequests: 5 },
    detail: 'Of 5 requests sent at once, 1 was answered; then nothing came any more.',
  },
  'pipelined-answers-malformed': {
    has: { pipelining: 'broken', pipeliningFault: 'malformed', pipelinedAnswers: 0, pipelinedRequests: 5 },
    hasNot: { pipelining: 'broken', pipeliningFault: 'stalled', pipelinedAnswers: 0, pipelinedRequests: 5 },
    detail: 'Of 5 requests sent at once, none was answered; what came next is no HTTP.',
  },
  'pipelining-closes-unannounced': {
    has: { pipelining: 'broken', pipeliningFault: 'unannouncedClose', pipelinedAnswers: 2, pipelinedRequests: 5 },
    hasNot: { pipelining: 'serial-close', pipelinedAnswers: 2, pipelinedRequests: 5 },
    detail: 'Of 5 requests sent at once, 2 were answered; then the connection ended without `close`.',
  },
  'pipelining-not-offered': {
    has: { pipelining: 'serial-close', pipelinedAnswers: 1, pipelinedRequests: 5, http11Persistent: true },
    hasNot: { pipelining: 'serial-close', pipelinedAnswers: 1, pipelinedRequests: 5, http11Persistent: false },
    detail: 'Of 5 requests sent at once, 1 was answered, then the connection ended.',
  },

  'head-has-body': { has: { headFault: 'body' }, hasNot: { headFault: 'length' } },
  'head-breaks-framing': { has: { headFault: 'framing' }, hasNot: { headFault: 'body' } },
  'head-unanswered': { has: { headFault: 'unanswered' }, hasNot: { headFault: 'framing' } },
  'not-modified-breaks-framing': { has: { notModifiedFraming: false }, hasNot: { notModifiedFraming: true } },
  'chunked-misread': { has: { chunked: false }, hasNot: { chunked: true } },
  'answer-ends-with-connection': { has: { answerFraming: 'untilClose' }, hasNot: { answerFraming: 'chunked' } },
  'head-length-differs': { has: { headFault: 'length' }, hasNot: { headFault: 'unanswered' } },
  'trailers-refused': {
    has: { chunked: true, requestTrailers: false },
    hasNot: { chunked: false, requestTrailers: false },
  },

  'unread-body-misread': { has: { unreadBodyMisread: true }, hasNot: { unreadBodyMisread: false } },
  'unread-body-loses-answer': { has: { unreadBodyAnswered: false }, hasNot: { unreadBodyAnswered: true } },
  'half-close-unanswered': { has: { halfCloseAnswered: false }, hasNot: { halfCloseAnswered: true } },
  'unread-body-closes': {
    has: { unreadBodyAnswered: true, unreadBodyKept: false },
    hasNot: { unreadBodyAnswered: true, unreadBodyKept: false, unreadBodyMisread: true },
  },

  'not-found-closes': {
    has: { notFoundStatus: 404, notFoundKept: false, http11Persistent: true },
    hasNot: { notFoundStatus: 404, notFoundKept: false, http11Persistent: false },
    detail: 'The connection ended behind the answer with status 404 for something that is not there.',
  },
  'bad-request-served': {
    has: { badRequestStatus: 200, badRequestCloses: true },
    hasNot: { badRequestStatus: 400, badRequestCloses: true },
    detail: 'Bytes that are no request were answered with status 200.',
  },
  'bad-request-kept': {
    has: { badRequestStatus: 400, badRequestCloses: false },
    hasNot: { badRequestStatus: 400, badRequestCloses: true },
    detail:
      'Bytes that are no request were answered with status 400, and the next request on the connection was served.',
  },
  'too-large-unannounced': {
    has: { tooLargeStatus: 413, tooLargeConnection: 'unannouncedClose' },
    hasNot: { tooLargeStatus: 413, tooLargeConnection: 'announcedClose' },
    detail: 'A body announced as very large was answered with status 413, and the connection ended without `close`.',
  },

  'accepts-length-beside-chunked': {
    has: { acceptsMalformed: ['missingHost', 'lengthBesideChunked'] },
    hasNot: { acceptsMalformed: ['missingHost'] },
  },
  'accepts-repeated-host': { has: { acceptsMalformed: ['repeatedHost'] }, hasNot: { acceptsMalformed: [] } },
  'accepts-space-before-colon': { has: { acceptsMalformed: ['spaceBeforeColon'] }, hasNot: { acceptsMalformed: [] } },
  'accepts-missing-host': {
    has: { acceptsMalformed: ['missingHost'] },
    hasNot: { acceptsMalformed: ['repeatedHost'] },
  },
  'accepts-folded-field': { has: { acceptsMalformed: ['foldedField'] }, hasNot: { acceptsMalformed: [] } },
  'accepts-bare-line-feed': { has: { acceptsMalformed: ['bareLineFeed'] }, hasNot: { acceptsMalformed: [] } },
  'leading-empty-line-refused': { has: { leadingEmptyLine: false }, hasNot: { leadingEmptyLine: true } },

  'tls-not-resumed': {
    has: { tlsResumption: false, tlsHandshakeMs: 12 },
    hasNot: { tlsResumption: true, tlsHandshakeMs: 12 },
    detail: 'No connection could take up the session of an earlier one; to set up encryption anew takes 12 ms.',
  },
  'tls-obsolete': { has: { tlsProtocol: 'TLSv1.1' }, hasNot: { tlsProtocol: 'TLSv1.2' }, detail: 'It chose TLSv1.1.' },
  'tls-before-1-3': { has: { tlsProtocol: 'TLSv1.2' }, hasNot: { tlsProtocol: 'TLSv1.3' } },

  'http2-ping-unanswered': {
    has: { http2: true, http2Settings: {} },
    hasNot: { http2: true, http2Settings: {}, http2PingRttMs: 0.3 },
  },
  'http2-closes-without-goaway': {
    has: { http2IdleClose: 'fin', http2IdleTimeoutMs: 5_000 },
    hasNot: { http2IdleClose: 'goaway+fin', http2IdleTimeoutMs: 5_000 },
    detail: 'An idle HTTP/2 connection ended without GOAWAY, after 5 s.',
  },
  'http2-few-streams': {
    has: { http2: true, http2PingRttMs: 1, http2Settings: { maxConcurrentStreams: 99 } },
    hasNot: { http2: true, http2PingRttMs: 1, http2Settings: { maxConcurrentStreams: 100 } },
    detail: 'It allows 99 requests at a time.',
  },
  'http2-not-offered': { has: { http2: false, scheme: 'https' }, hasNot: { http2: false, scheme: 'http' } },
  'http3-advertised': { has: { altSvc: 'h2=":443", h3=":443"; ma=86400' }, hasNot: { altSvc: 'h2="h3=.example:443"' } },

  'address-unreachable': {
    has: { addresses: [REACHED, LOST] },
    // Our own network may have no IPv6 at all.
    hasNot: { addresses: [REACHED, { ...LOST, address: '2001:db8::1' }] },
    detail: '1 of 2 addresses took no connection: 192.0.2.3.',
  },
  'addresses-differ': {
    has: { addresses: [REACHED, { ...ANOTHER, http11Persistent: false }] },
    hasNot: { addresses: [REACHED, { ...ANOTHER, server: 'another', newConnectionMs: 5 }, LOST] },
    detail: 'They differ: connections kept at 192.0.2.1, closed at 192.0.2.2.',
  },

  'reuse-saves': {
    has: { newConnectionMs: 30, reusedRequestMs: 10, pageSavingMs: 580, pageResources: 30 },
    hasNot: { newConnectionMs: 10, reusedRequestMs: 10, pageSavingMs: 0, pageResources: 30 },
    detail: 'An answer takes 30 ms on a new connection and 10 ms on an open one; a page of 30 resources saves 580 ms.',
  },
};
