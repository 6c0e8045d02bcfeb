// Every site through the real httpd and through the product: the same files, the same requests, the same bytes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DELIBERATE_DIFFERENCES } from './deliberate-differences.ts';
import { agrees, compareSite, formatCompared } from './harness/compare-site.ts';
import type { Compared } from './harness/compare-site.ts';
import { makeRunFolder, readSites } from './harness/corpus.ts';
import { httpdProgram } from '../httpd/real-httpd.ts';
import { PERDURA, PERDURA_PROCESS, REAL_HTTPD, writeCommonFiles } from './harness/programs.ts';
import { countRequests } from './harness/site.ts';
import type { Site } from './harness/site.ts';

const sites = readSites();
const run = makeRunFolder();

/** Most sites wait for something now and then, so a few of them share a core. */
const AT_ONCE = 4;

/** The end of a connection that nobody announces is waited for as long as a quiet machine takes. */
const ATTEMPTS = 3;

function reasonFor(site: string, compared: Compared): string | undefined {
  return DELIBERATE_DIFFERENCES.find(
    ({ site: name, part, request }) => name === site && part === compared.part && request === compared.request,
  )?.reason;
}

function unexpectedIn({ name }: Site, all: readonly Compared[]): Compared[] {
  return all.filter((compared) => !agrees(compared) && reasonFor(name, compared) === undefined);
}

describe('sites, through httpd and through perdura', { concurrency: AT_ONCE, skip: httpdProgram.skip }, () => {
  before(() => writeCommonFiles(run.folder));
  after(() => run.remove());

  for (const site of sites) {
    test(`${site.name}: ${site.title}`, async () => {
      let all = await compareSite(site, [REAL_HTTPD, PERDURA], run.folder);
      let unexpected = unexpectedIn(site, all);
      // A machine that did something else for a moment is no difference; a server that is late is late again.
      for (let attempt = 1; attempt < ATTEMPTS && unexpected.length > 0; attempt += 1) {
        all = await compareSite(site, [REAL_HTTPD, PERDURA], run.folder);
        unexpected = unexpectedIn(site, all);
      }
      const stale = all.filter((compared) => agrees(compared) && reasonFor(site.name, compared) !== undefined);
      assert.deepEqual(
        stale.map(({ part, request }) => `${part} | ${request}: no difference any more`),
        [],
      );
      if (unexpected.length > 0) {
        const shown = unexpected.map((compared) => formatCompared(site, compared));
        assert.fail(`${unexpected.length} of ${all.length} differ (- httpd, + perdura):\n\n${shown.join('\n')}`);
      }
    });
  }
});

test('in a process of its own the product answers as it does in this one', { skip: httpdProgram.skip }, async () => {
  const folder = makeRunFolder();
  try {
    writeCommonFiles(folder.folder);
    const site = sites.find(({ name }) => name === 'minimal') ?? assert.fail();
    const all = await compareSite(site, [PERDURA_PROCESS, PERDURA], folder.folder);
    assert.deepEqual(
      all.filter((compared) => !agrees(compared)).map((compared) => formatCompared(site, compared)),
      [],
    );
  } finally {
    folder.remove();
  }
});

test('the suite is as large as it says', () => {
  assert.ok(sites.length >= 40, `${sites.length} sites`);
  const requests = sites.reduce((sum, site) => sum + countRequests(site), 0);
  assert.ok(requests >= 400, `${requests} requests`);
});

test('every deliberate difference belongs to a site', () => {
  const names = new Set(sites.map((site) => site.name));
  assert.deepEqual(
    DELIBERATE_DIFFERENCES.filter(({ site }) => !site.startsWith('broken/') && !names.has(site)),
    [],
  );
});
