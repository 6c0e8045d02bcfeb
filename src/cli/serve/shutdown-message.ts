// What `perdura serve` says when it is told to stop: what it waits for, and what came of it.
import { formatDuration } from '../duration.ts';
import type { CloseReport } from '../../server/index.ts';
import type { ConnectionInfo } from '../../trace.ts';

const countOf = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What is being waited for, and how not to wait. */
export function formatDraining(connections: readonly ConnectionInfo[], drainMs: number, howToEnd: string): string {
  const active = connections.filter((connection) => connection.state === 'active').length;
  return (
    `Draining: ${countOf(connections.length, 'connection', 'connections')}, ` +
    `${countOf(active, 'request', 'requests')} under way, at most ${formatDuration(drainMs)}; ${howToEnd} ends at once\n`
  );
}

/** What the shutdown came to; names whoever held on until the deadline. */
export function formatCloseReport(report: CloseReport): string {
  const { durationMs, closed, destroyed } = report;
  const start = `Ended after ${formatDuration(durationMs)}: ${countOf(closed, 'connection', 'connections')} closed in order`;
  if (destroyed.length === 0) return `${start}, none broken off\n`;
  const holdouts = destroyed.map(
    ({ id, remote, state, requests, ageMs }) =>
      `  conn=${id} ${remote || 'unknown'}: ${state}, ${countOf(requests, 'request', 'requests')}, open for ${formatDuration(ageMs)}\n`,
  );
  return `${start}, ${destroyed.length} broken off because they held on until the deadline:\n${holdouts.join('')}`;
}
