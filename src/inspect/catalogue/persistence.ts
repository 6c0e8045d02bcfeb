// Findings about whether a connection is kept, as each side has asked for (RFC 9112 §9.3, §9.6).
import { formatBytes } from '../../http/index.ts';
import type { CatalogueEntry, JudgedFacts } from './finding.ts';

export type PersistenceFindingId =
  | 'closes-after-each-answer'
  | 'closes-without-announcing'
  | 'second-request-unanswered'
  | 'http10-keep-alive-not-honoured'
  | 'http10-kept-unasked'
  | 'close-not-honoured'
  | 'close-not-answered'
  | 'keep-alive-field-not-named'
  | 'keep-alive-field-unreadable';

/** Longer ones are cut: a field may be as long as the server likes. */
const SHOWN_CHARACTERS = 80;

export const PERSISTENCE_FINDINGS: Readonly<Record<PersistenceFindingId, CatalogueEntry>> = {
  'closes-after-each-answer': {
    level: 'warn',
    title: 'It closes the connection after every answer',
    explanation:
      'The server says `Connection: close` with each answer and closes, so that every request pays for a new connection. That costs at least one trip to the server and back, with encryption two or three, before the first byte of the answer. A page with fifty pictures pays fifty times, and a busy client may run out of port numbers.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Switch persistent connections (keep-alive) on, in the server and in every proxy in front of it.',
    settings: [
      { software: 'nginx', setting: 'keepalive_timeout 75s;' },
      { software: 'Apache', setting: 'KeepAlive On' },
      { software: 'HAProxy', setting: 'option http-keep-alive' },
      { software: 'Node.js', setting: 'server.maxRequestsPerSocket = 0' },
      { software: 'perdura', setting: 'keepAlive: true' },
    ],
    seenBy: ['first-answer'],
    rule: (facts) =>
      facts.measured.http11CloseAnnounced === true && closesEachTime(facts) && isHabit(facts)
        ? 'The first answer said `Connection: close`, and the connection ended behind it.'
        : undefined,
  },
  'closes-without-announcing': {
    level: 'bad',
    title: 'It closes after an answer without saying so',
    explanation:
      'Connections stay open by default, and a server that wants to close one has to say `Connection: close` in its answer. This one just closes. A client that trusts the rules sends its next request into the closing connection and loses it; where repeating is dangerous, as with an order or a payment, it can only report an error.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Send `Connection: close` with the last answer of a connection, or keep the connection open.',
    settings: [],
    seenBy: ['first-answer'],
    rule: (facts) =>
      facts.measured.http11CloseAnnounced === false && closesEachTime(facts)
        ? 'The connection ended behind the first answer, which had not said `close`.'
        : undefined,
  },
  'second-request-unanswered': {
    level: 'bad',
    title: 'It leaves a connection open on which it serves nothing more',
    explanation:
      'The first answer did not say `Connection: close`, and the connection stayed open behind it, so clients use it for their next request. That one was never answered. A client notices only when its own timeout is over, and cannot tell whether the request was carried out.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Serve further requests on a connection that stays open, or say `Connection: close` and close it.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { http11Persistent, http11CloseAnnounced } }) =>
      http11Persistent === false && http11CloseAnnounced === null
        ? 'The second request on the first connection was not answered, and the connection stayed open.'
        : undefined,
  },
  'http10-keep-alive-not-honoured': {
    level: 'warn',
    title: 'It does not keep connections of HTTP/1.0 clients that ask for it',
    explanation:
      'Older clients and some proxies speak HTTP/1.0 and ask for a persistent connection with `Connection: keep-alive`. This server closes all the same. It costs such clients a new connection for every request; the load generator `ab` and some simple monitoring tools are among them.',
    rfc: 'RFC 9112 §9.3',
    remedy:
      'Let clients of HTTP/1.0 keep their connections, or make the proxy in front speak HTTP/1.1. The server of Node.js cannot do it.',
    settings: [
      { software: 'nginx', setting: 'keepalive_disable none;' },
      { software: 'Apache', setting: 'KeepAlive On' },
      { software: 'HAProxy', setting: 'option http-keep-alive' },
      { software: 'perdura', setting: 'keepAlive: true' },
    ],
    seenBy: ['http10'],
    // A server that keeps no connection at all has another finding.
    rule: ({ measured: { http10KeepAlive, http11Persistent } }) =>
      http10KeepAlive === false && http11Persistent !== false
        ? 'A request of HTTP/1.0 with `Connection: keep-alive` was answered, and the connection closed.'
        : undefined,
  },
  'http10-kept-unasked': {
    level: 'bad',
    title: 'It keeps connections of HTTP/1.0 clients that did not ask for it',
    explanation:
      'In HTTP/1.0 a connection ends with its answer unless the client asks for more, and many clients wait for that end to know that the answer is complete. This server leaves the connection open, so such a client hangs until the idle timeout. Old devices, health checks and shell scripts are affected.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Close the connection behind an answer to HTTP/1.0, unless the request has `Connection: keep-alive`.',
    settings: [],
    seenBy: ['http10'],
    rule: ({ measured: { http10ClosesByDefault } }) =>
      http10ClosesByDefault === false
        ? 'A request of HTTP/1.0 that asked for nothing was answered, and the connection stayed open.'
        : undefined,
  },
  'close-not-honoured': {
    level: 'bad',
    title: 'It does not close when it is asked to',
    explanation:
      'A client that sends `Connection: close` announces its last request, and the server has to close the connection behind the answer. Where it does not, clients that read until the end hang, and connections that nobody uses pile up on the server. The word may stand in a list, and in capital or small letters: it counts in every form.',
    rfc: 'RFC 9112 §9.6',
    remedy:
      'Read `Connection` as a list of words without regard to case, over all its lines, and close where `close` is among them.',
    settings: [],
    seenBy: ['connection-close'],
    rule: ({ measured: { honoursClose, closeIgnoredFor } }) => {
      if (honoursClose !== false) return undefined;
      const ways = (closeIgnoredFor ?? []).map((way) => `\`${way}\``);
      return `The connection stayed open in spite of ${ways.length === 0 ? '`Connection: close`' : ways.join(' and ')}.`;
    },
  },
  'close-not-answered': {
    level: 'info',
    title: 'It closes when asked to, but does not say so',
    explanation:
      'When a client asks for `Connection: close`, the answer should say `close`, too. This server closes, which is what matters, but its answer does not say it. Proxies and logging tools that look at answers alone take the connection for one that stays open.',
    rfc: 'RFC 9112 §9.6',
    remedy: 'Send `Connection: close` in the answer to a request that has it.',
    settings: [],
    seenBy: ['connection-close'],
    rule: ({ measured: { answersClose } }) =>
      answersClose === false ? 'The answer to `Connection: close` does not say `close`.' : undefined,
  },
  'keep-alive-field-not-named': {
    level: 'info',
    title: 'Its Keep-Alive field is not named in Connection',
    explanation:
      'The Keep-Alive field speaks of this one connection, and such a field has to be named in `Connection`, so that proxies do not pass it on. Without that a proxy may hand the promise of this server to a client whose connection it knows nothing about, or a client may ignore it.',
    rfc: 'RFC 9110 §7.6.1',
    remedy: 'Send `Connection: keep-alive` together with `Keep-Alive`; a field added by hand is better left out.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { advertisedInConnection, advertisedField } }) =>
      advertisedInConnection === false
        ? `\`Keep-Alive: ${shorten(advertisedField)}\` came, and Connection does not name it.`
        : undefined,
  },
  'keep-alive-field-unreadable': {
    level: 'warn',
    title: 'Its Keep-Alive field says nothing that clients understand',
    explanation:
      'The server sends a Keep-Alive field that has neither a readable `timeout=` nor a readable `max=`. Clients cannot take anything from it and have to guess how long the connection is kept; some trip over it. A fractional number, a unit such as `5s`, or a word in place of the number is the usual reason.',
    rfc: 'RFC 2068 §19.7.1.1',
    remedy: 'Send whole seconds, for example `Keep-Alive: timeout=65`, or leave the field out.',
    settings: [
      { software: 'nginx', setting: 'keepalive_timeout 75s 70s;' },
      { software: 'Apache', setting: 'KeepAliveTimeout 70' },
    ],
    seenBy: ['first-answer'],
    rule: ({ measured: { advertisedField, advertisedTimeoutMs, advertisedMax } }) =>
      advertisedField !== null && advertisedTimeoutMs === null && advertisedMax === null
        ? `It sent \`Keep-Alive: ${shorten(advertisedField)}\`.`
        : undefined,
  },
};

/** Behind errors servers close as a precaution, which says nothing of their other answers. */
function isHabit({ measured: { status } }: JudgedFacts): boolean {
  return status === null || status < 400;
}

/** An answer that ends with its connection announces the end by that, and has a finding of its own. */
function closesEachTime({ measured: { http11Persistent, answerFraming } }: JudgedFacts): boolean {
  return http11Persistent === false && answerFraming !== 'untilClose';
}

function shorten(field: string | null): string {
  return formatBytes((field ?? '').slice(0, SHOWN_CHARACTERS));
}
