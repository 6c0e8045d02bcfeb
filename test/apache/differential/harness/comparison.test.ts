// The comparison itself: two real httpds agree on a site, two that are configured otherwise do not, and a difference is shown where it is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agrees, compareSite, formatCompared } from './compare-site.ts';
import { makeRunFolder, readSites } from './corpus.ts';
import { formatDifference, sameLine } from './line-difference.ts';
import { normaliseAnswer } from './normalise.ts';
import { httpdProgram, startHttpd } from '../../httpd/real-httpd.ts';
import { REAL_HTTPD, SECOND_HTTPD, writeCommonFiles } from './programs.ts';
import type { ServerProgram } from './server-program.ts';

const run = makeRunFolder();

/** One that is told something more on its command line. */
const CHANGED_HTTPD: ServerProgram = {
  ...REAL_HTTPD,
  name: 'changed-httpd',
  start: (configuration) => startHttpd(configuration, '-c', 'Header always set X-Other 1'),
};

describe('compareSite', { skip: httpdProgram.skip }, () => {
  before(() => writeCommonFiles(run.folder));
  after(() => run.remove());
  const site = readSites().find(({ name }) => name === 'minimal');

  test('two real httpds agree', async () => {
    assert.ok(site !== undefined);
    const all = await compareSite(site, [REAL_HTTPD, SECOND_HTTPD], run.folder);
    assert.ok(all.length > 5);
    assert.deepEqual(
      all.filter((compared) => !agrees(compared)).map((compared) => formatCompared(site, compared)),
      [],
    );
  });

  test('one field line that only the other has is a difference in every answer', async () => {
    assert.ok(site !== undefined);
    const all = await compareSite(site, [REAL_HTTPD, CHANGED_HTTPD], run.folder);
    const answers = all.filter((compared) => compared.request !== '');
    assert.deepEqual(answers.filter(agrees), []);
    assert.match(formatCompared(site, answers[0] ?? assert.fail()), /^\+ X-Other: 1$/m);
  });
});

test('a difference shows both sides in their order', () => {
  assert.equal(formatDifference(['a', 'b', 'c'], ['a', 'x', 'c', 'd']), '  a\n- b\n+ x\n  c\n+ d');
});

test('times are the same within the tolerance, everything else to the letter', () => {
  assert.ok(sameLine('= fin after 400 ms', '= fin after 620 ms'));
  assert.ok(!sameLine('= fin after 400 ms', '= fin after 1400 ms'));
  assert.ok(!sameLine('= fin after 400 ms', '= reset after 400 ms'));
  assert.ok(!sameLine('Vary: a', 'Vary: A'));
});

test('the rules leave every line in its place and touch nothing that they do not name', () => {
  const answer = {
    statusLine: 'HTTP/1.1 200 OK',
    fieldLines: [
      'X-Date: Sun, 06 Nov 1994 08:49:37 GMT',
      'Date: Sun, 06 Nov 1994 08:49:37 GMT',
      'Server: a',
      'Expires: Sun, 06 Nov 1994 09:49:37 GMT',
      'Location: http://a:20001/20001x20001',
      'Content-Length: 5',
    ],
    interim: [],
    framing: 'length' as const,
    body: '20001',
    trailerLines: [],
  };
  const normal = normaliseAnswer(answer, { ports: { PORT: 20_001, OTHER_PORT: 20_002 }, serverName: 'a' });
  assert.deepEqual(normal.fieldLines, [
    'X-Date: Sun, 06 Nov 1994 08:49:37 GMT',
    'Date: *',
    'Server: *',
    'Expires: 3600 s behind Date',
    'Location: http://a:PORT/PORTxPORT',
    'Content-Length: 4',
  ]);
});
