// The programs that the benchmark uses where the machine has them.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PACKAGES = {
  apache2: 'apache2',
  nginx: 'nginx-light',
  wrk: 'wrk',
  h2load: 'nghttp2-client',
  taskset: 'util-linux',
  perf: 'linux-perf',
} as const;

export type ToolName = keyof typeof PACKAGES;

/** The path of each program that was found. */
export type Tools = { readonly [Name in ToolName]?: string };

/** Looks along PATH and where Debian puts servers. */
export function findTools(): Tools {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  const found: { [Name in ToolName]?: string } = {};
  for (const name of Object.keys(PACKAGES) as ToolName[]) {
    const path = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (path !== undefined) found[name] = path;
  }
  return found;
}

/** Why something was skipped, and what to install. */
export function explainMissing(name: ToolName): string {
  return `${name} is not installed (Debian package ${PACKAGES[name]})`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
