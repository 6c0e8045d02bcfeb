// Findings about error answers, and what they do to the connection.
import type { CatalogueEntry } from './finding.ts';

export type ErrorFindingId = 'not-found-closes' | 'bad-request-served' | 'bad-request-kept' | 'too-large-unannounced';

export const ERROR_FINDINGS: Readonly<Record<ErrorFindingId, CatalogueEntry>> = {
  'not-found-closes': {
    level: 'warn',
    title: 'It closes the connection behind an answer "not found"',
    explanation:
      'A request for something that is not there is complete and harmless, and the connection behind its answer is as good as before. This server closes it. Each missing icon or outdated link on a page then costs the visitor a new connection, and an interface that answers "not found" as a matter of course is slowed down.',
    rfc: 'RFC 9112 §9.5',
    remedy: 'Keep the connection behind answers such as 404; look for an error page that is sent without a length.',
    settings: [],
    seenBy: ['error-answers'],
    rule: ({ measured: { notFoundKept, notFoundStatus, http11Persistent } }) =>
      notFoundKept === false && http11Persistent === true
        ? `The connection ended behind the answer${notFoundStatus === null ? '' : ` with status ${notFoundStatus}`} for something that is not there.`
        : undefined,
  },
  'bad-request-served': {
    level: 'warn',
    title: 'It serves what is no request',
    explanation:
      'Bytes that are no HTTP request were answered as if they were one. A server that guesses what could be meant may read a request in another way than the proxy in front of it does, and attackers live on such differences. Refusing costs nobody anything, as no honest client sends such bytes.',
    rfc: 'RFC 9112 §2.2',
    remedy: 'Answer 400 and close the connection.',
    settings: [
      { software: 'Apache', setting: 'HttpProtocolOptions Strict' },
      { software: 'HAProxy', setting: 'no option accept-invalid-http-request' },
      { software: 'Node.js', setting: 'http.createServer({ insecureHTTPParser: false })' },
    ],
    seenBy: ['error-answers'],
    rule: ({ measured: { badRequestStatus } }) =>
      badRequestStatus !== null && badRequestStatus < 400
        ? `Bytes that are no request were answered with status ${badRequestStatus}.`
        : undefined,
  },
  'bad-request-kept': {
    level: 'warn',
    title: 'It goes on reading behind something that is no request',
    explanation:
      'Bytes that are no HTTP request came, and the server read on behind them, on the same connection. After such bytes nobody can know where the next request begins. What an attacker wrote as the rest of a broken request may be taken for a new one, sent by somebody else who shares the connection.',
    rfc: 'RFC 9112 §2.2',
    remedy: 'Close the connection behind the answer 400.',
    settings: [],
    seenBy: ['error-answers'],
    rule: ({ measured: { badRequestStatus, badRequestCloses } }) =>
      badRequestCloses === false
        ? `Bytes that are no request were ${badRequestStatus === null ? 'left without an answer' : `answered with status ${badRequestStatus}`}, and the next request on the connection was served.`
        : undefined,
  },
  'too-large-unannounced': {
    level: 'warn',
    title: 'It closes on large uploads without saying so',
    explanation:
      'A request announced a very large body; the server answered and closed the connection, but its answer did not say `Connection: close`. A client that trusts the rules believes that the connection is good and sends its next request into the close. Programs that upload files see errors at requests that have nothing to do with the upload.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Send `Connection: close` with the answer 413, "content too large".',
    settings: [],
    seenBy: ['error-answers'],
    rule: ({ measured: { tooLargeConnection, tooLargeStatus, http11Persistent } }) =>
      tooLargeConnection === 'unannouncedClose' && http11Persistent !== false
        ? `A body announced as very large was ${tooLargeStatus === null ? 'not answered' : `answered with status ${tooLargeStatus}`}, and the connection ended without \`close\`.`
        : undefined,
  },
};
