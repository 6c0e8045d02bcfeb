// The tables against what the real httpd answered to them. `UPDATE_RECORDED=1` asks it anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { externalProgram } from '../../support/external-program.ts';
import { askHttpd } from './ask-httpd.ts';
import { CONTEXT_CASES } from './cases/contexts.ts';
import { MECHANICS_CASES } from './cases/mechanics.ts';
import { REAL_WORLD_CASES } from './cases/real-world.ts';
import type { RewriteAnswer, RewriteCase } from './rewrite-case.ts';
import { RewriteSite } from './rewrite-site.ts';

const TABLES: Readonly<Record<string, readonly RewriteCase[]>> = {
  'real-world': REAL_WORLD_CASES,
  mechanics: MECHANICS_CASES,
  contexts: CONTEXT_CASES,
};

/** The tests run from build/. */
const FOLDER = path.resolve(import.meta.dirname, '../../../../test/apache/rewrite/recorded');
const httpd = externalProgram('apache2');

type Recorded = Record<string, RewriteAnswer[]>;

const fileOf = (table: string): string => path.join(FOLDER, `${table}.json`);

async function recordWithHttpd(cases: readonly RewriteCase[]): Promise<Recorded> {
  const answers = await askHttpd(httpd.path, cases);
  return Object.fromEntries(cases.map(({ name }, at) => [name, answers[at]!]));
}

/** A line for each answer, so that a change shows where it is. */
function format(recorded: Recorded): string {
  const sites = Object.entries(recorded).map(([name, answers]) => {
    const lines = answers.map((answer) => `    ${JSON.stringify(answer)}`);
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${sites.join(',\n')}\n}\n`;
}

for (const [table, cases] of Object.entries(TABLES)) {
  describe(`rules of the table ${table}`, async () => {
    if (process.env['UPDATE_RECORDED'] === '1') writeFileSync(fileOf(table), format(await recordWithHttpd(cases)));
    const recorded = JSON.parse(readFileSync(fileOf(table), 'utf8')) as Recorded;

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
