// The fields of a request: those that decide about the connection and the answer, well written or not, and lines that are no fields.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import { randomLength } from './random-length.ts';
import { randomLineEnd } from './random-line.ts';

const TOKENS = [
  'close',
  'keep-alive',
  'Keep-Alive',
  'KEEP-ALIVE',
  'Close',
  'TE',
  'Upgrade',
  'upgrade',
  'x',
  '"close"',
  'closed',
  '',
  'keep-alive;x',
  'Host',
  'Content-Length',
  'close;q=0',
  '(close)',
  'keep-alive\tclose',
];

const HOSTS = [
  'example.test',
  'EXAMPLE.TEST',
  'example.test:80',
  'other.test',
  'example.test:',
  'example.test:0',
  'example.test:99999',
  'example.test:x',
  '',
  ' ',
  'a b',
  'a/b',
  'a,b',
  'exa_mple',
  '[::1]',
  '[::1]:80',
  '[::1',
  '1.2.3.4',
  'a..b',
  '.a',
  'a.',
  'a:b:c',
  '\x80',
  'a@b',
  '-a',
  '*',
  'http://example.test',
];

// Of 15 digits at most: httpd counts on to 2^63, and says 413 where perdura says 400; both end the connection.
const LENGTHS = [
  '0',
  '1',
  '3',
  '5',
  '10',
  '11',
  '+3',
  '-1',
  '-0',
  '3, 3',
  '3, 4',
  '3 3',
  '',
  '0x3',
  '3.0',
  '00003',
  '3;',
  '\t3 ',
  '3\x0b',
  'x',
];

const CODINGS = [
  'chunked',
  'chunked',
  'Chunked',
  'CHUNKED',
  'identity',
  'gzip',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'chunked, identity',
  'identity, chunked',
  'chunked;x=y',
  '"chunked"',
  'xchunked',
  'chunkedx',
  '',
  ',chunked',
  'chunked,',
  'chunked x',
  '\x0bchunked',
  'chun\x00ked',
];

const EXPECTATIONS = [
  '100-continue',
  '100-Continue',
  '100-CONTINUE',
  '100-continue, x',
  'x',
  '',
  '200-ok',
  '"100-continue"',
  '100-continue;x',
];

const DATES = [
  'Tue, 05 Mar 2024 06:07:08 GMT',
  'Mon, 04 Mar 2024 06:07:08 GMT',
  'Wed, 06 Mar 2024 06:07:08 GMT',
  'Tuesday, 05-Mar-24 06:07:08 GMT',
  'Tue Mar  5 06:07:08 2024',
  'x',
  '',
  '0',
  'Fri, 01 Jan 2100 00:00:00 GMT',
];

const TAGS = ['*', '"x"', 'W/"x"', '"2-612e1df6cd300"', 'W/"2-612e1df6cd300"', '"2-612e1df6cd300", "x"', 'x', ''];

const RANGES = [
  'bytes=0-0',
  'bytes=0-',
  'bytes=-1',
  'bytes=-0',
  'bytes=1-0',
  'bytes=5-',
  'bytes=0-0,1-1',
  'bytes=0-1,0-1',
  'bytes=',
  'bytes',
  'x=0-1',
  'bytes=x-y',
  'BYTES=0-0',
  'bytes=0-99999999999999999999',
  'bytes=0-0,-1',
  'bytes=0-,0-,0-',
  'bytes = 0-0',
  'bytes=0-0,',
  'bytes=+1-2',
  ' bytes=0-0',
];

const AGENTS = ['stay-away', 'old', 'older', 'varied', 'other', 'older old stay-away', ''];

const PLAIN: ReadonlyArray<readonly [name: string, values: readonly string[]]> = [
  ['Keep-Alive', ['timeout=5, max=100', '300', 'x', '']],
  ['Proxy-Connection', ['keep-alive', 'close', 'x']],
  ['Upgrade', ['h2c', 'websocket', 'TLS/1.0', 'HTTP/2.0', '']],
  ['HTTP2-Settings', ['AAMAAABkAAQAAP__']],
  ['TE', ['trailers', 'chunked', '']],
  ['Trailer', ['X-Trailer']],
  ['Expect', EXPECTATIONS],
  ['If-Modified-Since', DATES],
  ['If-Unmodified-Since', DATES],
  ['If-None-Match', TAGS],
  ['If-Match', TAGS],
  ['If-Range', [...TAGS, ...DATES]],
  ['Range', RANGES],
  ['Request-Range', RANGES],
  ['User-Agent', AGENTS],
  ['Via', ['1.1 proxy', '']],
  ['Max-Forwards', ['0', '1', 'x']],
  ['Authorization', ['Basic bWVtYmVyOnNlY3JldA==', 'Basic bWVtYmVyOnBhc3N3b3Jk', 'Basic x', 'Bearer x', 'Basic', '']],
  ['Accept-Encoding', ['gzip', 'identity;q=0', '']],
  ['Content-Type', ['application/x-www-form-urlencoded', 'x', '']],
  ['Content-Encoding', ['gzip', 'x']],
  ['Cache-Control', ['no-cache', 'max-age=0']],
  ['Pragma', ['no-cache']],
  ['X', ['1', 'a, b', '"', '\\', '\xff', '\t', ' a ']],
  ['x', ['2']],
];

// Without control characters in names: under Unsafe httpd takes them, and `Transfer-Encoding\x0b` is one name to one reader and another to the next.
const ODD_LINES = [
  'NoColon',
  ': empty name',
  ':',
  'X : 1',
  'X\t: 1',
  'X:',
  ' X: folded',
  '\tfolded',
  ' ',
  '\t',
  '  folded  ',
  ' : folded',
  'X Y: 1',
  'X: a\x00b',
  'X: a\x01b',
  'X: a\rb',
  'X: a\x7fb',
  'X: a\x0bb',
  'X\xe9: 1',
  '(X): 1',
  '"X": 1',
  'X@Y: 1',
  'X/Y: 1',
  'Content-Length : 3',
  'Transfer-Encoding : chunked',
  'Content-Length\t: 3',
  'Content_Length: 3',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding: x',
  'Content-Length:3',
  'Transfer-Encoding:\tchunked',
  'Host : example.test',
  'Connection : close',
  'Content-Length: 3\r\n 0',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: x\r\n chunked',
  'Transfer-Encoding: chunked\r\n x',
  'Connection: keep-alive\r\n\tclose',
  'Connection:\r\n close',
  'Host: example\r\n .test',
  'X: a\r\n\r b',
  '\x00',
];

export function randomFields(random: SeededRandom, oddity: number): string[] {
  const lines: string[] = [];
  const add = (name: string, value: string): void => {
    const spelled = random.oneIn(8) ? name.toLowerCase() : random.oneIn(16) ? name.toUpperCase() : name;
    const between = random.oneIn(oddity * 4) ? random.pick(['', '  ', '\t', ' \t ']) : ' ';
    lines.push(`${spelled}:${between}${value}${randomLineEnd(random, oddity * 2)}`);
  };
  if (!random.oneIn(oddity * 4)) add('Host', random.oneIn(oddity) ? random.pick(HOSTS) : 'example.test');
  if (random.oneIn(oddity * 6)) add('Host', random.pick(HOSTS));
  while (random.oneIn(3)) add('Connection', randomTokens(random));
  while (random.oneIn(2)) {
    const [name, values] = random.pick(PLAIN);
    add(name, random.pick(values));
  }
  if (random.oneIn(oddity * 2)) lines.push(`${random.pick(ODD_LINES)}${randomLineEnd(random, oddity)}`);
  if (random.oneIn(oddity * 4)) add('X-Long', 'a'.repeat(randomLength(random)));
  if (random.oneIn(oddity * 4)) for (let left = random.pick([3, 4, 5, 6]); left > 0; left--) add('M', '1');
  if (random.oneIn(oddity * 20)) for (let left = random.pick([97, 98, 99, 100, 101]); left > 0; left--) add('M', '1');
  if (random.oneIn(6)) moveOne(lines, random);
  return lines;
}

function randomTokens(random: SeededRandom): string {
  const tokens = [random.pick(TOKENS)];
  while (random.oneIn(3)) tokens.push(random.pick(TOKENS));
  return tokens.join(random.pick([', ', ',', ' ,', ' ']));
}

function moveOne(lines: string[], random: SeededRandom): void {
  const [line] = lines.splice(random.below(Math.max(1, lines.length)), 1);
  if (line !== undefined) lines.splice(random.below(lines.length + 1), 0, line);
}

export function randomLengthValue(random: SeededRandom): string {
  return random.pick(LENGTHS);
}

export function randomCoding(random: SeededRandom): string {
  return random.pick(CODINGS);
}
