// Expressions that are right: conditions and texts, of every operator and function whose value is the same on both sides. Texts are in single
// quotes, so that a whole expression may stand in double ones.
import type { SeededRandom } from '../../../wire/seeded-random.ts';

const VARIABLES: readonly string[] =
  `REQUEST_URI REQUEST_FILENAME SCRIPT_FILENAME QUERY_STRING PATH_INFO REQUEST_METHOD THE_REQUEST HTTP_HOST HTTP_COOKIE HTTP_REFERER
  HTTP_USER_AGENT HTTP_ACCEPT HTTP_FORWARDED SERVER_NAME SERVER_PORT SERVER_PROTOCOL SERVER_ADMIN REQUEST_SCHEME HTTPS IPV6 IS_SUBREQ REMOTE_ADDR
  REMOTE_HOST REMOTE_USER AUTH_TYPE CONTEXT_PREFIX CONTEXT_DOCUMENT_ROOT DOCUMENT_ROOT HANDLER REQUEST_STATUS CONN_REMOTE_ADDR
  CONTENT_TYPE DOCUMENT_URI LAST_MODIFIED HTTP2 REMOTE_IDENT request_uri Query_String`.split(/\s+/);

const FREQUENT: readonly string[] = ['REQUEST_URI', 'QUERY_STRING', 'REQUEST_FILENAME', 'HTTP:X-A', 'req:X-A'];

const WORDS: readonly string[] =
  `a b.txt /a.html /d/ d A x 0 1 2 10 -1 007 1e3 0x10 on off no false GET h0.test 127.0.0.1 \xe9 \xc3\xa9 a%20b a%2fb %zz YWJj a=1&b . * [a] a*`.split(
    ' ',
  );

const ESCAPES: readonly string[] = ['\\x41', '\\101', '\\t', '\\n', '\\\\', "\\'", '\\$', '\\%', '\\q', '\\0'];

const FUNCTIONS: readonly string[] = [
  'tolower',
  'toupper',
  'escape',
  'unescape',
  'base64',
  'unbase64',
  'md5',
  'sha1',
  'ldap',
  'req',
  'http',
  'req_novary',
  'resp',
  'reqenv',
  'env',
  'note',
];

const FIELD_FUNCTIONS: ReadonlySet<string> = new Set(['req', 'http', 'req_novary', 'resp', 'reqenv', 'env', 'note']);

const NAMES: readonly string[] = ['X-A', 'Host', 'x-a', 'Cookie', 'No', 'V', 'A', 'B', 'Accept', 'X-If'];

const REGEXES: readonly string[] = [
  '/a/',
  '/(.)(.*)/',
  '/^\\/(a|d)/i',
  'm#^/([^/]*)#',
  '/^$/',
  '/(\\d+)|(x)/',
  'm,/,',
  '/[A-Z]+/i',
  '/(?<n>[a-z]+)\\.(html|txt)$/',
  '/^(?!.*html)/',
  'm|^(a)?(.)|',
  '/\\xe9/',
];

const PATTERNS: readonly string[] = [
  '*',
  'a*',
  '*.html',
  '/?.*',
  '/a*l',
  '[a-d]*',
  '/d/*',
  '*/*',
  '?',
  '\\\\*',
  '[!a]*',
  '',
];

const NETS: readonly string[] = [
  '127.0.0.0/8',
  '127.0.0.1',
  '10',
  '127.0',
  '::1',
  '::/0',
  '0.0.0.0/0',
  '127.0.0.1/255.0.0.0',
];

function drawLiteral(random: SeededRandom): string {
  const pieces = Array.from({ length: random.below(3) + (random.oneIn(6) ? 0 : 1) }, () => {
    switch (random.below(8)) {
      case 0:
        return random.pick(ESCAPES);
      case 1:
        return `%{${drawReference(random)}}`;
      case 2:
        return `$${random.below(3)}`;
      default:
        return random.pick(WORDS).replaceAll('%', '\\%');
    }
  });
  return `'${pieces.join('')}'`;
}

/** What stands in `%{…}`. */
function drawReference(random: SeededRandom): string {
  if (random.oneIn(3)) return random.pick(FREQUENT);
  if (!random.oneIn(3)) return random.pick(VARIABLES);
  const name = random.pick(FUNCTIONS);
  return FIELD_FUNCTIONS.has(name) ? `${name}:${random.pick(NAMES)}` : `${name}:${drawText(random, 2)}`;
}

function drawWord(random: SeededRandom, depth: number): string {
  switch (random.below(depth > 0 ? 10 : 6)) {
    case 0:
    case 1:
      return drawLiteral(random);
    case 2:
    case 3:
    case 4:
      return `%{${drawReference(random)}}`;
    case 5:
      return random.pick(['0', '1', '10', '-5', '200', '$1', '$0', '$2', '99999999999999999999']);
    case 6:
    case 7:
      return `${drawWord(random, depth - 1)} . ${drawWord(random, depth - 1)}`;
    default: {
      const name = random.pick(FUNCTIONS);
      return `${name}(${FIELD_FUNCTIONS.has(name) ? `'${random.pick(NAMES)}'` : drawWord(random, depth - 1)})`;
    }
  }
}

const COMPARISONS: readonly string[] = `== != < <= > >= = -eq -ne -lt -le -gt -ge eq ne lt le gt ge`.split(' ');

function drawComparison(random: SeededRandom): string {
  switch (random.below(9)) {
    case 0:
    case 1:
      return `${drawWord(random, 1)} ${random.oneIn(4) ? '!~' : '=~'} ${random.pick(REGEXES)}`;
    case 2: {
      const list = Array.from({ length: 1 + random.below(3) }, () => drawWord(random, 0)).join(', ');
      return `${drawWord(random, 1)} ${random.pick(['in', '-in'])} { ${list} }`;
    }
    case 3:
      return `-${random.pick(['n', 'z', 'T'])} ${drawWord(random, 1)}`;
    case 4: {
      const path = random.oneIn(2)
        ? '%{REQUEST_FILENAME}'
        : `'${random.pick(['@DOC@/a.html', '@DOC@/ld', '@DOC@/d', '@DOC@/empty.txt', '/no'])}'`;
      return `-${random.pick(['d', 'e', 'f', 's', 'L', 'h', 'x'])} ${path}`;
    }
    case 5: {
      const operator = random.pick(['-strmatch', '-strcmatch', '-fnmatch', '-STRMATCH']);
      return `${drawWord(random, 0)} ${operator} '${random.pick(PATTERNS)}'`;
    }
    case 6:
      if (random.oneIn(2)) return `-R '${random.pick(NETS)}'`;
      return `${random.oneIn(2) ? '%{REMOTE_ADDR}' : drawWord(random, 0)} -ipmatch '${random.pick(NETS)}'`;
    default:
      return `${drawWord(random, 1)} ${random.pick(COMPARISONS)} ${drawWord(random, 1)}`;
  }
}

/**
 * For those who ask for groups after it: one match, or a condition that is negated. What groups are before a match, and after others, httpd
 * leaves to chance, and it may fall over it.
 */
export function drawExpressionWithGroups(random: SeededRandom): string {
  const isMatch = random.oneIn(2);
  const condition = isMatch ? `${drawWord(random, 1)} =~ ${random.pick(REGEXES)}` : `!(${drawCondition(random, 2)})`;
  return condition.replaceAll(/\$\d/g, '0');
}

/** `depth`: how far conditions may be within each other. */
export function drawCondition(random: SeededRandom, depth: number): string {
  switch (random.below(depth > 0 ? 10 : 5)) {
    case 5:
      return `!${random.oneIn(2) ? '' : ' '}(${drawCondition(random, depth - 1)})`;
    case 6:
      return `(${drawCondition(random, depth - 1)})`;
    case 7:
      return `${drawCondition(random, depth - 1)} ${random.pick(['&&', 'and'])} ${drawCondition(random, depth - 1)}`;
    case 8:
      return `${drawCondition(random, depth - 1)} ${random.pick(['||', 'or'])} ${drawCondition(random, depth - 1)}`;
    case 9:
      return random.oneIn(3) ? `not ${drawCondition(random, depth - 1)}` : random.pick(['true', 'false']);
    default:
      return drawComparison(random);
  }
}

/** A text with references: what stands behind `expr=` of a field, and in an argument. */
export function drawText(random: SeededRandom, most: number): string {
  return Array.from({ length: 1 + random.below(most) }, () => {
    switch (random.below(4)) {
      case 0:
      case 1:
        return `%{${drawReference(random)}}`;
      case 2:
        return `$${random.below(3)}`;
      default:
        return random.pick(WORDS).replaceAll('%', '');
    }
  }).join('');
}
