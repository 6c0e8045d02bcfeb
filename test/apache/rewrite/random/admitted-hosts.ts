// Leaves out the hosts whose directives are refused when a server starts, and tells where one side refuses what the other takes, or does it in other words.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tellCheck } from '../../differential/harness/checked-configuration.ts';
import { CHECKING_HTTPD, CHECKING_PERDURA } from '../../differential/harness/checking-programs.ts';
import { formatDifference, sameLines } from '../../differential/harness/line-difference.ts';
import type { HostDifference } from './host-difference.ts';
import type { RandomBatch } from './random-host.ts';
import { formatConfiguration } from './write-batch.ts';

export interface Admission {
  /** As it was, but that hosts which are refused have nothing left. */
  readonly batch: RandomBatch;
  readonly differences: readonly HostDifference[];
}

/** `siteFolder`: where the files of the batch lie already. */
export async function admitHosts(whole: RandomBatch, siteFolder: string, folder: string): Promise<Admission> {
  const differences: HostDifference[] = [];
  let batch = whole;
  mkdirSync(path.join(folder, 'check'), { recursive: true });
  const file = path.join(folder, 'check', 'httpd.conf');
  const head = `Define SITE "${siteFolder}"\nDefine LOGS "${folder}/check"\nDefine PORT 8080\nServerRoot "${siteFolder}"\nPidFile "${folder}/check/pid"\nErrorLog "${folder}/check/error.log"\nInclude "${folder}/common.conf"\n`;
  try {
    for (;;) {
      const text = head + formatConfiguration(batch);
      writeFileSync(file, text, 'latin1');
      const one = await tellCheck(CHECKING_HTTPD, file);
      const other = await tellCheck(CHECKING_PERDURA, file);
      const at = refusedHost(text, [...one, ...other]);
      if (!sameLines(one, other)) {
        differences.push({ index: at ?? 0, requests: [], text: `# configuration\n${formatDifference(one, other)}\n` });
      }
      if (one[0] === 'exit 0' && other[0] === 'exit 0') return { batch, differences };
      const refused = at === undefined ? undefined : batch.hosts[at];
      if (at === undefined || refused === undefined || refused.places.length === 0) {
        throw new Error(`the main server is refused:\n${one.join('\n')}\n${other.join('\n')}`);
      }
      batch = { ...batch, hosts: batch.hosts.with(at, { ...refused, places: [], requests: [] }) };
    }
  } finally {
    rmSync(path.join(folder, 'check'), { recursive: true, force: true });
  }
}

/** The number of the host in which the first line stands that is complained of. */
function refusedHost(text: string, told: readonly string[]): number | undefined {
  const line = told
    .map((words) => /Syntax error on line (\d+) of /.exec(words)?.[1])
    .find((found) => found !== undefined);
  if (line === undefined) return undefined;
  const before = text.split('\n').slice(0, Number(line));
  const count = before.filter((words) => words.startsWith('<VirtualHost ')).length;
  return count === 0 ? undefined : count - 1;
}
