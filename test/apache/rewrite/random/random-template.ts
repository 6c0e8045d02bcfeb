// Strings with references, as rules and conditions have them.
import type { SeededRandom } from '../../../wire/seeded-random.ts';

/** Those whose value is the same on both sides. */
export const VARIABLES: readonly string[] =
  `REQUEST_URI REQUEST_FILENAME SCRIPT_FILENAME QUERY_STRING PATH_INFO REQUEST_METHOD THE_REQUEST HTTP_HOST HTTP_COOKIE HTTP_REFERER
  HTTP_USER_AGENT HTTP_ACCEPT HTTP_FORWARDED SERVER_NAME SERVER_PORT SERVER_PROTOCOL SERVER_ADMIN REQUEST_SCHEME HTTPS IPV6 IS_SUBREQ REMOTE_ADDR
  REMOTE_HOST REMOTE_USER AUTH_TYPE CONTEXT_PREFIX CONTEXT_DOCUMENT_ROOT DOCUMENT_ROOT HANDLER REQUEST_STATUS CONN_REMOTE_ADDR
  CONTENT_TYPE DOCUMENT_URI LAST_MODIFIED HTTP2 REMOTE_IDENT`.split(/\s+/);

const FREQUENT: readonly string[] = ['REQUEST_URI', 'REQUEST_FILENAME', 'QUERY_STRING', 'PATH_INFO', 'HTTP_HOST'];

const WITH_ARGUMENT: readonly string[] = [
  'ENV:V',
  'ENV:A',
  'ENV:B',
  'ENV:REDIRECT_STATUS',
  'ENV:REDIRECT_V',
  'env:V',
  'HTTP:X-A',
  'http:x-a',
  'HTTP:Cookie',
  'HTTP:Host',
  'HTTP:No',
  'HTTP:',
  'ENV:',
  'SSL:SSL_PROTOCOL',
  'LA-U:REQUEST_FILENAME',
  'LA-U:REQUEST_URI',
  'LA-F:REQUEST_FILENAME',
  'LA-U:ENV:V',
  'LA-F:ENV:A',
  'LA-U:HANDLER',
  'LA-U:PATH_INFO',
  'la-u:CONTENT_TYPE',
  'LA-U:REQUEST_STATUS',
  'LA-X:REQUEST_URI',
  'request_uri',
  'NO_SUCH',
  'TIME_YEAR',
  '',
];

const MAPS: readonly string[] = ['txt', 'low', 'up', 'esc', 'une', 'txt', 'no'];

const WORDS: readonly string[] =
  `a.html b.txt d e / /d/ index.html x - . .. // ? & ; = % %25 %20 %2f %3f # : @ + ~ a=1 \\ \\$ \\% \\? \\\\ $ { } | \xe9 \xc3\xa9 [ ] , ! * ' _ 0 1`.split(
    ' ',
  );

function drawVariable(random: SeededRandom): string {
  if (random.oneIn(2)) return `%{${random.pick(FREQUENT)}}`;
  return random.oneIn(2) ? `%{${random.pick(VARIABLES)}}` : `%{${random.pick(WITH_ARGUMENT)}}`;
}

function drawMap(random: SeededRandom): string {
  const fallback = random.oneIn(2) ? `|${drawPieces(random, 2)}` : '';
  return `\${${random.pick(MAPS)}:${drawPieces(random, 2)}${fallback}}`;
}

function drawPiece(random: SeededRandom): string {
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return `$${random.below(4)}`;
    case 3:
      return `%${random.below(4)}`;
    case 4:
    case 5:
      return drawVariable(random);
    case 6:
      return random.oneIn(2) ? drawMap(random) : drawVariable(random);
    default:
      return random.pick(WORDS);
  }
}

/** One to `most` pieces. Without spaces of its own. */
export function drawPieces(random: SeededRandom, most: number): string {
  return Array.from({ length: 1 + random.below(most) }, () => drawPiece(random)).join('');
}
