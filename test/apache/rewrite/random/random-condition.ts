// A line of RewriteCond.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import { drawExpressionWithGroups } from '../../expression/random/random-expression.ts';
import { drawPieces } from './random-template.ts';

const PATTERNS: readonly string[] = [
  '.',
  '^$',
  '(.*)',
  '^(.)(.*)$',
  '!^$',
  '(a|d)',
  '^/?(d|a)(.*)$',
  '!a',
  '([^/]*)$',
  '^(.*)\\.(html|txt)$',
  'on',
  'A',
  '^GET',
  '(\\d+)',
  '!(x)',
  '\\s',
  '[\\x80-\\xff]',
];

const FILE_TESTS: readonly string[] = ['-f', '-d', '-s', '-l', '-L', '-h', '-x', '-F', '-U'];

const TEXT_TESTS: readonly string[] = ['=', '<', '>', '<=', '>='];

const NUMBER_TESTS: readonly string[] = ['-eq', '-ne', '-lt', '-le', '-gt', '-ge'];

const OPERANDS: readonly string[] = ['a', '""', '/a.html', 'a.html', 'GET', 'on', 'off', '', 'x', 'A=1', 'a=1', '80'];

const NUMBERS: readonly string[] = ['0', '1', '-1', '80', '200', ' 5', 'x', '99999999999', '+3', '0x1'];

const FLAGS: readonly string[] = ['NC', 'OR', 'NV', 'nocase', 'ornext', 'novary', 'NC,OR', 'OR,NV', 'NC,NV'];

function drawTest(random: SeededRandom): string {
  const sign = random.oneIn(4) ? '!' : '';
  switch (random.below(8)) {
    case 0:
    case 1:
      return sign + random.pick(FILE_TESTS);
    case 2:
      return sign + random.pick(TEXT_TESTS) + random.pick(OPERANDS);
    case 3:
      return sign + random.pick(NUMBER_TESTS) + random.pick(NUMBERS);
    default:
      return random.pick(PATTERNS);
  }
}

/** Quoted where it has to be, and now and then where it need not. */
export function quoted(word: string, random: SeededRandom): string {
  return word === '' || /\s/.test(word) || (random.oneIn(12) && !word.includes('"')) ? `"${word}"` : word;
}

/** What files are looked for by. */
function drawFilePath(random: SeededRandom): string {
  return random.pick([
    '%{REQUEST_FILENAME}',
    '%{DOCUMENT_ROOT}%{REQUEST_URI}',
    '%{DOCUMENT_ROOT}/$1',
    '%{DOCUMENT_ROOT}/$1.html',
    '@DOC@/ld',
    '@DOC@/empty.txt',
    '%{REQUEST_FILENAME}.html',
    '$1',
    '/$1',
    '%{REQUEST_URI}',
    '/a.html',
    '/none',
    '%{CONTEXT_DOCUMENT_ROOT}$1',
  ]);
}

export function drawRewriteCondition(random: SeededRandom): string {
  const flags = random.oneIn(3) ? ` [${random.pick(FLAGS)}]` : '';
  if (random.oneIn(7)) {
    return `RewriteCond expr "${drawExpressionWithGroups(random)}"${flags}`;
  }
  const test = drawTest(random);
  const input = /^!?-[a-zA-Z]$/.test(test) && !random.oneIn(6) ? drawFilePath(random) : drawPieces(random, 2);
  return `RewriteCond ${quoted(input, random)} ${quoted(test, random)}${flags}`;
}
