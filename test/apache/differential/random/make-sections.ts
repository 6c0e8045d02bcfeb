// Random directives and sections within each other.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import type { DirectiveFamily } from './families/family.ts';
import { FAMILIES } from './families/all-families.ts';
import { oldAccessFamily, requireFamily } from './families/access.ts';
import { makeExpression } from './make-expression.ts';
import { line, section } from './plot.ts';
import type { DirectiveNode, Place } from './plot.ts';
import { FILE_NAMES, pickFolderPath, pickPlainPath, pickSome, quoted } from './vocabulary.ts';

const DEPTH = 3;

const METHODS = ['GET', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PROPFIND'] as const;

const SECTIONS: Readonly<Record<Place, readonly string[]>> = {
  host: [
    'Directory',
    'Directory',
    'DirectoryMatch',
    'Files',
    'FilesMatch',
    'Location',
    'Location',
    'LocationMatch',
    'If',
    'IfModule',
    'IfDefine',
  ],
  directory: ['Files', 'FilesMatch', 'If', 'Limit', 'LimitExcept', 'IfModule', 'IfVersion'],
  location: ['If', 'Limit', 'LimitExcept', 'IfModule'],
  files: ['If', 'Limit', 'IfModule'],
  limit: ['RequireAny', 'IfModule'],
  htaccess: ['Files', 'Files', 'FilesMatch', 'If', 'If', 'Limit', 'LimitExcept', 'IfModule', 'IfDefine'],
};

/** Which place the inside of a section is. */
function insideOf(name: string, place: Place): Place {
  if (name.startsWith('Limit') || name.startsWith('Require')) return 'limit';
  if (name.startsWith('Directory')) return 'directory';
  if (name.startsWith('Location')) return 'location';
  // In a .htaccess file all places are those of .htaccess files.
  if (place === 'htaccess') return 'htaccess';
  return name.startsWith('File') || name === 'If' ? 'files' : place;
}

function makeArgument(random: SeededRandom, name: string): string {
  switch (name) {
    case 'Directory':
      if (random.oneIn(6)) return `"\${SITE}/@PLOT@/www/${random.pick(['*', '?', 'a/*', '*/b', '[a-d]'])}"`;
      if (random.oneIn(8)) return `~ "/@PLOT@/www/${random.pick(['a', '(a|d)', '.*', 'a/b$'])}"`;
      return `"${pickFolderPath(random)}"`;
    case 'DirectoryMatch':
      return `"/@PLOT@/www/${random.pick(['a', '(a|d)', '.*', 'a/b$', '(?<name>[a-d])', '$'])}"`;
    case 'Files':
      if (random.oneIn(8)) return `~ "${random.pick([String.raw`\.txt$`, '^a', String.raw`\.h`])}"`;
      return quoted(
        random,
        random.oneIn(2) ? random.pick(FILE_NAMES) : random.pick(['*.txt', '*.html', '?*', 'a*', '.*', 'b', '[a-d]*']),
      );
    case 'FilesMatch':
      return `"${random.pick([String.raw`\.(txt|html)$`, '^a', String.raw`(?<name>\w+)\.`, '.', '^$'])}"`;
    case 'Location':
      if (random.oneIn(5))
        return quoted(random, random.pick(['/*', '/a/*', '/?', '/*/b', '/a*', '~ "/(a|d)/"']).replace(/^"~/, '~'));
      return quoted(random, pickPlainPath(random));
    case 'LocationMatch':
      return `"${random.pick(['^/a', String.raw`\.txt$`, '/(?<name>[^/]+)$', '.*', '^/(a|d)/?$', 'b'])}"`;
    case 'If':
    case 'ElseIf':
      return `"${makeExpression(random)}"`;
    case 'Limit':
    case 'LimitExcept':
      return pickSome(random, METHODS, 3).join(' ');
    case 'IfModule':
      return random.pick(['mod_headers.c', '!mod_headers.c', 'headers_module', 'no_such.c', '!no_such.c', 'core.c']);
    case 'IfDefine':
      return random.pick(['SITE', '!SITE', 'NOT_THERE']);
    case 'IfVersion':
      return random.pick(['>= 2.4', '< 2.4.10', '2.4.71', '~ ^2']);
    default:
      return '';
  }
}

function makeSection(
  random: SeededRandom,
  place: Place,
  families: readonly DirectiveFamily[],
  depth: number,
): DirectiveNode[] {
  const name = random.pick(SECTIONS[place]);
  const body = (inside: string): DirectiveNode[] => makeNodes(random, insideOf(inside, place), families, depth + 1);
  const first = section(name, makeArgument(random, name).replace(/^"~ \\"(.*)\\""$/, '~ "$1"'), body(name));
  if (name !== 'If') return [first];
  const others: DirectiveNode[] = [];
  if (random.oneIn(3)) others.push(section('ElseIf', makeArgument(random, 'ElseIf'), body('If')));
  if (random.oneIn(3)) others.push(section('Else', '', body('If')));
  return [first, ...others];
}

/** A few directives for a place, some of them sections. */
export function makeNodes(
  random: SeededRandom,
  place: Place,
  families: readonly DirectiveFamily[],
  depth = 0,
): DirectiveNode[] {
  return Array.from({ length: 1 + random.below(depth === 0 ? 6 : 3) }).flatMap(() => {
    if (depth < DEPTH && random.oneIn(3)) return makeSection(random, place, families, depth);
    if (place === 'limit') return [random.pick([requireFamily, requireFamily, oldAccessFamily]).make(random, place)];
    const family = random.oneIn(6) ? random.pick(FAMILIES) : random.pick(families);
    // Access rules stand in sections: in a host they would only be refused.
    if (place === 'host' && /require|login|access/.test(family.name)) {
      return [section('Location', random.pick(['/', '/a']), [family.make(random, 'location')])];
    }
    return [family.make(random, place)];
  });
}

const CLASSES = [
  'All',
  'All',
  'All',
  'All',
  'None',
  'FileInfo',
  'Indexes',
  'Limit',
  'AuthConfig',
  'Options',
  'Options=Indexes',
  'FileInfo AuthConfig',
  'FileInfo Nonfatal=Override',
  'Nonfatal=All',
  'Nonfatal=Unknown FileInfo',
] as const;

const LISTED = [
  'Header',
  'Redirect',
  'SetEnvIf',
  'Options',
  'ExpiresActive',
  'None',
  'Require',
  'AddType',
  'DirectoryIndex',
] as const;

/** The sections that say what .htaccess files may do, where they are read at all. */
export function makeOverrides(random: SeededRandom): DirectiveNode[] {
  const one = (path: string, all: boolean): DirectiveNode => {
    const body: DirectiveNode[] = [line(`AllowOverride ${all ? 'All' : random.pick(CLASSES)}`)];
    if (random.oneIn(6)) body.push(line(`AllowOverrideList ${pickSome(random, LISTED, 4).join(' ')}`));
    if (random.oneIn(3))
      body.push(line(`Options ${random.pick(['Indexes', 'Indexes FollowSymLinks', 'None', 'All'])}`));
    if (random.oneIn(3)) body.push(line(`Require all ${random.oneIn(6) ? 'denied' : 'granted'}`));
    return section('Directory', `"${path}"`, body);
  };
  const nodes = [one('${SITE}/@PLOT@/www', !random.oneIn(3))];
  if (random.oneIn(3)) nodes.push(one(pickFolderPath(random), false));
  return nodes;
}
