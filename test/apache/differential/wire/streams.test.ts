// Random streams of a few seeds under every configuration: what both servers send back is the same to the byte. `try-streams.js` sends others.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { formatDifference } from '../harness/line-difference.ts';
import { makeRunFolder } from '../harness/corpus.ts';
import { httpdProgram } from '../../httpd/real-httpd.ts';
import { writeCommonFiles } from '../harness/programs.ts';
import { compareStreams } from './compare-streams.ts';
import { formatBlock } from './format-stream.ts';
import { randomStream } from './random-stream.ts';
import { formatStream } from './stream.ts';
import { TwoServers } from './two-servers.ts';
import { CONFIGURATIONS } from './wire-site.ts';

const run = makeRunFolder();

const FIRST_SEED = 20_261;
const SEEDS = 40;
/** Where a silent connection has to be watched for seconds. */
const SLOW_SEEDS = 8;
const SLOW_FROM_MS = 1_000;

/** Several wait for something now and then, so a few of them share a core. */
const AT_ONCE = 4;

describe('random streams, through httpd and through perdura', { concurrency: AT_ONCE, skip: httpdProgram.skip }, () => {
  before(() => writeCommonFiles(run.folder));
  after(() => run.remove());

  for (const [index, configuration] of CONFIGURATIONS.entries()) {
    test(configuration.name, async () => {
      const count = configuration.quietMs > SLOW_FROM_MS ? SLOW_SEEDS : SEEDS;
      const first = FIRST_SEED + index * SEEDS;
      const seeds = Array.from({ length: count }, (_, offset) => first + offset);
      const servers = await TwoServers.start(configuration, run.folder);
      try {
        const { different } = await compareStreams(servers, seeds, 1);
        assert.deepEqual(servers.failures(), []);
        const [found] = different;
        if (found === undefined) return;
        const heard = await servers.compare(found.stream);
        // All connections of a moment suffer from what the machine does then: what does not come again was that.
        if (heard === undefined) return;
        const shown = formatDifference(heard.one, heard.other);
        assert.fail(`seed ${found.seed} (- httpd, + perdura)\n${formatBlock(found.stream)}\n\n${shown}`);
      } finally {
        await servers.stop();
      }
    });
  }
});

test('the same seed is the same stream, and another one another', () => {
  const texts = Array.from({ length: 200 }, (_, seed) => formatStream(randomStream(seed)));
  assert.deepEqual(
    texts,
    texts.map((_, seed) => formatStream(randomStream(seed))),
  );
  assert.ok(new Set(texts).size > 190);
});
