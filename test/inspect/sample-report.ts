// Reports as an inspection would give them, always the same: what formats are tested with. One of a server with faults, one of a good
// server, and one whose server says what could break a format.
import { NOTHING_MEASURED } from '#src/inspect/index.js';
import type {
  CheckId,
  CheckOutcome,
  ConnectionEnd,
  ConnectionEvent,
  ConnectionStory,
  Finding,
  FindingId,
  FindingLevel,
  InspectionReport,
  Measurements,
} from '#src/inspect/index.js';

const REQUEST = 'GET / HTTP/1.1\\r\\n\nHost: 127.0.0.1:8080\\r\\n\n\\r\\n\n';
const ANSWER =
  'HTTP/1.1 200 OK\\r\\n\nContent-Length: 3\\r\\n\nConnection: keep-alive\\r\\n\nKeep-Alive: timeout=10, max=100\\r\\n\n\\r\\n\nok\\n\n';

const END_KINDS: Readonly<Record<ConnectionEnd, ConnectionEvent['kind']>> = {
  peerFin: 'peerFin',
  peerReset: 'peerReset',
  peerCloseNotify: 'peerCloseNotify',
  weClosed: 'weClosed',
  failed: 'note',
};

/** One connection: `exchanges` are times of requests, each answered 2 ms later. */
function connection(
  id: number,
  check: CheckId,
  purpose: string,
  times: { readonly openedMs: number; readonly exchanges: readonly number[]; readonly endedMs: number },
  end: ConnectionEnd,
  more: readonly ConnectionEvent[] = [],
): ConnectionStory {
  const { openedMs, exchanges, endedMs } = times;
  const events: ConnectionEvent[] = [
    { atMs: openedMs, kind: 'opened', text: 'to 127.0.0.1:8080' },
    ...exchanges.flatMap((atMs): ConnectionEvent[] => [
      { atMs, kind: 'sent', text: REQUEST, bytes: 42 },
      { atMs: atMs + 2, kind: 'received', text: ANSWER, bytes: 96 },
    ]),
    ...more,
    { atMs: endedMs, kind: END_KINDS[end], text: '' },
  ];
  return {
    id,
    check,
    purpose,
    address: '127.0.0.1:8080',
    protocol: 'http/1.1',
    startedMs: openedMs - 1,
    openedMs,
    events,
    omittedEvents: 0,
    endedMs,
    end,
  };
}

const CONNECTIONS: readonly ConnectionStory[] = [
  connection(1, 'first-answer', 'the first requests', { openedMs: 1, exchanges: [2, 155], endedMs: 158 }, 'weClosed'),
  connection(2, 'concurrency', 'stays open and idle', { openedMs: 160, exchanges: [161], endedMs: 170 }, 'weClosed'),
  connection(3, 'concurrency', 'asks beside it', { openedMs: 165, exchanges: [166], endedMs: 170 }, 'weClosed'),
  connection(
    4,
    'idle-timeout',
    'one request, then nothing',
    { openedMs: 172, exchanges: [173], endedMs: 5_175 },
    'peerReset',
  ),
  connection(
    5,
    'silent-connection',
    'says nothing at all',
    { openedMs: 172, exchanges: [], endedMs: 75_172 },
    'weClosed',
  ),
  connection(
    6,
    'partial-head',
    'half a request, then nothing',
    { openedMs: 172, exchanges: [], endedMs: 20_225 },
    'peerFin',
    [
      { atMs: 173, kind: 'sent', text: 'GET / HTTP/1.1\\r\\n\nHost: 127.0.0.1:8080\\r\\n\n', bytes: 40 },
      { atMs: 20_224, kind: 'received', text: 'HTTP/1.1 408 Request Timeout\\r\\n\n\\r\\n\n', bytes: 32 },
    ],
  ),
  {
    ...connection(
      7,
      'request-limit',
      'requests until the server ends it',
      { openedMs: 180, exchanges: [181, 184, 187, 480, 483], endedMs: 486 },
      'peerFin',
    ),
    omittedEvents: 192,
  },
  connection(8, 'pipelining', 'five requests at once', { openedMs: 490, exchanges: [491], endedMs: 700 }, 'weClosed'),
  connection(9, 'unread-body', 'a body nobody wants', { openedMs: 702, exchanges: [703], endedMs: 860 }, 'weClosed'),
  connection(10, 'half-close', 'closes its side first', { openedMs: 862, exchanges: [863], endedMs: 866 }, 'peerFin'),
  connection(
    11,
    'error-answers',
    'asks for what is not there',
    { openedMs: 870, exchanges: [871], endedMs: 1_025 },
    'weClosed',
  ),
  connection(
    12,
    'http10',
    'HTTP/1.0 that asks to be kept',
    { openedMs: 1_030, exchanges: [1_031], endedMs: 1_185 },
    'weClosed',
  ),
  {
    id: 13,
    check: 'latency',
    purpose: 'a new connection',
    address: '',
    protocol: 'http/1.1',
    startedMs: 1_190,
    events: [{ atMs: 1_192, kind: 'note', text: 'connect ECONNREFUSED 127.0.0.1:8080' }],
    omittedEvents: 0,
    endedMs: 1_192,
    end: 'failed',
  },
];

function outcome(id: CheckId, title: string, startedMs: number, durationMs: number): CheckOutcome {
  const connections = CONNECTIONS.filter(({ check }) => check === id).map((story) => story.id);
  return { id, title, outcome: 'measured', reason: '', startedMs, durationMs, connections };
}

const CHECKS: readonly CheckOutcome[] = [
  outcome('first-answer', 'Whether it answers, and keeps the connection', 0, 158),
  outcome('concurrency', 'Whether it serves several connections at the same time', 159, 11),
  outcome('idle-timeout', 'How long an idle connection is kept', 171, 5_004),
  outcome('silent-connection', 'How long a connection is kept that never asks anything', 171, 75_001),
  outcome('partial-head', 'How long the rest of a request is waited for', 171, 20_054),
  outcome('http10', 'Whether HTTP/1.0 clients are kept', 1_029, 157),
  outcome('request-limit', 'How many requests a connection serves', 179, 308),
  outcome('pipelining', 'Whether requests may be sent without waiting', 489, 212),
  outcome('unread-body', 'What an unwanted body does to the connection', 701, 160),
  outcome('half-close', 'Whether a client that closed its side is answered', 861, 6),
  outcome('error-answers', 'What errors do to the connection', 869, 157),
  {
    ...outcome('latency', 'What a new connection costs', 1_189, 4),
    outcome: 'failed',
    reason: 'connect ECONNREFUSED 127.0.0.1:8080',
  },
  {
    ...outcome('tls', 'TLS: version, ALPN and resumption', 1_194, 0),
    outcome: 'skipped',
    reason: 'it is no https: URL',
  },
];

/** Findings of the sample need not be those of the catalogue: formats take what they are given. */
function finding(id: string, level: FindingLevel, more: Omit<Finding, 'id' | 'level'>): Finding {
  return { id: id as FindingId, level, ...more };
}

const FINDINGS: readonly Finding[] = [
  finding('idle-shorter-than-advertised', 'bad', {
    title: 'It closes idle connections sooner than it promises',
    detail: 'It promises 10 s and closed after 5 s.',
    explanation:
      'The server says in its Keep-Alive field how long it keeps an idle connection, and closes it before that. A client that believes the promise sends its next request into a connection that is just being closed, and gets an error instead of an answer.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Keep connections open for longer than is advertised, at least by a second, or advertise less.',
    settings: [
      { software: 'nginx', setting: 'keepalive_timeout 75s 70s;' },
      { software: 'Apache', setting: 'KeepAliveTimeout 70' },
    ],
    connections: [1, 4],
  }),
  finding('idle-closed-by-reset', 'bad', {
    title: 'It ends idle connections with a reset',
    detail: 'The idle connection was reset after 5 s.',
    explanation: 'A reset throws away what is under way in both directions: an answer that was sent can be lost.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Close with FIN. Resets come from SO_LINGER of 0 and from load balancers whose timeout is over.',
    settings: [{ software: 'HAProxy', setting: 'no option nolinger' }],
    connections: [4],
  }),
  finding('limit-unannounced', 'warn', {
    title: 'It ends connections after a number of requests without a word',
    detail: 'The connection was closed after 100 answers, and the last one did not say Connection: close.',
    explanation: 'A client learns of the end only when its next request fails.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Say Connection: close in the last answer, or lift the limit.',
    settings: [],
    connections: [7],
  }),
  finding('nothing-behind', 'info', {
    title: 'Several connections are served at the same time',
    detail: 'The second was answered while the first was idle.',
    explanation: 'That is as it should be.',
    rfc: '',
    remedy: 'Nothing is to be done.',
    settings: [],
    connections: [2, 3],
  }),
];

const MEASURED: Measurements = {
  ...NOTHING_MEASURED,
  status: 200,
  server: 'nginx/1.27.0',
  concurrentConnections: true,
  http11Persistent: true,
  http10KeepAlive: true,
  http10ClosesByDefault: true,
  honoursClose: true,
  closeIgnoredFor: [],
  answersClose: true,
  advertisedTimeoutMs: 10_000,
  advertisedMax: 100,
  advertisedField: 'timeout=10, max=100',
  advertisedInConnection: true,
  maxCountsDown: false,
  idleTimeoutMs: 5_003.75,
  idleClose: 'rst',
  silentConnectTimeoutMs: null,
  silentConnectClose: 'none',
  partialHeadTimeoutMs: 20_052,
  partialHeadClose: '408+fin',
  maxRequests: 100,
  maxRequestsAnnounced: false,
  requestsTried: 100,
  pipelining: 'ordered',
  pipelinedAnswers: 5,
  pipelinedRequests: 5,
  answerFraming: 'length',
  chunked: true,
  requestTrailers: true,
  headFraming: true,
  notModifiedFraming: true,
  bytesBehindAnswer: false,
  unreadBodyAnswered: true,
  unreadBodyKept: true,
  unreadBodyMisread: false,
  halfCloseAnswered: true,
  badRequestStatus: 400,
  badRequestCloses: true,
  notFoundStatus: 404,
  notFoundKept: true,
  tooLargeStatus: 413,
  tooLargeConnection: 'announcedClose',
  acceptsMalformed: ['bareLineFeed', 'missingHost'],
  leadingEmptyLine: true,
  http2: false,
};

/** A server with faults. */
export const SAMPLE_REPORT: InspectionReport = {
  url: 'http://127.0.0.1:8080/',
  address: '127.0.0.1:8080',
  startedAt: '2025-01-02T03:04:05.678Z',
  durationMs: 75_173,
  verdict: 'bad',
  complete: true,
  measurements: MEASURED,
  findings: FINDINGS,
  advice: {
    client: {
      idleTimeoutMs: 4_000,
      maxRequestsPerConnection: 99,
      reasons: {
        idleTimeoutMs: 'A second less than the 5 s after which the server closes.',
        maxRequestsPerConnection: 'One less than the 100 answers after which the server closes without a word.',
      },
    },
    server: {
      keepAliveTimeoutMs: 65_000,
      reasons: { keepAliveTimeoutMs: 'Longer than the 60 s of the load balancer in front.' },
    },
  },
  checks: CHECKS,
  connections: CONNECTIONS,
  cost: { connections: 13, requests: 117, bytesReceived: 11_232 },
  asked: { maxWaitMs: 75_000, maxRequests: 1_000, behind: 'aws-alb', gentle: false },
};

/** A server without faults, of which little was asked. */
export const GOOD_REPORT: InspectionReport = {
  ...SAMPLE_REPORT,
  durationMs: 160,
  verdict: 'good',
  measurements: { ...NOTHING_MEASURED, status: 200, http11Persistent: true, answerFraming: 'length' },
  findings: [],
  advice: { client: { reasons: {} }, server: { reasons: {} } },
  checks: CHECKS.slice(0, 1),
  connections: CONNECTIONS.slice(0, 1),
  cost: { connections: 1, requests: 2, bytesReceived: 192 },
  asked: { ...SAMPLE_REPORT.asked, maxWaitMs: 1_000, behind: null },
};

const HOSTILE = '</script><b>|`"\'&]]>\\r\\n*_[x](y)';

/** What a server says, or a URL has in it, stands in many places: none of it may become markup. */
export const HOSTILE_REPORT: InspectionReport = {
  ...SAMPLE_REPORT,
  url: 'http://127.0.0.1:8080/?a=1&b=<i>|`"',
  complete: false,
  measurements: {
    ...MEASURED,
    server: HOSTILE,
    altSvc: HOSTILE,
    advertisedField: HOSTILE,
    unsolicitedBytes: HOSTILE,
    closeIgnoredFor: [HOSTILE],
    honoursClose: false,
  },
  findings: FINDINGS.map((one) => ({ ...one, detail: `${HOSTILE} ${one.detail}` })),
  checks: CHECKS.map((check) => (check.outcome === 'measured' ? check : { ...check, reason: HOSTILE })),
  connections: CONNECTIONS.map((story) => ({
    ...story,
    purpose: HOSTILE,
    events: story.events.map((event) => ({ ...event, text: HOSTILE })),
  })),
};
