// For developers: `node build/test/apache/differential/try.js [--self] [--differences] [SITE …]` prints what both sides said to a site.
// `--self` puts a second real httpd on the other side, `--differences` shows only where they differ.
import { agrees, compareSite, formatCompared } from './harness/compare-site.ts';
import { makeRunFolder, readSites } from './harness/corpus.ts';
import { PERDURA, REAL_HTTPD, SECOND_HTTPD, writeCommonFiles } from './harness/programs.ts';

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const other = words.includes('--self') ? SECOND_HTTPD : PERDURA;
const sites = readSites().filter((site) => names.length === 0 || names.includes(site.name));
const run = makeRunFolder();
writeCommonFiles(run.folder);
let differences = 0;
try {
  for (const site of sites) {
    try {
      const all = await compareSite(site, [REAL_HTTPD, other], run.folder);
      for (const compared of all) {
        if (agrees(compared) && words.includes('--differences')) continue;
        if (!agrees(compared)) differences++;
        console.log(formatCompared(site, compared));
      }
      const different = all.filter((compared) => !agrees(compared)).length;
      console.log(`## ${site.name}: ${different} of ${all.length} differ\n`);
    } catch (error) {
      differences++;
      console.log(`## ${site.name}: ${(error as Error).message}\n`);
    }
  }
} finally {
  run.remove();
}
console.log(`${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;
