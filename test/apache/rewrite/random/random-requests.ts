// What is asked of a random host: paths that its rules may match, escaped and misshapen in all ways.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import type { RandomRequest } from './random-host.ts';

const WHOLE: readonly string[] = [
  '/',
  '/a.html',
  '/b.txt',
  '/d',
  '/d/',
  '/d/a.html',
  '/d/e/b.txt',
  '/none/c.txt',
  '/none/',
  '/al/a.html',
  '/al/s/',
  '/al',
  '/x',
  '/xy/z',
  '/index.html',
  '/a.html/info/x',
  '/ld/a.html',
  '/empty.txt',
  '*',
  'http://@HOST@/a.html',
  'http://other.test/a.html?x',
];

const SEGMENTS: readonly string[] =
  `a.html b.txt d d e index.html x al none ld s sp%20ace.txt %C3%A9.txt \xc3\xa9.txt q%3Fx.txt q%3fx.txt d%2Fe %2F %2e %2e%2e . .. a;b a+b.txt a%2Bb.txt p%25q.txt
  %00 a%00 %0a %0D%0A % %zz %4 A.HTML D info %20 %26 $1 %241 %251 a:b %7Bx%7D ~ \\ %5c " < %3C ' # | ^ [x] {x} ${'long'.repeat(70)}`.split(
    /\s+/,
  );

const QUERIES: readonly string[] =
  `? ?a=1 ?x=1&y=2 ?%20 ?a%3Fb ?a?b ?%0a ?\xe9 ?%C3%A9 ?a+b ?http://x/ ?& ?%zz ?$1 ?%251 ?a.html ?d/ ?A=1 ?%25 ?%3C ?a;b ?" ?#`.split(
    ' ',
  );

const FIELDS: readonly string[] = [
  'X-A: a.html',
  'X-A: on',
  'X-A: 5',
  'X-A:',
  'X-A: \xe9',
  'X-A: a?b',
  'Cookie: a=1; v=d',
  'Referer: http://@HOST@/a.html',
  'User-Agent: agent/1.0 (x)',
  'Accept: text/html',
  'Host: H0.TEST',
  'Host: alias.@HOST@',
  'Host: @HOST@:80',
  'Host: @HOST@:8080',
  'Host: q.wild.@HOST@',
  'Connection: close',
];

const METHODS: readonly string[] = ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE'];

export function drawTarget(random: SeededRandom): string {
  const query = random.oneIn(3) ? random.pick(QUERIES) : '';
  if (random.oneIn(2)) {
    const whole = random.pick(WHOLE);
    return whole === '*' || whole.includes('?') ? whole : whole + query;
  }
  const segments = Array.from({ length: 1 + random.below(4) }, () => random.pick(SEGMENTS));
  const slash = random.oneIn(12) ? '//' : '/';
  return `/${segments.join(slash)}${random.oneIn(5) ? '/' : ''}${query}`;
}

export function drawRequests(random: SeededRandom, count: number): RandomRequest[] {
  return Array.from({ length: count }, () => ({
    method: random.pick(METHODS),
    target: drawTarget(random),
    fields: random.oneIn(3) ? [random.pick(FIELDS)] : [],
  }));
}
