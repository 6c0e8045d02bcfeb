// Resident memory of a connection that has been answered once and keeps still, in fresh processes, after collecting garbage.
import { atMost } from '../finding.ts';
import type { Finding } from '../finding.ts';
import type { Line, Settings } from '../line.ts';
import { applyLoad } from '../load/load.ts';
import { measureInRounds, summarise, summariseRatio } from '../measure.ts';
import type { MemoryAnswer } from '../process/answer-parent.ts';
import { Child } from '../process/child.ts';
import { planConnections } from '../process/file-limit.ts';

const NAME = 'idle-memory';
const WANTED = 15_000;
const WARM_UP = { path: '/', connections: 64, depth: 1, fields: [] };

/** Bytes per connection. */
interface MemorySample {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

export const idleMemory: Line = {
  name: NAME,
  title: 'memory of an idle connection',
  async run(settings) {
    const count = planConnections(WANTED);
    const samples = await measureInRounds(
      [
        contender(settings, 'perdura', 'contenders/perdura', ['handler', 'idle', '600000'], count),
        contender(settings, 'node:http', 'contenders/node-http', [], count),
        contender(settings, 'node:net floor', 'contenders/net-floor', [], count),
      ],
      settings.rounds,
      (round) => settings.progress(`${count} idle connections, round ${round}`),
    );
    const bytes = (name: string): number[] => samples.get(name)!.map((sample) => sample.residentBytes);
    const kibibytes = (name: string): number[] => bytes(name).map((value) => value / 1024);
    const heap = summarise(samples.get('perdura')!.map((sample) => sample.heapBytes / 1024)).median;
    const note = `${count} connections${count < WANTED ? `, as many as the limit of open files allows (${WANTED} wanted)` : ''}`;
    const findings: Finding[] = [
      {
        kind: 'measured',
        line: NAME,
        title: 'idle connection: perdura against node:http',
        unit: '×',
        summary: summariseRatio(bytes('perdura'), bytes('node:http')),
        budget: atMost(0.55),
        note,
        samples: { perdura: samples.get('perdura')!, 'node:http': samples.get('node:http')! },
      },
      {
        kind: 'measured',
        line: NAME,
        title: 'idle connection: perdura',
        unit: 'KiB',
        summary: summarise(kibibytes('perdura')),
        budget: atMost(5),
        note: `of it ${heap.toFixed(2)} KiB on the heap`,
      },
      {
        kind: 'measured',
        line: NAME,
        title: 'idle connection: bare node:net socket',
        unit: 'KiB',
        summary: summarise(kibibytes('node:net floor')),
      },
    ];
    return findings;
  },
};

function contender(settings: Settings, name: string, program: string, words: readonly string[], count: number) {
  return { name, measure: () => measureOnce(settings, program, words, count) };
}

async function measureOnce(
  settings: Settings,
  program: string,
  words: readonly string[],
  count: number,
): Promise<MemorySample> {
  const prefix = settings.pinning.server;
  const server = await Child.start({ program, prefix, nodeArguments: ['--expose-gc'], arguments: words });
  const clients = await Child.start({
    program: 'load/idle-clients',
    prefix: settings.pinning.load,
    arguments: [String(await server.port)],
  });
  try {
    // Under load the young generation grows to its full size and code is compiled: neither belongs to a connection.
    await applyLoad({ ...settings, seconds: 1 }, server, WARM_UP);
    const before = await server.ask<MemoryAnswer>('memory');
    await clients.ask('open', count);
    const after = await server.ask<MemoryAnswer>('memory');
    const open = await clients.ask<number>('openCount');
    if (open !== count) throw new Error(`only ${open} of ${count} connections are still open`);
    return {
      residentBytes: (after.residentBytes - before.residentBytes) / count,
      heapBytes: (after.heapBytes - before.heapBytes) / count,
      externalBytes: (after.externalBytes - before.externalBytes) / count,
    };
  } finally {
    await Promise.all([server.stop(), clients.stop()]);
  }
}
