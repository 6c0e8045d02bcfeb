// A whole plot from a seed: folders and files, configuration, .htaccess files, requests.
import { SeededRandom } from '../../../wire/seeded-random.ts';
import { pickFamilies } from './families/all-families.ts';
import { makeNodes, makeOverrides } from './make-sections.ts';
import { makeRequest } from './make-requests.ts';
import type { AccessFile, Plot, PlotFile } from './plot.ts';
import { FILE_NAMES, FOLDERS } from './vocabulary.ts';

const REQUESTS = 14;

/** "secret" for all of them. */
const USERS_FILE = String.raw`ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\nbob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n`;

function makeBytes(random: SeededRandom, path: string): string {
  if (path.endsWith('big.txt')) return String.raw`\{300 0123456789}\n`;
  if (path.endsWith('empty.txt')) return '';
  if (path.endsWith('.html')) return String.raw`<title>A &amp; B</title>\n${path}\n`;
  return random.pick([String.raw`a\n`, String.raw`hello\n`, String.raw`one two three\n`]);
}

function makeFiles(random: SeededRandom): PlotFile[] {
  const paths = FOLDERS.flatMap((folder) =>
    FILE_NAMES.filter(() => random.oneIn(3)).map((name) => `www/${folder === '' ? '' : `${folder}/`}${name}`),
  );
  const always = ['www/index.html', 'www/a.txt', 'www/a/a.txt', 'www/a/b/big.txt', 'other/a.txt'];
  const files = [...new Set([...always, ...paths])].map((path) => ({ path, bytes: makeBytes(random, path) }));
  return [...files, { path: 'users', bytes: USERS_FILE }, { path: 'groups', bytes: String.raw`team: ann eve\n` }];
}

export function makePlot(seed: number): Plot {
  const random = new SeededRandom(seed);
  const families = pickFamilies(random);
  const files = makeFiles(random);
  const accessFiles: AccessFile[] = FOLDERS.filter(() => random.oneIn(3)).map((folder) => ({
    path: `www/${folder === '' ? '' : `${folder}/`}.htaccess`,
    body: makeNodes(random, 'htaccess', families),
  }));
  if (random.oneIn(12)) accessFiles.push({ path: 'www/a/.other', body: makeNodes(random, 'htaccess', families) });
  return {
    outside: random.oneIn(3) ? makeOverrides(random) : [],
    inside: [...makeOverrides(random), ...makeNodes(random, 'host', families)],
    port: random.oneIn(5) ? 'OTHER_PORT' : 'PORT',
    files,
    accessFiles,
    requests: Array.from({ length: REQUESTS }, () => makeRequest(random)),
  };
}
