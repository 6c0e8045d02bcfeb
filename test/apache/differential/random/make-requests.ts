// Random requests for the paths that plots have: methods, odd targets, conditions, ranges, what is accepted, who asks.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import type { PlannedRequest } from './plot.ts';
import { pickSome, pickText, pickUrlPath, USERS } from './vocabulary.ts';

const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'HEAD',
  'POST',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
  'PROPFIND',
  'FOO',
  'PATCH',
] as const;

/** The date of all files, one before it and one behind it. */
const DATES = [
  'Tue, 05 Mar 2024 06:07:08 GMT',
  'Mon, 04 Mar 2024 06:07:08 GMT',
  'Wed, 06 Mar 2024 06:07:08 GMT',
  'Tuesday, 05-Mar-24 06:07:08 GMT',
  'yesterday',
] as const;

/** Those that files of 2, 6 and 300 bytes have, and others. */
const TAGS = [
  '"2-612e3b0d1b700"',
  'W/"6-612e3b0d1b700"',
  '"x"',
  '*',
  '"own"',
  'W/"own"',
  '"a", "b"',
  'bare',
  '',
] as const;

const RANGES = [
  'bytes=0-0',
  'bytes=1-',
  'bytes=-2',
  'bytes=0-1,3-4',
  'bytes=999-',
  'bytes=4-3',
  'bytes=0-,0-',
  'bytes=0-1,1-2,5-',
  'bytes=-0',
  'lines=1-2',
  'bytes=a-b',
  'bytes=3-4,0-1',
] as const;

const CREDENTIALS = [
  ...USERS.map((user) => `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`),
  `Basic ${Buffer.from('ann:wrong').toString('base64')}`,
  'Basic !!!',
  'Bearer x',
  'Basic',
] as const;

function makeField(random: SeededRandom): string {
  switch (random.below(18)) {
    case 0:
      return `If-Modified-Since: ${random.pick(DATES)}`;
    case 1:
      return `If-Unmodified-Since: ${random.pick(DATES)}`;
    case 2:
      return `If-None-Match: ${random.pick(TAGS)}`;
    case 3:
      return `If-Match: ${random.pick(TAGS)}`;
    case 4:
      return `If-Range: ${random.pick([...TAGS, ...DATES])}`;
    case 5:
    case 6:
      return `Range: ${random.pick(RANGES)}`;
    case 7:
    case 8:
      return `Accept-Encoding: ${random.pick(['gzip', 'gzip, deflate', 'gzip;q=0', 'identity', 'br', 'x-gzip', '*', ''])}`;
    case 9:
      return `Accept: ${random.pick(['*/*', 'text/html', 'image/png;q=0.5', ''])}`;
    case 10:
      return `Accept-Language: ${random.pick(['en', 'fr;q=0.5', '*'])}`;
    case 11:
    case 12:
      return `Authorization: ${random.pick(CREDENTIALS)}`;
    case 13:
      return `User-Agent: ${random.pick(['Mozilla/5.0 x', 'bot', '', 'Mozilla/4.06', 'MSIE'])}`;
    case 14:
      return `Referer: ${random.pick(['http://other.test/a', 'http://example.test/', ''])}`;
    case 15:
      return `Connection: ${random.pick(['keep-alive', 'close', 'x-a', 'Keep-Alive, close'])}`;
    case 16:
      return random.pick([
        'Cookie: a=b',
        'Via: 1.1 proxy',
        'TE: trailers',
        'Origin: http://other.test',
        'Content-Type: text/plain',
      ]);
    default:
      return `${random.pick(['X-A', 'X-B', 'x-a', 'X-Other'])}: ${pickText(random)}`;
  }
}

/** Another way to write a path, right or wrong. */
function makeOdd(random: SeededRandom, path: string): string {
  switch (random.below(12)) {
    case 0:
      return path.replace('a', '%61');
    case 1:
      return path.replace(/(?!^)\//, '%2F');
    case 2:
      return path.replace('/', '//');
    case 3:
      return `/./a/..${path}`;
    case 4:
      return `${path}/more`;
    case 5:
      return `${path}/..`;
    case 6:
      return `/..${path}`;
    case 7:
      return `http://@PLOT@.test${path}`;
    case 8:
      return path.toUpperCase();
    case 9:
      return `${path}${random.pick(['%', '%zz', '%00', '%C3%A9', '#x', '\\x5c', '"', '.', ';a', '%20', '*', '/*'])}`;
    case 10:
      return `http://other.test${path}`;
    default:
      return `${path}/`;
  }
}

function makeTarget(random: SeededRandom, method: string): string {
  if (method === 'OPTIONS' && random.oneIn(3)) return '*';
  const path = pickUrlPath(random);
  const target = random.oneIn(5) ? makeOdd(random, path) : path;
  if (!random.oneIn(4)) return target;
  return `${target}?${random.pick(['x=1', '', 'C=S;O=D', 'C=N&O=A', 'F=0', 'F=2;V=1', 'P=*.txt', 'a%20b', 'one', '7'])}`;
}

/** In the notation of the corpus. */
function escapeBytes(text: string): string {
  return text.replaceAll('é', String.raw`\xC3\xA9`);
}

export function makeRequest(random: SeededRandom): PlannedRequest {
  const method = random.pick(METHODS);
  const body =
    /^(?:POST|PUT|PATCH|FOO)$/.test(method) && random.oneIn(2)
      ? random.pick(['', 'abc', 'a=b&c=d', '0123456789abc'])
      : undefined;
  const version = random.oneIn(8) && body === undefined ? ' HTTP/1.0' : '';
  const fields = random.oneIn(3)
    ? []
    : pickSome(random, [0, 1, 2, 3], 4).map(() => ({ line: escapeBytes(makeField(random)) }));
  if (body !== undefined) fields.push({ line: `Content-Length: ${body.length}` });
  else if (random.oneIn(20))
    fields.push({
      line: random.pick([
        'Host: other.test',
        'Host: @PLOT@.test:80',
        'Host: @PLOT@.TEST.',
        'Host: x.alias.test',
        'Host:',
      ]),
    });
  return { start: `${method} ${makeTarget(random, method)}${version}`, fields, body };
}
