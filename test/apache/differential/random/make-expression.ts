// Random boolean expressions, as <If>, Require expr and expr= take them. HANDLER is left out: behind an answer that was begun in its handler
// httpd has the media type there.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import { FIELD_NAMES, PATTERNS, pickText, pickUrlPath, VARIABLE_NAMES } from './vocabulary.ts';

const VARIABLES = [
  'REQUEST_METHOD',
  'REQUEST_URI',
  'REQUEST_FILENAME',
  'SCRIPT_FILENAME',
  'QUERY_STRING',
  'PATH_INFO',
  'HTTP_USER_AGENT',
  'HTTP_HOST',
  'HTTP_ACCEPT',
  'HTTP_COOKIE',
  'SERVER_NAME',
  'SERVER_PROTOCOL',
  'SERVER_ADMIN',
  'REMOTE_USER',
  'AUTH_TYPE',
  'THE_REQUEST',
  'CONTENT_TYPE',
  'DOCUMENT_URI',
  'LAST_MODIFIED',
  'CONTEXT_PREFIX',
  'CONTEXT_DOCUMENT_ROOT',
  'DOCUMENT_ROOT',
  'REQUEST_STATUS',
  'REMOTE_ADDR',
  'HTTPS',
  'IS_SUBREQ',
  'REQUEST_SCHEME',
  'IPV6',
] as const;

const FUNCTIONS = ['req', 'http', 'req_novary', 'resp', 'env', 'reqenv', 'note'] as const;
const TEXT_FUNCTIONS = ['tolower', 'toupper', 'escape', 'unescape', 'base64', 'unbase64', 'md5', 'sha1'] as const;

/** A variable or a function of the request, without what surrounds it. */
function makeName(random: SeededRandom): string {
  switch (random.below(4)) {
    case 0: {
      const name = random.pick(FUNCTIONS);
      const isVariable = name.endsWith('env') || name === 'note';
      return `${name}:${random.pick(isVariable ? VARIABLE_NAMES.slice(0, 5) : FIELD_NAMES)}`;
    }
    case 1:
      return `${random.pick(TEXT_FUNCTIONS)}:${pickText(random).replaceAll(/[^\w-]/g, '')}`;
    default:
      return random.pick(VARIABLES);
  }
}

/** A word of an expression: text, a variable, or both. */
function makeWord(random: SeededRandom): string {
  if (random.oneIn(3)) return `'${pickText(random).replaceAll(/["']/g, '')}'`;
  if (random.oneIn(4)) return `'a%{${makeName(random)}}b'`;
  if (random.oneIn(5)) return `${random.pick(TEXT_FUNCTIONS)}(%{${random.pick(VARIABLES)}})`;
  return `%{${makeName(random)}}`;
}

function makeTest(random: SeededRandom): string {
  switch (random.below(11)) {
    case 0:
      return random.pick(['true', 'false']);
    case 1:
      return `${random.pick(['-n', '-z', '-T'])} ${makeWord(random)}`;
    case 2:
      return `${random.pick(['-f', '-d', '-e', '-s', '-L'])} %{REQUEST_FILENAME}`;
    case 3:
      return `-R '${random.pick(['127.0.0.0/8', '127.0.0.1', '10.0.0.0/8', '::1'])}'`;
    case 4:
      return `${makeWord(random)} ${random.pick(['-eq', '-ne', '-lt', '-le', '-gt', '-ge', 'eq', 'lt'])} ${random.below(9)}`;
    case 5:
      return `${makeWord(random)} ${random.pick(['-strmatch', '-strcmatch', '-fnmatch'])} '${random.pick(['*a*', '/a/*', '*.txt', '?ET', 'g*'])}'`;
    case 6:
      return `${makeWord(random)} in {'GET','one',${makeWord(random)}}`;
    case 7:
    case 8: {
      const pattern = random.pick(PATTERNS).replaceAll('/', '.');
      return `${makeWord(random)} ${random.pick(['=~', '!~'])} m#${pattern}#${random.pick(['', 'i'])}`;
    }
    case 9:
      return `%{REQUEST_URI} ${random.pick(['==', '=', '!='])} '${pickUrlPath(random)}'`;
    default:
      return `${makeWord(random)} ${random.pick(['==', '=', '!=', '<', '<=', '>', '>='])} ${makeWord(random)}`;
  }
}

/** True or false; without double quotes, so that it can stand between them. */
export function makeExpression(random: SeededRandom, depth = 0): string {
  if (depth < 2 && random.oneIn(3)) {
    const left = makeExpression(random, depth + 1);
    return random.oneIn(3)
      ? `! (${left})`
      : `(${left}) ${random.pick(['&&', '||', '&&'])} (${makeExpression(random, depth + 1)})`;
  }
  return makeTest(random);
}

/** Text with variables in it, as `expr=` of Header or of Redirect takes it. */
export function makeTextExpression(random: SeededRandom): string {
  const parts = Array.from({ length: 1 + random.below(2) }, () =>
    random.oneIn(3) ? random.pick(['x', '-', 'é', '=']) : `%{${makeName(random)}}`,
  );
  return parts.join(random.pick(['', ' ', '/']));
}
