// Standard output as an access log that several processes write to.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { accessLogOpener } from '#src/cli/serve/access-log-destination.js';

/** Writes all of it, as LogFile does, and returns the pieces that reached the stream. */
async function writeAll(text: string, isShared: boolean): Promise<string[]> {
  const pieces: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, callback) => {
      pieces.push(chunk.toString('latin1'));
      callback();
    },
  });
  const destination = await accessLogOpener('-', stream, isShared)();
  for (let rest = Buffer.from(text, 'latin1'); rest.length > 0;) {
    const { bytesWritten } = await destination.write(rest);
    rest = rest.subarray(bytesWritten);
  }
  return pieces;
}

const lines = fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 12 });

test('whatever the lines, shared output gets whole ones, as many at once as a pipe keeps together', async () => {
  await fc.assert(
    fc.asyncProperty(lines, async (lengths) => {
      const text = lengths.map((length) => `${'x'.repeat(length)}\n`).join('');
      const pieces = await writeAll(text, true);
      assert.equal(pieces.join(''), text);
      for (const piece of pieces) {
        assert.ok(piece.endsWith('\n'));
        assert.ok(piece.length <= 4_096 || piece.indexOf('\n') === piece.length - 1, `${piece.length} bytes`);
      }
    }),
  );
});

test('output of one process is written in one piece', async () => {
  const text = 'a line\n'.repeat(2_000);
  assert.deepEqual(await writeAll(text, false), [text]);
});
