// Properties of reading heads by lines: how bytes are split does not matter, and what is right is read as it is by bytes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { STRICT } from '#src/wire/index.js';
import type { Leniency } from '#src/wire/index.js';
import { WireRecorder } from '../wire/wire-recorder.ts';
import type { RecorderOptions } from '../wire/wire-recorder.ts';
import { cuts, pieces, requestBytes } from './message-arbitraries.ts';

const flag = fc.boolean();

const leniency: fc.Arbitrary<Partial<Leniency>> = fc.record(
  Object.fromEntries(Object.keys(STRICT).map((name) => [name, flag])),
);

const limits = fc.record({
  headerBytes: fc.constantFrom(64, 200, 16_384),
  headerFields: fc.constantFrom(1, 3, 100),
  requestLineBytes: fc.constantFrom(16, 30, Infinity),
  fieldLineBytes: fc.constantFrom(5, 20, Infinity),
  emptyLines: fc.constantFrom(0, 1, Infinity),
});

const BY_LINES: RecorderOptions = { role: 'server', scanning: 'byLines' };

/** Where the first error stands in what was recorded, with everything before it. */
function untilError(text: string): string {
  const at = text.indexOf('\nerror ');
  return at === -1 ? text : text.slice(0, at);
}

describe('a server that reads heads by lines', () => {
  test('sees the same messages, however the bytes are split', () => {
    fc.assert(
      fc.property(requestBytes, cuts, leniency, limits, flag, (text, places, lenient, limited, fin) => {
        const options = { ...BY_LINES, leniency: lenient, limits: limited };
        const whole = new WireRecorder(options).read(pieces(text, []), fin);
        const split = new WireRecorder(options).read(pieces(text, places), fin);
        assert.equal(split, whole);
      }),
      { numRuns: 4000 },
    );
  });

  test('sees what a server sees that reads by bytes, where nothing is wrong, and the same until something is', () => {
    fc.assert(
      fc.property(requestBytes, flag, (text, fin) => {
        const bytes = new WireRecorder({ role: 'server' }).read(pieces(text, []), fin);
        const lines = new WireRecorder(BY_LINES).read(pieces(text, []), fin);
        if (bytes.includes('\nerror ') || bytes.startsWith('error '))
          assert.ok(
            lines === bytes || untilError(bytes).startsWith('error ') || lines.startsWith(untilError(bytes)),
            lines,
          );
        else assert.equal(lines, bytes);
      }),
      { numRuns: 4000 },
    );
  });
});
