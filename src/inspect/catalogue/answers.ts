// Findings about the first answer: whether one comes at all, and whether others are served beside it.
import { PROTOCOL_FAULTS } from '../../wire/index.ts';
import { formatDuration } from '../format-duration.ts';
import type { CatalogueEntry } from './finding.ts';

export type AnswerFindingId =
  | 'no-answer'
  | 'answer-too-slow'
  | 'closed-without-answer'
  | 'reset-without-answer'
  | 'malformed-answer'
  | 'answer-too-large'
  | 'error-status'
  | 'url-redirects'
  | 'bytes-behind-answer'
  | 'one-connection-at-a-time';

/** Statuses that lead elsewhere by themselves (RFC 9110 §15.4). */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export const ANSWER_FINDINGS: Readonly<Record<AnswerFindingId, CatalogueEntry>> = {
  'no-answer': {
    level: 'bad',
    title: 'It takes the connection and never answers',
    explanation:
      'The connection opens and the request is taken, but no answer comes. Every client waits until its own patience is over, often for minutes, and holds a connection and memory meanwhile. Usually the process behind the port hangs, is overloaded, or speaks another protocol than HTTP.',
    rfc: '',
    remedy:
      'Look whether the process hangs and whether this is the port of a web server; try the address with `https:` where it may want TLS.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { unanswered }, responseTimeoutMs }) =>
      unanswered === 'timeout' ? `Not one byte came${within(responseTimeoutMs)}.` : undefined,
  },
  'answer-too-slow': {
    level: 'bad',
    title: 'Its answer begins and does not end in time',
    explanation:
      'The first bytes of an answer came, but the rest of it did not within the time. A client that has no limit of its own waits as long as the server likes, and its connection is of no use to anybody else. An overloaded application does this, and so does a page that never ends by design, such as a stream of events.',
    rfc: '',
    remedy:
      'Find out what the answer waits for. If the URL is a stream by design, inspect another one of the same server.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { unanswered }, responseTimeoutMs }) =>
      unanswered === 'slow' ? `A part of the answer came, but not all of it${within(responseTimeoutMs)}.` : undefined,
  },
  'closed-without-answer': {
    level: 'bad',
    title: 'It closes the connection without a complete answer',
    explanation:
      'The server took a whole, correct request and closed the connection in an orderly way without answering it to the end. The client cannot know whether the request was carried out. A crashed worker behind a proxy, a firewall rule, or a port that expects TLS looks like this.',
    rfc: 'RFC 9112 §8',
    remedy: 'Look into the log of the server for this moment; try the address with `https:` where it may want TLS.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { unanswered } }) =>
      unanswered === 'fin' ? 'It closed the connection before the answer to a plain GET was complete.' : undefined,
  },
  'reset-without-answer': {
    level: 'bad',
    title: 'It breaks the connection off instead of answering',
    explanation:
      'The server tore the connection down by force (a TCP reset) when it was asked. Clients report that the connection was reset, and cannot know whether the request was carried out. A crashed process, a connection limit, or a firewall does this.',
    rfc: 'RFC 9112 §9.5',
    remedy: 'Look whether the process crashes, runs out of workers or files, or whether a firewall answers for it.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { unanswered } }) =>
      unanswered === 'reset' ? 'The connection was reset before the answer to a plain GET was complete.' : undefined,
  },
  'malformed-answer': {
    level: 'bad',
    title: 'Its answer is no valid HTTP/1.1',
    explanation:
      'What came back breaks the rules of HTTP, so that it is not certain what the answer is or where it ends. Some clients guess, others fail, and a proxy in between may take a part of it for the answer to somebody else. Nothing else of the server can be measured in this state.',
    rfc: 'RFC 9112 §2.1',
    remedy:
      'Correct what the application or its framework writes; often it is a field line made by hand. A port for HTTP/2 alone cannot be inspected: take one that speaks HTTP/1.1 as well.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { unanswered, unansweredFault } }) =>
      unanswered === 'malformed' ? `The answer cannot be read: ${describeFault(unansweredFault)}.` : undefined,
  },
  'answer-too-large': {
    level: 'warn',
    title: 'Its answer is too large to measure with',
    explanation:
      'The body of the answer is larger than an inspection is willing to read, so nothing more was asked. That is no fault of the server, but nothing is known of how it treats connections either. A smaller page of the same server shows the same behaviour at less cost.',
    rfc: '',
    remedy: 'Inspect a small page of the same server, such as an icon or a health check.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { unanswered } }) =>
      unanswered === 'tooLarge' ? 'The first answer was larger than 16 MiB and was given up.' : undefined,
  },
  'error-status': {
    level: 'info',
    title: 'The inspected URL answers with an error',
    explanation:
      'The server answers this address with an error page. Many servers treat connections differently behind errors, for example by closing them, so what was measured may not hold for pages that work. It is worth inspecting an address that answers with success.',
    rfc: '',
    remedy:
      'Inspect a URL that works, or give the credentials that it wants; behind a 400 there may be a port that wants `https:`.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { status, http11Persistent } }) => {
      if (status === null || status < 400) return undefined;
      const closes = http11Persistent === false ? ', and the connection ended behind it' : '';
      return `The first answer has the status ${status}${closes}.`;
    },
  },
  'url-redirects': {
    level: 'info',
    title: 'The inspected URL leads to another one',
    explanation:
      'The server answers this address with a redirect, and redirects are not followed: what was measured is how the server treats connections behind a redirect. Often that is the same as for its pages; but a balancer may answer redirects itself, and then its own connections were measured and not those of the site.',
    rfc: 'RFC 9110 §15.4',
    remedy: 'Inspect the URL that the redirect leads to; `curl -I` shows it in the field Location.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { status } }) =>
      status !== null && REDIRECTS.has(status) ? `The first answer has the status ${status}.` : undefined,
  },
  'bytes-behind-answer': {
    level: 'bad',
    title: 'It sends more than its answer',
    explanation:
      'Bytes came directly behind the end of an answer, as the answer itself declares its end. On a connection that is used again, a careless client takes them for the answer to its next request: one user may get what belongs to another. A length that is too small, or a body where none may be, is the usual reason.',
    rfc: 'RFC 9112 §9.2',
    remedy: 'Correct the Content-Length, or leave it to the framework; send no body with 204, 304 and answers to HEAD.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { bytesBehindAnswer } }) =>
      bytesBehindAnswer === true ? 'Bytes came behind an answer that was complete.' : undefined,
  },
  'one-connection-at-a-time': {
    level: 'warn',
    title: 'It serves one connection at a time',
    explanation:
      'While one client keeps its connection open and idle, everybody else waits. A browser alone opens up to six connections, so a single visitor can block all others for as long as idle connections are kept. Small development servers with one thread behave like this.',
    rfc: '',
    remedy:
      'Use a server that handles connections side by side, or put such a proxy in front; until then switch persistent connections off.',
    settings: [],
    seenBy: ['concurrency'],
    rule: ({ measured: { concurrentConnections } }) =>
      concurrentConnections === false
        ? 'A second connection was answered only after the first one, which was idle, had been closed.'
        : undefined,
  },
};

function within(responseTimeoutMs: number | undefined): string {
  return responseTimeoutMs === undefined ? ' in time' : ` within ${formatDuration(responseTimeoutMs)}`;
}

/** What is wrong with an answer, in words. */
export function describeFault(fault: string | null): string {
  if (fault === null) return 'it is no HTTP';
  return fault in PROTOCOL_FAULTS ? PROTOCOL_FAULTS[fault as keyof typeof PROTOCOL_FAULTS].text : fault;
}
