// The names that all families share: few, so that what one directive sets another one sees.
import type { SeededRandom } from '../../../wire/seeded-random.ts';

/** Folders below the document root; the root itself is empty. */
export const FOLDERS = ['', 'a', 'a/b', 'a/b/c', 'd', 'd/e.d', 'f g'] as const;

export const FILE_NAMES = [
  'index.html',
  'index.txt',
  'home.html',
  'a.txt',
  'b.html',
  'c.css',
  'data.json',
  'big.txt',
  'README',
  'page.html.gz',
  'page.html.en',
  'text.txt.fr.utf8',
  'x.tar.gz',
  'picture.png',
  'script.js',
  'odd.foo',
  'odd.foo.bar',
  '.hidden',
  'empty.txt',
  'a b.txt',
] as const;

/** Fields that directives set and requests send. */
export const FIELD_NAMES = [
  'X-A',
  'X-A',
  'X-B',
  'X-B',
  'x-a',
  'Cache-Control',
  'Vary',
  'ETag',
  'Content-Type',
  'Content-Language',
  'Content-Encoding',
  'Link',
  'Set-Cookie',
  'Last-Modified',
  'Expires',
  'Location',
  'Pragma',
  'Accept-Ranges',
  'Content-Disposition',
  'X-Content-Type-Options',
] as const;

export const VARIABLE_NAMES = [
  'A',
  'A',
  'B',
  'B',
  'c_d',
  'no-gzip',
  'gzip-only-text/html',
  'nokeepalive',
  'force-response-1.0',
  'downgrade-1.0',
  'suppress-error-charset',
  'no-etag',
  'redirect-carefully',
] as const;

export const MEDIA_TYPES = [
  'text/html',
  'text/plain',
  'text/css',
  'application/json',
  'image/png',
  'application/x-odd',
  'text/html;charset=utf-8',
] as const;

export const EXTENSIONS = [
  '.txt',
  '.html',
  'txt',
  'html',
  '.foo',
  'bar',
  '.gz',
  '.css',
  '.en',
  '.fr',
  '.utf8',
  '.json',
] as const;

/** Expressions that match some of the names above. */
export const PATTERNS = [
  String.raw`\.txt$`,
  String.raw`\.(html|css)$`,
  '^/a',
  'a',
  '^(.*)$',
  String.raw`^/?(\w+)/(.*)$`,
  '(?i)INDEX',
  '^$',
  'x|odd',
  String.raw`[.]\w{2,4}$`,
  '(?<name>b)',
] as const;

export const USERS = ['ann', 'bob', 'eve'] as const;

/** A folder of the plot as configurations name it. */
export function pickFolderPath(random: SeededRandom): string {
  const folder = random.pick(FOLDERS);
  return `\${SITE}/@PLOT@/www${folder === '' ? '' : `/${folder}`}${random.oneIn(6) ? '/' : ''}`;
}

/** A URL path, most of the time one that is there. */
export function pickUrlPath(random: SeededRandom): string {
  if (random.oneIn(10)) return random.pick(['/missing', '/alias', '/alias/a.txt', '/old', '/new/']);
  const folder = random.pick(FOLDERS).replace(' ', '%20');
  if (random.oneIn(3)) return folder === '' ? '/' : `/${folder}${random.oneIn(2) ? '/' : ''}`;
  const name = random.pick(FILE_NAMES).replace(' ', '%20');
  return folder === '' ? `/${name}` : `/${folder}/${name}`;
}

/** As in configurations, where a blank is a blank. */
export function pickPlainPath(random: SeededRandom): string {
  return pickUrlPath(random).replaceAll('%20', ' ');
}

/** A short text for a field or a variable. */
export function pickText(random: SeededRandom): string {
  return random.pick([
    'one',
    'two',
    'a, b',
    '',
    'x=1',
    'no-cache',
    'max-age=5',
    'é',
    'a;b="c"',
    '0',
    '7',
    'One',
    'close',
  ]);
}

/** Some of the elements, at least one, in their order or another. */
export function pickSome<T>(random: SeededRandom, elements: readonly T[], most: number): T[] {
  return Array.from({ length: 1 + random.below(most) }, () => random.pick(elements));
}

/** In quotation marks where that is needed, and now and then where it is not. */
export function quoted(random: SeededRandom, text: string): string {
  if (!/[\s"']/.test(text) && text !== '' && !random.oneIn(4)) return text;
  return `"${text.replaceAll('"', String.raw`\"`)}"`;
}
