// Request lines: every method, form of target and version, and what is nearly one.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import { randomLength } from './random-length.ts';

const METHODS = 'GET GET GET HEAD POST PUT DELETE OPTIONS TRACE PATCH PROPFIND CONNECT MKCOL LOCK BREW'.split(' ');

const ODD_METHODS = [
  'get',
  'Get',
  'GETT',
  'G',
  '',
  'GET/',
  'G@T',
  'G\x01T',
  'G\x00T',
  'G\xe9T',
  '"GET"',
  'GET:',
  'PRI',
  'SSTP_DUPLEX_POST',
  '\tGET',
  '{GET}',
  'M-SEARCH',
  'BREW.1',
  'HTTP/1.1',
];

const PATHS = [
  '/',
  '/a.txt',
  '/a.txt',
  '/a.txt',
  '/index.html',
  '/empty.txt',
  '/large.txt',
  '/folder',
  '/folder/',
  '/missing',
  '/forbidden/a.txt',
  '/protected/a.txt',
  '/small/a.txt',
  '/old/x',
  '/gone',
  '/a.txt?x=1',
];

const ODD_TARGETS = [
  '*',
  'http://example.test/a.txt',
  'http://example.test',
  'http://example.test?x',
  'HTTP://EXAMPLE.TEST/a.txt',
  'http://other.test:81/folder',
  'https://example.test/a.txt',
  'ftp://example.test/a.txt',
  'http://',
  'http:///a.txt',
  'http:/a.txt',
  'http:a.txt',
  'http://user@example.test/a.txt',
  'http://example.test:/a.txt',
  'http://example.test:99999/a.txt',
  'http://example.test:x/a.txt',
  'http://[::1]/folder',
  'http://[::1/a.txt',
  'http://exa mple/a.txt',
  'http://exa_mple/folder',
  'http://exa%20mple/a.txt',
  'http://a..b/a.txt',
  'http://.a/a.txt',
  'http://a.:80/folder',
  'example.test:80',
  'example.test',
  ':80',
  'example.test:',
  '[::1]:80',
  'a.txt',
  '',
  '//a.txt',
  '//example.test/a.txt',
  '/..',
  '/../a.txt',
  '/./a.txt',
  '/folder/../a.txt',
  '/folder/%2e%2e/a.txt',
  '/%',
  '/%4',
  '/%zz',
  '/%00',
  '/a.txt%00',
  '/a%2etxt',
  '/%2Fa.txt',
  '/a.txt/more',
  '/a.txt#x',
  '/a.txt?#x',
  '/\x01',
  '/a\x00.txt',
  '/\xff',
  '/\x7f',
  '/a\tb',
  '/a b',
  '/"<>\\^`{|}',
  '?x',
  '#x',
  '*x',
  '**',
  '\\a.txt',
  '%2Fa.txt',
];

const ODD_VERSIONS = [
  'HTTP/1.0',
  'HTTP/1.0',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/1.9',
  'HTTP/2.0',
  'HTTP/3.0',
  'HTTP/9.9',
  'HTTP/0.9',
  'HTTP/0.0',
  'HTTP/1.10',
  'HTTP/1.01',
  'HTTP/01.1',
  'HTTP/1.',
  'HTTP/1',
  'HTTP/',
  'HTTP',
  'HTTP/.1',
  'http/1.1',
  'Http/1.0',
  'HTTP/1.1x',
  'HTTP/x.y',
  'HTTP/ 1.1',
  'HTTP /1.1',
  'HTTP/1,1',
  'ICY/1.1',
  'HTTP/+1.1',
  'HTTP/1.1\x00',
  'HTTP/1.1\x0b',
];

export interface RandomLine {
  readonly method: string;
  readonly text: string;
  /** No fields may follow. */
  readonly isBare: boolean;
}

/** `oddity`: how many of its parts may be odd: one in so many. */
export function randomLine(random: SeededRandom, oddity: number): RandomLine {
  const method = random.oneIn(oddity) ? random.pick(ODD_METHODS) : random.pick(METHODS);
  // Where the line is broken, httpd sends a page although HEAD was asked (RFC 9110 §9.3.2).
  if (method === 'HEAD') {
    const version = random.oneIn(oddity) ? 'HTTP/1.0' : 'HTTP/1.1';
    return { method, text: `HEAD ${random.pick(PATHS)} ${version}\r\n`, isBare: false };
  }
  // What httpd says to TRACE, OPTIONS and URLs in HTTP/0.9 is an accident.
  if (random.oneIn(oddity * 4) && method !== 'TRACE' && method !== 'OPTIONS')
    return { method, text: `${method} ${random.pick(PATHS)}${randomLineEnd(random, oddity)}`, isBare: true };
  const target = randomTarget(random, oddity);
  const version = random.oneIn(oddity) ? random.pick(ODD_VERSIONS) : 'HTTP/1.1';
  const [first, second, last] = random.oneIn(oddity * 2) ? oddSpaces(random) : [' ', ' ', ''];
  return {
    method,
    text: `${method}${first}${target}${second}${version}${last}${randomLineEnd(random, oddity)}`,
    isBare: false,
  };
}

function oddSpaces(random: SeededRandom): [string, string, string] {
  const odd = (): string => random.pick([' ', ' ', '  ', '\t', ' \t', '\x0b', '\x0c', '']);
  return [odd(), odd(), random.pick(['', '', ' ', '\t', '  ', '\r'])];
}

function randomTarget(random: SeededRandom, oddity: number): string {
  if (random.oneIn(oddity * 3)) return `/${'a'.repeat(randomLength(random))}`;
  return random.oneIn(oddity) ? random.pick(ODD_TARGETS) : random.pick(PATHS);
}

/** CR LF, and seldom something else. */
export function randomLineEnd(random: SeededRandom, oddity: number): string {
  return random.oneIn(oddity * 6) ? random.pick(['\n', '\r', '\r\r\n', '\n\r', ' \r\n', '\x00\r\n']) : '\r\n';
}
