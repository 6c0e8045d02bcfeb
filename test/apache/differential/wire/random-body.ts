// Bodies and the fields that frame them: whole ones, and those in which two servers might see two ends.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import { randomCoding, randomLengthValue } from './random-fields.ts';

export interface RandomBody {
  readonly fields: readonly string[];
  readonly text: string;
}

const NONE: RandomBody = { fields: [], text: '' };

/** What would be another request to whoever loses its place. */
const SMUGGLED = 'GET /missing?smuggled HTTP/1.1\r\nHost: example.test\r\n\r\n';

const TEXTS = ['a', 'abc', 'hello', '0123456789', '0123456789a', '\r\n', '0\r\n\r\n', SMUGGLED];

// Of 13 digits at most: behind them perdura does not count on, where httpd says 413 sooner or later; both end the connection.
const ODD_SIZE_LINES = [
  '3;name=value',
  '3;a="b"',
  '3 ',
  '3\t',
  ' 3',
  '3;',
  '3;\x00',
  '3;\x01',
  '3;a\rb',
  '03',
  '0003',
  '+3',
  '-3',
  '0x3',
  '3x',
  '',
  'g',
  '3,',
  '3"',
  '3\x0b',
  `3;${'a'.repeat(300)}`,
  `3;${'a'.repeat(9_000)}`,
  `3${' '.repeat(40)}`,
  '3 ;a',
  '3; a = b',
];

const TRAILERS = [
  'X-Trailer: 1\r\n',
  'Host: other.test\r\n',
  'Content-Length: 5\r\n',
  'NoColon\r\n',
  'X : 1\r\n',
  ': x\r\n',
  ' folded\r\n',
  'X: a\x00\r\n',
  'X: 1\n',
  'Transfer-Encoding: chunked\r\n',
  `X: ${'a'.repeat(50)}\r\n`,
  'Connection: close\r\n',
  'M: 1\r\n'.repeat(6),
];

export function randomBody(random: SeededRandom, method: string, oddity: number): RandomBody {
  if (!random.oneIn(method === 'POST' || method === 'PUT' ? 2 : 5)) return NONE;
  const text = random.pick(TEXTS);
  if (random.oneIn(2)) return randomCounted(random, text, oddity);
  const chunks = randomChunks(random, text, oddity);
  const fields = [`Transfer-Encoding: ${random.oneIn(oddity) ? randomCoding(random) : 'chunked'}\r\n`];
  if (random.oneIn(oddity * 4)) fields.push(`Transfer-Encoding: ${randomCoding(random)}\r\n`);
  if (random.oneIn(oddity * 2)) {
    fields.splice(
      random.below(2),
      0,
      `Content-Length: ${random.oneIn(2) ? chunks.length : randomLengthValue(random)}\r\n`,
    );
  }
  return { fields, text: random.oneIn(oddity * 4) ? chunks.slice(0, random.below(chunks.length)) : chunks };
}

function randomCounted(random: SeededRandom, text: string, oddity: number): RandomBody {
  const right = `Content-Length: ${text.length}\r\n`;
  const wrong = (): string => `Content-Length: ${randomLengthValue(random)}\r\n`;
  if (random.oneIn(oddity)) return { fields: [wrong()], text };
  if (random.oneIn(oddity * 3)) return { fields: [right, random.oneIn(2) ? right : wrong()], text };
  if (random.oneIn(oddity * 4)) return { fields: [right], text: text.slice(0, random.below(text.length)) };
  if (random.oneIn(20)) return { fields: ['Content-Length: 20000\r\n'], text: 'x'.repeat(20_000) };
  return { fields: [right], text };
}

function randomChunks(random: SeededRandom, text: string, oddity: number): string {
  const end = (): string => (random.oneIn(oddity * 8) ? random.pick(['\n', '\r', '', '\r\n\r\n', '\rx']) : '\r\n');
  let chunks = '';
  for (let at = 0; at < text.length;) {
    const data = text.slice(at, at + 1 + random.below(text.length));
    const size = data.length.toString(16);
    chunks += `${random.oneIn(oddity * 3) ? random.pick(ODD_SIZE_LINES) : size}${end()}${data}${end()}`;
    at += data.length;
  }
  const last = random.oneIn(oddity * 4) ? random.pick(['00', '0;x', '0 ', '0x0', '-0']) : '0';
  let trailers = '';
  while (random.oneIn(oddity)) trailers += random.pick(TRAILERS);
  return `${chunks}${last}${end()}${trailers}${end()}`;
}
