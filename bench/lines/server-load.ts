// Requests per second of servers that answer the same, side by side.
import type { Budget, Finding } from '../finding.ts';
import type { Settings } from '../line.ts';
import { applyLoad, generatorName } from '../load/load.ts';
import type { Load, LoadSample, Target } from '../load/load.ts';
import { checkAnswer } from '../load/check-answer.ts';
import { median, measureInRounds, summariseRatio } from '../measure.ts';

/** A server that was started for a comparison. */
export interface RunningServer extends Target {
  readonly name: string;
  stop(): Promise<void>;
}

/** A ratio that is wanted of the rates of two servers. */
export interface Comparison {
  readonly subject: string;
  readonly against: string;
  readonly budget?: Budget;
}

/** Below this share of a core, a server waited: for the generator, or for another program to leave the core. */
const BUSY = 0.85;

/** Measures all servers under one load and compares them. Stops none. */
export async function compareServers(
  settings: Settings,
  line: string,
  title: string,
  load: Load,
  bodyBytes: number,
  servers: readonly RunningServer[],
  comparisons: readonly Comparison[],
): Promise<Finding[]> {
  for (const server of servers) {
    // oxlint-disable-next-line no-await-in-loop
    await checkAnswer(await server.port, load.path, bodyBytes);
  }
  const samples = await measureInRounds(
    servers.map((server) => ({ name: server.name, measure: () => applyLoad(settings, server, load) })),
    settings.rounds,
    (round) => settings.progress(`${title}, round ${round}`),
  );
  return comparisons.map(({ subject, against, budget }): Finding => {
    const ours = samples.get(subject)!;
    const theirs = samples.get(against)!;
    return {
      kind: 'measured',
      line,
      title: `${title}: ${subject} against ${against}`,
      unit: '×',
      summary: summariseRatio(ours.map(rate), theirs.map(rate)),
      ...(budget === undefined ? {} : { budget }),
      conclusive: isBusy(ours) && isBusy(theirs),
      note: describe(settings, load, subject, ours, against, theirs),
      samples: { [subject]: ours, [against]: theirs },
    };
  });
}

/** What the ratio hides: how it looks per second of a core, and whether somebody was waiting for the generator. */
function describe(
  settings: Settings,
  load: Load,
  subject: string,
  ours: readonly LoadSample[],
  against: string,
  theirs: readonly LoadSample[],
): string {
  const notes = [generatorName(settings, load.depth)];
  if (ours[0]?.requestsPerCpuSecond !== undefined && theirs[0]?.requestsPerCpuSecond !== undefined) {
    const perCpuSecond = (sample: LoadSample): number => sample.requestsPerCpuSecond!;
    notes.push(`per CPU second ${summariseRatio(ours.map(perCpuSecond), theirs.map(perCpuSecond)).median.toFixed(2)}`);
  }
  for (const [name, of] of [
    [subject, ours],
    [against, theirs],
  ] as const) {
    if (!isBusy(of)) notes.push(`${name} only ${Math.round(100 * medianBusy(of))} % busy`);
  }
  return notes.join('; ');
}

function isBusy(samples: readonly LoadSample[]): boolean {
  return medianBusy(samples) >= BUSY;
}

function medianBusy(samples: readonly LoadSample[]): number {
  return median(samples.map(({ serverBusy }) => serverBusy ?? 1));
}

function rate(sample: LoadSample): number {
  return sample.requestsPerSecond;
}

/** Gives a process its name in the comparison. */
export function asServer(name: string, target: Target & { stop(): Promise<void> }): RunningServer {
  return { name, pid: target.pid, port: target.port, stop: () => target.stop() };
}
