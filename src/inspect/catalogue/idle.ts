// Findings about how long idle connections are kept, and how they end (RFC 9112 §9.5, §9.8).
import { formatDuration } from '../format-duration.ts';
import type { CloseStyle } from '../measurements.ts';
import type { CatalogueEntry } from './finding.ts';
import { keepIdleFor } from './idle-settings.ts';

export type IdleFindingId =
  | 'idle-shorter-than-advertised'
  | 'idle-without-grace'
  | 'idle-too-short'
  | 'idle-not-advertised'
  | 'idle-reset'
  | 'idle-408'
  | 'unsolicited-bytes'
  | 'closed-without-close-notify';

/** Less is the inaccuracy of two clocks and a network. */
const TOLERANCE_MS = 50;

/** A request that leaves at the last promised moment is on its way for one trip, and the server may be busy. */
const GRACE_MS = 300;

/** A person who reads a page, and most programs that poll, are back later than that. */
const USEFUL_MS = 2_000;

/** Longer ones are cut. */
const SHOWN_CHARACTERS = 80;

export const IDLE_FINDINGS: Readonly<Record<IdleFindingId, CatalogueEntry>> = {
  'idle-shorter-than-advertised': {
    level: 'bad',
    title: 'It closes idle connections sooner than it promises',
    explanation:
      'The server says in its Keep-Alive field how long it keeps an idle connection, and closes it before that. A client that believes the promise sends its next request into a connection that is just being closed, and gets an error instead of an answer. Requests that must not run twice are then lost, because nobody can know whether they arrived.',
    rfc: 'RFC 9112 §9.5',
    remedy: 'Keep connections open for longer than is advertised, at least by a second, or advertise less.',
    settings: keepIdleFor(75),
    seenBy: ['first-answer', 'idle-timeout'],
    rule: ({ measured: { advertisedTimeoutMs, idleTimeoutMs } }) =>
      advertisedTimeoutMs !== null && idleTimeoutMs !== null && idleTimeoutMs < advertisedTimeoutMs - TOLERANCE_MS
        ? `It promises ${formatDuration(advertisedTimeoutMs)} and closed after ${formatDuration(idleTimeoutMs)}.`
        : undefined,
  },
  'idle-without-grace': {
    level: 'warn',
    title: 'It closes idle connections at the very moment that it promises',
    explanation:
      'The server keeps its promise, but not a moment longer. A request that a client sends just before the time is over arrives just after it, because it is on its way for a while, and meets a closed connection. Clients that leave no margin of their own then see an occasional error that nobody can reproduce.',
    rfc: 'RFC 9112 §9.5',
    remedy:
      'Keep connections a second or more longer than is advertised. Apache cannot; there, choose a time that is longer than clients keep connections.',
    settings: keepIdleFor(75).filter(({ software }) => software !== 'HAProxy' && software !== 'Apache'),
    seenBy: ['first-answer', 'idle-timeout'],
    rule: ({ measured: { advertisedTimeoutMs, idleTimeoutMs } }) => {
      if (advertisedTimeoutMs === null || idleTimeoutMs === null) return undefined;
      const graceMs = idleTimeoutMs - advertisedTimeoutMs;
      if (graceMs < -TOLERANCE_MS || graceMs >= GRACE_MS) return undefined;
      const longer = graceMs < 1 ? 'not longer' : `only ${formatDuration(graceMs)} longer`;
      return `It promises ${formatDuration(advertisedTimeoutMs)} and kept the connection ${longer}.`;
    },
  },
  'idle-too-short': {
    level: 'warn',
    title: 'It keeps idle connections too briefly to be of use',
    explanation:
      'A connection is closed, or its end promised, so soon after an answer that the next request of the same visitor seldom finds it open. Many clients also subtract a second or two from what is promised and then do not use the connection again at all. So nearly every request pays for a new connection, and the few that do not run into the close.',
    rfc: '',
    remedy: 'Keep idle connections for at least 5 seconds; behind a load balancer for longer than it does.',
    settings: keepIdleFor(15),
    seenBy: ['first-answer', 'idle-timeout'],
    rule: ({ measured: { advertisedTimeoutMs, idleTimeoutMs } }) => {
      if (idleTimeoutMs !== null && idleTimeoutMs < USEFUL_MS) {
        return `It closed an idle connection after ${formatDuration(idleTimeoutMs)}.`;
      }
      return advertisedTimeoutMs !== null && advertisedTimeoutMs < USEFUL_MS
        ? `It promises only ${formatDuration(advertisedTimeoutMs)}.`
        : undefined;
    },
  },
  'idle-not-advertised': {
    level: 'info',
    title: 'It does not say how long it keeps idle connections',
    explanation:
      'The server closes idle connections after a time that it tells nobody. Clients have to guess: those that guess too long now and then send a request into a connection that is being closed. With a Keep-Alive field in its answers, clients that read it (Firefox, undici and perdura, among others) stop using a connection in time.',
    rfc: '',
    remedy: 'Advertise a timeout that is a little shorter than the real one.',
    settings: keepIdleFor(75).filter(({ software }) => software !== 'HAProxy' && software !== 'Apache'),
    seenBy: ['first-answer', 'idle-timeout'],
    rule: ({ measured: { advertisedTimeoutMs, advertisedField, idleTimeoutMs } }) =>
      idleTimeoutMs !== null && advertisedTimeoutMs === null && advertisedField === null
        ? `It closed an idle connection after ${formatDuration(idleTimeoutMs)}, and no answer had said so.`
        : undefined,
  },
  'idle-reset': {
    level: 'warn',
    title: 'It breaks idle connections off instead of closing them',
    explanation:
      'At the end of the idle time the server tears the connection down by force (a TCP reset) instead of closing it in an orderly way. A reset can destroy the last bytes of an answer that the client has received but not yet read, and clients log it as an error. An orderly close tells the same without any harm.',
    rfc: 'RFC 9112 §9.5',
    remedy: 'Close idle connections in an orderly way: first the sending side, then, after a moment, the rest.',
    settings: [{ software: 'HAProxy', setting: 'no option nolinger' }],
    seenBy: ['idle-timeout'],
    rule: ({ measured: { idleClose, idleTimeoutMs } }) =>
      idleClose?.endsWith('rst') === true ? `An idle connection was reset${after(idleTimeoutMs)}.` : undefined,
  },
  'idle-408': {
    level: 'warn',
    title: 'It sends an error to idle connections before it closes them',
    explanation:
      'Before it closes an idle connection, the server sends an answer that nobody asked for: status 408, which means that a request took too long. It may help a client that is just about to ask, but most take it for the answer to the request that they send at this moment: `fetch`, Go and curl hand it to the application as an error. A silent close is understood by all.',
    rfc: 'RFC 9110 §15.5.9',
    remedy: 'Close idle connections silently; send 408 only where a part of a request has come.',
    settings: [
      { software: 'HAProxy', setting: 'timeout http-keep-alive 75s' },
      { software: 'perdura', setting: "idleClose: 'fin'" },
    ],
    seenBy: ['idle-timeout'],
    rule: ({ measured: { idleClose, idleTimeoutMs } }) =>
      idleClose?.startsWith('408') === true
        ? `A 408 came on an idle connection${after(idleTimeoutMs)}, and then its end.`
        : undefined,
  },
  'unsolicited-bytes': {
    level: 'bad',
    title: 'It sends bytes that nobody has asked for',
    explanation:
      'On a connection on which no request was open, the server sent something. A client that uses the connection again may take these bytes for the answer to its next request, and hand one user what belongs to another. Careful clients throw such a connection away, which looks like connections that do not last.',
    rfc: 'RFC 9112 §9.2',
    remedy:
      'Find out what writes them: an answer that is sent twice, a wrong length, or another protocol on this port.',
    settings: [],
    seenBy: ['idle-timeout', 'silent-connection'],
    rule: ({ measured: { unsolicitedBytes, idleClose, silentConnectClose } }) => {
      if (unsolicitedBytes !== null && unsolicitedBytes !== '') {
        return `An idle connection brought \`${unsolicitedBytes.slice(0, SHOWN_CHARACTERS)}\`.`;
      }
      if (isWithBytes(idleClose)) return 'An idle connection brought bytes before it ended.';
      return isWithBytes(silentConnectClose)
        ? 'A connection on which nothing had been asked brought bytes before it ended.'
        : undefined;
    },
  },
  'closed-without-close-notify': {
    level: 'warn',
    title: 'It ends encrypted connections without saying goodbye',
    explanation:
      'An encrypted connection has an end of its own (the message `close_notify`), which proves that nobody cut it off on the way. This server closes without it. A client then cannot tell the end of the server from an attacker who cuts an answer short, and some libraries report every such end as an error.',
    rfc: 'RFC 9112 §9.8',
    remedy: 'Let the TLS library end the connection before the socket is closed.',
    settings: [],
    seenBy: ['idle-timeout'],
    rule: ({ measured: { idleClose }, scheme }) =>
      scheme === 'https' && idleClose?.endsWith('fin') === true
        ? 'An idle connection was closed (FIN) without `close_notify` before it.'
        : undefined,
  },
};

function after(durationMs: number | null): string {
  return durationMs === null ? '' : ` after ${formatDuration(durationMs)}`;
}

function isWithBytes(close: CloseStyle | null): boolean {
  return close?.startsWith('bytes') === true;
}
