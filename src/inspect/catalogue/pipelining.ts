// Findings about requests that are sent without waiting for the answers to those before them (RFC 9112 §9.3.2).
import type { Measurements } from '../measurements.ts';
import type { CatalogueEntry } from './finding.ts';

export type PipeliningFindingId =
  | 'answers-out-of-order'
  | 'pipelining-stalls'
  | 'pipelined-answers-malformed'
  | 'pipelining-closes-unannounced'
  | 'pipelining-not-offered';

export const PIPELINING_FINDINGS: Readonly<Record<PipeliningFindingId, CatalogueEntry>> = {
  'answers-out-of-order': {
    level: 'bad',
    title: 'It answers requests in another order than they were sent',
    explanation:
      'Several requests were sent on one connection without waiting (that is called pipelining), and the answers came in another order. Nothing in an HTTP/1.1 answer says which request it belongs to but its place in the row, so each client gets what somebody else has asked for. Pages, and even accounts, are mixed up.',
    rfc: 'RFC 9112 §9.3.2',
    remedy:
      'Write answers in the order of their requests, however long the first one takes; switch pipelining off in every client until then.',
    settings: [],
    seenBy: ['pipelining'],
    rule: ({ measured }) =>
      measured.pipeliningFault === 'outOfOrder'
        ? `Of ${describeRequests(measured)} sent at once, the answers came in the wrong order.`
        : undefined,
  },
  'pipelining-stalls': {
    level: 'bad',
    title: 'It stops answering when requests are sent without waiting',
    explanation:
      'Several requests were sent on one connection without waiting (that is called pipelining), and the server answered some of them and then fell silent, with the connection open. Usually the later requests were read into a buffer and forgotten. Clients hang until their own timeout; proxies that bundle requests run into it as well.',
    rfc: 'RFC 9112 §9.3.2',
    remedy: 'After each answer, look first at what has been read already, and only then wait for more.',
    settings: [],
    seenBy: ['pipelining'],
    rule: ({ measured }) =>
      measured.pipeliningFault === 'stalled'
        ? `Of ${describeRequests(measured)} sent at once, ${describeAnswered(measured)}; then nothing came any more.`
        : undefined,
  },
  'pipelined-answers-malformed': {
    level: 'bad',
    title: 'Its answers become unreadable when requests are sent without waiting',
    explanation:
      'Several requests were sent on one connection without waiting (that is called pipelining), and what came back cannot be read as a row of answers. Parts of different answers run into each other. A client cannot tell where one ends, and may show one user a part of what belongs to another.',
    rfc: 'RFC 9112 §9.3.2',
    remedy: 'Write one answer to its end before the next one is begun.',
    settings: [],
    seenBy: ['pipelining'],
    rule: ({ measured }) =>
      measured.pipeliningFault === 'malformed'
        ? `Of ${describeRequests(measured)} sent at once, ${describeAnswered(measured)}; what came next is no HTTP.`
        : undefined,
  },
  'pipelining-closes-unannounced': {
    level: 'bad',
    title: 'It drops requests that are sent without waiting, and does not say so',
    explanation:
      'Several requests were sent on one connection without waiting (that is called pipelining). The server answered some and closed, without `Connection: close` in its last answer, which would tell the client that the rest was not looked at. So the client cannot know which of the others were carried out, and may repeat what must not run twice.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Say `Connection: close` in the last answer, or answer all that was received.',
    settings: [],
    seenBy: ['pipelining'],
    rule: ({ measured }) =>
      measured.pipeliningFault === 'unannouncedClose'
        ? `Of ${describeRequests(measured)} sent at once, ${describeAnswered(measured)}; then the connection ended without \`close\`.`
        : undefined,
  },
  'pipelining-not-offered': {
    level: 'info',
    title: 'It answers only the first of several requests sent at once',
    explanation:
      'A client may send several requests without waiting for the answers (that is called pipelining), and this server answers the first and ends the connection in an announced way. That is allowed and harmless: the client sends the others again. Only clients that pipeline notice; browsers do not.',
    rfc: 'RFC 9112 §9.3.2',
    remedy: 'Nothing has to be done; clients of this server should send one request at a time.',
    settings: [],
    seenBy: ['pipelining'],
    // Who closes after each answer cannot do otherwise.
    rule: ({ measured }) =>
      (measured.pipelining === 'serial-close' || measured.pipelining === 'refused') &&
      measured.http11Persistent !== false
        ? `Of ${describeRequests(measured)} sent at once, ${describeAnswered(measured)}, then the connection ended.`
        : undefined,
  },
};

function describeRequests({ pipelinedRequests }: Readonly<Measurements>): string {
  return pipelinedRequests === null ? 'several requests' : `${pipelinedRequests} requests`;
}

function describeAnswered({ pipelinedAnswers }: Readonly<Measurements>): string {
  if (pipelinedAnswers === null) return 'not all were answered';
  if (pipelinedAnswers === 0) return 'none was answered';
  return pipelinedAnswers === 1 ? '1 was answered' : `${pipelinedAnswers} were answered`;
}
