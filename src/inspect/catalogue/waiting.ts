// Findings about connections that ask nothing, or only half of something.
import { formatDuration } from '../format-duration.ts';
import type { CloseStyle } from '../measurements.ts';
import type { CatalogueEntry, ServerSetting } from './finding.ts';

export type WaitingFindingId = 'silent-408' | 'silent-connection-kept' | 'partial-head-kept';

/** A minute is a common default, and no timer is exact. */
const PATIENT_MS = 65_000;

const HEAD_TIMEOUTS: readonly ServerSetting[] = [
  { software: 'nginx', setting: 'client_header_timeout 20s;' },
  { software: 'Apache', setting: 'RequestReadTimeout header=20-40,MinRate=500' },
  { software: 'HAProxy', setting: 'timeout http-request 20s' },
  { software: 'Node.js', setting: 'http.createServer({ headersTimeout: 20_000, connectionsCheckingInterval: 5_000 })' },
  { software: 'perdura', setting: 'timeouts: { headerMs: 20_000 }' },
];

export const WAITING_FINDINGS: Readonly<Record<WaitingFindingId, CatalogueEntry>> = {
  'silent-408': {
    level: 'warn',
    title: 'It sends an error to connections that never asked anything',
    explanation:
      'Browsers open connections in advance, to have them ready. When such a connection is not used for a while, this server sends status 408 on it, which means that a request took too long, although there was none. A browser that asks at this moment may show that error in place of the page; a silent close does no harm.',
    rfc: 'RFC 9110 §15.5.9',
    remedy: 'Close a connection silently that has not sent a byte; send 408 only where a part of a request has come.',
    settings: [{ software: 'HAProxy', setting: 'option http-ignore-probes' }],
    seenBy: ['silent-connection'],
    rule: ({ measured: { silentConnectClose, silentConnectTimeoutMs } }) =>
      silentConnectClose?.startsWith('408') === true
        ? `A 408 came on a connection that had said nothing${silentConnectTimeoutMs === null ? '' : `, after ${formatDuration(silentConnectTimeoutMs)}`}.`
        : undefined,
  },
  'silent-connection-kept': {
    level: 'info',
    title: 'It keeps connections for long that never ask anything',
    explanation:
      'A connection that is opened and never used stays open for more than a minute. Each one costs the server a little memory and one of its connections, and anybody can open thousands of them at hardly any cost. A server on the open internet should give up on them sooner.',
    rfc: '',
    remedy: 'Set a limit for the time until the first request has come; 20 seconds are plenty.',
    // Linux holds a silent connection back from Apache for a while, so that its timer begins late.
    settings: HEAD_TIMEOUTS.filter(({ software }) => software !== 'Apache'),
    seenBy: ['silent-connection'],
    rule: ({ measured: { silentConnectClose, silentConnectTimeoutMs }, maxWaitMs }) => {
      const kept = describeKept(silentConnectClose, silentConnectTimeoutMs, maxWaitMs);
      return kept === undefined ? undefined : `A connection that said nothing was ${kept}.`;
    },
  },
  'partial-head-kept': {
    level: 'warn',
    title: 'It waits very long for the rest of a request',
    explanation:
      'Half a request was sent and then nothing more, and the server went on waiting for over a minute. An attacker can hold many connections open like this with very little traffic, until none is left for others; the attack is known as Slowloris. Servers with a process or thread for each connection suffer most.',
    rfc: '',
    remedy: 'Limit the time for the head of a request to 20 or 30 seconds in all, not from one byte to the next.',
    settings: HEAD_TIMEOUTS,
    seenBy: ['partial-head'],
    rule: ({ measured: { partialHeadClose, partialHeadTimeoutMs }, maxWaitMs }) => {
      const kept = describeKept(partialHeadClose, partialHeadTimeoutMs, maxWaitMs);
      return kept === undefined ? undefined : `A connection with half a request was ${kept}.`;
    },
  },
};

/** Whether a connection that does not ask was kept, or still open, for more than a minute. */
export function isKeptLong(close: CloseStyle | null, timeoutMs: number | null, maxWaitMs: number): boolean {
  return close === 'none' ? maxWaitMs >= PATIENT_MS : timeoutMs !== null && timeoutMs >= PATIENT_MS;
}

/** Undefined where it was not kept for long, or not watched for long. */
function describeKept(close: CloseStyle | null, timeoutMs: number | null, maxWaitMs: number): string | undefined {
  if (!isKeptLong(close, timeoutMs, maxWaitMs)) return undefined;
  return timeoutMs === null ? `still open after ${formatDuration(maxWaitMs)}` : `kept for ${formatDuration(timeoutMs)}`;
}
