// Sends every row of the table of bad input to a server on a real socket, and checks that docs/bad-input.md shows the same table.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { serve } from '#src/server/index.js';
import { ManualClock } from '#src/testing/index.js';
import { RawConnection } from '../support/raw-client.ts';
import { BAD_INPUT, BAD_INPUT_LIMITS, formatBadInput } from './bad-input-table.ts';

// The compiled test stands in build/test/server.
const PAGE = path.join(import.meta.dirname, '../../../docs/bad-input.md');
/** A well-formed request that is answered with a body of its own, so that one knows that everything before it was dealt with. */
const LAST = 'GET /are-you-there HTTP/1.1\r\nHost: a\r\n\r\n';

/** Time stands still, but the turns of the event loop end: the sockets are real. */
class StandingClock extends ManualClock {
  override endOfTurn(callback: () => void): void {
    setImmediate(callback);
  }
}

const standingClock = new StandingClock();
const errors: unknown[] = [];
const server = await serve({
  port: 0,
  // Time stands still: whatever ends does so because of what was sent.
  clock: standingClock,
  limits: BAD_INPUT_LIMITS,
  onError: (error) => errors.push(error),
  handler: async (request) => {
    if (request.url.endsWith('/are-you-there')) return { body: 'still here' };
    const body = await request.text();
    return { headers: { 'x-body-bytes': String(body.length) }, body: null };
  },
});
after(() => server.destroy());

/** Statuses of all answers in a row; throws where they are not HTTP. */
function statuses(bytes: string): { status: number; close: boolean }[] {
  const all: { status: number; close: boolean }[] = [];
  let rest = bytes;
  while (rest !== '') {
    const match = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    assert.ok(match !== null, `no answer begins at ${JSON.stringify(rest.slice(0, 80))}`);
    const [head, status, fields] = match;
    const length = Number(/^content-length: (\d+)\r$/im.exec(fields!)?.[1] ?? 0);
    all.push({ status: Number(status), close: /^connection: close\r$/im.test(fields!) });
    rest = rest.slice(head.length + length);
  }
  return all;
}

for (const { title, rows } of BAD_INPUT) {
  describe(title, () => {
    for (const { what, send, fin, answers, ends } of rows) {
      const outcome = answers.length === 0 ? 'gets no answer' : `is answered with ${answers.join(' and ')}`;
      test(`${what} ${outcome}, and the connection ${ends ? 'ends' : 'goes on'}`, async () => {
        const client = await RawConnection.open(server.port);
        try {
          client.write(send);
          if (fin === true) client.end();
          let received: string;
          if (ends) {
            received = await client.readToEnd();
            assert.equal(client.ending, 'fin', 'an orderly end');
          } else {
            client.write(LAST);
            received = (await client.readUntil('still here')).replace(
              /HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)*\r\nstill here$/,
              '',
            );
          }
          const got = statuses(received);
          assert.deepEqual(
            got.map(({ status }) => status),
            answers,
          );
          for (const [index, { close }] of got.entries()) {
            const last = index === got.length - 1;
            // A half-closed client knows that there is no further answer: it asked for nothing more.
            if (ends && last && fin === true && got[index]!.status === 200) continue;
            assert.equal(close, ends && last, 'the last answer of a connection says close, and no other');
          }
        } finally {
          client.destroy();
        }
      });
    }
  });
}

test('no row costs the server its handler, its owner an error report, or anybody a connection that stays', async () => {
  assert.deepEqual(errors, []);
  const deadline = Date.now() + 5_000;
  while (server.connections().length > 0 && Date.now() < deadline) await new Promise(setImmediate);
  assert.deepEqual(server.connections(), []);
});

test('there are at least forty rows, and no two of them are called the same', () => {
  const names = BAD_INPUT.flatMap(({ title, rows }) => rows.map(({ what }) => `${title}: ${what}`));
  assert.ok(names.length >= 40);
  assert.equal(new Set(names).size, names.length);
});

test('docs/bad-input.md shows the table as it is', () => {
  const page = formatBadInput(BAD_INPUT);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
  assert.equal(readFileSync(PAGE, 'utf8'), page, 'the page is stale: run this test with UPDATE_DOCS=1');
});
