// What a soak has shown, in words and tables, and whether it is good. Printing and files are elsewhere.
import type { ConnectionInfo } from '#src/server/index.js';
import type { MemoryAnswer } from '../process/answer-parent.ts';
import { fitLine, isFlat } from './fit-line.ts';
import type { FittedLine } from './fit-line.ts';
import type { ClientSample } from './clients.ts';
import type { ServerSample } from './server.ts';
import { PROTOCOLS } from './shares.ts';

const MIB = 1_024 * 1_024;

export interface Sample extends ServerSample {
  readonly atS: number;
  readonly clients: ClientSample;
}

/** What was seen. */
export interface Watched {
  readonly samples: readonly Sample[];
  /** When warming up was over. */
  readonly warmAtS: number;
  readonly warm: MemoryAnswer;
  readonly last: MemoryAnswer;
  /** Of the server before the first client came, and when all had left. */
  readonly before: ServerSample;
  readonly after: ServerSample;
  /** How long that took. */
  readonly leftAfterS: number;
  /** Connections that were still there then. */
  readonly remaining: readonly ConnectionInfo[];
  /** What the clients say of themselves then: what is open for them is not the server's fault. */
  readonly ofClients: ClientSample['byProtocol'];
}

export interface Report {
  readonly text: string;
  readonly line: FittedLine;
  readonly flat: boolean;
  readonly good: boolean;
}

export const mib = (bytes: number): string => (bytes / MIB).toFixed(1);

const formatRow = (cells: readonly string[], width = 8): string => cells.map((cell) => cell.padStart(width)).join(' ');

/** The names over {@link formatSample}. */
export const COLUMNS: string = formatRow([
  'second',
  'open',
  'requests',
  'failed',
  'RSS MiB',
  'heap MiB',
  'ext. MiB',
  'files',
  'handles',
  'lag ms',
  'max ms',
  'CPU %',
]);

export function formatSample(sample: Sample, before: Sample | undefined): string {
  const wallMs = (sample.atS - (before?.atS ?? 0)) * 1_000;
  return formatRow([
    sample.atS.toFixed(0),
    String(sample.connections),
    String(sum(sample, 'requests')),
    String(sum(sample, 'failed')),
    mib(sample.residentBytes),
    mib(sample.heapBytes),
    mib(sample.externalBytes),
    String(sample.descriptors ?? '-'),
    String(sample.handles),
    sample.lagMeanMs.toFixed(2),
    sample.lagMaxMs.toFixed(0),
    (((sample.cpuMs - (before?.cpuMs ?? 0)) / wallMs) * 100).toFixed(1),
  ]);
}

function sum({ clients }: Sample, name: 'opened' | 'requests' | 'failed'): number {
  return PROTOCOLS.reduce((total, protocol) => total + clients.byProtocol[protocol][name], 0);
}

export function report({
  samples,
  warmAtS,
  warm,
  last,
  before,
  after,
  leftAfterS,
  remaining,
  ofClients,
}: Watched): Report {
  const judged = samples.filter(({ atS }) => atS > warmAtS);
  const end = samples.at(-1)!;
  const line = fitLine(judged.map(({ atS, residentBytes }) => ({ x: atS / 60, y: residentBytes })));
  const flat = isFlat(line);
  const [opened, requests, failed] = [sum(end, 'opened'), sum(end, 'requests'), sum(end, 'failed')];
  const left = listLeft(before, after);
  const highest = (pick: (sample: Sample) => number): string => Math.max(...judged.map(pick)).toFixed(0);
  const text = [
    '',
    ...formatProtocols(end),
    '',
    `Resident memory: ${mib(line.firstY)} MiB to ${mib(line.lastY)} MiB by the line, ${((line.slope / MIB) * 1_024).toFixed(1)} KiB a minute, ` +
      `points ${mib(line.residual)} MiB from it: ${flat ? 'flat' : 'NOT FLAT'}`,
    `In use after collecting garbage: heap ${mib(warm.heapBytes)} MiB after warming up, ${mib(last.heapBytes)} MiB at the end; ` +
      `external ${mib(warm.externalBytes)} and ${mib(last.externalBytes)} MiB`,
    `Event loop: ${highest(({ lagMaxMs }) => lagMaxMs)} ms late at most, ` +
      `${(judged.reduce((total, { lagMeanMs }) => total + lagMeanMs, 0) / judged.length).toFixed(2)} ms on average; ` +
      `that of the clients ${highest(({ clients }) => clients.lagMaxMs)} ms at most`,
    `${requests} requests on ${opened} connections, ${failed} failed, ${after.errors} errors in the server`,
    `${leftAfterS} s after all clients had left: ${left.length === 0 ? 'nothing was left of them' : `STILL THERE: ${left.join(', ')}`}`,
    ...PROTOCOLS.filter((protocol) => ofClients[protocol].open > 0).map(
      (protocol) => `  ${protocol}: ${ofClients[protocol].open} connections are open for the clients themselves`,
    ),
    ...remaining.map((connection) => `  ${JSON.stringify(connection)}`),
    ...Object.entries(end.clients.failures).map(([what, times]) => `  ${times} × ${what}`),
    ...end.clients.messages.map((message) => `    ${message}`),
    ...after.errorMessages.map((message) => `  error in the server: ${message}`),
  ].join('\n');
  return { text, line, flat, good: flat && failed === 0 && after.errors === 0 && left.length === 0 };
}

function formatProtocols({ clients, connectionsByProtocol }: Sample): string[] {
  const rows = PROTOCOLS.map((protocol) => {
    const { open, opened, resumed, requests, takenBack, failed } = clients.byProtocol[protocol];
    const cells = [open, connectionsByProtocol[protocol], opened, resumed, requests, takenBack, failed].map(String);
    return `${protocol.padEnd(18)}${formatRow(cells, 10)}`;
  });
  const names = ['open', 'at server', 'opened', 'resumed', 'requests', 'taken back', 'failed'];
  return [`${'protocol'.padEnd(18)}${formatRow(names, 10)}`, ...rows];
}

/** What clients left behind in the server. */
export function listLeft(before: ServerSample, after: ServerSample): string[] {
  const left: string[] = [];
  if (after.connections > 0) left.push(`${after.connections} connections`);
  if (after.underWay > 0) left.push(`${after.underWay} handlers`);
  const descriptors = (after.descriptors ?? 0) - (before.descriptors ?? 0);
  if (descriptors > 0) left.push(`${descriptors} descriptors`);
  const handles = after.handles - before.handles;
  if (handles > 0) left.push(`${handles} handles`);
  return left;
}
