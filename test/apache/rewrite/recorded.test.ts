// The tables against what the real httpd answered to them. `UPDATE_RECORDED=1` asks it anew.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { externalProgram } from '../../support/external-program.ts';
import { askHttpd } from './ask-httpd.ts';
import { readRecorded, writeRecorded } from './recorded-answers.ts';
import type { Recorded } from './recorded-answers.ts';
import { RewriteSite } from './rewrite-site.ts';
import { TABLES } from './tables.ts';
import type { RewriteTable } from './tables.ts';

const httpd = externalProgram('apache2');

async function recordWithHttpd({ cases, main }: RewriteTable): Promise<Recorded> {
  const answers = await askHttpd(cases, main);
  return Object.fromEntries(cases.map(({ name }, at) => [name, answers[at]!]));
}

for (const table of TABLES) {
  describe(`rules of the table ${table.name}`, async () => {
    if (process.env['UPDATE_RECORDED'] === '1') writeRecorded(table.name, await recordWithHttpd(table));
    const recorded = readRecorded(table.name);

    // Rules alone have no main server: those of the others are asked as whole sites.
    for (const [index, site] of table.main === undefined ? table.cases.entries() : []) {
      test(`come to what httpd answers: ${site.name}`, async () => {
        const rewritten = new RewriteSite(site, index);
        for (const [at, ask] of site.asks.entries()) {
          const answer = await rewritten.ask(ask);
          assert.deepEqual(answer, recorded[site.name]?.[at], JSON.stringify(ask));
        }
      });
    }

    test('are answered by the installed httpd as they are recorded', { ...httpd }, async () => {
      assert.deepEqual(await recordWithHttpd(table), recorded);
    });
  });
}
