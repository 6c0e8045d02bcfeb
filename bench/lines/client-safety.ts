// What the precautions of a session cost: the same requests with as much of them switched off as options allow, and with a clock
// that does not follow when sockets were last looked at.
import { atMost } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { Line } from '../line.ts';
import type { Summary } from '../measure.ts';
import { formatInstructions, measureClients, summariseBy } from './client-load.ts';
import type { ClientSample } from './client-load.ts';

const NAME = 'client-safety';
const LOAD = { connections: 50, depth: 1, bodyBytes: 3, warmUpRequests: 20_000 };

/** Tasks of the client, the careful one first. */
const PAIRS = [
  { title: 'GET: no retry, no hedge', careful: 'request', careless: 'requestUnguarded' },
  { title: 'POST: no retry, no hedge, any connection, no wait', careful: 'post', careless: 'postUnguarded' },
  { title: 'POST: the last byte waits for a sign of life', careful: 'post', careless: 'postUnheld' },
  { title: 'GET: the poll phase is not followed', careful: 'request', careless: 'requestUnwatched' },
] as const;

export const clientSafety: Line = {
  name: NAME,
  title: `price of the precautions of a session, ${LOAD.connections} in flight`,
  async run(settings) {
    const tasks = [...new Set(PAIRS.flatMap(({ careful, careless }) => [careful, careless]))];
    const contenders = tasks.map((task) => ({ name: task, program: 'perdura', task }));
    const samples = await measureClients(settings, 'precautions', LOAD, contenders);
    return PAIRS.map(({ title, careful, careless }) =>
      comparePair(title, careful, samples.get(careful)!, careless, samples.get(careless)!),
    );
  },
};

/** By instructions where they can be counted: a few per cent are less than what times differ by without any cause. */
function comparePair(
  title: string,
  careful: string,
  guarded: readonly ClientSample[],
  careless: string,
  unguarded: readonly ClientSample[],
): Finding {
  const byInstructions = summariseBy('instructionsPerRequest', guarded, unguarded);
  const byTime = summariseBy('requestsPerCpuSecond', unguarded, guarded);
  const ratio = byInstructions ?? byTime;
  if (ratio === undefined) {
    return { kind: 'skipped', line: NAME, title, reason: 'this system tells neither instructions nor processor time' };
  }
  const time = byTime === undefined ? [] : [`by processor time ${formatPercent(inPercent(byTime))}`];
  const count = `${formatInstructions(guarded)} instructions a request against ${formatInstructions(unguarded)}`;
  return {
    kind: 'measured',
    line: NAME,
    title,
    unit: '%',
    summary: inPercent(ratio),
    budget: atMost(5),
    note: (byInstructions === undefined ? ['by processor time'] : [count, ...time]).join('; '),
    samples: { [careful]: guarded, [careless]: unguarded },
  };
}

/** By how much a ratio is above 1. */
function inPercent(ratio: Summary): Summary {
  const percent = (value: number): number => 100 * (value - 1);
  return {
    median: percent(ratio.median),
    lowest: percent(ratio.lowest),
    highest: percent(ratio.highest),
    rounds: ratio.rounds.map(percent),
  };
}

function formatPercent({ median, lowest, highest }: Summary): string {
  return `${median.toFixed(1)} % (${lowest.toFixed(1)} to ${highest.toFixed(1)})`;
}
