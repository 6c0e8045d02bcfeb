// Findings about HTTP/2 and HTTP/3.
import { formatDuration } from '../format-duration.ts';
import type { CatalogueEntry } from './finding.ts';
import { formatCount } from './format-count.ts';

export type Http2FindingId =
  | 'http2-ping-unanswered'
  | 'http2-closes-without-goaway'
  | 'http2-few-streams'
  | 'http2-not-offered'
  | 'http3-advertised';

/** RFC 9113 §6.5.2 recommends no fewer. */
const RECOMMENDED_STREAMS = 100;

export const HTTP2_FINDINGS: Readonly<Record<Http2FindingId, CatalogueEntry>> = {
  'http2-ping-unanswered': {
    level: 'warn',
    title: 'It does not answer the question whether it is still there',
    explanation:
      'In HTTP/2 each side may ask with a small message (PING) whether the other is still there, and the other has to answer. This server did not. Clients that watch their connections in this way, as those of gRPC do, take it for dead and close connections that were good.',
    rfc: 'RFC 9113 §6.7',
    remedy: 'Answer each PING; look for a proxy in between that swallows it.',
    settings: [],
    seenBy: ['http2'],
    // One check measures all three: settings that came prove that HTTP/2 was spoken when the PING was sent.
    rule: ({ measured: { http2, http2Settings, http2PingRttMs } }) =>
      http2 === true && http2Settings !== null && http2PingRttMs === null
        ? 'The SETTINGS of the server came, but no answer to a PING.'
        : undefined,
  },
  'http2-closes-without-goaway': {
    level: 'warn',
    title: 'It closes HTTP/2 connections without saying how far it got',
    explanation:
      'Before it closes, an HTTP/2 server should say which request was the last that it looked at, with a message called GOAWAY. This one just closes. A client whose request crosses the close cannot know whether it was carried out, so it must not repeat an order or a payment and reports an error.',
    rfc: 'RFC 9113 §6.8',
    remedy:
      'Send GOAWAY before an idle connection is closed; in Node.js `session.close()` does it, `session.destroy()` does not wait.',
    settings: [],
    seenBy: ['http2-idle'],
    rule: ({ measured: { http2IdleClose, http2IdleTimeoutMs } }) =>
      http2IdleClose !== null && http2IdleClose !== 'none' && !http2IdleClose.startsWith('goaway')
        ? `An idle HTTP/2 connection ended without GOAWAY${http2IdleTimeoutMs === null ? '' : `, after ${formatDuration(http2IdleTimeoutMs)}`}.`
        : undefined,
  },
  'http2-few-streams': {
    level: 'info',
    title: 'It allows few requests at a time on an HTTP/2 connection',
    explanation:
      'HTTP/2 carries many requests side by side on one connection, as many as the server allows. This one allows fewer than the hundred that the standard recommends at least. A page with many small parts, or a busy program, has to wait or to open further connections.',
    rfc: 'RFC 9113 §6.5.2',
    remedy: 'Allow 100 or more at a time, unless the server is too small for it.',
    settings: [
      { software: 'nginx', setting: 'http2_max_concurrent_streams 128;' },
      { software: 'Apache', setting: 'H2MaxSessionStreams 100' },
      { software: 'HAProxy', setting: 'tune.h2.max-concurrent-streams 100' },
      { software: 'Node.js', setting: 'http2.createSecureServer({ settings: { maxConcurrentStreams: 100 } })' },
    ],
    seenBy: ['http2'],
    rule: ({ measured: { http2Settings } }) => {
      const streams = http2Settings?.['maxConcurrentStreams'];
      return typeof streams === 'number' && streams < RECOMMENDED_STREAMS
        ? `It allows ${formatCount(streams, 'request')} at a time.`
        : undefined;
    },
  },
  'http2-not-offered': {
    level: 'info',
    title: 'It does not offer HTTP/2',
    explanation:
      'Over an encrypted connection a server can offer HTTP/2, which carries many requests side by side on one connection. This one speaks HTTP/1.1 only, so browsers open up to six connections and queue what goes beyond. For pages with many small parts HTTP/2 is faster; for programs that ask one thing at a time it makes little difference.',
    rfc: '',
    remedy: 'Switch HTTP/2 on where browsers are the clients.',
    settings: [
      { software: 'nginx', setting: 'http2 on;' },
      { software: 'Apache', setting: 'Protocols h2 http/1.1' },
      { software: 'HAProxy', setting: 'bind :443 ssl crt site.pem alpn h2,http/1.1' },
      { software: 'Node.js', setting: 'http2.createSecureServer({ allowHTTP1: true })' },
    ],
    seenBy: ['tls', 'http2'],
    rule: ({ measured: { http2 }, scheme }) =>
      scheme === 'https' && http2 === false ? 'HTTP/2 was offered to it, and it did not take it.' : undefined,
  },
  'http3-advertised': {
    level: 'info',
    title: 'It offers HTTP/3 as well',
    explanation:
      'The server says in its Alt-Svc field that it can also be reached over HTTP/3, which runs over UDP in place of TCP. Browsers change over to it after their first visit. What was measured here holds for the connections over TCP only: timeouts and limits of HTTP/3 are separate settings.',
    rfc: 'RFC 9114 §3.1.1',
    remedy: 'Nothing has to be done; remember that browsers may use other connections than those measured here.',
    settings: [],
    seenBy: ['first-answer'],
    rule: ({ measured: { altSvc } }) =>
      altSvc !== null && /(?:^|,)[ \t]*h3(?:-\d+)?=/.test(altSvc) ? 'Alt-Svc of its first answer names h3.' : undefined,
  },
};
