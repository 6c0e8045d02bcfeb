// For developers: `node build/test/apache/differential/wire/try-streams.js [--from SEED] [--count N] [--most N] [CONFIGURATION …]` sends N streams
// to both servers under each configuration, and prints each difference once, as small as it could be made (`-` httpd, `+` perdura).
import { parseArgs } from 'node:util';
import { formatDifference } from '../harness/line-difference.ts';
import { makeRunFolder } from '../harness/corpus.ts';
import { REAL_HTTPD, SECOND_HTTPD, writeCommonFiles } from '../harness/programs.ts';
import { compareStreams } from './compare-streams.ts';
import { formatBlock } from './format-stream.ts';
import { shrinkStream } from './shrink-stream.ts';
import { TwoServers } from './two-servers.ts';
import { CONFIGURATIONS } from './wire-site.ts';
import type { WireConfiguration } from './wire-site.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    most: { type: 'string', default: '5' },
    self: { type: 'boolean', default: false },
  },
});

const seeds = Array.from({ length: Number(values.count) }, (_, index) => Number(values.from) + index);
const total = { streams: 0, requests: 0, differences: 0, passing: 0 };

async function tryConfiguration(configuration: WireConfiguration, folder: string): Promise<void> {
  const servers = await TwoServers.start(configuration, folder, values.self ? [REAL_HTTPD, SECOND_HTTPD] : undefined);
  try {
    const { streams, requests, different } = await compareStreams(servers, seeds, Number(values.most));
    const seen = new Set<string>();
    for (const { seed, stream } of different) {
      const small = await shrinkStream(stream, async (candidate) => (await servers.compare(candidate)) !== undefined);
      const heard = await servers.compare(small);
      if (heard === undefined) continue;
      const difference = formatDifference(heard.one, heard.other);
      if (seen.has(difference)) continue;
      seen.add(difference);
      console.log(`## ${configuration.name}, seed ${seed}\n\n${formatBlock(small)}\n\n${difference}\n`);
    }
    for (const line of servers.failures()) console.log(`${configuration.name}: ${line}\n`);
    total.streams += streams;
    total.requests += requests;
    total.differences += seen.size;
    total.passing += servers.passing;
    console.log(`# ${configuration.name}: ${streams} streams, ${different.length} differ\n`);
  } finally {
    await servers.stop();
  }
}

const run = makeRunFolder();
try {
  writeCommonFiles(run.folder);
  for (const configuration of CONFIGURATIONS) {
    if (positionals.length > 0 && !positionals.includes(configuration.name)) continue;
    await tryConfiguration(configuration, run.folder);
  }
  console.log(
    `${total.streams} streams, ${total.requests} requests, ${total.differences} differences (${total.passing} did not come again)`,
  );
  process.exitCode = total.differences === 0 ? 0 : 1;
} finally {
  run.remove();
}
