// What `perdura serve` says when it is told to stop: what it waits for, and what came of it.
import { formatDuration } from '../../text/index.ts';
import type { CloseReport, PhaseReport } from '../../server/index.ts';
import type { StopReport } from '../../workers/index.ts';
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
  return formatEnd(report, ({ id }) => String(id)) + formatPhases(report);
}

/** The same of all workers. Connections are named as in the access log: `conn=2.17` is the 17th of worker 2. */
export function formatStopReport(report: StopReport): string {
  const lost = report.unreported.map((worker) => `  worker ${worker} ended without a report\n`);
  return `${formatEnd(report, ({ worker, id }) => `${worker}.${id}`)}${lost.join('')}`;
}

function formatEnd<Connection extends ConnectionInfo>(
  report: { readonly durationMs: number; readonly closed: number; readonly destroyed: readonly Connection[] },
  nameOf: (connection: Connection) => string,
): string {
  const { durationMs, closed, destroyed } = report;
  const start = `Ended after ${formatDuration(durationMs)}: ${countOf(closed, 'connection', 'connections')} closed in order`;
  if (destroyed.length === 0) return `${start}, none broken off\n`;
  const holdouts = destroyed.map((connection) => {
    const { remote, state, requests, ageMs } = connection;
    return `  conn=${nameOf(connection)} ${remote || 'unknown'}: ${state}, ${countOf(requests, 'request', 'requests')}, open for ${formatDuration(ageMs)}\n`;
  });
  const who = destroyed.length === 1 ? 'it' : 'they';
  return `${start}, ${destroyed.length} broken off because ${who} held on until the deadline:\n${holdouts.join('')}`;
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

/** The last word to workers that a second signal ended. */
export function formatWorkersCutShort(workers: number): string {
  return `Ended at once: ${countOf(workers, 'worker', 'workers')} killed\n`;
}

/** The last word where a second signal ended it: the report never comes. */
export function formatCutShort(open: number): string {
  return `Ended at once: ${countOf(open, 'connection', 'connections')} broken off\n`;
}
