// For developers: `node build/test/apache/rewrite/random/try.js [--expressions] [--count=100] [--shrink] [--show] SEED [LAST]` runs the batches
// of these seeds on httpd and on the product, and prints where they differ (`-` httpd, `+` perdura). `--shrink` makes each case small first.
import { makeRunFolder } from '../../differential/harness/corpus.ts';
import { PERDURA, REAL_HTTPD, writeCommonFiles } from '../../differential/harness/programs.ts';
import { drawExpressionBatch } from '../../expression/random/draw-host.ts';
import { drawRuleBatch } from './draw-host.ts';
import { formatHost } from './random-host.ts';
import type { RandomBatch } from './random-host.ts';
import { runBatch } from './run-batch.ts';
import { shrinkHost } from './shrink-host.ts';

const words = process.argv.slice(2);
const [first = 1, last = first] = words.filter((word) => !word.startsWith('--')).map(Number);
const count = Number(words.find((word) => word.startsWith('--count='))?.slice(8) ?? 100);
const only = words.find((word) => word.startsWith('--only='))?.slice(7);
const shrinks = words.includes('--shrink');
const draw = words.includes('--expressions') ? drawExpressionBatch : drawRuleBatch;

const programs = [REAL_HTTPD, PERDURA] as const;

function chosen(batch: RandomBatch): RandomBatch {
  return only === undefined ? batch : { ...batch, hosts: batch.hosts.filter(({ name }) => name === `seed ${only}`) };
}

async function trySeed(seed: number, folder: string): Promise<number> {
  const batch = chosen(draw(seed, count));
  if (words.includes('--show')) for (const host of batch.hosts) console.log(formatHost(host, batch.main));
  const differences = await runBatch(batch, programs, folder);
  for (const { index, requests, text } of differences) {
    const host = batch.hosts[index]!;
    console.log(`\n==== ${host.name} of batch ${seed}\n${text}`);
    if (!shrinks) continue;
    const kept = requests.filter((at) => at >= 0).map((at) => host.requests[at]!);
    const focused = kept.length === 0 ? host : { ...host, requests: kept.slice(0, 1) };
    const small = await shrinkHost(focused, batch.main, programs, folder);
    const again = await runBatch({ main: small.main, hosts: [small.host] }, programs, folder);
    console.log(`---- smallest\n${formatHost(small.host, small.main)}\n${again[0]?.text ?? 'no difference'}`);
  }
  return differences.length;
}

const run = makeRunFolder();
try {
  writeCommonFiles(run.folder);
  let differences = 0;
  for (let seed = first; seed <= last; seed += 1) {
    try {
      differences += await trySeed(seed, run.folder);
    } catch (error) {
      differences += 1;
      console.log(`\n==== batch ${seed}: ${(error as Error).message.slice(0, 1500)}`);
    }
  }
  console.log(`${differences} hosts differ`);
  process.exitCode = differences === 0 ? 0 : 1;
} finally {
  run.remove();
}
