// Rows of TLS, of HTTP/2, and of what a new connection costs against one that is open.
import { formatDuration } from '../../format-duration.ts';
import type { AddressMeasurement } from '../../measurements.ts';
import { countOf, joinClauses, tellBoolean, tellEnd } from '../measurement-row.ts';
import type { RowRule } from '../measurement-row.ts';

export const PROTOCOL_ROWS: readonly RowRule[] = [
  {
    subject: 'tls',
    label: 'TLS',
    names: ['tlsProtocol', 'alpn', 'tlsResumption'],
    tell: ({ measured: { tlsProtocol, alpn, tlsResumption } }) =>
      joinClauses(
        tlsProtocol ?? undefined,
        alpn === null ? undefined : alpn === '' ? 'nothing is chosen by ALPN' : `${alpn} is chosen by ALPN`,
        tellBoolean(tlsResumption, 'sessions are resumed', 'no session is resumed'),
      ),
  },
  {
    subject: 'tls',
    label: 'handshake',
    names: ['tlsHandshakeMs', 'tlsResumedHandshakeMs'],
    tell: ({ measured: { tlsHandshakeMs, tlsResumedHandshakeMs } }) =>
      joinClauses(
        tlsHandshakeMs === null ? undefined : formatDuration(tlsHandshakeMs),
        tlsResumedHandshakeMs === null ? undefined : `${formatDuration(tlsResumedHandshakeMs)} where it is resumed`,
      ),
  },
  {
    subject: 'http2',
    label: 'HTTP/2',
    names: ['http2', 'http2PingRttMs'],
    tell: ({ measured: { http2, http2PingRttMs } }) =>
      joinClauses(
        tellBoolean(http2, 'spoken', 'not spoken'),
        http2PingRttMs === null ? undefined : `a PING takes ${formatDuration(http2PingRttMs)}`,
      ),
  },
  {
    subject: 'http2',
    label: 'SETTINGS',
    names: ['http2Settings'],
    tell: ({ measured: { http2Settings } }) =>
      http2Settings === null || Object.keys(http2Settings).length === 0
        ? undefined
        : Object.entries(http2Settings)
            .map(([name, value]) => `${name} ${String(value)}`)
            .join(', '),
  },
  {
    subject: 'http2',
    label: 'idle HTTP/2',
    names: ['http2IdleTimeoutMs', 'http2IdleClose'],
    tell: ({ measured: { http2IdleTimeoutMs, http2IdleClose }, maxWaitMs }) =>
      tellEnd('an idle connection', http2IdleTimeoutMs, http2IdleClose, maxWaitMs),
  },
  {
    subject: 'cost',
    label: 'an answer',
    names: ['newConnectionMs', 'reusedRequestMs'],
    tell: ({ measured: { newConnectionMs, reusedRequestMs } }) =>
      joinClauses(
        newConnectionMs === null ? undefined : `${formatDuration(newConnectionMs)} on a new connection`,
        reusedRequestMs === null ? undefined : `${formatDuration(reusedRequestMs)} on one that is open`,
      ),
  },
  {
    subject: 'cost',
    label: 'a page',
    names: ['pageSavingMs', 'pageResources'],
    tell: ({ measured: { pageSavingMs, pageResources } }) =>
      pageSavingMs === null || pageResources === null
        ? undefined
        : `of ${countOf(pageResources, 'resource')} saves ${formatDuration(pageSavingMs)} on one persistent connection`,
  },
  {
    subject: 'cost',
    label: 'addresses',
    names: ['addresses'],
    tell: ({ measured: { addresses } }) =>
      addresses === null || addresses.length === 0 ? undefined : addresses.map(tellAddress).join('; '),
  },
];

function tellAddress({ address, status, newConnectionMs, http11Persistent }: AddressMeasurement): string {
  if (newConnectionMs === null) return `${address} cannot be reached`;
  const kept = tellBoolean(http11Persistent, ', kept', ', not kept') ?? '';
  return `${address}: ${status ?? 'no answer'} in ${formatDuration(newConnectionMs)}${kept}`;
}
