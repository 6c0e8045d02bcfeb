// What clients get done against one server, side by side: the client is what is measured, and the server must not be its limit.
import type { ClientAnswer } from '../clients/client-task.ts';
import type { Budget, Finding, Measured } from '../finding.ts';
import type { Settings } from '../line.ts';
import { median, measureInRounds, summariseRatio } from '../measure.ts';
import { Child } from '../process/child.ts';
import { readCpuTimeMs } from '../process/cpu-time.ts';
import { countInstructions } from '../process/instructions.ts';

/** A client, and what it is to do. */
export interface ClientContender {
  readonly name: string;
  /** A program of bench/clients. */
  readonly program: string;
  /** One of its tasks. */
  readonly task: string;
}

/** How much is done at once. */
export interface ClientLoad {
  readonly connections: number;
  /** Requests in flight on each connection. */
  readonly depth: number;
  readonly bodyBytes: number;
  /** Requests after which all code that matters has been compiled: that takes a number of calls, however long they take. */
  readonly warmUpRequests: number;
}

export interface ClientSample {
  readonly requestsPerSecond: number;
  /** Undefined, as the next three, where the system does not tell. */
  readonly requestsPerCpuSecond: number | undefined;
  /** Share of a core that the client used. */
  readonly clientBusy: number | undefined;
  readonly serverBusy: number | undefined;
  /** In user space. */
  readonly instructionsPerRequest: number | undefined;
}

/** A ratio that is wanted of the rates of two clients. */
export interface ClientComparison {
  readonly subject: string;
  readonly against: string;
  readonly budget?: Budget;
}

export type ClientSamples = ReadonlyMap<string, readonly ClientSample[]>;

/** Below this share of a core, a client waited: for the server, or for another program to leave the core. */
const BUSY = 0.85;

/** Measures all clients against a server of their own kind of answer, each in a process of its own. */
export async function measureClients(
  settings: Settings,
  title: string,
  load: ClientLoad,
  contenders: readonly ClientContender[],
): Promise<ClientSamples> {
  const server = await Child.start({ program: 'clients/responder', prefix: settings.pinning.server });
  const words = [String(await server.port), String(load.connections), String(load.depth)];
  const clients = await Promise.all(
    contenders.map(async ({ name, program, task }) => {
      const prefix = settings.pinning.load;
      return { name, child: await Child.start({ program: `clients/${program}`, prefix, arguments: [task, ...words] }) };
    }),
  );
  try {
    for (const { name, child } of clients) {
      // oxlint-disable-next-line no-await-in-loop
      const bytes = await child.ask<number>('check');
      if (bytes !== load.bodyBytes) throw new Error(`${name} read ${bytes} bytes instead of ${load.bodyBytes}`);
      settings.progress(`${title}, ${name} warms up`);
      // oxlint-disable-next-line no-await-in-loop
      await child.ask('warmUp', load.warmUpRequests);
    }
    return await measureInRounds(
      clients.map(({ name, child }) => ({ name, measure: () => measureClient(settings, child, server) })),
      settings.rounds,
      (round) => settings.progress(`${title}, round ${round}`),
    );
  } finally {
    await Promise.all([server.stop(), ...clients.map(({ child }) => child.stop())]);
  }
}

/** The comparisons of one group of clients. */
export async function compareClients(
  settings: Settings,
  line: string,
  title: string,
  load: ClientLoad,
  contenders: readonly ClientContender[],
  comparisons: readonly ClientComparison[],
): Promise<Finding[]> {
  const samples = await measureClients(settings, title, load, contenders);
  return comparisons.map((comparison) => compare(line, title, samples, comparison));
}

function compare(line: string, title: string, samples: ClientSamples, comparison: ClientComparison): Measured {
  const { subject, against, budget } = comparison;
  const ours = samples.get(subject)!;
  const theirs = samples.get(against)!;
  const rate = ({ requestsPerSecond }: ClientSample): number => requestsPerSecond;
  return {
    kind: 'measured',
    line,
    title: `${title}: ${subject} against ${against}`,
    unit: '×',
    summary: summariseRatio(ours.map(rate), theirs.map(rate)),
    ...(budget === undefined ? {} : { budget }),
    conclusive: isBusy(ours) && isBusy(theirs),
    note: describe(subject, ours, against, theirs),
    samples: { [subject]: ours, [against]: theirs },
  };
}

async function measureClient(settings: Settings, client: Child, server: Child): Promise<ClientSample> {
  const clientBeforeMs = readCpuTimeMs(client.pid);
  const serverBeforeMs = readCpuTimeMs(server.pid);
  const { result, instructions } = await countInstructions(settings.tools, client.pid, () =>
    client.ask<ClientAnswer>('work', settings.seconds * 1000),
  );
  const { requests, elapsedMs } = result;
  const share = (pid: number, beforeMs: number | undefined): number | undefined => {
    const afterMs = readCpuTimeMs(pid);
    return beforeMs === undefined || afterMs === undefined ? undefined : (afterMs - beforeMs) / elapsedMs;
  };
  const requestsPerSecond = (1000 * requests) / elapsedMs;
  const clientBusy = share(client.pid, clientBeforeMs);
  return {
    requestsPerSecond,
    requestsPerCpuSecond: clientBusy === undefined ? undefined : requestsPerSecond / clientBusy,
    clientBusy,
    serverBusy: share(server.pid, serverBeforeMs),
    instructionsPerRequest: instructions === undefined ? undefined : instructions / requests,
  };
}

/** What the ratio hides: how it looks without the clock, and who was waiting. */
function describe(
  subject: string,
  ours: readonly ClientSample[],
  against: string,
  theirs: readonly ClientSample[],
): string {
  const notes: string[] = [];
  const perCpuSecond = summariseBy('requestsPerCpuSecond', ours, theirs);
  if (perCpuSecond !== undefined) notes.push(`per CPU second ${perCpuSecond.median.toFixed(2)}`);
  const instructions = summariseBy('instructionsPerRequest', theirs, ours);
  if (instructions !== undefined) {
    notes.push(
      `by instructions ${instructions.median.toFixed(2)} ` +
        `(${formatInstructions(ours)} against ${formatInstructions(theirs)} a request)`,
    );
  }
  for (const [name, of] of [
    [subject, ours],
    [against, theirs],
  ] as const) {
    if (isBusy(of)) continue;
    const serverBusy = median(of.map((sample) => sample.serverBusy ?? 0));
    notes.push(`${name} only ${percent(medianBusy(of))} busy, its server ${percent(serverBusy)}`);
  }
  return notes.join('; ');
}

type Counted = 'requestsPerCpuSecond' | 'instructionsPerRequest';

/** The ratio of something that not every system tells. */
export function summariseBy(
  name: Counted,
  numerators: readonly ClientSample[],
  denominators: readonly ClientSample[],
): ReturnType<typeof summariseRatio> | undefined {
  const above = numerators.map((sample) => sample[name]).filter((value) => value !== undefined);
  const below = denominators.map((sample) => sample[name]).filter((value) => value !== undefined);
  if (above.length !== numerators.length || below.length !== denominators.length) return undefined;
  return summariseRatio(above, below);
}

/** The median, in thousands. */
export function formatInstructions(samples: readonly ClientSample[]): string {
  return `${(median(samples.map((sample) => sample.instructionsPerRequest ?? Number.NaN)) / 1000).toFixed(1)}k`;
}

function isBusy(samples: readonly ClientSample[]): boolean {
  return medianBusy(samples) >= BUSY;
}

function medianBusy(samples: readonly ClientSample[]): number {
  return median(samples.map(({ clientBusy }) => clientBusy ?? 1));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
