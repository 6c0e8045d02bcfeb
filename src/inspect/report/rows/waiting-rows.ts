// Rows of how long the server waits, for whom, and how it ends that.
import { formatDuration } from '../../format-duration.ts';
import { tellEnd } from '../measurement-row.ts';
import type { RowRule } from '../measurement-row.ts';

export const WAITING_ROWS: readonly RowRule[] = [
  {
    subject: 'waiting',
    label: 'idle',
    names: ['idleTimeoutMs', 'idleClose', 'advertisedTimeoutMs'],
    tell: ({ measured: { idleTimeoutMs, idleClose, advertisedTimeoutMs }, maxWaitMs }) => {
      const end = tellEnd('an idle connection', idleTimeoutMs, idleClose, maxWaitMs);
      if (end === undefined || advertisedTimeoutMs === null) return end;
      return `${end}; promised were ${formatDuration(advertisedTimeoutMs)}`;
    },
  },
  {
    subject: 'waiting',
    label: 'silent',
    names: ['silentConnectTimeoutMs', 'silentConnectClose'],
    tell: ({ measured: { silentConnectTimeoutMs, silentConnectClose }, maxWaitMs }) =>
      tellEnd('a connection that says nothing', silentConnectTimeoutMs, silentConnectClose, maxWaitMs),
  },
  {
    subject: 'waiting',
    label: 'half a request',
    names: ['partialHeadTimeoutMs', 'partialHeadClose'],
    tell: ({ measured: { partialHeadTimeoutMs, partialHeadClose }, maxWaitMs }) =>
      tellEnd('a connection with half a request', partialHeadTimeoutMs, partialHeadClose, maxWaitMs),
  },
  {
    subject: 'waiting',
    label: 'unasked',
    names: ['unsolicitedBytes'],
    tell: ({ measured: { unsolicitedBytes } }) =>
      unsolicitedBytes === null ? undefined : `on the idle connection came, unasked: ${unsolicitedBytes}`,
  },
];
