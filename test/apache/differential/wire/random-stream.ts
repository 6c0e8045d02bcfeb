// A stream from a seed: one to eight requests, most of them well-formed, or there would be no second answer.
//
// Left out, because perdura means to be stricter: a bare line feed as an empty line before a request (deliberate-differences.ts), and HTTP/1.0 with
// Transfer-Encoding on a connection that is kept: its framing cannot be trusted, and it is the last request (RFC 9112 §6.1).
import { SeededRandom } from '../../../wire/seeded-random.ts';
import { randomBody } from './random-body.ts';
import { randomFields } from './random-fields.ts';
import { randomLine, randomLineEnd } from './random-line.ts';
import { formatStream } from './stream.ts';
import type { WireRequest, WireStream } from './stream.ts';

const MOST_REQUESTS = 8;
const MOST_CUTS = 4;

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Whether httpd answers more than ten empty lines depends on the pieces in which they come. */
const MOST_EMPTY_LINES = 10;

export function randomStream(seed: number): WireStream {
  const random = new SeededRandom(seed);
  // Some streams are odd in one place, some everywhere.
  const oddity = random.pick([3, 8, 8, 20, 60]);
  const count = 1 + random.below(random.pick([1, 3, MOST_REQUESTS]));
  const requests: WireRequest[] = [];
  while (requests.length < count) requests.push(randomRequest(random, oddity));
  const whole: WireStream = { requests, cuts: [], endsAfter: !random.oneIn(4) };
  const { length } = formatStream(whole);
  const cuts = random.oneIn(3) ? Array.from({ length: 1 + random.below(MOST_CUTS) }, () => random.below(length)) : [];
  return { ...whole, cuts: cuts.toSorted((one, other) => one - other) };
}

function randomRequest(random: SeededRandom, oddity: number): WireRequest {
  const before = random.oneIn(oddity * 2)
    ? random.pick(['\r\n', '\r\n\r\n', '\r\n'.repeat(MOST_EMPTY_LINES), '\r', ' ', ' \r\n', '\t', '\x00'])
    : '';
  if (random.oneIn(oddity * 20)) return { before, line: PREFACE, fields: [], headEnd: '', body: '' };
  const line = randomLine(random, oddity);
  if (line.isBare && !random.oneIn(4)) return { before, line: line.text, fields: [], headEnd: '', body: '' };
  const body = randomBody(random, line.method, oddity);
  const fields = randomFields(random, oddity);
  for (const field of body.fields) fields.splice(random.below(fields.length + 1), 0, field);
  if (/HTTP\/(?:1\.0|0)/i.test(line.text) && fields.some((field) => /transfer-encoding\s*:/i.test(field))) {
    fields.push('Connection: close\r\n');
  }
  const isCut = random.oneIn(oddity * 6);
  const headEnd = isCut ? random.pick(['', '\n', '\r', ' \r\n', '\r\r\n']) : randomLineEnd(random, oddity * 2);
  return { before, line: line.text, fields, headEnd, body: body.text };
}
