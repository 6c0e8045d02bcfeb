// The tables against what the real httpd answered to them. `UPDATE_RECORDED=1` asks it anew.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { externalProgram } from '../../support/external-program.ts';
import { askHttpd } from './ask-httpd.ts';
import { CONTEXT_CASES } from './cases/contexts.ts';
import { MECHANICS_CASES } from './cases/mechanics.ts';
import { REAL_WORLD_CASES } from './cases/real-world.ts';
import { readRecorded, writeRecorded } from './recorded-answers.ts';
import type { Recorded } from './recorded-answers.ts';
import type { RewriteCase } from './rewrite-case.ts';
import { RewriteSite } from './rewrite-site.ts';

const TABLES: Readonly<Record<string, readonly RewriteCase[]>> = {
  'real-world': REAL_WORLD_CASES,
  mechanics: MECHANICS_CASES,
  contexts: CONTEXT_CASES,
};

const httpd = externalProgram('apache2');

async function recordWithHttpd(cases: readonly RewriteCase[]): Promise<Recorded> {
  const answers = await askHttpd(httpd.path, cases);
  return Object.fromEntries(cases.map(({ name }, at) => [name, answers[at]!]));
}

for (const [table, cases] of Object.entries(TABLES)) {
  describe(`rules of the table ${table}`, async () => {
    if (process.env['UPDATE_RECORDED'] === '1') writeRecorded(table, await recordWithHttpd(cases));
    const recorded = readRecorded(table);

    for (const [index, site] of cases.entries()) {
      test(`come to what httpd answers: ${site.name}`, async () => {
        const rewritten = new RewriteSite(site, index);
        for (const [at, ask] of site.asks.entries()) {
          const answer = await rewritten.ask(ask);
          assert.deepEqual(answer, recorded[site.name]?.[at], JSON.stringify(ask));
        }
      });
    }

    test('are answered by the installed httpd as they are recorded', { ...httpd }, async () => {
      assert.deepEqual(await recordWithHttpd(cases), recorded);
    });
  });
}
