// For developers: `node build/test/apache/differential/try.js [--self] [--differences] [SITE …]` prints what both sides said to a site, or to
// every broken configuration with `--broken`, or to sites made at random with `--random [SEED] [--count N]`. `--self` puts a second real httpd on the other side, `--differences` shows only where they differ.
import path from 'node:path';
import { tellCheck, writeCheckedConfiguration } from './harness/checked-configuration.ts';
import { CHECKING_HTTPD, CHECKING_PERDURA } from './harness/checking-programs.ts';
import { agrees, compareSite, formatCompared } from './harness/compare-site.ts';
import { makeRunFolder, readCheckedConfigurations, readSites } from './harness/corpus.ts';
import { formatDifference, sameLines } from './harness/line-difference.ts';
import { hunt, PLOTS } from './random/hunt.ts';
import { PERDURA, REAL_HTTPD, SECOND_HTTPD, writeCommonFiles } from './harness/programs.ts';

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const isSelf = words.includes('--self');
const onlyDifferences = words.includes('--differences');

async function trySites(folder: string): Promise<number> {
  const sites = readSites().filter((site) => names.length === 0 || names.includes(site.name));
  let differences = 0;
  for (const site of sites) {
    try {
      const all = await compareSite(site, [REAL_HTTPD, isSelf ? SECOND_HTTPD : PERDURA], folder);
      const different = all.filter((compared) => !agrees(compared));
      for (const compared of onlyDifferences ? different : all) console.log(formatCompared(site, compared));
      console.log(`## ${site.name}: ${different.length} of ${all.length} differ\n`);
      differences += different.length;
    } catch (error) {
      differences++;
      console.log(`## ${site.name}: ${(error as Error).message}\n`);
    }
  }
  return differences;
}

async function tryBroken(folder: string): Promise<number> {
  let differences = 0;
  for (const [file, configurations] of readCheckedConfigurations()) {
    if (names.length > 0 && !names.includes(file)) continue;
    for (const [index, configuration] of configurations.entries()) {
      const common = path.join(folder, 'common.conf');
      const written = writeCheckedConfiguration(configuration, path.join(folder, `${file}-${index}`), common);
      const one = await tellCheck(CHECKING_HTTPD, written);
      const other = await tellCheck(isSelf ? CHECKING_HTTPD : CHECKING_PERDURA, written);
      const same = sameLines(one, other);
      if (!same) differences++;
      if (!same || !onlyDifferences) {
        console.log(`${file} | ${configuration.name}\n${formatDifference(one, other)}\n`);
      }
    }
  }
  return differences;
}

/** The word behind another one, where it is a number. */
function numberBehind(word: string): number | undefined {
  const next = words[words.indexOf(word) + 1] ?? '';
  return words.includes(word) && /^\d+$/.test(next) ? Number(next) : undefined;
}

async function tryRandom(folder: string): Promise<number> {
  const first = numberBehind('--random') ?? Math.floor(Math.random() * 1_000_000);
  let differences = 0;
  for (let seed = first; seed < first + (numberBehind('--count') ?? 1); seed++) {
    const report = await hunt(seed, { folder, plots: PLOTS, shrinks: true });
    for (const difference of report.differences) console.log(`${difference}\n`);
    console.log(
      `## seed ${seed}: ${report.requests} requests, ${report.directivesRefused} directives refused by both, ${report.differences.length} differences\n`,
    );
    differences += report.differences.length;
  }
  return differences;
}

async function tryAll(folder: string): Promise<number> {
  if (words.includes('--random')) return await tryRandom(folder);
  return await (words.includes('--broken') ? tryBroken(folder) : trySites(folder));
}

const run = makeRunFolder();
try {
  writeCommonFiles(run.folder);
  const differences = await tryAll(run.folder);
  console.log(`${differences} differences`);
  process.exitCode = differences === 0 ? 0 : 1;
} finally {
  run.remove();
}
