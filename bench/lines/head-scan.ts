// The head scanner against the parser of Node.js, each alone in a process of its own.
import { atLeast } from '../finding.ts';
import type { Budget, Finding, Measured } from '../finding.ts';
import type { Line, Settings } from '../line.ts';
import { measureInRounds, summariseRatio } from '../measure.ts';
import { Child } from '../process/child.ts';
import { browserHead, shortHead } from '../request-heads.ts';

/** What the two programs are asked; they answer with nanoseconds per head. */
export interface ScanQuestion {
  /** One character for each byte. */
  readonly head: string;
  /** Whether strings are made of all fields. For llhttp: whether it has a callback, which gets them. */
  readonly strings: boolean;
  readonly milliseconds: number;
}

const NAME = 'head-scan';

export const headScan: Line = {
  name: NAME,
  title: 'head scanner against llhttp behind its binding',
  async run(settings) {
    const prefix = settings.pinning.server;
    const perdura = await Child.start({ program: 'contenders/head-scanner', prefix });
    const llhttp = await startLlhttp(prefix);
    if (llhttp === undefined) {
      await perdura.stop();
      const reason = 'this Node.js does not let programs reach its parser';
      return [{ kind: 'skipped', line: NAME, title: 'head scanner against llhttp', reason }];
    }
    try {
      const browser = await compare(settings, perdura, llhttp, 'browser-like', browserHead(), atLeast(2));
      const short = await compare(settings, perdura, llhttp, 'short', shortHead());
      return [...browser, ...short];
    } finally {
      await Promise.all([perdura.stop(), llhttp.stop()]);
    }
  },
};

async function startLlhttp(prefix: readonly string[]): Promise<Child | undefined> {
  try {
    return await Child.start({ program: 'contenders/llhttp', prefix, nodeArguments: ['--no-deprecation'] });
  } catch {
    return undefined;
  }
}

async function compare(
  settings: Settings,
  perdura: Child,
  llhttp: Child,
  kind: string,
  head: Buffer,
  budget?: Budget,
): Promise<Finding[]> {
  const name = `${kind}, ${head.length} bytes`;
  const contender = (label: string, child: Child, strings: boolean) => ({
    name: label,
    measure: () => child.ask<number>('scan', question(head, strings, settings)),
  });
  const samples = await measureInRounds(
    [
      contender('perdura', perdura, false),
      contender('llhttp', llhttp, true),
      contender('perdura with strings', perdura, true),
      contender('llhttp without callbacks', llhttp, false),
    ],
    settings.rounds,
    (round) => settings.progress(`${name}, round ${round}`),
  );
  const ratio = (ours: string, theirs: string, title: string): Measured => ({
    kind: 'measured',
    line: NAME,
    title: `${name}: ${title}`,
    unit: '×',
    // Times, so the other way round than rates.
    summary: summariseRatio(samples.get(theirs)!, samples.get(ours)!),
    samples: { [`${ours}, ns`]: samples.get(ours)!, [`${theirs}, ns`]: samples.get(theirs)! },
  });
  const main = ratio('perdura', 'llhttp', 'against llhttp with one callback');
  return [
    budget === undefined ? main : { ...main, budget },
    ratio('perdura with strings', 'llhttp', 'the same, with strings of all fields made'),
    ratio('perdura', 'llhttp without callbacks', 'against llhttp that tells nobody what it found'),
  ];
}

function question(head: Buffer, strings: boolean, settings: Settings): ScanQuestion {
  return { head: head.toString('latin1'), strings, milliseconds: settings.seconds * 250 };
}
