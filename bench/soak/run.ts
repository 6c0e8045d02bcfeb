// The command behind `npm run soak`: thousands of connections for minutes, and whether memory stays as it is meanwhile.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { ConnectionInfo } from '#src/server/index.js';
import type { MemoryAnswer } from '../process/answer-parent.ts';
import { Child } from '../process/child.ts';
import { planConnections } from '../process/file-limit.ts';
import type { ClientPlan, ClientSample } from './clients.ts';
import type { Targets } from './open-socket.ts';
import { COLUMNS, formatSample, listLeft, mib, report } from './report.ts';
import type { Sample } from './report.ts';
import type { ServerSample } from './server.ts';

const HELP = `Usage: npm run soak -- [options]

Keeps connections open for minutes: of twenty sixteen speak HTTP/1.1, two the same over TLS, one HTTP/2, one HTTP/2 over TLS. There are requests
now and then, streams, events, bodies, requests that are taken back, and some that come and go. Says whether the memory of the server stays
as it is, how late its event loop was, whether a request failed, and whether anything is left of the clients when they are gone.

  --minutes N      how long (default 10); the first fifth warms up and is not judged
  --connections N  how many (default 5000)
  --sample N       seconds between two samples (default 5)
  --json FILE      where the samples go (default build/soak-results.json)
  --help           this text

Exit code 1: memory grew, a request failed, or something was left.
`;

const WARM_UP_SHARE = 0.2;

/**
 * So long the server may hold what is left: a client that is gone while it takes the last of an answer is, for node:http2, one that does
 * not read, and that ends with `timeouts.writeMs` (60 s).
 */
const LONGEST_LEAVING_S = 75;
const LEAVING_STEP_S = 5;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    connections: { type: 'string', default: '5000' },
    sample: { type: 'string', default: '5' },
    json: { type: 'string', default: 'build/soak-results.json' },
    help: { type: 'boolean', default: false },
  },
});

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** Until nothing is left, or for as long as is allowed. */
async function watchLeaving(
  server: Child,
  before: ServerSample,
): Promise<{ readonly after: ServerSample; readonly leftAfterS: number }> {
  for (let leftAfterS = LEAVING_STEP_S; ; leftAfterS += LEAVING_STEP_S) {
    // oxlint-disable-next-line no-await-in-loop
    await pause(LEAVING_STEP_S);
    // oxlint-disable-next-line no-await-in-loop
    const after = await server.ask<ServerSample>('sample');
    if (listLeft(before, after).length === 0 || leftAfterS >= LONGEST_LEAVING_S) return { after, leftAfterS };
  }
}

async function soak(): Promise<number> {
  const seconds = Number(values.minutes) * 60;
  const count = planConnections(Number(values.connections));
  const server = await Child.start({ program: 'soak/server', prefix: [], nodeArguments: ['--expose-gc'] });
  const clients = await Child.start({ program: 'soak/clients', prefix: [] });
  const samples: Sample[] = [];
  let warm: MemoryAnswer | undefined;
  let warmAtS = Infinity;
  try {
    const before = await server.ask<ServerSample>('sample');
    const plan: ClientPlan = { count, targets: await server.ask<Targets>('targets') };
    await clients.ask('start', plan);
    const startMs = performance.now();
    const elapsedS = (): number => (performance.now() - startMs) / 1_000;
    console.log(`Node.js ${process.versions.node}, ${count} connections, ${values.minutes} minutes\n${COLUMNS}`);
    let shown: Sample | undefined;
    while (elapsedS() < seconds) {
      // oxlint-disable-next-line no-await-in-loop
      await pause(Number(values.sample));
      // oxlint-disable-next-line no-await-in-loop
      const [ofServer, ofClients] = await Promise.all([
        server.ask<ServerSample>('sample'),
        clients.ask<ClientSample>('sample'),
      ]);
      const sample: Sample = { atS: elapsedS(), ...ofServer, clients: ofClients };
      samples.push(sample);
      if (shown === undefined || sample.atS - shown.atS >= 29) {
        console.log(formatSample(sample, shown));
        shown = sample;
      }
      if (warm !== undefined || sample.atS < seconds * WARM_UP_SHARE) continue;
      // Once, and at the end: what is really in use. Forced more often it would hide what a server does by itself.
      // oxlint-disable-next-line no-await-in-loop
      warm = await server.ask<MemoryAnswer>('memory');
      warmAtS = sample.atS;
    }
    const last = await server.ask<MemoryAnswer>('memory');
    await clients.ask('leave');
    const { after, leftAfterS } = await watchLeaving(server, before);
    const { byProtocol: ofClients } = await clients.ask<ClientSample>('sample');
    const remaining = await server.ask<readonly ConnectionInfo[]>('connections');
    const empty = await server.ask<MemoryAnswer>('memory');
    const { text, line, flat, good } = report({
      samples,
      warmAtS,
      warm: warm ?? last,
      last,
      before,
      after,
      leftAfterS,
      remaining,
      ofClients,
    });
    console.log(
      `${text}\nIn use without them: heap ${mib(empty.heapBytes)} MiB, external ${mib(empty.externalBytes)} MiB`,
    );
    mkdirSync(dirname(values.json), { recursive: true });
    const results = {
      node: process.version,
      flat,
      line,
      before,
      warm,
      last,
      after,
      leftAfterS,
      remaining,
      empty,
      samples,
    };
    writeFileSync(values.json, JSON.stringify(results, undefined, 2));
    return good ? 0 : 1;
  } finally {
    await clients.stop();
    await server.stop();
  }
}

if (values.help) console.log(HELP);
else process.exitCode = await soak();
