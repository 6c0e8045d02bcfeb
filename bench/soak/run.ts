// The command behind `npm run soak`: thousands of connections for minutes, and whether memory stays as it is meanwhile.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { MemoryAnswer } from '../process/answer-parent.ts';
import { Child } from '../process/child.ts';
import { planConnections } from '../process/file-limit.ts';
import { fitLine, isFlat } from './fit-line.ts';
import type { ClientSample } from './clients.ts';
import type { ServerSample } from './server.ts';

const HELP = `Usage: npm run soak -- [options]

Keeps connections open for minutes, with requests now and then, streams, bodies, and some that come and go; says whether the memory
of the server stays as it is, how late its event loop was, and whether a request failed.

  --minutes N      how long (default 10); the first fifth warms up and is not judged
  --connections N  how many (default 5000)
  --sample N       seconds between two samples (default 5)
  --json FILE      where the samples go (default build/soak-results.json)
  --help           this text

Exit code 1: memory grew, or a request failed.
`;

const WARM_UP_SHARE = 0.2;
const MIB = 1_024 * 1_024;

interface Sample extends ServerSample {
  readonly atS: number;
  readonly clients: ClientSample;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '5000' },
    sample: { type: 'string', default: '5' },
    json: { type: 'string', default: 'build/soak-results.json' },
    help: { type: 'boolean', default: false },
  },
});

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);

function formatRow(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(9)).join(' ');
}

const COLUMNS = [
  'second',
  'open',
  'requests',
  'failed',
  'RSS MiB',
  'heap MiB',
  'ext. MiB',
  'lag ms',
  'max ms',
  'CPU %',
];

function formatSample(sample: Sample, before: Sample | undefined): string {
  const wallMs = (sample.atS - (before?.atS ?? 0)) * 1_000;
  return formatRow([
    sample.atS.toFixed(0),
    String(sample.connections),
    String(sample.clients.requests),
    String(sample.clients.failed),
    mib(sample.residentBytes),
    mib(sample.heapBytes),
    mib(sample.externalBytes),
    sample.lagMeanMs.toFixed(2),
    sample.lagMaxMs.toFixed(0),
    (((sample.cpuMs - (before?.cpuMs ?? 0)) / wallMs) * 100).toFixed(1),
  ]);
}

async function soak(): Promise<number> {
  const seconds = Number(values.minutes) * 60;
  const connections = planConnections(Number(values.connections));
  const nodeArguments = ['--expose-gc'];
  const server = await Child.start({ program: 'soak/server', prefix: [], nodeArguments });
  const clients = await Child.start({ program: 'soak/clients', prefix: [], arguments: [String(await server.port)] });
  const samples: Sample[] = [];
  let warm: MemoryAnswer | undefined;
  let warmAtS = Infinity;
  try {
    await clients.ask('start', connections);
    const startMs = performance.now();
    const elapsedS = (): number => (performance.now() - startMs) / 1_000;
    console.log(
      `Node.js ${process.versions.node}, ${connections} connections, ${values.minutes} minutes\n${formatRow(COLUMNS)}`,
    );
    let shown: Sample | undefined;
    while (elapsedS() < seconds) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => setTimeout(resolve, Number(values.sample) * 1_000));
      // oxlint-disable-next-line no-await-in-loop
      const [ofServer, ofClients] = await Promise.all([
        server.ask<ServerSample>('sample'),
        clients.ask<ClientSample>('sample'),
      ]);
      const sample: Sample = { atS: elapsedS(), ...ofServer, clients: ofClients };
      samples.push(sample);
      if (shown === undefined || sample.atS - shown.atS >= 29) {
        console.log(formatSample(sample, shown));
        shown = sample;
      }
      if (warm !== undefined || sample.atS < seconds * WARM_UP_SHARE) continue;
      // Once, and at the end: what is really in use. Forced more often it would hide what a server does by itself.
      // oxlint-disable-next-line no-await-in-loop
      warm = await server.ask<MemoryAnswer>('memory');
      warmAtS = sample.atS;
    }
    const last = await server.ask<MemoryAnswer>('memory');
    return report(samples, { judged: samples.filter(({ atS }) => atS > warmAtS), warm: warm ?? last, last });
  } finally {
    await clients.stop();
    await server.stop();
  }
}

interface Watched {
  /** The samples after warming up. */
  readonly judged: readonly Sample[];
  readonly warm: MemoryAnswer;
  readonly last: MemoryAnswer;
}

function report(samples: readonly Sample[], { judged, warm, last }: Watched): number {
  const line = fitLine(judged.map(({ atS, residentBytes }) => ({ x: atS / 60, y: residentBytes })));
  const flat = isFlat(line);
  const { failed = 0, failures = {}, requests = 0, opened = 0 } = samples.at(-1)?.clients ?? {};
  const errors = samples.at(-1)?.errors ?? 0;
  console.log(
    [
      '',
      `Resident memory: ${mib(line.firstY)} MiB to ${mib(line.lastY)} MiB by the line, ${((line.slope / MIB) * 1_024).toFixed(1)} KiB a minute, ` +
        `points ${mib(line.residual)} MiB from it: ${flat ? 'flat' : 'NOT FLAT'}`,
      `In use after collecting garbage: heap ${mib(warm.heapBytes)} MiB after warming up, ${mib(last.heapBytes)} MiB at the end; ` +
        `external ${mib(warm.externalBytes)} and ${mib(last.externalBytes)} MiB`,
      `Event loop: ${Math.max(...judged.map(({ lagMaxMs }) => lagMaxMs)).toFixed(0)} ms late at most, ` +
        `${(judged.reduce((sum, { lagMeanMs }) => sum + lagMeanMs, 0) / judged.length).toFixed(2)} ms on average`,
      `${requests} requests on ${opened} connections, ${failed} failed, ${errors} errors in the server${failed === 0 ? '' : `: ${JSON.stringify(failures)}`}`,
    ].join('\n'),
  );
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, JSON.stringify({ node: process.version, flat, line, warm, last, samples }, undefined, 2));
  return flat && failed === 0 && errors === 0 ? 0 : 1;
}

if (values.help) console.log(HELP);
else process.exitCode = await soak();
