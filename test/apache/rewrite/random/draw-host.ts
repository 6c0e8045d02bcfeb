// A random host from a seed: rules and their neighbours in the host, in sections and in .htaccess files.
import { SeededRandom } from '../../../wire/seeded-random.ts';
import { drawAlias, drawExpressionDirective, drawPlainDirective, drawRedirect } from './random-directives.ts';
import type { Place, RandomBatch, RandomHost } from './random-host.ts';
import { drawRequests } from './random-requests.ts';
import { drawRule } from './random-rule.ts';

const REQUESTS_OF_A_HOST = 12;

const OPTIONS: readonly string[] = [
  'Inherit',
  'InheritBefore',
  'InheritDown',
  'InheritDownBefore',
  'IgnoreInherit',
  'AllowNoSlash',
  'AllowAnyURI',
  'MergeBase',
  'IgnoreContextInfo',
  'LegacyPrefixDocRoot',
  'LongURLOptimization',
];

const SECTIONS: readonly string[] = [
  'Directory "@DOC@"',
  'Directory "@DOC@/d"',
  'Directory "@DOC@/d/e"',
  'Directory "@DOC@/../al"',
  'Directory ~ "/d"',
  'DirectoryMatch "/www/(d|none)"',
  'Location "/"',
  'Location "/d"',
  'Location "/al"',
  'Location "/a.html"',
  'LocationMatch "^/(a|d)"',
  'Files "a.html"',
  'FilesMatch "\\.txt$"',
];

const FOLDERS: readonly string[] = ['', '', '', 'd', 'd', 'd/e', 'none'];

function drawRewriting(random: SeededRandom, isFolder: boolean, mayBeWrong: boolean): string[] {
  const lines: string[] = [];
  if (!random.oneIn(12)) lines.push(`RewriteEngine ${random.oneIn(15) ? 'Off' : 'On'}`);
  if (random.oneIn(4)) lines.push(`RewriteOptions ${random.pick(OPTIONS)}`);
  if (isFolder && random.oneIn(3)) {
    lines.push(`RewriteBase ${random.pick(['/', '/d', '/d/', '/al', '/x/', '/no', '/d/e/'])}`);
  }
  const count = 1 + random.below(4);
  for (let at = 0; at < count; at += 1) lines.push(...drawRule(random, mayBeWrong));
  if (random.oneIn(20)) lines.push(drawRule(random, mayBeWrong)[0]!);
  return lines;
}

function drawNeighbours(random: SeededRandom, isHost: boolean, mayBeWrong: boolean): string[] {
  const lines: string[] = [];
  if (random.oneIn(4)) lines.push(drawRedirect(random));
  if (random.oneIn(3)) lines.push(drawPlainDirective(random));
  if (random.oneIn(5)) lines.push(drawExpressionDirective(random, isHost, mayBeWrong));
  return lines;
}

function drawPlaces(random: SeededRandom): Place[] {
  const places: Place[] = [];
  const add = (kind: Place['kind'], name: string): void => {
    const mayBeWrong = kind === 'htaccess';
    const rules = drawRewriting(random, kind !== 'host', mayBeWrong);
    const lines = [...rules, ...drawNeighbours(random, kind === 'host', mayBeWrong)];
    if (kind === 'host' && random.oneIn(2)) lines.push(drawAlias(random));
    const isHere = ({ kind: other, name: known }: Place): boolean => other === kind && known === name;
    if (!places.some(isHere)) places.push({ kind, name, lines });
  };
  if (random.oneIn(2)) add('host', '');
  else places.push({ kind: 'host', name: '', lines: random.oneIn(2) ? [drawAlias(random)] : [] });
  while (random.oneIn(3)) add('section', random.pick(SECTIONS));
  if (random.oneIn(2) || places[0]!.lines.length < 2) add('htaccess', random.pick(FOLDERS));
  while (random.oneIn(4)) add('htaccess', random.pick(FOLDERS));
  return places;
}

function drawHost(seed: number): RandomHost {
  const random = new SeededRandom(Math.imul(seed, 0x9e37_79b1));
  return {
    name: `seed ${seed}`,
    places: drawPlaces(random),
    requests: drawRequests(random, REQUESTS_OF_A_HOST),
  };
}

/** Rules of the main server are shared by all hosts, so most batches have none. */
function drawMain(random: SeededRandom): string[] {
  if (!random.oneIn(4)) return [];
  const option = random.oneIn(2) ? [`RewriteOptions ${random.pick(OPTIONS)}`] : [];
  return [
    ...option,
    'RewriteEngine On',
    ...drawRule(random, false),
    ...(random.oneIn(2) ? [drawRedirect(random)] : []),
  ];
}

/** The hosts of the seeds `seed * count` and those that follow. */
export function drawRuleBatch(seed: number, count: number): RandomBatch {
  return {
    main: drawMain(new SeededRandom(~seed)),
    hosts: Array.from({ length: count }, (_, at) => drawHost(seed * count + at)),
  };
}
