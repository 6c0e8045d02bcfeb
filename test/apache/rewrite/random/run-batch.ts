// Runs a batch of random hosts on both sides, and tells for each host where they differ: in an answer, or in its error log.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { converse } from '../../differential/harness/converse.ts';
import { layOutSite } from '../../differential/harness/lay-out-site.ts';
import { formatDifference, sameLines } from '../../differential/harness/line-difference.ts';
import { normaliseErrorLines } from '../../differential/harness/log-lines.ts';
import type { ServerProgram } from '../../differential/harness/server-program.ts';
import { Side } from '../../differential/harness/side.ts';
import type { Site } from '../../differential/harness/site.ts';
import { tellOutcome } from '../../differential/harness/tell-outcome.ts';
import { admitHosts } from './admitted-hosts.ts';
import type { HostDifference } from './host-difference.ts';
import type { RandomBatch } from './random-host.ts';
import { formatConfiguration, writeBatch } from './write-batch.ts';

/** What a host said: to each of its requests, and last into its log. */
type HostTale = readonly (readonly string[])[];

/** What the product says where it stops and httpd goes on for long, or its process ends. */
const IS_LIMIT = /steps for one request is used up|flex scanner jammed/;

let runs = 0;

/** In the order of the hosts. */
export async function runBatch(
  whole: RandomBatch,
  programs: readonly [ServerProgram, ServerProgram],
  folder: string,
): Promise<HostDifference[]> {
  runs += 1;
  const name = `random-${runs}`;
  const siteFolder = path.join(folder, name);
  layOutSite(writeBatch(whole, name), siteFolder);
  try {
    const { batch, differences } = await admitHosts(whole, siteFolder, folder);
    const site = writeBatch(batch, name);
    writeFileSync(path.join(siteFolder, 'httpd.conf'), formatConfiguration(batch), 'latin1');
    const [one = [], other = []] = await Promise.all(
      programs.map((program) =>
        runSide(batch, site, program, siteFolder, path.join(folder, `${site.name}.${program.name}`)),
      ),
    );
    const answered = one.flatMap((tale, index) => findDifference(batch, index, tale, other[index] ?? []) ?? []);
    return [...differences, ...answered];
  } finally {
    rmSync(siteFolder, { recursive: true, force: true });
  }
}

async function runSide(
  batch: RandomBatch,
  site: Site,
  program: ServerProgram,
  siteFolder: string,
  folder: string,
): Promise<HostTale[]> {
  mkdirSync(folder, { recursive: true });
  const side = await Side.start(program, siteFolder, folder);
  const lines: string[][] = [];
  try {
    for (const conversation of site.conversations) {
      for (const outcome of await converse(conversation, side.facts.ports.PORT)) {
        lines.push(tellOutcome(outcome, side.facts));
      }
    }
  } finally {
    await side.stop();
  }
  let next = 0;
  const tales = batch.hosts.map(({ requests }, index) => {
    const own = lines.slice(next, next + requests.length);
    next += requests.length;
    return [...own, normaliseErrorLines(side.logLines(`h${index}.log`), 'all', side.facts)];
  });
  rmSync(folder, { recursive: true, force: true });
  return tales;
}

function findDifference(batch: RandomBatch, index: number, one: HostTale, other: HostTale): HostDifference | undefined {
  const host = batch.hosts[index]!;
  // More than the product spends on one request is a difference that is meant.
  if (other.at(-1)?.some((line) => IS_LIMIT.test(line)) === true) return undefined;
  const different = one.flatMap((lines, at) => (sameLines(lines, other[at] ?? []) ? [] : [at]));
  if (different.length === 0) return undefined;
  const text = different.map((at) => {
    const request = host.requests[at];
    const name = request === undefined ? 'error log' : `${request.method} ${request.target}`;
    return `# ${name}\n${formatDifference(one[at] ?? [], other[at] ?? [])}\n`;
  });
  const requests = different.map((at) => (at === host.requests.length ? -1 : at));
  return { index, requests, text: text.join('') };
}
