// Where the sites and the broken configurations of the suite lie, and a folder for a run that the user of the real httpd may read.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseCheckedConfigurations } from './checked-configuration.ts';
import type { CheckedConfiguration } from './checked-configuration.ts';
import { parseSite } from './site.ts';
import type { Site } from './site.ts';

/** Compiled, this file is build/test/apache/differential/harness/corpus.js; the corpus is read where it is written. */
const source = path.resolve(import.meta.dirname, '../../../../../test/apache/differential');

function readMarkdown(folder: string): { name: string; text: string }[] {
  return readdirSync(path.join(source, folder))
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -3), text: readFileSync(path.join(source, folder, file), 'utf8') }));
}

/** A file of the tests that sites copy, e.g. a certificate; the path is relative to `test/`. */
function readFixture(file: string): Buffer {
  return readFileSync(path.join(source, '../..', file));
}

/** All sites, in order of their names. */
export function readSites(): Site[] {
  return readMarkdown('sites').map(({ name, text }) => parseSite(text, name, readFixture));
}

/** All configurations that are only checked, by the file that they stand in. */
export function readCheckedConfigurations(): Map<string, CheckedConfiguration[]> {
  return new Map(readMarkdown('broken').map(({ name, text }) => [name, parseCheckedConfigurations(text, name)]));
}

/** A folder for a run; `remove` takes it away with everything in it. */
export function makeRunFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'perdura-apache-'));
  chmodSync(folder, 0o755);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
