// Findings about how long idle connections are kept, and how they end.
import { formatDuration } from '../format-duration.ts';
import type { CatalogueEntry } from './finding.ts';

export type IdleFindingId = 'idle-shorter-than-advertised';

export const IDLE_FINDINGS: Readonly<Record<IdleFindingId, CatalogueEntry>> = {
  'idle-shorter-than-advertised': {
    level: 'bad',
    title: 'It closes idle connections sooner than it promises',
    explanation:
      'The server says in its Keep-Alive field how long it keeps an idle connection, and closes it before that. A client that believes the promise sends its next request into a connection that is just being closed, and gets an error instead of an answer. Requests that must not run twice are then lost, because nobody can know whether they arrived.',
    rfc: 'RFC 9112 §9.3',
    remedy: 'Keep connections open for longer than is advertised, at least by a second, or advertise less.',
    settings: [
      { software: 'nginx', setting: 'keepalive_timeout 75s 70s;' },
      { software: 'Apache', setting: 'KeepAliveTimeout 70' },
      { software: 'HAProxy', setting: 'timeout http-keep-alive 70s' },
      { software: 'Node.js', setting: 'server.keepAliveTimeout = 70_000' },
      { software: 'perdura', setting: 'keepAliveTimeoutMs: 70_000' },
    ],
    seenBy: ['first-answer', 'idle-timeout'],
    rule: ({ measured: { advertisedTimeoutMs, idleTimeoutMs } }) =>
      advertisedTimeoutMs !== null && idleTimeoutMs !== null && idleTimeoutMs < advertisedTimeoutMs - 50
        ? `It promises ${formatDuration(advertisedTimeoutMs)} and closed after ${formatDuration(idleTimeoutMs)}.`
        : undefined,
  },
};
