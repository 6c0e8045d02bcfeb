// Findings about where messages end: on a connection that is used again, both sides must agree on that (RFC 9112 §6).
import type { CatalogueEntry } from './finding.ts';

export type FramingFindingId =
  | 'head-has-body'
  | 'head-breaks-framing'
  | 'head-unanswered'
  | 'not-modified-breaks-framing'
  | 'chunked-misread'
  | 'answer-ends-with-connection'
  | 'head-length-differs'
  | 'trailers-refused';

export const FRAMING_FINDINGS: Readonly<Record<FramingFindingId, CatalogueEntry>> = {
  'head-has-body': {
    level: 'bad',
    title: 'It sends a body with the answer to HEAD',
    explanation:
      'HEAD asks for the description of a page without the page, so its answer ends with its fields. This server sends the page as well. A client that uses the connection again reads that page as the beginning of its next answer: it fails, or shows one user what belongs to another.',
    rfc: 'RFC 9110 §9.3.2',
    remedy: 'Send no body in answers to HEAD; most frameworks do it by themselves where HEAD is not handled by hand.',
    settings: [],
    seenBy: ['head-and-304'],
    rule: ({ measured: { headFault } }) =>
      headFault === 'body' ? 'Bytes came behind the fields of an answer to HEAD.' : undefined,
  },
  'head-breaks-framing': {
    level: 'bad',
    title: 'Its answers to HEAD leave the connection out of step',
    explanation:
      'HEAD asks for the description of a page without the page. Behind such an answer of this server the connection was of no more use: the next request was misread or not answered, although nothing had announced an end. Link checkers, download managers and caches ask with HEAD first and then meet errors that seem to come from nowhere.',
    rfc: 'RFC 9112 §6.3',
    remedy: 'End answers to HEAD behind their fields, whatever these say of a body, and go on with the next request.',
    settings: [],
    seenBy: ['head-and-304'],
    rule: ({ measured: { headFault } }) =>
      headFault === 'framing' ? 'Behind an answer to HEAD the connection was no longer in step.' : undefined,
  },
  'head-unanswered': {
    level: 'bad',
    title: 'It does not answer HEAD',
    explanation:
      'HEAD asks for the description of a page without the page; every server has to know it. This one answers GET but leaves HEAD without an answer, or answers it in such a way that the client goes on waiting. Link checkers, download managers and health checks ask this way and hang or fail.',
    rfc: 'RFC 9110 §9.1',
    remedy: 'Answer HEAD as GET without the body; where it is not wanted, answer 405.',
    settings: [],
    seenBy: ['head-and-304'],
    rule: ({ measured: { headFault } }) =>
      headFault === 'unanswered' ? 'A request with HEAD got no answer on a connection that was in order.' : undefined,
  },
  'not-modified-breaks-framing': {
    level: 'bad',
    title: 'Its answers 304 leave the connection out of step',
    explanation:
      'With status 304 a server says that a page has not changed since the client last saw it; such an answer has no body. Behind the one of this server the connection is out of step: a body came all the same, or the next request was not answered properly. Browsers ask like this all the time, so pages fail or are mixed up now and then.',
    rfc: 'RFC 9112 §6.3',
    remedy: 'Send no body with 304, whatever Content-Length says; look for a handler that writes one by hand.',
    settings: [],
    seenBy: ['head-and-304'],
    rule: ({ measured: { notModifiedFraming } }) =>
      notModifiedFraming === false ? 'Behind a 304 the connection was no longer in step.' : undefined,
  },
  'chunked-misread': {
    level: 'bad',
    title: 'It misreads or miswrites messages that come in pieces',
    explanation:
      'A message whose length is not known beforehand is sent in pieces, each with its size in front (`chunked`). Every HTTP/1.1 server has to understand that. This one did not take such a request for what it was, or sent such an answer with an error in it. The two sides then disagree where the message ends, and what follows on the connection is misread.',
    rfc: 'RFC 9112 §7.1',
    remedy:
      'Let the framework read and write the pieces; do not set Transfer-Encoding by hand. Update servers that do not know it.',
    settings: [],
    seenBy: ['chunked'],
    rule: ({ measured: { chunked } }) =>
      chunked === false ? 'A chunked request was not understood, or its answer was not well-formed.' : undefined,
  },
  'answer-ends-with-connection': {
    level: 'warn',
    title: 'Its answers end only with the connection',
    explanation:
      'The answer has neither a length nor is it sent in pieces (`chunked`), so that only the end of the connection tells its end. The connection can serve nothing more, and a client cannot tell a complete answer from one that was cut off by an error: a short download looks like a good one.',
    rfc: 'RFC 9112 §6.3',
    remedy:
      'Send Content-Length, or let the server send the answer in pieces. A proxy has to speak HTTP/1.1 to the application.',
    settings: [
      { software: 'nginx', setting: 'chunked_transfer_encoding on;' },
      { software: 'nginx', setting: 'proxy_http_version 1.1;' },
    ],
    seenBy: ['first-answer'],
    rule: ({ measured: { answerFraming } }) =>
      answerFraming === 'untilClose' ? 'The first answer has no length and is not chunked.' : undefined,
  },
  'head-length-differs': {
    level: 'warn',
    title: 'Its answers to HEAD give another length than those to GET',
    explanation:
      'HEAD asks for the description of a page without the page, and the length in it has to be that of the page. Here it is another one. Download managers and caches that ask for the length first plan with a wrong number: they cut files off, or throw good copies away.',
    rfc: 'RFC 9110 §8.6',
    remedy: 'Send the same Content-Length as for GET, or none at all.',
    settings: [],
    seenBy: ['head-and-304'],
    rule: ({ measured: { headFault } }) =>
      headFault === 'length'
        ? 'Content-Length of the answer to HEAD differs from that of the answer to GET.'
        : undefined,
  },
  'trailers-refused': {
    level: 'info',
    title: 'It refuses requests with fields behind their body',
    explanation:
      'A body that is sent in pieces (`chunked`) may be followed by more fields, for example a checksum; they are called trailers. This server refuses such a request instead of ignoring the fields. Few clients send them: some for uploads to storage services, and those of gRPC.',
    rfc: 'RFC 9112 §7.1.2',
    remedy: 'Accept trailers and ignore them, unless an application asks for them.',
    settings: [],
    seenBy: ['chunked'],
    rule: ({ measured: { requestTrailers, chunked } }) =>
      requestTrailers === false && chunked !== false
        ? 'A chunked request was understood without trailers, and refused with them.'
        : undefined,
  },
};
