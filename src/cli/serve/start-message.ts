// What `perdura serve` says once it listens: where, what, how connections live, and how to see it with one's own eyes.
import { formatDuration } from '../../text/index.ts';
import { formatLabelRows } from '../label-rows.ts';
import type { LabelLine, LabelRow } from '../label-rows.ts';
import type { WorkerInfo } from '../../workers/index.ts';
import type { Palette } from '../color.ts';
import { describeConnectionPolicy } from './connection-policy.ts';
import type { ConnectionPolicy } from './connection-policy.ts';

/** Everything that the message tells, as it was given to the server or came from it. */
export interface StartFacts {
  readonly url: string;
  readonly folder: string;
  readonly policy: ConnectionPolicy;
  readonly openConnections: number;
  readonly drainMs: number;
  /** The file, `-` for standard output, or undefined for none. */
  readonly accessLog: string | undefined;
  /** Undefined where this process serves itself. */
  readonly workers?: readonly WorkerInfo[];
  /** Which protocols are spoken, and with which certificates. */
  readonly protocols?: readonly LabelRow[];
  /** What is in front and follows from it, and health checks; none where nothing of it was asked for. */
  readonly path?: readonly LabelRow[];
}

const describeAccessLog = (accessLog: string | undefined): string => {
  if (accessLog === undefined) {
    return 'none; --access-log FILE (or - for here) writes a line for every answer, with the number of its connection';
  }
  const place = accessLog === '-' ? 'here' : accessLog;
  return `${place}; equal conn= in two lines means one connection, + that it stays open, - that it ends`;
};

const describeTrial = ({ url, policy }: StartFacts): LabelLine[] => {
  const isReused = policy.keepAlive && policy.maxKeepAliveRequests > 1;
  return [
    `open ${url} in a browser, or run`,
    { verbatim: `curl ${url.startsWith('https:') ? '-vk' : '-v'} ${url} ${url}` },
    isReused
      ? 'and look for "Re-using existing connection" between the two answers'
      : 'and look for "Connection: close" and "Closing connection" after each answer',
  ];
};

const describeWorkers = (workers: readonly WorkerInfo[]): string => {
  const pids = workers.map(({ worker, pid }) => `${worker} (pid ${pid})`);
  const who = workers.length === 1 ? `worker ${pids[0]}` : `workers ${pids.slice(0, -1).join(', ')} and ${pids.at(-1)}`;
  return `${workers.length}, which share the port: ${who}; SIGHUP replaces them one after the other`;
};

/** The message, with a line end. The first line has the URL, for people and scripts alike. */
export function formatStartMessage(facts: StartFacts, width: number, palette: Palette): string {
  const rows: LabelRow[] = [
    { label: 'Folder', lines: [facts.folder] },
    ...(facts.protocols ?? []),
    { label: 'Keep-alive', lines: [describeConnectionPolicy(facts.policy)] },
    {
      label: 'At once',
      lines: [
        `up to ${facts.openConnections.toLocaleString('en')} open connections${facts.workers === undefined ? '' : ' in each worker'}; then the longest idle make room`,
      ],
    },
    ...(facts.workers === undefined ? [] : [{ label: 'Workers', lines: [describeWorkers(facts.workers)] }]),
    ...(facts.path ?? []),
    { label: 'Access log', lines: [describeAccessLog(facts.accessLog)] },
    { label: 'Try it', lines: describeTrial(facts) },
    { label: 'Stop it', lines: [`Ctrl-C; requests under way get up to ${formatDuration(facts.drainMs)} to end`] },
  ];
  return `${palette.bold('perdura serves')} ${palette.cyan(facts.url)}\n${formatLabelRows(rows, width, palette.dim)}`;
}
