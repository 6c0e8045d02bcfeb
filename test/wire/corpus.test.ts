// Runs test/corpus: the same bytes give the same events whole, byte by byte, in random pieces, and with bytes behind them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseCorpusFile } from './corpus-file.ts';
import type { CorpusCase } from './corpus-file.ts';
import { SeededRandom } from './seeded-random.ts';
import { WireRecorder } from './wire-recorder.ts';

const CORPUS = new URL('../../../test/corpus/', import.meta.url);
const RANDOM_RUNS = 20;

const REQUEST_BEHIND = Buffer.from('GET /behind HTTP/1.1\r\nHost: behind\r\n\r\n');
const REQUEST_EVENTS = ['head GET /behind 1.1', 'field Host: behind', 'framing none', 'end'];
const RESPONSE_BEHIND = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');

function run({ options, fin }: CorpusCase, pieces: readonly Buffer[]): string {
  return new WireRecorder(options).read(pieces, fin);
}

function cut(bytes: Buffer, random: SeededRandom): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    // Mostly short, sometimes empty, as reads from a socket may be.
    const length = random.below(random.below(4) === 0 ? 40 : 5);
    pieces.push(bytes.subarray(start, start + length));
    start += length;
  }
  return pieces;
}

/** What is to be expected when a whole message stands behind the case. */
function eventsWithMessageBehind({ events, options }: CorpusCase): string[] {
  const [before, last] = [events.slice(0, -1), events.at(-1)!];
  if (options.role === 'client') {
    if (before.at(-1)?.startsWith('error ') === true) return [...events];
    const reason = last.split(' ')[2] ?? 'unsolicitedBytes';
    return [...before, 'error unsolicitedBytes', `persistence closed ${reason}`];
  }
  return last === 'persistence persistent' ? [...before, ...REQUEST_EVENTS, last] : [...events];
}

let count = 0;

for (const [folder, role] of [
  ['request/', 'server'],
  ['response/', 'client'],
] as const) {
  for (const file of readdirSync(new URL(folder, CORPUS)).toSorted()) {
    const cases = parseCorpusFile(readFileSync(new URL(folder + file, CORPUS), 'utf8'), role);
    count += cases.length;
    describe(`${folder}${file}`, () => {
      for (const each of cases) {
        test(each.name, () => {
          const { bytes } = each;
          const expected = each.events.join('\n');
          assert.match(each.prose, /RFC \d{4} (?:§\d|appendix)|CVE-|Apache/, 'a case names what decides it');
          assert.equal(run(each, [bytes]), expected, 'whole');
          assert.equal(
            run(
              each,
              Array.from(bytes, (byte) => Buffer.from([byte])),
            ),
            expected,
            'byte by byte',
          );
          const random = new SeededRandom(bytes.length);
          for (let round = 0; round < RANDOM_RUNS; round += 1) {
            const pieces = cut(bytes, random);
            assert.equal(run(each, pieces), expected, `in pieces: ${pieces.map(({ length }) => length).join(' ')}`);
          }
          if (!each.messageBehind) return;
          const behind = role === 'server' ? REQUEST_BEHIND : RESPONSE_BEHIND;
          const withMore = eventsWithMessageBehind(each).join('\n');
          assert.equal(run(each, [Buffer.concat([bytes, behind])]), withMore, 'with a message behind it, in one piece');
          assert.equal(run(each, [bytes, behind]), withMore, 'with a message behind it, in a piece of its own');
        });
      }
    });
  }
}

describe('the corpus', () => {
  test('has not shrunk', () => {
    assert.ok(count >= 120, `only ${count} cases`);
  });
});
