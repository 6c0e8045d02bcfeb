// Findings about the hop in front of the server, such as a load balancer: who closes an idle connection first.
import { formatDuration } from '../format-duration.ts';
import type { CatalogueEntry } from './finding.ts';
import { keepIdleFor } from './idle-settings.ts';

export type PathFindingId =
  | 'idle-shorter-than-hop'
  | 'idle-hardly-longer-than-hop'
  | 'http2-idle-shorter-than-hop'
  | 'idle-not-watched-for-hop';

/** The hop's timer and ours do not start at the same moment, and a request may be on its way. */
const MARGIN_MS = 5_000;

export const PATH_FINDINGS: Readonly<Record<PathFindingId, CatalogueEntry>> = {
  'idle-shorter-than-hop': {
    level: 'bad',
    title: 'It closes idle connections before the hop in front does',
    explanation:
      'The load balancer or proxy in front keeps idle connections to this server and uses them again. The server closes them first, so now and then a request goes out on a connection that is just being closed, and the visitor gets an error page (502 or 504) although nothing is broken. Whoever sends the requests has to be the one who closes first.',
    rfc: 'RFC 9112 §9.5',
    remedy:
      'Let the server keep idle connections 5 seconds longer than the hop in front, or shorten the time of the hop.',
    settings: keepIdleFor(75),
    seenBy: ['idle-timeout'],
    rule: ({ measured: { idleTimeoutMs }, behind }) =>
      behind !== undefined && idleTimeoutMs !== null && idleTimeoutMs <= behind.serverIdleMs
        ? `It closed after ${formatDuration(idleTimeoutMs)}; ${behind.title} keeps idle connections for ${formatDuration(behind.serverIdleMs)}.`
        : undefined,
  },
  'idle-hardly-longer-than-hop': {
    level: 'warn',
    title: 'It keeps idle connections hardly longer than the hop in front',
    explanation:
      'The server closes idle connections after the load balancer or proxy in front of it, as it should, but only just. The two timers do not start at the same moment, and a busy machine is late, so that the server may still be the first to close. The visitor then gets an error page (502 or 504) although nothing is broken.',
    rfc: 'RFC 9112 §9.5',
    remedy: 'Leave at least 5 seconds between the time of the hop in front and that of the server.',
    settings: keepIdleFor(75),
    seenBy: ['idle-timeout'],
    rule: ({ measured: { idleTimeoutMs }, behind }) => {
      if (behind === undefined || idleTimeoutMs === null) return undefined;
      const longerMs = idleTimeoutMs - behind.serverIdleMs;
      if (longerMs <= 0 || longerMs >= MARGIN_MS) return undefined;
      return `It keeps them ${formatDuration(longerMs)} longer than ${behind.title}, which keeps them for ${formatDuration(behind.serverIdleMs)}.`;
    },
  },
  'http2-idle-shorter-than-hop': {
    level: 'warn',
    title: 'It closes idle HTTP/2 connections before the hop in front does',
    explanation:
      'The load balancer or proxy in front keeps idle connections to this server, and the server closes those of HTTP/2 first. Where HTTP/2 is spoken between the two, a request may go out on a connection that is just being closed. HTTP/2 can say which requests were not looked at, but not every load balancer then sends them again.',
    rfc: 'RFC 9113 §6.8',
    remedy: 'Let the server keep idle HTTP/2 connections 5 seconds longer than the hop in front.',
    settings: [
      { software: 'nginx', setting: 'keepalive_timeout 75s;' },
      { software: 'HAProxy', setting: 'timeout http-keep-alive 75s' },
    ],
    seenBy: ['http2-idle'],
    rule: ({ measured: { http2IdleTimeoutMs }, behind }) =>
      behind !== undefined && http2IdleTimeoutMs !== null && http2IdleTimeoutMs <= behind.serverIdleMs
        ? `It closed an idle HTTP/2 connection after ${formatDuration(http2IdleTimeoutMs)}; ${behind.title} keeps them for ${formatDuration(behind.serverIdleMs)}.`
        : undefined,
  },
  'idle-not-watched-for-hop': {
    level: 'info',
    title: 'It was not watched long enough to compare it with the hop in front',
    explanation:
      'The server keeps idle connections for longer than this inspection watched, but the load balancer or proxy in front keeps them for longer still. So it is not known which of the two closes first. If it is the server, visitors now and then get an error page (502 or 504).',
    rfc: '',
    remedy:
      'Inspect again with a longer `--max-wait`, at least 5 seconds more than the hop in front keeps connections.',
    settings: [],
    seenBy: ['idle-timeout'],
    rule: ({ measured: { idleClose }, behind, maxWaitMs }) =>
      behind !== undefined && idleClose === 'none' && maxWaitMs < behind.serverIdleMs + MARGIN_MS
        ? `Still open after ${formatDuration(maxWaitMs)}; ${behind.title} keeps idle connections for ${formatDuration(behind.serverIdleMs)}.`
        : undefined,
  },
};
