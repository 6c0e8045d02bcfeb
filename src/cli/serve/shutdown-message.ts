// What `perdura serve` says when it is told to stop: what it waits for, and what came of it.
import { formatDuration } from '../../text/index.ts';
import type { CloseReport, PhaseReport } from '../../server/index.ts';
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
  const phases = formatPhases(report);
  const start = `Ended after ${formatDuration(durationMs)}: ${countOf(closed, 'connection', 'connections')} closed in order`;
  if (destroyed.length === 0) return `${start}, none broken off\n${phases}`;
  const holdouts = destroyed.map(
    ({ id, remote, state, requests, ageMs }) =>
      `  conn=${id} ${remote || 'unknown'}: ${state}, ${countOf(requests, 'request', 'requests')}, open for ${formatDuration(ageMs)}\n`,
  );
  const who = destroyed.length === 1 ? 'it' : 'they';
  return `${start}, ${destroyed.length} broken off because ${who} held on until the deadline:\n${holdouts.join('')}${phases}`;
}

/** What each phase came to, a line for each that took any time. */
function formatPhases({ lameDuck, draining }: CloseReport): string {
  return formatPhase('while connections were still accepted', lameDuck) + formatPhase('after that', draining);
}

function formatPhase(name: string, { durationMs, open, opened, closed, requests }: PhaseReport): string {
  if (durationMs < 1) return '';
  return (
    `  ${name}, ${formatDuration(durationMs)}: ${countOf(requests, 'request', 'requests')}, ` +
    `${countOf(open, 'connection', 'connections')} at first, ${opened} new, ${closed} ended\n`
  );
}

/** The last word where a second signal ended it: the report never comes. */
export function formatCutShort(open: number): string {
  return `Ended at once: ${countOf(open, 'connection', 'connections')} broken off\n`;
}
