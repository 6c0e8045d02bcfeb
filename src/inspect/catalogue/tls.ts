// Findings about encryption: what a new connection costs, and how old the protocol is.
import { formatDuration } from '../format-duration.ts';
import type { CatalogueEntry, ServerSetting } from './finding.ts';

export type TlsFindingId = 'tls-not-resumed' | 'tls-obsolete' | 'tls-before-1-3';

const PROTOCOLS: readonly ServerSetting[] = [
  { software: 'nginx', setting: 'ssl_protocols TLSv1.2 TLSv1.3;' },
  { software: 'Apache', setting: 'SSLProtocol -all +TLSv1.2 +TLSv1.3' },
  { software: 'HAProxy', setting: 'ssl-default-bind-options ssl-min-ver TLSv1.2' },
  { software: 'Node.js', setting: "https.createServer({ minVersion: 'TLSv1.2' })" },
];

export const TLS_FINDINGS: Readonly<Record<TlsFindingId, CatalogueEntry>> = {
  'tls-not-resumed': {
    level: 'warn',
    title: 'It does not resume encrypted sessions',
    explanation:
      'A client that comes back can show a ticket from its last visit, and the two skip the expensive part of setting up encryption. This server did not take the ticket that it had given, or gave none. Every new connection then costs the full computation on both sides, and with older versions of TLS one more trip to the server and back.',
    rfc: 'RFC 8446 §2.2',
    remedy:
      'Switch on tickets or a cache for sessions; several machines or processes behind one name have to share the keys.',
    settings: [
      { software: 'nginx', setting: 'ssl_session_cache shared:TLS:10m;' },
      { software: 'nginx', setting: 'ssl_session_tickets on;' },
      { software: 'Apache', setting: 'SSLSessionCache shmcb:/run/apache2/ssl_scache(512000)' },
      { software: 'Apache', setting: 'SSLSessionTickets On' },
      { software: 'HAProxy', setting: 'tune.ssl.cachesize 20000' },
      { software: 'Node.js', setting: 'https.createServer({ ticketKeys: theSameInAllProcesses })' },
    ],
    seenBy: ['tls'],
    rule: ({ measured: { tlsResumption, tlsHandshakeMs } }) =>
      tlsResumption === false
        ? `No connection could take up the session of an earlier one${tlsHandshakeMs === null ? '' : `; to set up encryption anew takes ${formatDuration(tlsHandshakeMs)}`}.`
        : undefined,
  },
  'tls-obsolete': {
    level: 'warn',
    title: 'It speaks a version of TLS that is no longer allowed',
    explanation:
      'The connection was encrypted with TLS 1.0 or 1.1, or something older. These versions have known weaknesses, must not be used since 2021, and current browsers refuse them. They also need one more trip to the server and back for each new connection than TLS 1.3.',
    rfc: 'RFC 8996 §4',
    remedy: 'Offer TLS 1.2 and 1.3 only.',
    settings: PROTOCOLS,
    seenBy: ['tls'],
    rule: ({ measured: { tlsProtocol } }) =>
      isTls(tlsProtocol) && !isModern(tlsProtocol) ? `It chose ${tlsProtocol}.` : undefined,
  },
  'tls-before-1-3': {
    level: 'info',
    title: 'It does not speak TLS 1.3',
    explanation:
      'The connection was encrypted with TLS 1.2, although the client offered 1.3. The older version is still considered safe, but it takes one more trip to the server and back to set up each new connection. From another continent that is a tenth of a second or two, for every connection.',
    rfc: 'RFC 8446 §2',
    remedy: 'Offer TLS 1.3 beside 1.2; every current server and library can.',
    settings: PROTOCOLS,
    seenBy: ['tls'],
    rule: ({ measured: { tlsProtocol } }) =>
      tlsProtocol === 'TLSv1.2' ? 'It chose TLS 1.2 where 1.3 was offered.' : undefined,
  },
};

/** As node:tls names them. */
function isTls(protocol: string | null): protocol is string {
  return protocol !== null && /^(?:TLSv1(?:\.[0-9])?|SSLv[23])$/.test(protocol);
}

function isModern(protocol: string): boolean {
  return protocol !== 'TLSv1' && protocol !== 'TLSv1.1' && !protocol.startsWith('SSL');
}
