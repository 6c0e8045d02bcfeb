// A few random hosts of fixed seeds, through httpd and through the product. `try.js` runs any others.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeRunFolder } from '../../differential/harness/corpus.ts';
import { PERDURA, REAL_HTTPD, writeCommonFiles } from '../../differential/harness/programs.ts';
import { httpdProgram } from '../../httpd/real-httpd.ts';
import { drawExpressionBatch } from '../../expression/random/draw-host.ts';
import { drawRuleBatch } from './draw-host.ts';
import { formatHost } from './random-host.ts';
import type { RandomBatch } from './random-host.ts';
import { runBatch } from './run-batch.ts';

const RULE_SEEDS: readonly number[] = [1, 2, 3];
const EXPRESSION_SEEDS: readonly number[] = [1, 2];
const RULE_HOSTS = 40;
const EXPRESSION_HOSTS = 12;

const run = makeRunFolder();

async function assertSame(batch: RandomBatch): Promise<void> {
  let differences = await runBatch(batch, [REAL_HTTPD, PERDURA], run.folder);
  // What does not come again was the machine, which did something else for a moment.
  if (differences.length > 0) differences = await runBatch(batch, [REAL_HTTPD, PERDURA], run.folder);
  const shown = differences.map(({ index, text }) => `${formatHost(batch.hosts[index]!, batch.main)}\n${text}`);
  assert.deepEqual(shown, [], `(- httpd, + perdura):\n${shown.join('\n')}`);
}

describe('hosts that chance made, through httpd and through perdura', { skip: httpdProgram.skip }, () => {
  before(() => writeCommonFiles(run.folder));
  after(() => run.remove());

  for (const seed of RULE_SEEDS) {
    test(`rules of seed ${seed} come to the same`, () => assertSame(drawRuleBatch(seed, RULE_HOSTS)));
  }

  for (const seed of EXPRESSION_SEEDS) {
    test(`expressions of seed ${seed} have the same values`, () =>
      assertSame(drawExpressionBatch(seed, EXPRESSION_HOSTS)));
  }
});
