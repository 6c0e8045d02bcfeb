// Findings about request bodies that the server does not want, and about clients that have said all (RFC 9112 §9.3, §9.6).
import type { CatalogueEntry } from './finding.ts';

export type BodyFindingId =
  | 'unread-body-misread'
  | 'unread-body-loses-answer'
  | 'half-close-unanswered'
  | 'unread-body-closes';

export const BODY_FINDINGS: Readonly<Record<BodyFindingId, CatalogueEntry>> = {
  'unread-body-misread': {
    level: 'bad',
    title: 'It takes the body of a request for another request',
    explanation:
      'A request came with a body that nobody on the server wanted to read, and then the server took the bytes of that body for the next request. Whoever can choose what a body holds, for example in a form or an upload, can so make the server carry out requests in the name of others that share the connection. This is a security hole (request smuggling).',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Read the whole body before the next request is looked at, or close the connection behind the answer.',
    settings: [],
    seenBy: ['unread-body'],
    rule: ({ measured: { unreadBodyMisread } }) =>
      unreadBodyMisread === true ? 'A part of an unread body was answered as if it were a request.' : undefined,
  },
  'unread-body-loses-answer': {
    level: 'bad',
    title: 'It gives no answer where it does not read the body of a request',
    explanation:
      'A request came with a body that the server did not want, and the client got no answer to it. Usually the server answers and closes at once while the body is still arriving, and the break of the connection (a TCP reset) destroys the answer on its way. People see "connection reset" in place of "too large" or "log in first".',
    rfc: 'RFC 9112 §9.6',
    remedy:
      'Read and throw away a moderate rest of the body, or close in two steps: stop sending, go on reading for a moment, then close.',
    settings: [
      { software: 'nginx', setting: 'lingering_close on;' },
      { software: 'HAProxy', setting: 'no option nolinger' },
      { software: 'perdura', setting: 'timeouts: { lingerMs: 2_000 }' },
    ],
    seenBy: ['unread-body'],
    rule: ({ measured: { unreadBodyAnswered } }) =>
      unreadBodyAnswered === false ? 'A request with a body that was not wanted got no answer.' : undefined,
  },
  'half-close-unanswered': {
    level: 'warn',
    title: 'It does not answer clients that have closed their sending side',
    explanation:
      'A client may say with the end of its sending side that it has nothing more to ask, and still wait for the answer. This server takes that for a farewell and drops the request. Simple tools such as `nc` and some embedded devices work like this, and get nothing back although the request was correct.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Answer what was asked before the client closed its side, and close then.',
    settings: [
      { software: 'nginx', setting: 'proxy_ignore_client_abort on;' },
      { software: 'HAProxy', setting: 'no option abortonclose' },
    ],
    seenBy: ['half-close'],
    rule: ({ measured: { halfCloseAnswered } }) =>
      halfCloseAnswered === false
        ? 'A complete request, followed by the end of the sending side, got no answer.'
        : undefined,
  },
  'unread-body-closes': {
    level: 'info',
    title: 'It closes the connection where it does not read the body of a request',
    explanation:
      'A request came with a body that the server did not want; it answered and then closed the connection. That is allowed, and for large bodies wise. It costs the client a new connection after each refused upload or form.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Where refused bodies are frequent and small, read them to the end and keep the connection.',
    settings: [{ software: 'perdura', setting: 'limits: { drainBytes: 262_144 }' }],
    seenBy: ['unread-body'],
    rule: ({ measured: { unreadBodyAnswered, unreadBodyKept, unreadBodyMisread, http11Persistent } }) =>
      unreadBodyAnswered === true &&
      unreadBodyKept === false &&
      unreadBodyMisread !== true &&
      http11Persistent !== false
        ? 'A request with a body that was not wanted was answered, and the connection closed.'
        : undefined,
  },
};
