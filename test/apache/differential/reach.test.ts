// What .htaccess and clients must not reach, at the product alone: no answer has a byte of it. Other tests hold the same site against httpd.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareSite } from './harness/compare-site.ts';
import { makeRunFolder, readSites } from './harness/corpus.ts';
import { PERDURA, writeCommonFiles } from './harness/programs.ts';

/** What the files outside of the document root say: the site's own, and `/etc/passwd`. */
const GIVEN_AWAY = /what nobody may read|root:[^:]*:0:/;

/** Links that the configuration allows to follow, wherever they go. */
const ALLOWED = new Set(['1: GET /linked/out/secret.txt HTTP/1.1', '2: GET /linked/file.txt HTTP/1.1']);

test('no .htaccess and no path gives away what lies outside of the document root', async () => {
  const site = readSites().find(({ name }) => name === 'reach') ?? assert.fail();
  const run = makeRunFolder();
  try {
    writeCommonFiles(run.folder);
    const all = await compareSite(site, [PERDURA, { ...PERDURA, name: 'again' }], run.folder);
    const answers = all.filter(({ request }) => request !== '');
    assert.ok(answers.length > 100);
    const telling = answers.filter(({ one }) => GIVEN_AWAY.test(one.join('\n'))).map(({ request }) => request);
    assert.deepEqual(new Set(telling), ALLOWED);
  } finally {
    run.remove();
  }
});
