// Configurations that are wrong, through `apache2 -t` and through `perdura serve --check-config`: the same words, the same exit code.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DELIBERATE_DIFFERENCES } from './deliberate-differences.ts';
import { removeCheckedConfiguration, tellCheck, writeCheckedConfiguration } from './harness/checked-configuration.ts';
import { makeRunFolder, readCheckedConfigurations } from './harness/corpus.ts';
import { formatDifference } from './harness/line-difference.ts';
import { CHECKING_HTTPD, CHECKING_PERDURA, CHECKING_PERDURA_PROCESS } from './harness/checking-programs.ts';
import { httpdProgram } from '../httpd/real-httpd.ts';
import { writeCommonFiles } from './harness/programs.ts';

const files = readCheckedConfigurations();
const run = makeRunFolder();

const AT_ONCE = 2;

after(() => run.remove());

for (const [file, configurations] of files) {
  describe(`${file}, checked by httpd and by perdura`, { concurrency: AT_ONCE, skip: httpdProgram.skip }, () => {
    before(() => writeCommonFiles(run.folder));

    for (const [index, configuration] of configurations.entries()) {
      test(configuration.name, async () => {
        const folder = path.join(run.folder, `${file}-${index}`);
        const written = writeCheckedConfiguration(configuration, folder, path.join(run.folder, 'common.conf'));
        const httpd = await tellCheck(CHECKING_HTTPD, written);
        const perdura = await tellCheck(CHECKING_PERDURA, written);
        // The rest of them are checked without a process each: that makes no difference.
        if (index < 2) assert.deepEqual(await tellCheck(CHECKING_PERDURA_PROCESS, written), perdura);
        removeCheckedConfiguration(folder);
        const isMeant = DELIBERATE_DIFFERENCES.some(
          ({ site, part }) => site === `broken/${file}` && part === configuration.name,
        );
        if (isMeant) assert.notDeepEqual(perdura, httpd, 'it is no difference any more');
        else if (perdura.join('\n') !== httpd.join('\n')) {
          assert.fail(`- httpd, + perdura:\n${formatDifference(httpd, perdura)}`);
        }
      });
    }
  });
}

test('there are as many broken configurations as it says', () => {
  const count = [...files.values()].flat().length;
  assert.ok(count >= 40, `${count} configurations`);
});
